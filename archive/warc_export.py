"""Exporting the pages of records as WARC or WACZ, counted and reconciled."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveDamagedError, ConfigurationError
from archive.exchange_rows import Exchange, exchanges
from archive.export import Request, title_of
from archive.exported import ExportedRecord
from archive.reading import ReadArchive
from archive.snapshots import Snapshots
from archive.wacz import PageEntry, Wacz
from archive.warc import WarcFile


class PageFormat(StrEnum):
    """What whole pages can be exported as."""

    WARC = "warc"
    WACZ = "wacz"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedPages:
    """How many records were found, pages of them written, and records that have no page to give.

    Those are records of sources of which only a link is kept, and those whose page was taken out.
    """

    records: int
    pages: int
    without: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """What to export from where; `now` is the time, ISO 8601 UTC, `program` who does it."""

    archive: Path
    request: Request
    now: str
    program: str

    def write(self, as_format: PageFormat, out: BinaryIO, *, folder: Path) -> ExportedPages:
        """Write the pages; `folder` is where the parts of a WACZ wait meanwhile.

        Raises:
            ArchiveDamagedError: not as many records were met as were found; a page is damaged.
            ConfigurationError: the request cannot be carried out.
        """
        if self.request.with_text:
            raise ConfigurationError(
                f"{as_format} has whole pages and so every text: leave out --text."
            )
        if as_format is PageFormat.WARC:
            return self._pages(WarcFile(out, now=self.now), None)
        with Wacz(folder) as wacz:
            warc = WarcFile(wacz.warc, now=self.now, written=wacz.index)
            done = self._pages(warc, wacz)
            title = title_of(self.request)
            wacz.finish(out, title=title, now=self.now, program=self.program)
        return done

    def _pages(self, warc: WarcFile, wacz: Wacz | None) -> ExportedPages:
        warc.info(program=self.program, about=title_of(self.request))
        request, records, pages, without = self.request, 0, 0, 0
        with (
            ReadArchive(self.archive) as reader,
            ReadArchive(self.archive) as beside,
            Snapshots(self.archive, readonly=True) as snapshots,
            reader.selected(
                request.query, source=request.source, since=request.since, until=request.until
            ) as (found, selected),
        ):
            for record in selected:
                # Read in a moment of its own: what was taken down since is not there any more.
                with beside.moment() as db:
                    kept = exchanges(db, record.id)
                written = warc.exchanges(kept, snapshots.body)
                records, pages, without = records + 1, pages + written, without + (not written)
                if wacz and written:
                    wacz.page(_page(record, kept))
        if records != found:
            raise ArchiveDamagedError(
                f"{self.archive}: {found:,} records found and {records:,} exported. `newsward"
                " verify` says what is wrong; nothing was kept of this export."
            )
        return ExportedPages(records=records, pages=pages, without=without)


def _page(record: ExportedRecord, kept: list[Exchange]) -> PageEntry:
    newest = [exchange for exchange in kept if exchange.snapshot_digest][-1]
    return PageEntry(
        url=newest.final_url, date=newest.fetched_at, title=record.title, article_id=record.id
    )
