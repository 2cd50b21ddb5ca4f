"""What the archive knows of an address of an article: its record, or what becomes of it.

Every function works inside the transaction, or the moment, of its caller.
"""

from dataclasses import dataclass

from sqlite_utils import Database

from archive.periods import plain_date
from archive.provenance import places_in_words
from archive.record_views import number_of, places_of
from archive.records import FrontierState, LinkKind
from archive.tombstones import taken_down

_KNOWN = """
SELECT frontier.id, frontier.kind, slug, enabled AND NOT link_only, state, article_id, last_ending,
  last_fetched_at, not_before, since, detail
FROM frontier JOIN sources ON sources.id = source_id
LEFT JOIN quarantine ON frontier_id = frontier.id WHERE url = ?
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownAddress:
    """An address of the frontier, and how it stands with it.

    `source` is the slug of its source; `is_crawled` says whether pages of that source are asked
    for now. `record` is the number of the record that it led to. `ending` and `fetched_at` are
    those of its last fetch, `since` and `detail` those of its quarantine.
    """

    frontier_id: int
    kind: LinkKind
    source: str
    is_crawled: bool
    state: FrontierState
    record: int | None
    ending: str | None
    fetched_at: str | None
    not_before: str
    since: str | None
    detail: str | None

    @property
    def is_next(self) -> bool:
        """Whether nobody has asked for it, and the next crawl will."""
        waits = self.state in {FrontierState.WAITING, FrontierState.LEASED}
        return waits and self.fetched_at is None and self.is_crawled


def known_address(db: Database, url: str) -> KnownAddress | None:
    """What is known of a canonical address; None when it never stood in the frontier."""
    row = db.execute(_KNOWN, [url]).fetchone()
    if row is None:
        return None
    return KnownAddress(
        frontier_id=row[0],
        kind=LinkKind(row[1]),
        source=row[2],
        is_crawled=bool(row[3]),
        state=FrontierState(row[4]),
        record=row[5] or number_of(db, url) or None,
        ending=row[6],
        fetched_at=row[7],
        not_before=row[8],
        since=row[9],
        detail=row[10],
    )


def in_words(known: KnownAddress) -> str:
    """How an address stands, as the end of a sentence that begins with it."""
    what = _what_becomes_of_it(known)
    if known.record is None:
        return what
    is_as_ever = known.state in {FrontierState.WAITING, FrontierState.LEASED} and known.is_crawled
    return f"record {known.record}" + ("" if is_as_ever else f", {what}")


def _what_becomes_of_it(known: KnownAddress) -> str:
    ended = f"it ended as {known.ending}" if known.ending else "it was never asked for"
    if known.fetched_at:
        ended += f" on {plain_date(known.fetched_at)}"
    if known.state is FrontierState.QUARANTINED:
        seen = f" ({known.detail})" if known.detail else ""
        return (
            f"in quarantine since {plain_date(known.since)}, {ended}{seen};"
            " `newsward crawl --retry-quarantine` asks for it again"
        )
    if known.state is FrontierState.CLOSED:
        return f"asked for no more, {ended}"
    if not known.is_crawled:
        return f"not asked for, because its source {known.source} is off or keeps links only"
    if known.fetched_at is None:
        return "waiting for the next crawl"
    return f"{ended}, and is asked for again from {plain_date(known.not_before)} on"


def unfetched(db: Database, url: str) -> str | None:
    """Why an address of an article is no record, in words; None when nothing is known of it."""
    known = known_address(db, url)
    if known is None or known.kind is not LinkKind.ARTICLE or known.record is not None:
        return None
    # An archive that an older program made, opened for reading alone, has no such table.
    if db.table("tombstones").exists() and taken_down(db, [url]):
        return None
    found = " ".join(places_in_words(places_of(db, known.frontier_id)))
    return f"{url} is no record: {in_words(known)}. {found}".rstrip(". ")
