"""Where a record comes from, in plain words."""

from collections import Counter
from collections.abc import Iterable, Sequence

from archive.endings import Ending
from archive.periods import plain_date, plain_time
from archive.records import FoundAs, Removal
from archive.views import FetchView, FoundAt, RecordView

_PLACES = {
    FoundAs.SOURCE_LIST: "in the list of sources",
    FoundAs.FEED_ENTRY: "as entry {position} of the feed {place}",
    FoundAs.SITEMAP_ROW: "as row {position} of the sitemap {place}",
    FoundAs.SITEMAP_INDEX_ROW: "as row {position} of the sitemap index {place}",
    FoundAs.LISTING_LINK: "as link {position} of the page {place}",
    FoundAs.LISTING_NEXT_PAGE: "as the next page of {place}",
    FoundAs.DIGEST_ITEM: "as item {position} of the digest {place}",
    FoundAs.WARC_RECORD: "as the record at byte {position} of the WARC file {place}",
}
# What stands as the place of an address that somebody added without saying who.
UNNAMED = "newsward add"


def provenance_sentences(record: RecordView) -> tuple[str, ...]:
    """The chain from where it was found to the text, one sentence a step, earliest first."""
    return (
        *places_in_words(record.found),
        _fetched(record.fetch),
        *_allowed(record.fetch),
        _kept(record),
        _read(record),
        *_gone(record),
        *_dated(record),
        *_credited(record),
        *_claimed(record),
        *_asked(record),
    )


def places_in_words(found: Sequence[FoundAt]) -> tuple[str, ...]:
    """Where an address was found, one sentence a place."""
    return tuple(_found(place, also=number > 0) for number, place in enumerate(found))


def removals_by_rule(removals: Iterable[Removal]) -> tuple[tuple[str, int], ...]:
    """Each rule with how many blocks it took out, the busiest first."""
    return tuple(Counter(removal.rule for removal in removals).most_common())


def blocks(count: int) -> str:
    """A number of blocks, as it is said."""
    return f"{count:,} block{'' if count == 1 else 's'}"


def _found(found: FoundAt, *, also: bool) -> str:
    on = plain_date(found.seen_at)
    if found.relation == "redirected from":
        status = found.evidence.get("status")
        return f"The address {found.place} led here on {on} (status {status})."
    if found.relation == "also at":
        return f"The same text stood at {found.place} on {on}."
    if found.relation == FoundAs.BY_HAND:
        who = "" if found.place == UNNAMED else f" by {found.place}"
        return f"{'Also added' if also else 'Added'} by hand on {on}{who}, for {found.source}."
    place = _PLACES.get(FoundAs(found.relation), "{place}").format(
        place=found.place, position=found.position
    )
    # A file is of whoever made it, whosever page it holds.
    whose = "for" if found.relation == FoundAs.WARC_RECORD else "of"
    return f"{'Also found' if also else 'Found'} on {on} {place} {whose} {found.source}."


def _fetched(fetch: FetchView) -> str:
    if fetch.is_of_digest:
        at = plain_time(fetch.fetched_at)
        return f"Taken out of that digest on {at}, in run {fetch.run_id} ({fetch.trigger})."
    hops = len(fetch.redirects)
    redirected = f" after {hops} redirect{'' if hops == 1 else 's'}" if hops else ""
    return (
        f"Fetched on {plain_time(fetch.fetched_at)} from {fetch.final_url}"
        f" with status {fetch.status}{redirected}, in run {fetch.run_id} ({fetch.trigger})."
    )


def _allowed(fetch: FetchView) -> list[str]:
    said = [f"{fetch.robots[:1].upper()}{fetch.robots[1:]}."] if fetch.robots else []
    if fetch.asked:
        said.append(f"Asked of whoever keeps it: {'; '.join(fetch.asked)}.")
    if fetch.reserved:
        said.append(f"So only title, date and link are kept: {fetch.reserved}.")
    return said


def _kept(record: RecordView) -> str:
    if record.fetch.is_of_digest and record.fetch.is_taken_out:
        return "The digest as it came is not kept any more: something in it was taken down."
    if record.fetch.is_of_digest:
        return f"The digest is kept as it came: snapshot sha256 {record.fetch.snapshot_digest}."
    if record.snapshot_digest is None and record.kind != "link":
        return "Its page as it came is not kept any more: something in it was taken down."
    if record.snapshot_digest is None:
        return "No snapshot is kept: of this article only title, date and link are."
    size = "" if record.fetch.bytes is None else f" ({record.fetch.bytes:,} bytes)"
    return f"Kept as it came{size}: snapshot sha256 {record.snapshot_digest}."


def _read(record: RecordView) -> str:
    count = len(record.revisions)
    return (
        f"Read by {record.extractor}: {record.word_count:,} words kept,"
        f" {blocks(len(record.removals))} removed;"
        f" {count} revision{'' if count == 1 else 's'} of the text."
    )


def _gone(record: RecordView) -> list[str]:
    if not record.visits or record.visits[0].ending != Ending.HTTP_404:
        return []
    at = plain_date(record.visits[0].fetched_at)
    return [f"Its page was not there any more on {at} (404); the record stays."]


def _dated(record: RecordView) -> list[str]:
    if not record.published:
        return ["No date of publication was found."]
    origin = f", read from: {record.published_source}" if record.published_source else ""
    return [f"Dated {plain_date(record.published)}{origin}."]


def _claimed(record: RecordView) -> list[str]:
    if not record.canonical_url or record.canonical_url == record.url:
        return []
    return [f"The page calls itself {record.canonical_url}: a claim, not checked."]


def _credited(record: RecordView) -> list[str]:
    return [f"Credited to the agency {record.wire_credit}."] if record.wire_credit else []


def _asked(record: RecordView) -> list[str]:
    return [f"Its page says: {'; '.join(record.signals)}."] if record.signals else []
