"""Exports: records in a format that other programs read, counted and reconciled."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO, TypeVar

from archive.errors import ArchiveDamagedError, ConfigurationError
from archive.export_formats import feeds, parquet, references, tables
from archive.exported import ExportedRecord
from archive.reading import ReadArchive

Item = TypeVar("Item")


class Format(StrEnum):
    """What an export can be written as, piece by piece; Parquet is a file as a whole."""

    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    RIS = "ris"
    BIBTEX = "bibtex"
    CSL = "csl"
    ATOM = "atom"
    OPML = "opml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What to export: a query as a person types it (None: all records), bounds as in a search."""

    query: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None
    with_text: bool = False


def export(archive: Path, request: Request, as_format: Format, out: TextIO, *, now: str) -> int:
    """Write what is asked for to `out`, give how many records (OPML: feeds) it was.

    Memory does not grow with their number. `now` is the time of the export, ISO 8601 UTC.

    Raises:
        ArchiveDamagedError: not as many were written as were found.
        ConfigurationError: the request cannot be carried out.
    """
    with ReadArchive(archive) as reader:
        if as_format is Format.OPML:
            return _export_sources(reader, request, out, now)
        selected = reader.selected(
            request.query,
            source=request.source,
            since=request.since,
            until=request.until,
            with_text=request.with_text,
        )
        with selected as (found, records):
            counted = _Counted(records)
            out.writelines(_pieces(as_format, counted, title=title_of(request), now=now))
            return _reconciled(found, counted.count, archive)


def export_parquet(archive: Path, request: Request, path: Path) -> int:
    """Write what is asked for to a new Parquet file, give how many rows it has.

    Raises:
        ArchiveDamagedError: not as many were written as were found.
        ConfigurationError: the request cannot be carried out, or the extra is not installed.
    """
    with (
        ReadArchive(archive) as reader,
        reader.selected(
            request.query,
            source=request.source,
            since=request.since,
            until=request.until,
            with_text=request.with_text,
        ) as (found, records),
    ):
        written = parquet.write_parquet(records, path, with_text=request.with_text)
        return _reconciled(found, written, archive)


def _pieces(
    as_format: Format, records: Iterable[ExportedRecord], *, title: str, now: str
) -> Iterator[str]:
    if as_format is Format.ATOM:
        return feeds.as_atom(records, title=title, now=now)
    return _PLAIN[as_format](records)


_PLAIN: Mapping[Format, Callable[[Iterable[ExportedRecord]], Iterator[str]]] = {
    Format.CSV: tables.as_csv,
    Format.JSON: tables.as_json,
    Format.NDJSON: tables.as_ndjson,
    Format.RIS: references.as_ris,
    Format.BIBTEX: references.as_bibtex,
    Format.CSL: references.as_csl,
}


def title_of(request: Request) -> str:
    """What an export is called: what was asked for."""
    asked = [request.query, request.source, request.since, request.until]
    return " · ".join(["E-safety news", *filter(None, asked)])


def _export_sources(reader: ReadArchive, request: Request, out: TextIO, now: str) -> int:
    if request.query is not None or request.since or request.until or request.with_text:
        raise ConfigurationError(
            "OPML lists the sources, not articles: leave out the query, the dates and --text."
        )
    with reader.feeds(source=request.source) as (found, sources):
        counted = _Counted(sources)
        out.writelines(feeds.as_opml(counted, title=title_of(request), now=now))
        return _reconciled(found, counted.count, reader.path)


class _Counted(Iterator[Item]):
    """Counts what is taken from an iterator."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self.count = 0

    def __next__(self) -> Item:
        item = next(self._items)
        self.count += 1
        return item


def _reconciled(found: int, written: int, archive: Path) -> int:
    if found != written:
        raise ArchiveDamagedError(
            f"{archive}: {found:,} found and {written:,} exported; the search index and the"
            " records differ. `newsward verify` says where; nothing was kept of this export."
        )
    return written
