"""For people of plain `sqlite-utils`: our search as a command, and as a function of SQL.

It is loaded by every `sqlite-utils` of the environment that newsward is installed in, so that it
imports nothing of ours before it is used.
"""

import sqlite3
from typing import TYPE_CHECKING

from pluggy import HookimplMarker

if TYPE_CHECKING:
    import click

hookimpl = HookimplMarker("sqlite_utils")

# The newest 2,000 matches by rank, as `newsward search` has them.
SEARCH = """
select articles.id, articles.title, sources.name as source, articles.published,
  snippet(articles_fts, 1, '[', ']', ' … ', 30) as snippet, articles.url
from (
  select id, score from (
    select rowid as id, bm25(articles_fts, 5.0, 1.0) as score from articles_fts
    where articles_fts match newsward_match(:words) order by rowid desc limit 2000
  ) order by score, id desc limit cast(:limit as integer)
) as best
cross join articles_fts on articles_fts.rowid = best.id
join articles on articles.id = best.id
join sources on sources.id = articles.source_id
where articles_fts match newsward_match(:words)
order by best.score, best.id desc
"""


def newsward_match(words: str | None) -> str:
    """The FTS5 expression for a query as a person types it; matches nothing when there is none."""
    from archive.search import NO_MATCH, parse_query  # noqa: PLC0415 - see the top of this file

    return parse_query(str(words or "")).match or NO_MATCH


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give SQL the function `newsward_match(words)`."""
    conn.create_function("newsward_match", 1, newsward_match, deterministic=True)


# What `sqlite-utils query` takes and a search settles itself; all else is how rows are printed.
_OF_QUERY = frozenset({"path", "sql", "param", "attach", "functions", "load_extension"})

HELP = """Search an archive of newsward, the best first, in words as one types them.

Example:

\b
    sqlite-utils newsward-search archive.db 'self-harm OR grooming' -t
"""


@hookimpl
def register_commands(cli: "click.Group") -> None:
    """Add `sqlite-utils newsward-search`, with the output options of `sqlite-utils query`."""
    import click  # noqa: PLC0415 - sqlite-utils has it loaded; a plain connection does not need it

    query = cli.commands["query"]

    def search(*, path: str, words: str, limit: int, **output: object) -> None:
        param = [("words", words), ("limit", str(limit))]
        click.get_current_context().invoke(query, path=path, sql=SEARCH, param=param, **output)

    cli.add_command(
        click.Command(
            "newsward-search",
            callback=search,
            help=HELP,
            params=[
                click.Argument(["path"], type=click.Path(exists=True, dir_okay=False)),
                click.Argument(["words"]),
                click.Option(["--limit"], type=click.IntRange(1), default=20, show_default=True),
                *(option for option in query.params if option.name not in _OF_QUERY),
            ],
        )
    )
