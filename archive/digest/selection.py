"""Which records an issue has and in what order: one for each story, the weightiest first."""

import heapq
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from archive.digest.values import OTHER

Key = tuple[str, str | int]

# Kinds of sources that speak of what they decided or counted themselves.
OFFICIAL = frozenset({"government", "regulator", "police"})
# Coverage by another source says more than anything in the text; beyond so many nothing new.
_EACH_SOURCE, _MOST_SOURCES = 2.0, 5
_EACH_FIGURE, _MOST_FIGURES = 1.0, 3
_OFFICIAL, _ON_TOPIC = 2.0, 3.0
_TITLE_WORD = re.compile(r"[^\W_]{3,}")
# Fewer words are a rubric: "Letters", "School report".
_FEWEST_TITLE_WORDS = 4
# Behind every time of the same day or month.
_LAST = "~"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A record that an issue could have. `section` is the label of its first topic, if any.

    `story` is the number of its story, None while it is in none; `is_origin` when it is the
    original of that story as far as known. `figures` counts its sentences with a statistic.
    """

    article_id: int
    title: str
    source: str
    source_kind: str
    published: str
    text_hash: str
    figures: int = 0
    section: str | None = None
    link_only: bool = False
    story: int | None = None
    is_origin: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Records that tell the same story: the one to show, the others, and how much they weigh."""

    shown: Candidate
    others: tuple[Candidate, ...]
    weight: float


def keys_of(candidate: Candidate) -> tuple[Key, ...]:
    """What records of one story share: its number, the same text, or the words of the title."""
    keys: list[Key] = [("text", candidate.text_hash)]
    if candidate.story is not None:
        return (("story", candidate.story), *keys)
    words = set(_TITLE_WORD.findall(candidate.title.casefold()))
    if len(words) >= _FEWEST_TITLE_WORDS:
        keys.append(("title", " ".join(sorted(words))))
    return tuple(keys)


def choose(
    candidates: Sequence[Candidate], *, used: Collection[Key] = (), limit: int
) -> tuple[Group, ...]:
    """The weightiest stories, at most `limit`, under their sections as an issue has them.

    A story of which a record has a key in `used` is left out. Sections come by their weightiest
    story, what has no topic last; equal weights in order of publication.
    """
    # Of a hundred thousand, only the best become groups.
    ranked = heapq.nsmallest(limit, map(_ranked, _grouped(candidates, used)), key=itemgetter(0))
    best = [
        Group(shown=shown, others=tuple(others), weight=-rank[0])
        for rank, (shown, *others) in ranked
    ]
    heaviest: dict[str | None, tuple[object, ...]] = {}
    for group in best:
        heaviest.setdefault(group.shown.section, _rank(group))
    return tuple(
        sorted(
            best,
            key=lambda one: (
                one.shown.section is None,
                heaviest[one.shown.section],
                one.shown.section or OTHER,
                _rank(one),
            ),
        )
    )


def _rank(group: Group) -> tuple[float, str, int]:
    return (-group.weight, group.shown.published, group.shown.article_id)


def _grouped(
    candidates: Sequence[Candidate], used: Collection[Key]
) -> Iterable[Sequence[Candidate]]:
    """Candidates that share a key, also over a third one; without those that share a used one."""
    parents = list(range(len(candidates)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    first: dict[Key, int] = {}
    for at, candidate in enumerate(candidates):
        for key in keys_of(candidate):
            before = first.setdefault(key, at)
            if before != at:
                parents[root(at)] = root(before)
    groups: dict[int, list[Candidate]] = {}
    for at, candidate in enumerate(candidates):
        groups.setdefault(root(at), []).append(candidate)
    for key in used:
        if key in first:
            groups.pop(root(first[key]), None)
    return groups.values()


def _first_shown(one: Candidate) -> tuple[bool, bool, str, int]:
    return (not one.is_origin, one.link_only, one.published + _LAST, one.article_id)


def _ranked(
    group: Sequence[Candidate],
) -> tuple[tuple[float, str, int], Sequence[Candidate]]:
    """The rank of a group, and its records, the one to show first."""
    if len(group) > 1:
        # The original where known; else what can be quoted, and was there first.
        group = sorted(group, key=_first_shown)
    shown = group[0]
    sources = len({one.source for one in group}) - 1 if len(group) > 1 else 0
    weight = (
        _EACH_SOURCE * min(sources, _MOST_SOURCES)
        + _EACH_FIGURE * min(shown.figures, _MOST_FIGURES)
        + _OFFICIAL * any(one.source_kind in OFFICIAL for one in group)
        + _ON_TOPIC * (shown.section is not None)
    )
    return (-weight, shown.published, shown.article_id), group
