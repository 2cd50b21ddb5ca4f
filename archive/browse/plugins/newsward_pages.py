"""What our pages need of Datasette: safe search, marks, proof, headers."""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import datasette as datasette_package
from datasette.database import QueryInterrupted
from datasette.filters import FilterArguments
from markupsafe import Markup
from pluggy import HookimplMarker
from sqlite_utils import Database

from archive.browse.headers import App, content_security_policy, guarded
from archive.errors import ConfigurationError, NewswardError
from archive.periods import plain_date
from archive.provenance import blocks, provenance_sentences, removals_by_rule
from archive.reading import ReadArchive
from archive.record_views import record_view
from archive.records import BLOCK_SEPARATOR
from archive.searching import Bounds
from archive.sqlite_utils_plugin import add_functions
from archive.story_views import StoryView, story_in
from archive.topics.routes import in_words
from archive.views import RecordView

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database as Browsed
    from datasette.utils.asgi import Request

hookimpl = HookimplMarker("datasette")

# Of a story that hundreds copied, the first so many links are shown, each with its evidence.
_LINKS = 40
_MARKED = re.compile(r"\[([^\[\]]*)\]")
_MARK = Markup("<mark>{}</mark>")


def search_hint(archive: Path, words: str, **told: str) -> str | None:
    """What there is to say about a search, and what of it was not understood; None: nothing."""
    asked = Bounds(**{name: value or None for name, value in told.items()})
    try:
        with ReadArchive(archive) as reader:
            return reader.hint(words, asked) if words else None
    except NewswardError as error:
        return str(error)


# What no query of a reader may read, whole tables where no columns are named. Datasette's own
# `allow` closes the page of a table, and no SQL.
_PRIVATE: Mapping[str, frozenset[str]] = {
    "watches": frozenset(),  # the address of a webhook is a password
    "watch_messages": frozenset({"token"}),
    "restricted": frozenset({"packed"}),
}


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give SQL our search as functions, and deny it what may not be browsed, however asked."""
    add_functions(conn)
    conn.set_authorizer(_authorize)


def _authorize(action: int, table: str | None, column: str | None, *_: object) -> int:
    if action != sqlite3.SQLITE_READ or table is None:
        return sqlite3.SQLITE_OK
    private = _PRIVATE.get(table.lower())
    is_private = private is not None and (not private or (column or "").lower() in private)
    return sqlite3.SQLITE_DENY if is_private else sqlite3.SQLITE_OK


@hookimpl
def render_cell(value: object, column: str, table: str | None) -> Markup | None:
    """Show the words that a search marked."""
    if table is not None or column != "snippet" or not isinstance(value, str):
        return None
    # Every second piece is what stood between the marks of the search.
    pieces = enumerate(_MARKED.split(value))
    return Markup("").join(_MARK.format(piece) if at % 2 else piece for at, piece in pieces)


_TOPICS = """
SELECT slug, label, (SELECT count(*) FROM article_topics WHERE topic_id = topics.id) AS records
FROM topics ORDER BY records DESC, slug
"""
# Of a million records with two topics each, counting takes a tenth of a second.
_COUNTING_MS = 1_000
# The plus: from the newest on, by the index of dates. Else SQLite reads every record of the topic.
_WITH_TOPIC = """
+id IN (SELECT article_id FROM article_topics JOIN topics ON topics.id = topic_id
  WHERE slug = :newsward_topic)
"""


@hookimpl
def filters_from_request(request: "Request", table: str) -> FilterArguments | None:
    """List the records of one topic: `/archive/articles?_topic=sextortion`."""
    topic = request.args.get("_topic")
    if table != "articles" or not topic:
        return None
    return FilterArguments(
        [_WITH_TOPIC.strip()], {"newsward_topic": topic}, [f"the topic is {topic}"]
    )


def topic_url(articles: str, slug: str) -> str:
    """Where the records of a topic are listed."""
    return f"{articles}?{urlencode({'_topic': slug})}"


async def topics_of(database: "Browsed") -> list[tuple[str, str, int | None]]:
    """Slug, label and number of records of each topic that has some; None when it takes long."""
    try:
        rows = (await database.execute(_TOPICS, custom_time_limit=_COUNTING_MS)).rows
    except QueryInterrupted:
        rows = (await database.execute("SELECT slug, label, NULL FROM topics ORDER BY slug")).rows
    except sqlite3.OperationalError:
        # An archive that an older program made has no topics.
        return []
    return [(slug, label, records) for slug, label, records in rows if records != 0]


@hookimpl
def extra_template_vars(
    datasette: "Datasette", database: str | None
) -> dict[str, Callable[..., Any]]:
    """Give templates dates in words, and a record with its proof."""

    async def newsward_record(article_id: str) -> RecordView | None:
        def read(conn: sqlite3.Connection) -> RecordView | None:
            return record_view(Database(conn, execute_plugins=False), int(article_id))

        found: Awaitable[RecordView | None] = datasette.get_database(database).execute_fn(read)
        return await found

    async def newsward_story(story_id: str) -> StoryView | None:
        def read(conn: sqlite3.Connection) -> StoryView | None:
            try:
                return story_in(Database(conn, execute_plugins=False), int(story_id), links=_LINKS)
            except ConfigurationError:  # no record tells it any more
                return None

        found: Awaitable[StoryView | None] = datasette.get_database(database).execute_fn(read)
        return await found

    async def newsward_hint(words: str, source: str, since: str, until: str) -> str | None:
        path = Path(datasette.get_database(database).path)
        return await asyncio.to_thread(
            search_hint, path, words, source=source, since=since, until=until
        )

    async def newsward_topics() -> list[tuple[str, str, int | None]]:
        return await topics_of(datasette.get_database(database))

    return {
        "newsward_topics": newsward_topics,
        "newsward_topic_url": topic_url,
        "newsward_route": in_words,
        "newsward_record": newsward_record,
        "newsward_story": newsward_story,
        "newsward_sentences": provenance_sentences,
        "newsward_rules": removals_by_rule,
        "newsward_blocks": blocks,
        "newsward_paragraphs": lambda text: text.split(BLOCK_SEPARATOR),
        "newsward_date": plain_date,
        "newsward_hint": newsward_hint,
    }


@hookimpl(trylast=True)
def asgi_wrapper(datasette: "Datasette") -> Callable[[App], App]:
    """Send security headers with every answer; answer only to the hosts that are configured."""
    templates = Path(datasette_package.__file__).parent / "templates"
    policy = content_security_policy(sorted(templates.glob("*.html")))
    hosts = (datasette.plugin_config("newsward") or {}).get("hosts")
    return lambda app: guarded(app, policy=policy, hosts=hosts)
