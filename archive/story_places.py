"""Where a record goes: the stories around it are looked at anew, and what changes is written down.

Every function works inside the transaction of its caller.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from archive import reuse_rows
from archive.reuse_rows import ReadBefore
from archive.stories.clustering import SETTLED, WINDOW, Group, Grouping, Known, Near, regroup
from archive.stories.values import Kind
from archive.story_rows import TextRow, packed, unpacked

# Stories that are looked at, the most alike, from this likeness of one of their records on.
_STORIES, _LIKENESS = 6, 0.12
# Records of one story, the newest, and of all; of what is too much, the most alike.
_NEWEST, _POOL = 30, 40
# A record of which so many copies are there tells nothing new of the stories around it: a site that
# publishes one page two thousand times costs no more than its look-ups.
_FLOOD = 3
_DERIVED = (Kind.COPY, Kind.EXCERPT, Kind.REWRITE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What is known of a record and others, by the number of the other.

    `alike` is likeness, `derived` what one took from the other, `said` what a person said.
    """

    terms: Mapping[int, float]
    alike: Mapping[int, float]
    derived: Mapping[int, Kind]
    said: Mapping[int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Placed:
    """A record that has a story, and how it came there."""

    record_id: int
    story_id: int
    day: int
    how: str
    terms: Mapping[int, float]


def place(
    db: Database, row: TextRow, around: Around, *, before: ReadBefore | None, now: str
) -> None:
    """Find the story of a record among the stories around it, and keep what that changes.

    A story that becomes part of a larger one leads to it by its number from then on; where both
    have many records that is only proposed.
    """
    copied = None if around.said else _copied(db, around)
    if copied is not None:
        # A copy says nothing new of what is around it: a flood of one page costs little.
        other, story_id = copied
        placed = (str(Kind.COPY), round(min(around.alike.get(other, 1.0), 1.0), 4))
        reuse_rows.keep_place(db, row, story_id, placed=placed, terms=packed(around.terms))
        reuse_rows.refresh(db, story_id)
        story_of = reuse_rows.stories_of(db, around.derived)
        merges = _by_reuse(story_of, around, story_id)
        reuse_rows.propose_merges(db, row.article_id, merges, now=now)
        return
    near = _neighbourhood(db, row, around)
    own = _own_bonds(near, around)
    grouping = _group(db, row, around, near=near, own=own)
    for group in grouping.groups:
        if row.article_id not in group.fits:
            _move(db, group, near, group.story_id)
    group = next(group for group in grouping.groups if row.article_id in group.fits)
    story_id = group.story_id or reuse_rows.new_story(
        db, row.told.title, before=before.story_id if before else None
    )
    placed = (_how(group, own), group.fits[row.article_id])
    reuse_rows.keep_place(db, row, story_id, placed=placed, terms=packed(around.terms))
    _move(db, group, near, story_id)
    for other in sorted({one.story_id for one in near.values()} - {story_id}):
        _settle(db, other, near, row.article_id, now=now)
    reuse_rows.refresh(db, story_id)
    merges = {(one.one, one.other): one.score for one in grouping.proposals}
    merges |= _by_reuse({one.record_id: one.story_id for one in near.values()}, around, story_id)
    reuse_rows.propose_merges(db, row.article_id, merges, now=now)


def _copied(db: Database, around: Around) -> tuple[int, int] | None:
    """The record that a new one is a copy of, the most alike, and its story."""
    copies = {other for other, kind in around.derived.items() if kind is Kind.COPY}
    story_of = reuse_rows.stories_of(db, copies)
    if not story_of:
        return None
    return max(story_of.items(), key=lambda item: (around.alike.get(item[0], 0.0), -item[0]))


def _group(
    db: Database,
    row: TextRow,
    around: Around,
    *,
    near: Mapping[int, _Placed],
    own: Mapping[int, str],
) -> Grouping:
    pairs = [*((row.article_id, other) for other in own), *_bonds(db, near)]
    bound = {record for pair in pairs for record in pair}
    new = Near(record_id=row.article_id, story_id=None, day=row.day, terms=around.terms)
    others = (
        Near(
            record_id=one.record_id,
            story_id=one.story_id,
            day=one.day,
            terms=one.terms,
            anchored=one.how in _DERIVED and one.record_id not in bound,
        )
        for one in near.values()
    )
    stories = {one.story_id for one in near.values()}
    known = Known(
        together=pairs,
        apart=_apart(db, row.article_id, near, around.said),
        settled={story_id for story_id in stories if _size(db, story_id) >= SETTLED},
    )
    return regroup([new, *others], known)


def _neighbourhood(db: Database, row: TextRow, around: Around) -> dict[int, _Placed]:
    """The records of the stories around, those of the most alike stories first."""
    named = {*around.derived, *around.said}
    story_of = reuse_rows.stories_of(db, {*around.alike, *named})
    best: dict[int, float] = {}
    for other, story_id in story_of.items():
        best[story_id] = max(best.get(story_id, 0.0), around.alike.get(other, 0.0))
    ranked = sorted(best, key=lambda story_id: (-best[story_id], story_id))
    wanted = {story_id for story_id in ranked[:_STORIES] if best[story_id] >= _LIKENESS}
    wanted |= {story_of[other] for other in named if other in story_of}
    if [*around.derived.values()].count(Kind.COPY) >= _FLOOD:
        wanted.clear()
    near = {one.record_id: one for one in _these(db, named)}
    for story_id in ranked:
        left = _POOL - len(near)
        if story_id not in wanted or left <= 0:
            continue
        found = [one for one in _newest(db, story_id, row.day) if one.record_id not in near]
        found.sort(key=lambda one: (-around.alike.get(one.record_id, 0.0), -one.record_id))
        near |= {one.record_id: one for one in found[:left]}
    near.pop(row.article_id, None)
    return near


_NEWEST_OF = """
SELECT article_id, story_id, day, how, terms FROM article_stories
WHERE text_hash <> '' AND story_id = ? AND day BETWEEN ? AND ?
ORDER BY day DESC, article_id DESC LIMIT ?
"""
_THESE = """
SELECT article_id, story_id, day, how, terms FROM article_stories
WHERE text_hash <> '' AND article_id IN (SELECT value FROM json_each(?)) LIMIT ?
"""


def _newest(db: Database, story_id: int, day: int) -> Iterator[_Placed]:
    rows = db.execute(_NEWEST_OF, [story_id, day - WINDOW, day + WINDOW, _NEWEST])
    return map(_placed, rows.fetchall())


def _these(db: Database, records: Iterable[int]) -> Iterator[_Placed]:
    rows = db.execute(_THESE, [json.dumps(sorted(records)), _POOL])
    return map(_placed, rows.fetchall())


def _placed(row: tuple[int, int, int, str, bytes]) -> _Placed:
    record_id, story_id, day, how, terms = row
    return _Placed(record_id=record_id, story_id=story_id, day=day, how=how, terms=unpacked(terms))


def _size(db: Database, story_id: int) -> int:
    """How many records a story has, as far as it matters."""
    (count,) = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM article_stories WHERE story_id = ?"
        " AND text_hash <> '' LIMIT ?)",
        [story_id, SETTLED],
    ).fetchone()
    return int(count)


