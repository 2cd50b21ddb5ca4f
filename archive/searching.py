"""One language for all who look for records: search, exports, watches, SQL and the pages.

Every function reads from the database that it is given and writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlite_utils import Database

from archive import export_rows, search_bounds, search_rows
from archive.errors import ConfigurationError
from archive.periods import end_of, parse_period
from archive.search import Bound, Field, Query, parse_query
from archive.search_bounds import Condition
from archive.search_topics import filed_under
from archive.statements import select as select_sql
from archive.views import Offset, SearchResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What is asked for beside a query: a source's slug; years, months or days, both included."""

    source: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A search that can be carried out, None when there is nothing to search for.

    `hint` is what there is to say about it; `newest` the last record that it may find.
    """

    search: search_rows.Search | None
    hint: str | None
    newest: int


def prepare(db: Database, query: str, asked: Bounds, *, newest: int | None = None) -> Prepared:
    """What to search for with a query as a person types it, fields too (see `archive.search`).

    Raises:
        ConfigurationError: no such source, no such date, or `until` before `since`.
    """
    parsed = parse_query(query, fields=True)
    bounds = [*parsed.bounds, *_bounds(db, asked)]
    last = search_rows.newest(db) if newest is None else newest
    beside = export_rows.within(db, bounds, is_search=parsed.match is not None)
    if not parsed.is_answerable or beside.nothing:
        hint = beside.nothing if parsed.is_answerable else parsed.hint
        return Prepared(search=None, hint=hint, newest=last)
    _leave_out(beside, parsed)
    filed = filed_under(db, query, bounds) if parsed.match else None
    also, said = filed or (None, None)
    return Prepared(
        search=search_rows.Search(match=parsed.match, condition=beside, newest=last, also=also),
        hint=" ".join(filter(None, (said, parsed.hint))) or None,
        newest=last,
    )


def find(db: Database, query: str, asked: Bounds, *, limit: int, offset: Offset) -> SearchResult:
    """One page of what a query finds, the best first.

    Raises:
        ConfigurationError: as `prepare`.
    """
    prepared = prepare(db, query, asked, newest=offset.newest)
    if prepared.search is None:
        return SearchResult(
            query=query, hits=(), total=0, hint=prepared.hint, newest=prepared.newest
        )
    page = search_rows.page(db, prepared.search, limit=limit, offset=offset.count)
    return SearchResult(
        query=query,
        hits=page.hits,
        total=page.total,
        more=page.more,
        hint=prepared.hint,
        newest=prepared.newest,
    )


def select(
    db: Database,
    query: str | None,
    asked: Bounds,
    *,
    narrow: Callable[[Condition], None] = lambda _made: None,
    with_text: bool = False,
) -> export_rows.Selection:
    """Every record that a query finds, None for all. Fields alone are enough here.

    `narrow` adds what must hold of each record besides. A selection that can have nothing, as its
    query names a source or topic that is not there, says so in `condition.nothing`.

    Raises:
        ConfigurationError: as `prepare`; or the query has nothing to look for.
    """
    parsed = Query(text="", match=None) if query is None else parse_query(query, fields=True)
    if query is not None and not parsed.is_answerable:
        raise ConfigurationError(parsed.hint or query)
    bounds = [*parsed.bounds, *_bounds(db, asked)]
    within = export_rows.within(db, bounds, is_search=parsed.match is not None)
    narrow(within)
    _leave_out(within, parsed)
    filed = filed_under(db, query, bounds, narrow=narrow) if query and parsed.match else None
    return export_rows.Selection(
        match=parsed.match,
        condition=within,
        also=filed[0] if filed else None,
        with_text=with_text,
    )


def _leave_out(made: Condition, parsed: Query) -> None:
    """Leave out what a query without other words excludes."""
    if parsed.excluded is not None:
        match = f"articles_fts MATCH {made.value(parsed.excluded)}"
        made.sql += (
            f" AND {made.number} NOT IN ({select_sql('rowid', 'articles_fts', where=match)})"
        )


def source_id(db: Database, slug: str) -> int:
    """The number of a source.

    Raises:
        ConfigurationError: there is none of that name.
    """
    row = db.execute("SELECT id FROM sources WHERE slug = ?", [slug]).fetchone()
    if row is not None:
        return int(row[0])
    slugs = [name for (name,) in db.execute("SELECT slug FROM sources ORDER BY slug")]
    raise ConfigurationError(search_bounds.missing(Field.SOURCE, slug, slugs))


def _bounds(db: Database, asked: Bounds) -> list[Bound]:
    if asked.source is not None:
        source_id(db, asked.source)
    first = None if asked.since is None else parse_period(asked.since)
    last = None if asked.until is None else parse_period(asked.until)
    if first is not None and last is not None and end_of(last) < first:
        raise ConfigurationError(f"Nothing is both since {first} and until {last}.")
    told = {Field.SOURCE: asked.source, Field.SINCE: first, Field.UNTIL: last}
    return [Bound(field=field, values=(value,)) for field, value in told.items() if value]
