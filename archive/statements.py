"""SQL that is put together: out of names of tables and columns, and out of texts of this package.

What people give is never one of these: it is a parameter of the statement.
"""

from collections.abc import Iterable


def quoted(name: str) -> str:
    """The name of a table or column, as SQL takes it whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def named(text: str, **names: str | Iterable[str]) -> str:
    """A statement with names in it, quoted: `{table}`, or `{columns}` for several with commas."""
    return text.format_map(
        {
            place: quoted(one) if isinstance(one, str) else ", ".join(map(quoted, one))
            for place, one in names.items()
        }
    )


def insert(table: str, columns: Iterable[str]) -> str:
    """An INSERT of one row, with a parameter for each column."""
    names = [*columns]
    row = named("INSERT INTO {table} ({columns}) VALUES", table=table, columns=names)
    return f"{row} ({', '.join('?' for _ in names)})"


def select(
    what: str, of: str, *, where: str = "", group: str = "", order: str = "", limit: str = ""
) -> str:
    """A SELECT of texts: columns, the tables or the statement in brackets that they are of, ..."""
    clauses = (("WHERE", where), ("GROUP BY", group), ("ORDER BY", order), ("LIMIT", limit))
    more = [f"{word} {text}" for word, text in clauses if text]
    return " ".join(["SELECT", what, "FROM", of, *more])