def _own_bonds(near: Mapping[int, _Placed], around: Around) -> dict[int, str]:
    """What the new record belongs to for sure, and how, the surest first.

    A record that took from several stories, as a digest does, belongs to the one that it took
    most from, if no person said otherwise.
    """
    bonds = {
        other: "person"
        for other, said in sorted(around.said.items())
        if said == "together" and other in near
    }
    taken = sorted(
        (other for other in around.derived if other in near and other not in around.said),
        key=lambda one: (_DERIVED.index(around.derived[one]), -around.alike.get(one, 0.0), one),
    )
    stories = {near[other].story_id for other in (bonds or taken[:1])}
    bonds |= {
        other: str(around.derived[other]) for other in taken if near[other].story_id in stories
    }
    return bonds


def _bonds(db: Database, near: Mapping[int, _Placed]) -> Iterator[tuple[int, int]]:
    """What holds the records of a story together: a person's word on one of them, and reuse."""
    decided = {one.story_id: one.record_id for one in near.values() if one.how == "person"}
    for one in near.values():
        if decided.get(one.story_id, one.record_id) != one.record_id:
            yield decided[one.story_id], one.record_id
    links = db.execute(
        "SELECT a_id, b_id FROM reuse_links WHERE kind <> 'same event'"
        " AND a_id IN (SELECT value FROM json_each(:ids))"
        " AND b_id IN (SELECT value FROM json_each(:ids)) ORDER BY a_id, b_id",
        {"ids": json.dumps(sorted(near))},
    )
    for a, b in links.fetchall():
        if near[a].story_id == near[b].story_id:
            yield a, b


