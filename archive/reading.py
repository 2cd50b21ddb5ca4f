"""class ReadArchive: the door to the archive for whoever only reads."""

import contextlib
import difflib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from archive import search_rows
from archive.database import explained, open_archive
from archive.errors import ConfigurationError, RecordMissingError
from archive.periods import end_of, parse_period
from archive.records import Part, Redirect, Removal
from archive.search import parse_query
from archive.views import (
    Counts,
    FetchView,
    FoundAt,
    RecordView,
    RevisionView,
    SearchResult,
    SourceView,
)

_ARTICLE = """
SELECT articles.id, articles.title, articles.url, sources.slug, sources.name, articles.kind,
  articles.published, articles.published_precision, articles.published_source,
  articles.modified, articles.authors, articles.description, articles.language,
  articles.site_name, articles.canonical_url, articles.word_count, articles.body,
  articles.text_hash, articles.first_seen_at, article_seen.last_seen_at,
  article_seen.last_checked_at, articles.revision
FROM articles JOIN sources ON sources.id = articles.source_id
LEFT JOIN article_seen ON article_seen.article_id = articles.id
WHERE articles.id = ?
"""

# A place may be noted before the record is there, and later only with the address. A feed or
# sitemap is an address of the frontier too: it says whose place it is.
_FOUND = """
SELECT provenance.relation, provenance.place, provenance.position, sources.name,
  provenance.seen_at, provenance.evidence
FROM provenance JOIN frontier ON frontier.id = provenance.frontier_id
LEFT JOIN frontier AS place ON place.url = provenance.place
JOIN sources ON sources.id = coalesce(place.source_id, frontier.source_id)
WHERE provenance.article_id = :id
  OR provenance.frontier_id IN (SELECT id FROM frontier WHERE article_id = :id)
ORDER BY provenance.relation IN ('redirected from', 'also at'), provenance.id
"""

_FETCH = """
SELECT fetches.id, fetches.url, fetches.final_url, fetches.redirects, fetches.fetched_at,
  fetches.status, fetches.headers, fetches.elapsed_ms, fetches.bytes, fetches.ending,
  runs.id, runs.trigger, runs.program
FROM fetches JOIN runs ON runs.id = fetches.run_id WHERE fetches.id = ?
"""

_REVISIONS = """
SELECT revision, reason, seen_at, extractor, title, text_hash, words_added, words_removed,
  snapshot_digest, id, fetch_id
FROM revisions WHERE article_id = ? ORDER BY revision
"""

_REMOVALS = """
SELECT position, part, rule, text FROM removals WHERE revision_id = ? ORDER BY position, id
"""

_SOURCES = """
SELECT slug, name, homepage, country, language, kind, licence, link_only, enabled,
  last_success_at, last_new_article_at,
  (SELECT count(*) FROM articles WHERE articles.source_id = sources.id)
FROM sources ORDER BY name
"""

_COUNTS = """
SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM revisions),
  (SELECT count(*) FROM removals), (SELECT count(*) FROM sources), (SELECT count(*) FROM runs),
  (SELECT count(*) FROM fetches), (SELECT count(*) FROM frontier WHERE state = 'waiting'),
  (SELECT count(*) FROM quarantine)
"""


class ReadArchive:
    """One archive opened for reading. Creates and changes nothing; a crawl may write meanwhile.

    Safe to call from several threads. What one call brings back was true at one moment.

    Raises:
        ArchiveMissingError: there is none at `path`.
        ArchiveUnavailableError: it cannot be read now; from every method.
        ConfigurationError: the file is not an archive, or newer than this program.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db = open_archive(path, readonly=True)

    @contextlib.contextmanager
    def _one_moment(self) -> Iterator[Database]:
        with self._lock, explained(self.path):
            self._db.execute("BEGIN")
            try:
                yield self._db
            finally:
                self._db.execute("ROLLBACK")

    def search(
        self,
        query: str,
        *,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> SearchResult:
        """The records that match a query as a person types it (see `archive.search`).

        `source` is a slug. `since` and `until` are years, months or days, both included, compared
        with the date that the publisher gave; with either, records without a date are left out.
        The newest 2,000 matches come first, by rank; behind them the next 2,000, and so on.

        Raises:
            ConfigurationError: no such source, no such date, or `until` before `since`.
        """
        if limit < 1 or offset < 0:
            raise ValueError("limit is at least 1 and offset at least 0")
        asked = parse_query(query)
        first, last = _bounds(since, until)
        with self._one_moment() as db:
            source_id = None if source is None else _source_id(db, source)
            if asked.match is None:
                return SearchResult(query=query, hits=(), total=0, hint=asked.hint)
            search = search_rows.Search(
                match=asked.match, source_id=source_id, since=first, until=last
            )
            total, more = search_rows.count(db, search)
            return SearchResult(
                query=query,
                hits=search_rows.hits(db, search, limit=limit, offset=offset),
                total=total,
                more=more,
                hint=asked.hint,
            )

    def record(self, article_id: int) -> RecordView:
        """One record with its provenance, revisions and what was stripped from its text.

        Raises:
            RecordMissingError: there is none with that number.
        """
        with self._one_moment() as db:
            return _record(db, article_id, self.path)

    def sources(self) -> tuple[SourceView, ...]:
        """Every source, listed now or once, by name."""
        with self._one_moment() as db:
            return tuple(_source(row) for row in db.execute(_SOURCES))

    def counts(self) -> Counts:
        """How much is in the archive."""
        with self._one_moment() as db:
            row = db.execute(_COUNTS).fetchone()
        return Counts(**dict(zip(Counts.__slots__, row, strict=True)))

    def close(self) -> None:
        """Close the file; calling twice is harmless."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _bounds(since: str | None, until: str | None) -> tuple[str | None, str | None]:
    first = None if since is None else parse_period(since)
    last = None if until is None else parse_period(until)
    if first is not None and last is not None and end_of(last) < first:
        raise ConfigurationError(f"Nothing is both since {first} and until {last}.")
    return first, last


