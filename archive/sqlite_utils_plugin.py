"""For people of plain `sqlite-utils`: our search as a command, and as a function of SQL.

It is loaded by every `sqlite-utils` of the environment that newsward is installed in, so that it
imports nothing of ours before it is used.
"""

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import click
from pluggy import HookimplMarker

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.reading import ReadArchive
    from archive.views import Hit

hookimpl = HookimplMarker("sqlite_utils")

# What `newsward search` finds, as rows for whatever `sqlite-utils` makes of them.
FOUND = """
select articles.id, articles.title, sources.name as source, articles.published,
  json_extract(found.value, '$[1]') as snippet, articles.url
from json_each(:found) as found
join articles on articles.id = json_extract(found.value, '$[0]')
join sources on sources.id = articles.source_id
order by found.key
"""


def newsward_match(words: str | None) -> str:
    """The FTS5 expression for a query as a person types it; matches nothing when there is none.

    Fields are words here, as SQL that knows only this function would not look at them.
    """
    from archive.search import NO_MATCH, parse_query

    return parse_query(str(words or "")).match or NO_MATCH


def add_functions(conn: sqlite3.Connection) -> None:
    """Give SQL our search as functions.

    `newsward_match(words)`: the FTS5 expression for words. `newsward_search(words, limit, source,
    since, until)`: what `newsward search` finds, as JSON of number and snippet, the best first; all
    but the words may be left out or empty. `newsward_ids(words)`: the numbers of all that an export
    has, as JSON. Both know the whole language of queries, and find nothing where it has an error.

    They read through a connection of their own: a function that kept the one it belongs to would
    keep it open for ever.
    """
    path = next((row[2] for row in conn.execute("PRAGMA database_list") if row[1] == "main"), "")

    def newsward_search(words: str | None, limit: object = 20, *bounds: str | int | None) -> str:
        # A year may be given as a number.
        told = [None if one in {None, ""} else str(one) for one in bounds]
        source, since, until, *_ = [*told, None, None, None]

        def read(archive: "ReadArchive") -> object:
            most = max(limit, 1) if isinstance(limit, int) else 20
            found = archive.search(
                str(words or ""), source=source, since=since, until=until, limit=most
            )
            return [(hit.id, _marked(hit)) for hit in found.hits]

        return _read(path, read)

    def newsward_ids(words: str | None) -> str:
        return _read(path, lambda archive: archive.numbers(str(words or "")))

    conn.create_function("newsward_match", 1, newsward_match, deterministic=True)
    conn.create_function("newsward_search", -1, newsward_search)
    conn.create_function("newsward_ids", 1, newsward_ids)


def _read(path: str, read: "Callable[[ReadArchive], object]") -> str:
    """What is read from an archive, as JSON; an empty list of what is none, or of an error."""
    from archive.errors import NewswardError
    from archive.reading import ReadArchive

    if not path:  # a database in memory
        return "[]"
    try:
        with ReadArchive(Path(path)) as archive:
            return json.dumps(read(archive))
    except NewswardError:
        return "[]"


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give SQL our search as functions."""
    add_functions(conn)


# What `sqlite-utils query` takes and a search settles itself; all else is how rows are printed.
_OF_QUERY = frozenset({"path", "sql", "param", "attach", "functions", "load_extension"})

HELP = """Search an archive of newsward, the best first, in words as one types them.

Example:

\b
    sqlite-utils newsward-search archive.db 'self-harm OR grooming source:bbc-news' -t
"""


@hookimpl
def register_commands(cli: click.Group) -> None:
    """Add `sqlite-utils newsward-search`, with the output options of `sqlite-utils query`."""
    query = cli.commands["query"]

    def search(*, path: str, words: str, limit: int, **output: object) -> None:
        found, hint = _found(path, words, limit)
        if hint:
            click.echo(hint, err=True)
        param = [("found", found)]
        click.get_current_context().invoke(query, path=path, sql=FOUND, param=param, **output)

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


def _found(path: str, words: str, limit: int) -> tuple[str, str | None]:
    """The number and the snippet of each hit as JSON, and what there is to say about the query."""
    from archive.errors import NewswardError
    from archive.reading import ReadArchive

    try:
        with ReadArchive(Path(path)) as archive:
            result = archive.search(words, limit=limit)
    except NewswardError as error:
        raise click.ClickException(str(error)) from error
    return json.dumps([(hit.id, _marked(hit)) for hit in result.hits]), result.hint


def _marked(hit: "Hit") -> str:
    pieces, end = [], 0
    for start, stop in hit.marks:
        pieces += [hit.snippet[end:start], "[", hit.snippet[start:stop], "]"]
        end = stop
    return "".join([*pieces, hit.snippet[end:]])
