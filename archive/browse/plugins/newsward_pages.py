"""What our pages need of Datasette: safe search, marks, proof, headers."""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import datasette as datasette_package
from markupsafe import Markup, escape
from pluggy import HookimplMarker
from sqlite_utils import Database

from archive.browse.headers import App, content_security_policy, guarded
from archive.errors import ConfigurationError
from archive.periods import parse_period, plain_date
from archive.provenance import blocks, provenance_sentences, removals_by_rule
from archive.record_views import record_view
from archive.records import BLOCK_SEPARATOR
from archive.search import NO_MATCH, parse_query
from archive.views import RecordView

if TYPE_CHECKING:
    from datasette.app import Datasette

hookimpl = HookimplMarker("datasette")

_MARKED = re.compile(r"\[([^\[\]]*)\]")


def newsward_match(words: str | None) -> str:
    """The FTS5 expression for a query as a person types it; matches nothing when there is none."""
    return parse_query(words or "").match or NO_MATCH


def search_hint(words: str, since: str, until: str) -> str | None:
    """What of a search was not understood; None when all was."""
    try:
        for period in filter(None, (since, until)):
            parse_period(period)
    except ConfigurationError as error:
        return str(error)
    return parse_query(words).hint if words else None


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give SQL the function `newsward_match(words)`."""
    conn.create_function("newsward_match", 1, newsward_match, deterministic=True)


@hookimpl
def render_cell(value: object, column: str, table: str | None) -> Markup | None:
    """Show the words that a search marked."""
    if table is not None or column != "snippet" or not isinstance(value, str):
        return None
    # The text is escaped first: what becomes markup is our own.
    return Markup(_MARKED.sub(r"<mark>\1</mark>", str(escape(value))))  # noqa: S704


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

    return {
        "newsward_record": newsward_record,
        "newsward_sentences": provenance_sentences,
        "newsward_rules": removals_by_rule,
        "newsward_blocks": blocks,
        "newsward_paragraphs": lambda text: text.split(BLOCK_SEPARATOR),
        "newsward_date": plain_date,
        "newsward_hint": search_hint,
    }


@hookimpl(trylast=True)
def asgi_wrapper(datasette: "Datasette") -> Callable[[App], App]:
    """Send security headers with every answer; answer only to the hosts that are configured."""
    templates = Path(datasette_package.__file__).parent / "templates"
    policy = content_security_policy(sorted(templates.glob("*.html")))
    hosts = (datasette.plugin_config("newsward") or {}).get("hosts")
    return lambda app: guarded(app, policy=policy, hosts=hosts)