def _source_id(db: Database, slug: str) -> int:
    row = db.execute("SELECT id FROM sources WHERE slug = ?", [slug]).fetchone()
    if row is not None:
        return int(row[0])
    slugs = [name for (name,) in db.execute("SELECT slug FROM sources ORDER BY slug")]
    near = difflib.get_close_matches(slug, slugs, n=1)
    known = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(slugs) or 'none yet'}."
    raise ConfigurationError(f"There is no source {slug!r} in this archive. {known}")


def _record(db: Database, article_id: int, path: Path) -> RecordView:
    # A number beyond 64 bits is no row's, and the driver refuses to ask.
    row = (
        db.execute(_ARTICLE, [article_id]).fetchone() if abs(article_id).bit_length() < 64 else None  # noqa: PLR2004
    )
    if row is None:
        raise RecordMissingError(
            f"{path}: there is no record {article_id}. `newsward search` shows the numbers."
        )
    revisions = db.execute(_REVISIONS, [article_id]).fetchall()
    present = next(revision for revision in revisions if revision[0] == row[21])
    return RecordView(
        id=row[0],
        title=row[1],
        url=row[2],
        source=row[3],
        source_name=row[4],
        kind=row[5],
        published=row[6],
        published_precision=row[7],
        published_source=row[8],
        modified=row[9],
        authors=tuple(row[10].split("; ")) if row[10] else (),
        description=row[11],
        language=row[12],
        site_name=row[13],
        canonical_url=row[14],
        word_count=row[15],
        text=row[16],
        text_hash=row[17],
        first_seen_at=row[18],
        last_seen_at=row[19],
        last_checked_at=row[20],
        found=tuple(_found(found) for found in db.execute(_FOUND, {"id": article_id})),
        fetch=_fetch(db.execute(_FETCH, [present[10]]).fetchone()),
        snapshot_digest=present[8],
        extractor=present[3],
        revisions=tuple(_revision(revision) for revision in revisions),
        removals=tuple(_removal(removal) for removal in db.execute(_REMOVALS, [present[9]])),
    )


def _found(row: tuple[Any, ...]) -> FoundAt:
    return FoundAt(
        relation=row[0],
        place=row[1],
        position=row[2],
        source=row[3],
        seen_at=row[4],
        evidence=json.loads(row[5]) if row[5] else {},
    )


def _fetch(row: tuple[Any, ...]) -> FetchView:
    return FetchView(
        id=row[0],
        url=row[1],
        final_url=row[2],
        redirects=tuple(Redirect(url=url, status=status) for url, status in _json(row[3])),
        fetched_at=row[4],
        status=row[5],
        headers=tuple((name, value) for name, value in _json(row[6])),
        elapsed_ms=row[7],
        bytes=row[8],
        ending=row[9],
        run_id=row[10],
        trigger=row[11],
        program=row[12],
    )


def _json(text: str | None) -> list[Any]:
    value: list[Any] = json.loads(text) if text else []
    return value


def _revision(row: tuple[Any, ...]) -> RevisionView:
    return RevisionView(
        revision=row[0],
        reason=row[1],
        seen_at=row[2],
        extractor=row[3],
        title=row[4],
        text_hash=row[5],
        words_added=row[6],
        words_removed=row[7],
        snapshot_digest=row[8],
    )


def _removal(row: tuple[Any, ...]) -> Removal:
    return Removal(position=row[0], part=Part(row[1]), rule=row[2], text=row[3])


def _source(row: tuple[Any, ...]) -> SourceView:
    return SourceView(
        slug=row[0],
        name=row[1],
        homepage=row[2],
        country=row[3],
        language=row[4],
        kind=row[5],
        licence=row[6],
        link_only=bool(row[7]),
        enabled=bool(row[8]),
        last_success_at=row[9],
        last_new_article_at=row[10],
        records=row[11],
    )
