"""Who had a story first: scored from what the links between its records say, never asserted.

In this order: a record that others name as their source; the agency that its text is credited to;
a record that others are excerpts or rewrites of; the earliest date, beyond the precision of dates;
else unknown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from archive.stories.citing import wire_name
from archive.stories.dates import days_between
from archive.stories.values import Confidence

# One date tells nothing of who was first.
_FEWEST_DATES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A record of a story, as far as its origin goes; the earliest first."""

    article_id: int
    title: str
    published: str | None = None
    precision: str | None = None
    wire: str | None = None
    is_item: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Derivation:
    """One record took from another, and how sure that is."""

    derived: int
    source: int
    confidence: Confidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a story comes from: `article_id` and `name` (an agency) may be None."""

    article_id: int | None = None
    name: str | None = None
    confidence: Confidence = Confidence.UNKNOWN
    why: str = "nothing tells which record was first"


def origin_of(members: Sequence[Member], derivations: Sequence[Derivation]) -> Origin:
    """Name the origin of a story, with the reason."""
    return (
        _by_links(members, derivations, Confidence.CERTAIN)
        or _by_agency(members)
        or _by_links(members, derivations, Confidence.PROBABLE)
        or _by_date(members)
        or Origin()
    )


def _by_links(
    members: Sequence[Member], derivations: Sequence[Derivation], confidence: Confidence
) -> Origin | None:
    by_id = {member.article_id: member for member in members}
    root = _root(by_id, derivations, confidence)
    if root is None:
        return None
    taken = sum(one.source == root and one.confidence is confidence for one in derivations)
    records = "1 record" if taken == 1 else f"{taken} records"
    shown = "as their texts show" if taken > 1 else "as its text shows"
    if confidence is Confidence.CERTAIN:
        shown = "and name it as their source" if taken > 1 else "and names it as its source"
    return Origin(
        article_id=root,
        name=wire_name(by_id[root].wire),
        confidence=confidence,
        why=f"{records} took from it, {shown}",
    )


def _root(
    by_id: dict[int, Member], derivations: Sequence[Derivation], confidence: Confidence
) -> int | None:
    """The record that most others took from and that took from none."""
    derived = {one.derived for one in derivations}
    taken = Counter(
        one.source
        for one in derivations
        if one.confidence is confidence and one.source in by_id and one.source not in derived
    )
    return min(taken, key=lambda one: (-taken[one], one), default=None)


def _by_agency(members: Sequence[Member]) -> Origin | None:
    agencies = Counter(name for member in members if (name := wire_name(member.wire)))
    if not agencies:
        return None
    agency = min(agencies, key=lambda name: (-agencies[name], name))
    credited = [member for member in members if wire_name(member.wire) == agency]
    return Origin(
        article_id=credited[0].article_id,
        name=agency,
        confidence=Confidence.PROBABLE,
        why=f"{len(credited)} of {len(members)} records are credited to {agency}",
    )


def _by_date(members: Sequence[Member]) -> Origin | None:
    dated = [member for member in members if member.published and not member.is_item]
    if len(dated) < max(_FEWEST_DATES, len(members)):
        return None
    for first in dated:
        gaps = [
            days_between(first.published, first.precision, other.published, other.precision)
            for other in dated
            if other is not first
        ]
        if all(gap is not None and gap > 0 for gap in gaps):
            least = min(gap for gap in gaps if gap is not None)
            days = "1 day" if least == 1 else f"{least} days"
            return Origin(
                article_id=first.article_id,
                confidence=Confidence.PROBABLE,
                why=f"it was published {days} before any other",
            )
    return None