def _apart(
    db: Database, record_id: int, near: Mapping[int, _Placed], said: Mapping[int, str]
) -> set[tuple[int, int]]:
    """Pairs that no story may hold: a record that was set apart from one of a story is from all."""
    rows = db.execute(
        "SELECT one_id, other_id FROM story_verdicts WHERE verdict <> 'together'"
        " AND one_id IN (SELECT value FROM json_each(:ids))"
        " AND other_id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(sorted(near))},
    ).fetchall()
    rows += [(record_id, other) for other, word in said.items() if word != "together"]
    of: defaultdict[int, list[int]] = defaultdict(list)
    for one in near.values():
        of[one.story_id].append(one.record_id)
    joined = {
        near[other].story_id for other, word in said.items() if word == "together" and other in near
    }
    pairs = set()
    for a, b in rows:
        for one, other in ((a, b), (b, a)):
            if other not in near:
                continue
            story_id = near[other].story_id
            if (one == record_id and story_id in joined) or (
                one in near and near[one].story_id == story_id
            ):
                continue
            pairs |= {(min(one, each), max(one, each)) for each in of[story_id]}
    return pairs


def _how(group: Group, own: Mapping[int, str]) -> str:
    """How the new record came to its group: by the surest of its bonds that is there."""
    for other, how in own.items():
        if other in group.fits:
            return how
    return str(Kind.SAME_EVENT) if len(group.fits) > 1 else "first"


def _move(db: Database, group: Group, near: Mapping[int, _Placed], story_id: int | None) -> None:
    """Write down which records came to a story from others; None is a new one."""
    came = {
        record_id: fit
        for record_id, fit in group.fits.items()
        if record_id in near and near[record_id].story_id != story_id
    }
    if not came:
        return
    is_new = story_id is None
    story_id = story_id or reuse_rows.story_begun_by(db, min(came))
    for record_id, fit in came.items():
        how = "first" if is_new and record_id == min(came) else near[record_id].how
        if how == "first" and not is_new:
            how = str(Kind.SAME_EVENT)
        reuse_rows.move(db, record_id, story_id, placed=(how, fit))
    reuse_rows.refresh(db, story_id)


def _settle(
    db: Database, story_id: int, near: Mapping[int, _Placed], record_id: int, *, now: str
) -> None:
    """Bring a story that lost records up to date; one that lost all leads to where they are."""
    had = [one.record_id for one in near.values() if one.story_id == story_id]
    story_of = reuse_rows.stories_of(db, had)
    if all(story_of[one] == story_id for one in had):
        return
    if _size(db, story_id):
        reuse_rows.refresh(db, story_id, anew=True)
    else:
        now_of = [story_of[one] for one in sorted(had)]
        into = max(now_of, key=lambda other: (now_of.count(other), -other))
        reuse_rows.lead_to(db, story_id, into, article_id=record_id, now=now)


def _by_reuse(
    story_of: Mapping[int, int], around: Around, story_id: int
) -> dict[tuple[int, int], float]:
    """The merges that are proposed because a record took from more than its own story."""
    others = {
        story_of[other]: around.alike.get(other, 0.0)
        for other in around.derived
        if story_of.get(other, story_id) != story_id
    }
    return {
        (min(other, story_id), max(other, story_id)): round(min(alike, 1.0), 4)
        for other, alike in others.items()
    }
