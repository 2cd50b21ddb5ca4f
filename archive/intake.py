"""Taking in pages that another crawler fetched: which are new here, and the claims on the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from archive import origin_rows
from archive.frontier_rows import add_links
from archive.records import Claim, DiscoveredLink, FoundAs, LinkKind, WarcPlace
from archive.store import Archive
from archive.tombstones import taken_down


class Refusal(StrEnum):
    """Why an address cannot be claimed."""

    TAKEN_DOWN = "taken down"
    A_LIST = "a feed, sitemap or listing page"
    UNKNOWN = "nothing is known of it"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedPage:
    """A page that a WARC holds: its canonical address, and the source that it is to belong to.

    `has_body` is False for an answer that says something only of an address that we know: a 404,
    a 304.
    """

    url: str
    source: str
    place: WarcPlace
    fetched_at: str
    has_body: bool = True


def known_records(archive: Archive, records: Iterable[str]) -> frozenset[str]:
    """Those of these WARC-Record-IDs that were ingested before."""
    with archive.moment() as db:
        return origin_rows.known_records(db, records)


def was_killed(archive: Archive) -> bool:
    """Whether a run was killed and not ended since; for whoever holds the lock."""
    with archive.moment() as db:
        running = db.execute("SELECT 1 FROM runs WHERE status = 'running' LIMIT 1").fetchone()
    return running is not None


def claim_pages(archive: Archive, pages: Sequence[OfferedPage]) -> list[Claim | Refusal]:
    """A claim on the address of each page, found in its WARC at its date; one commit for all.

    The frontier rows are not leased: whoever ingests holds the lock of the archive, and a row
    keeps its state until its exchange is committed.
    """
    with archive.transaction() as db:
        refused = taken_down(db, [page.url for page in pages])
        return [Refusal.TAKEN_DOWN if page.url in refused else _claim(db, page) for page in pages]


def kept_body(
    archive: Archive, *, record: str | None, url: str | None, fetched_at: str | None
) -> str | None:
    """The digest of the body that an exchange brought, by its record or its address and time."""
    with archive.moment() as db:
        row = db.execute(
            "SELECT snapshot_digest FROM fetches JOIN fetch_origins ON fetch_id = fetches.id"
            " WHERE warc_record = ? AND snapshot_digest IS NOT NULL"
            " UNION ALL SELECT snapshot_digest FROM fetches"
            " WHERE url = ? AND fetched_at = ? AND snapshot_digest IS NOT NULL LIMIT 1",
            [record, url, fetched_at],
        ).fetchone()
    return None if row is None else str(row[0])


def _claim(db: Database, page: OfferedPage) -> Claim | Refusal:
    row = _frontier_row(db, page.url)
    if row is None and not page.has_body:
        return Refusal.UNKNOWN
    if row is not None and row[1] != LinkKind.ARTICLE:
        return Refusal.A_LIST
    link = DiscoveredLink(
        url=page.url,
        kind=LinkKind.ARTICLE,
        found_in=page.place.file,
        found_as=FoundAs.WARC_RECORD,
        position=page.place.offset,
    )
    (source_id,) = db.execute("SELECT id FROM sources WHERE slug = ?", [page.source]).fetchone()
    add_links(db, [link], source_id=source_id, depth=1, now=page.fetched_at)
    row = row or _frontier_row(db, page.url)
    if row is None:
        raise AssertionError("the row was just written")
    number, _, *known = row
    depth, tries, found_at, etag, last_modified, digest, title, published = known
    return Claim(
        frontier_id=number,
        source_id=source_id,
        source=page.source,
        url=page.url,
        kind=LinkKind.ARTICLE,
        depth=depth,
        tries=tries,
        found_at=found_at,
        etag=etag,
        last_modified=last_modified,
        snapshot_digest=digest,
        title_hint=title,
        published_hint=published,
    )


def _frontier_row(db: Database, url: str) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = db.execute(
        "SELECT id, kind, depth, tries, found_at, etag, last_modified, snapshot_digest,"
        " title_hint, published_hint FROM frontier WHERE url = ?",
        [url],
    ).fetchone()
    return row
