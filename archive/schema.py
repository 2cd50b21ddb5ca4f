"""What each table and column means, read from the comments in the schema of an archive."""

import re
from dataclasses import dataclass, replace

from sqlite_utils import Database

from archive import provenance_in_words


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnDoc:
    """A column: `references` is `table(column)`, `meaning` empty when the schema says none.

    `values` are the only ones that it can have; empty when the schema does not limit them.
    """

    name: str
    type: str
    is_key: bool
    is_required: bool
    references: str | None
    meaning: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDoc:
    """A table or view; `indexes` are the columns of each index, unique ones marked."""

    name: str
    is_view: bool
    meaning: str
    columns: tuple[ColumnDoc, ...]
    indexes: tuple[str, ...]


# What FTS5 and the migrations keep for themselves.
_INTERNAL = re.compile(r"articles_fts.*|sqlite_.*|_sqlite_migrations")
_HEAD = re.compile(r"CREATE (?:TABLE|VIEW) \S+ (?:\(|AS) *-- *(?P<meaning>.*)")
_SHOWN = re.compile(r"\b(?P<table>\w+)\.(?P<column>\w+)(?: AS (?P<alias>\w+))?")
_NUMBER = "the number of the row that it tells of"
# What a view makes itself is no column of a table.
_TOLD = {"provenance_in_words": provenance_in_words.MEANINGS}
_COMMENT = re.compile(r"-- *(?P<meaning>.*)$")


def tables(db: Database) -> tuple[TableDoc, ...]:
    """The tables in the order in which they were made, then the views."""
    rows = db.execute(
        "SELECT name, type = 'view', sql FROM sqlite_master WHERE type IN ('table', 'view')"
        " ORDER BY type = 'view', rowid"
    ).fetchall()
    found = [
        (sql, _table(db, name, sql, is_view=bool(is_view)))
        for name, is_view, sql in rows
        if not _INTERNAL.fullmatch(name)
    ]
    known = {table.name: table for _, table in found if not table.is_view}
    return tuple(_view(table, sql, known) if table.is_view else table for sql, table in found)


def _view(view: TableDoc, sql: str, known: dict[str, TableDoc]) -> TableDoc:
    """A view, each of whose columns means what the column means that it shows."""
    shown: dict[str, ColumnDoc] = {}
    for found in _SHOWN.finditer(sql):
        for column in known[found["table"]].columns if found["table"] in known else ():
            if column.name == found["column"]:
                # What comes again joins tables or orders rows.
                shown.setdefault(found["alias"] or column.name, _of_another(column, found["table"]))
    told = _TOLD.get(view.name, {})
    return replace(
        view,
        columns=tuple(
            replace(column, meaning=told[column.name])
            if column.name in told
            else replace(shown.get(column.name, column), name=column.name)
            for column in view.columns
        ),
    )


def _of_another(column: ColumnDoc, table: str) -> ColumnDoc:
    if not column.is_key:
        return column
    return replace(column, is_key=False, references=f"{table}({column.name})", meaning=_NUMBER)


def _table(db: Database, name: str, sql: str, *, is_view: bool) -> TableDoc:
    head = _HEAD.match(sql)
    columns = db.execute("SELECT * FROM pragma_table_info(?)", [name]).fetchall()
    references = {
        row[3]: f"{row[2]}({row[4]})"
        for row in db.execute("SELECT * FROM pragma_foreign_key_list(?)", [name])
    }
    meanings = _meanings(sql, [row[1] for row in columns])
    return TableDoc(
        name=name,
        is_view=is_view,
        meaning=head["meaning"] if head else "",
        columns=tuple(
            ColumnDoc(
                name=column,
                type=kind,
                is_key=bool(key),
                is_required=bool(required or key),
                references=references.get(column),
                meaning=meanings.get(column, ""),
                values=_values(sql, column),
            )
            for _, column, kind, required, _, key in columns
        ),
        indexes=_indexes(db, name),
    )


def _meanings(sql: str, columns: list[str]) -> dict[str, str]:
    """The comment behind each column; one that takes two lines has it on its last."""
    meanings, column = {}, ""
    for line in sql.splitlines()[1:]:
        first = re.split(r"\W", line.strip(), maxsplit=1)[0]
        column = first if first in columns else column
        comment = _COMMENT.search(line)
        if comment and column:
            meanings[column] = comment["meaning"]
    return meanings


def _values(sql: str, column: str) -> tuple[str, ...]:
    check = re.search(rf"CHECK \({column} IN \(([^)]*)\)\)", sql)
    return tuple(value.strip(" '") for value in check[1].split(",")) if check else ()


def _indexes(db: Database, table: str) -> tuple[str, ...]:
    found = []
    for _, name, unique, *_ in db.execute("SELECT * FROM pragma_index_list(?)", [table]).fetchall():
        columns = db.execute("SELECT name FROM pragma_index_info(?)", [name]).fetchall()
        found.append(", ".join(column for (column,) in columns) + (" (unique)" if unique else ""))
    return tuple(sorted(found))
