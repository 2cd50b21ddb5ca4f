"""class ReadArchive(OpenArchive): the door to the archive for whoever only reads."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive import (
    audit_rows,
    export_rows,
    furniture_rows,
    reread_rows,
    searching,
)
from archive.address_rows import unfetched
from archive.audits import Audit
from archive.errors import RecordMissingError
from archive.exported import ExportedRecord, ExportedSource
from archive.opened import OpenArchive
from archive.record_views import number_of, record_view, withdrawn
from archive.reread_rows import KeptPage
from archive.searching import Bounds
from archive.views import Counts, Offset, RecordView, SearchResult, SourceView

_SOURCES = """
SELECT slug, name, homepage, country, language, kind, licence, link_only, enabled,
  last_success_at, last_new_article_at,
  (SELECT count(*) FROM articles WHERE articles.source_id = sources.id)
FROM sources ORDER BY name
"""

_COUNTS = """
SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM revisions),
  (SELECT coalesce(sum(blocks), 0) FROM removals),
  (SELECT count(*) FROM sources), (SELECT count(*) FROM runs),
  (SELECT count(*) FROM fetches), (SELECT count(*) FROM frontier WHERE state = 'waiting'),
  (SELECT count(*) FROM quarantine)
"""


class ReadArchive(OpenArchive):
    """One archive opened for reading. Creates and changes nothing; a crawl may write meanwhile.

    Safe to call from several threads. What one call brings back was true at one moment.

    Raises:
        ArchiveMissingError: there is none at `path`.
        ArchiveUnavailableError: it cannot be read now; from every method.
        ConfigurationError: the file is not an archive, or newer than this program.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, readonly=True)

    def search(
        self,
        query: str,
        *,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 20,
        offset: int | Offset = 0,
    ) -> SearchResult:
        """The records that match a query as a person types it, fields too (see `archive.search`).

        `source` is a slug. `since` and `until` are years, months or days, both included, compared
        with the date that the publisher gave; with either, records without a date are left out.
        The newest 2,000 matches come first, by rank; behind them the next 2,000, and so on.

        Raises:
            ConfigurationError: no such source, no such date, or `until` before `since`.
        """
        at = offset if isinstance(offset, Offset) else Offset(count=offset)
        if limit < 1 or at.count < 0:
            raise ValueError("limit is at least 1 and offset at least 0")
        asked = Bounds(source=source, since=since, until=until)
        with self.moment() as db:
            return searching.find(db, query, asked, limit=limit, offset=at)

    @contextlib.contextmanager
    def selected(
        self,
        query: str | None,
        *,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        with_text: bool = False,
    ) -> Iterator[tuple[int, Iterator[ExportedRecord]]]:
        """Every record that matches a query, None for all: how many, and each, read as it is used.

        The bounds are those of `search`. Count and records are of one moment, which lasts as long
        as the context; other calls from other threads wait.

        Raises:
            ConfigurationError: as `search`; or the query has nothing to search for.
        """
        asked = Bounds(source=source, since=since, until=until)
        with self.moment() as db:
            selection = searching.select(db, query, asked, with_text=with_text)
            yield export_rows.count(db, selection), export_rows.records(db, selection)

    def numbers(self, query: str) -> list[int]:
        """The numbers of all records that `selected` gives for a query, in order of arrival.

        Raises:
            ConfigurationError: as `selected`.
        """
        with self.moment() as db:
            return export_rows.numbers(db, searching.select(db, query, Bounds()))

    def hint(self, query: str, asked: Bounds) -> str | None:
        """What there is to say about a search before it is carried out; None: nothing.

        Raises:
            ConfigurationError: as `search`.
        """
        with self.moment() as db:
            return searching.prepare(db, query, asked).hint

    @contextlib.contextmanager
    def feeds(self, *, source: str | None = None) -> Iterator[tuple[int, Iterator[ExportedSource]]]:
        """The sources, once for each of their feeds: how many, and each, read as it is used.

        Raises:
            ConfigurationError: no such source.
        """
        with self.moment() as db:
            source_id = None if source is None else searching.source_id(db, source)
            yield export_rows.count_sources(db, source_id), export_rows.sources(db, source_id)

    def kept_pages(self, sources: Sequence[str] = ()) -> Iterator[KeptPage]:
        """Every record whose page is kept, to be read again; each hundred is of one moment.

        Raises:
            ConfigurationError: no such source.
        """
        with self.moment() as db:
            for slug in sources:
                searching.source_id(db, slug)
        after = 0
        while True:
            with self.moment() as db:
                pages = reread_rows.kept_pages(db, sources=sources, after=after, count=100)
            if not pages:
                return
            yield from pages
            after = pages[-1].article_id

    def count_kept_pages(self, sources: Sequence[str] = ()) -> int:
        """How many pages `kept_pages` gives."""
        with self.moment() as db:
            return reread_rows.count(db, sources)

    def furniture(self) -> dict[str, tuple[str, ...]]:
        """The hashes of what is taken out of the pages of each source, by its slug."""
        with self.moment() as db:
            return furniture_rows.learned(db)

    def audit(self, source: str | None = None, *, samples: int = 3, limit: int = 20) -> Audit:
        """What the rules took out, what of that looks wrong, and what was learned of each site.

        Raises:
            ConfigurationError: no such source.
        """
        with self.moment() as db:
            source_id = None if source is None else searching.source_id(db, source)
            return audit_rows.audit(db, source_id, samples=samples, limit=limit)

    def record(self, asked: int | str, *, with_texts: bool = False) -> RecordView:
        """One record with its provenance, revisions and what was stripped from its text.

        `asked` is its number, or an address that led to it. `with_texts` brings every text that it
        has had.

        Raises:
            RecordMissingError: there is none with that number or address.
        """
        with self.moment() as db:
            article_id = asked if isinstance(asked, int) else number_of(db, asked)
            record = record_view(db, article_id, with_texts=with_texts)
            why = None if record else withdrawn(db, article_id)
            if record is None and isinstance(asked, str):
                why = unfetched(db, asked.strip())
        if record is None:
            raise RecordMissingError(
                f"{self.path}: {why or f'there is no record {asked}'}."
                " `newsward search` shows the numbers."
            )
        return record

    def sources(self) -> tuple[SourceView, ...]:
        """Every source, listed now or once, by name."""
        with self.moment() as db:
            return source_views(db)

    def counts(self) -> Counts:
        """How much is in the archive."""
        with self.moment() as db:
            row = db.execute(_COUNTS).fetchone()
        return Counts(**dict(zip(Counts.__slots__, row, strict=True)))


def source_views(db: Database) -> tuple[SourceView, ...]:
    """Every source, listed now or once, by name."""
    return tuple(_source(row) for row in db.execute(_SOURCES))


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
