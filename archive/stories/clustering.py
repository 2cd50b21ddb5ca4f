"""Which records tell one story: a decision about a new record and the records around it.

They are brought together from nothing, the most alike first (agglomerative clustering, average
linkage). What two groups must have in common is measured by what each has in itself: reports of
one event share more the more their reporters wrote alike, and two look-alike events (two matches
of one champion) have less in common than the reports of either. Of single records nothing is known
yet, so a usual likeness counts as a few pairs. On signatures alone, with thresholds chosen on four
fifths of the topics of ECB+, BASIL and FNC-1 and measured on the fifth, B-cubed was .925, 1.0 and
.949; the best fixed threshold had .886, .993 and .934 (docs/benchmarks.md).

Because the neighbourhood is looked at anew with every record, an early mistake is mended when more
is known, and the order of arrival makes little difference. What was taken over word for word stays
together at any age; a person's word stands above all. Stories of `SETTLED` records and more are
never made one by this: that is proposed.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import combinations

from archive.stories.features import cosine

# Days between records of one event.
WINDOW = 30
# The likeness of two reports of one event, before anything is known of it; worth so many pairs.
USUAL, USUAL_PAIRS = 0.25, 10
# Two records alone are of one event only from this likeness on: in an archive of one field all are
# somewhat alike. It costs nothing: what is less alike is brought together by a third.
ALONE = 0.24
# Copies are nearly the same, which says little of how alike other reports of the event can be.
COPIES = 0.6
# Two groups are one story when they are so much as alike as each is in itself.
JOIN = 0.70
# From so many records on, two stories are only proposed to be one.
SETTLED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """A record of the neighbourhood; `story_id` is None for the new one.

    An anchored record stays in its story: what it took was taken from a record that is not here.
    """

    record_id: int
    story_id: int | None
    day: int
    terms: Mapping[int, float]
    anchored: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known beside likeness.

    `together` are pairs of records that belong together, the surest first; `apart` pairs that a
    person set apart, each with the lower number first; `settled` the stories of many records.
    """

    together: Sequence[tuple[int, int]] = ()
    apart: AbstractSet[tuple[int, int]] = frozenset()
    settled: AbstractSet[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Records that tell one story; `story_id` is None for a new one.

    `fits` says of each record how well it fits the others: 1 is as alike as those are among
    themselves, 0 is what stands alone.
    """

    story_id: int | None
    fits: Mapping[int, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """Two stories of many records that may be one, and how well they fit, 0 to 1."""

    one: int
    other: int
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouping:
    """The neighbourhood in stories, and the merges that a person may want."""

    groups: tuple[Group, ...]
    proposals: tuple[Proposal, ...]


@dataclass(slots=True)
class _Unit:
    """Records that are one group so far: `likeness` is the sum over the pairs that were joined."""

    records: list[int]
    kept: set[int]
    likeness: float = 0.0
    pairs: int = 0
    # By the number of another unit: the sum of likeness between their records.
    links: dict[int, float] = field(default_factory=dict)

    @property
    def inner(self) -> float:
        """How alike its records are among themselves."""
        return (self.likeness + USUAL_PAIRS * USUAL) / (self.pairs + USUAL_PAIRS)


def regroup(near: Sequence[Near], known: Known) -> Grouping:
    """Bring the records of a neighbourhood into stories."""
    by_id = {one.record_id: one for one in sorted(near, key=lambda one: one.record_id)}
    units = _bound(by_id, known)
    alike = _likenesses(by_id)
    _link(units, alike)
    proposed = _agglomerate(units, known)
    groups = _named([*units.values()], by_id)
    return Grouping(
        groups=tuple(
            Group(
                story_id=story_id,
                fits=_fits_of(unit.records, alike),
            )
            for unit, story_id in groups
        ),
        proposals=tuple(
            Proposal(one=one, other=other, score=round(min(score, 1.0), 4))
            for (one, other), score in sorted(proposed.items())
        ),
    )


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _may_join(one: _Unit, other: _Unit, apart: AbstractSet[tuple[int, int]]) -> bool:
    """Whether no person set any of their records apart."""
    if not apart:
        return True
    return not any(_pair(a, b) in apart for a in one.records for b in other.records)


def _bound(by_id: Mapping[int, Near], known: Known) -> dict[int, _Unit]:
    """What is together before likeness is asked: by the number of its first record."""
    of: dict[int, _Unit] = {}
    anchors: dict[int, int] = {}
    pairs = list(known.together)
    for record_id, near in by_id.items():
        of[record_id] = _Unit(records=[record_id], kept=set())
        if near.story_id is not None and (near.anchored or near.story_id in known.settled):
            of[record_id].kept.add(near.story_id)
        if near.story_id is not None and near.anchored:
            pairs.append((anchors.setdefault(near.story_id, record_id), record_id))
    for a, b in pairs:
        one, other = of.get(a), of.get(b)
        if one is None or other is None or one is other:
            continue
        if len(one.kept | other.kept) > 1 or not _may_join(one, other, known.apart):
            continue
        one.records = sorted([*one.records, *other.records])
        one.kept |= other.kept
        of.update(dict.fromkeys(other.records, one))
    return {unit.records[0]: unit for unit in of.values()}


def _likenesses(by_id: Mapping[int, Near]) -> dict[tuple[int, int], float]:
    """The likeness of every two records that are days apart at most."""
    return {
        (a.record_id, b.record_id): cosine(a.terms, b.terms)
        for a, b in combinations(by_id.values(), 2)
        if abs(a.day - b.day) <= WINDOW
    }


def _link(units: Mapping[int, _Unit], alike: Mapping[tuple[int, int], float]) -> None:
    of = {record: number for number, unit in units.items() for record in unit.records}
    for (a, b), likeness in alike.items():
        one, other = of[a], of[b]
        if one == other:
            units[one].likeness += min(likeness, COPIES)
            units[one].pairs += 1
        elif likeness > 0:
            for mine, theirs in ((one, other), (other, one)):
                links = units[mine].links
                links[theirs] = links.get(theirs, 0.0) + likeness


def _fit(one: _Unit, other: _Unit, between: float) -> float:
    """How alike two groups are, against how alike the records of each are among themselves."""
    pairs = len(one.records) * len(other.records)
    mean = between / pairs
    if pairs == 1 and mean < ALONE:
        return 0.0
    return mean / math.sqrt(one.inner * other.inner)


def _agglomerate(units: dict[int, _Unit], known: Known) -> dict[tuple[int, int], float]:
    """Join what fits best until nothing fits; give the merges of stories that were not made."""
    # A pair that does not fit by now can fit only when one of the two is joined, and is asked then.
    fits = {
        (number, other): fit
        for number, unit in units.items()
        for other, between in unit.links.items()
        if number < other and (fit := _fit(unit, units[other], between)) >= JOIN
    }
    proposed: dict[tuple[int, int], float] = {}
    while fits:
        (a, b), score = max(fits.items(), key=lambda item: (item[1], -item[0][0], -item[0][1]))
        one, other = units[a], units[b]
        if not _may_join(one, other, known.apart):
            del fits[a, b]
        elif len(one.kept | other.kept) > 1:
            for pair in combinations(sorted(one.kept | other.kept), 2):
                proposed[pair] = max(score, proposed.get(pair, 0.0))
            del fits[a, b]
        else:
            _join(units, a, b)
            fits = {pair: fit for pair, fit in fits.items() if a not in pair and b not in pair}
            for third, between in units[a].links.items():
                if (fit := _fit(units[a], units[third], between)) >= JOIN:
                    fits[_pair(a, third)] = fit
    return proposed


def _join(units: dict[int, _Unit], number: int, other: int) -> None:
    one, gone = units[number], units.pop(other)
    one.likeness += gone.likeness + one.links.pop(other, 0.0)
    one.pairs += gone.pairs + len(one.records) * len(gone.records)
    gone.links.pop(number, None)
    for third, between in gone.links.items():
        one.links[third] = one.links.get(third, 0.0) + between
        links = units[third].links
        links[number] = links.get(number, 0.0) + links.pop(other)
    one.records = sorted([*one.records, *gone.records])
    one.kept |= gone.kept


def _named(units: Sequence[_Unit], by_id: Mapping[int, Near]) -> list[tuple[_Unit, int | None]]:
    """Which story each group is: the one that it has most records of; no story is two groups.

    Of two groups with as many, the one with the older record; of two stories, the older.
    """
    claims = []
    for at, unit in enumerate(units):
        had = Counter(by_id[record].story_id for record in unit.records)
        held = {by_id[record].story_id for record in unit.records if by_id[record].anchored}
        claims += [
            (story_id not in held, story_id not in unit.kept, -count, story_id, at)
            for story_id, count in had.items()
            if story_id is not None
        ]
    named: dict[int, int] = {}
    for *_, story_id, at in sorted(claims):
        if at not in named and story_id not in named.values():
            named[at] = story_id
    return [(unit, named.get(at)) for at, unit in enumerate(units)]


def _fits_of(records: Sequence[int], alike: Mapping[tuple[int, int], float]) -> dict[int, float]:
    """How well each record of a group fits the others, 0 to 1; the records by number."""
    own = dict.fromkeys(records, 0.0)
    for a, b in combinations(records, 2):
        likeness = alike.get((a, b), 0.0)
        own[a] += likeness
        own[b] += likeness
    others, of_all = len(records) - 1, sum(own.values()) / 2
    pairs = others * (others - 1) // 2
    fits = {}
    for record, mine in own.items():
        inner = (of_all - mine + USUAL_PAIRS * USUAL) / (pairs + USUAL_PAIRS)
        fits[record] = round(min(mine / (others or 1) / math.sqrt(inner * USUAL), 1.0), 4)
    return fits
