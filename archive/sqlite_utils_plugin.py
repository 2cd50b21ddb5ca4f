"""For people of plain `sqlite-utils`: our search as a command, and as a function of SQL.

It is loaded by every `sqlite-utils` of the environment that newsward is installed in, so that it
imports nothing of ours before it is used.
"""

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from pluggy import HookimplMarker

if TYPE_CHECKING:
    import click

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
    from archive.search import NO_MATCH, parse_query  # noqa: PLC0415 - see the top of this file

    return parse_query(str(words or "")).match or NO_MATCH


def newsward_words(words: str | None) -> str:
    """The FTS5 expression for the words of a query without its fields (source:, date:, ...)."""
    from archive.search import NO_MATCH, parse_query  # noqa: PLC0415 - as above

    return parse_query(str(words or ""), fields=True).match or NO_MATCH


def newsward_within(words: str | None, *record: str | None) -> bool:
    """Whether a record is within the fields of a query.

    `record` is its source's slug, its kind, language and date. Topics are in tables of their own:
    a query that names one finds nothing here.
    """
    from archive.search import parse_query, within  # noqa: PLC0415 - as above

    source, kind, language, published = record
    bounds = parse_query(str(words or ""), fields=True).bounds
    return within(bounds, source=source, kind=kind, language=language, published=published)


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give SQL our search as functions: `newsward_match`, `newsward_words`, `newsward_within`."""
    conn.create_function("newsward_match", 1, newsward_match, deterministic=True)
    conn.create_function("newsward_words", 1, newsward_words, deterministic=True)
    conn.create_function("newsward_within", 5, newsward_within, deterministic=True)


# What `sqlite-utils query` takes and a search settles itself; all else is how rows are printed.
_OF_QUERY = frozenset({"path", "sql", "param", "attach", "functions", "load_extension"})

HELP = """Search an archive of newsward, the best first, in words as one types them.

Example:

\b
    sqlite-utils newsward-search archive.db 'self-harm OR grooming source:bbc-news' -t
"""


@hookimpl
def register_commands(cli: "click.Group") -> None:
    """Add `sqlite-utils newsward-search`, with the output options of `sqlite-utils query`."""
    import click  # noqa: PLC0415 - sqlite-utils has it loaded; a plain connection does not need it

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
    import click  # noqa: PLC0415 - see above

    from archive.errors import NewswardError  # noqa: PLC0415 - see the top of this file
    from archive.reading import ReadArchive  # noqa: PLC0415 - the same

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
