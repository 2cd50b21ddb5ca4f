"""Addresses of single articles that a person adds: into the frontier, as every other link."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.address_rows import KnownAddress, in_words, known_address
from archive.digest_rows import follow_links
from archive.record_views import number_of
from archive.records import DiscoveredLink, FoundAs, LinkKind
from archive.store import Archive
from archive.tombstones import taken_down


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How an address stood that somebody added: new when `known` is empty.

    `known` says in words what was known of it, `refused` why it was not taken. `record` is the
    number of the record that it leads to, `source` the slug of the source that it belongs to.
    `is_next` says whether the next crawl asks for it as new.
    """

    url: str
    source: str
    known: str = ""
    refused: str = ""
    record: int | None = None
    is_next: bool = True


def add_by_hand(
    archive: Archive, wanted: Sequence[tuple[str, str]], *, place: str, now: str
) -> list[Standing]:
    """Put canonical addresses into the frontier, each for the source with its slug.

    `wanted` holds slugs with addresses. `place` says who added them; the same address from the
    same place is noted once. An address that is known keeps its state and its source.

    Raises:
        ArchiveUnavailableError: the archive cannot be written.
    """
    with archive.moment() as db:
        withheld = taken_down(db, [url for _, url in wanted])
        stood = {url: known_address(db, url) for _, url in wanted}
        records = {url: number_of(db, url) or None for url, known in stood.items() if known is None}
    standings = []
    for slug, url in wanted:
        if url in withheld:
            why = "withheld: nothing of it is kept, and it is not asked for"
            standings.append(Standing(url=url, source=slug, refused=why, is_next=False))
        else:
            standings.append(_standing(slug, url, stood[url], records.get(url)))
    follow = [
        (one.source, _link(one.url, place, position))
        for position, one in enumerate(standings, 1)
        if not one.refused
    ]
    follow_links(archive, follow, now=now)
    return standings


def _standing(slug: str, url: str, known: KnownAddress | None, record: int | None) -> Standing:
    if known is None:  # a record may stand at the end of redirects
        return Standing(
            url=url, source=slug, known=f"record {record}" if record else "", record=record
        )
    if known.kind is not LinkKind.ARTICLE:
        why = f"no article but a {known.kind} of {known.source}: crawls read it anyway"
        return Standing(url=url, source=known.source, refused=why, is_next=False)
    return Standing(
        url=url,
        source=known.source,
        known=in_words(known),
        record=known.record,
        is_next=known.is_next,
    )


def _link(url: str, place: str, position: int) -> DiscoveredLink:
    return DiscoveredLink(
        url=url,
        kind=LinkKind.ARTICLE,
        found_in=place,
        found_as=FoundAs.BY_HAND,
        position=position,
    )
