"""Records of a neighbourhood are brought into stories: by likeness, by what is known, for good."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.stories.clustering import ALONE, WINDOW, Grouping, Known, Near, regroup


def terms(*weights: tuple[int, float]) -> dict[int, float]:
    length = math.sqrt(sum(weight * weight for _, weight in weights))
    return {term: weight / length for term, weight in weights}


def report(record: int, *told: int, story: int | None = None, day: int = 0) -> Near:
    """A report with the terms `told`, and half as much that nobody else has."""
    own = [(1000 * record + number, 1.0) for number in range(len(told))]
    return Near(
        record_id=record,
        story_id=story,
        day=day,
        terms=terms(*((term, 1.4) for term in told), *own),
    )


def stories(grouping: Grouping) -> set[frozenset[int]]:
    return {frozenset(group.fits) for group in grouping.groups}


BOXING = (1, 2)
FIRST, SECOND = (*BOXING, 4, 5, 6, 7, 8), (*BOXING, 14, 15, 16, 17, 18)


def test_look_alike_events_come_apart_when_each_has_reports() -> None:
    first, second = (*FIRST, 9), (*SECOND, 9)
    # One of each is enough alike to be one story: nothing else is known of them.
    pair = [report(1, *first, story=1), report(2, *second)]
    assert stories(regroup(pair, Known())) == {frozenset({1, 2})}
    more = [
        *(report(number, *first, story=1) for number in (1, 3, 5, 7, 9)),
        *(report(number, *second, story=1) for number in (2, 4, 6, 8)),
        report(10, *second),
    ]
    apart = {frozenset({1, 3, 5, 7, 9}), frozenset({2, 4, 6, 8, 10})}
    assert stories(regroup(more, Known())) == apart


def test_the_part_of_a_story_with_most_records_keeps_its_number() -> None:
    near = [
        *(report(number, *FIRST, story=7) for number in (2, 3, 5)),
        *(report(number, *SECOND, story=7) for number in (1, 4)),
        report(6, *SECOND),
    ]
    named = {frozenset(group.fits): group.story_id for group in regroup(near, Known()).groups}
    # With as many each, that of the older record; records of the story count, the new one not.
    assert named == {frozenset({2, 3, 5}): 7, frozenset({1, 4, 6}): None}


def near_alike(likeness: float) -> list[Near]:
    """Two records of such a likeness."""
    return [
        Near(record_id=1, story_id=1, day=0, terms={1: 1.0}),
        Near(record_id=2, story_id=None, day=0, terms={1: likeness, 2: 1.0}),
    ]


@pytest.mark.parametrize(("likeness", "is_one"), [(ALONE, True), (ALONE - 0.01, False)])
def test_two_records_alone_must_be_more_alike_than_they_would_beside_a_third(
    likeness: float, is_one: bool
) -> None:
    assert (len(regroup(near_alike(likeness), Known()).groups) == 1) is is_one


def test_copies_do_not_raise_what_other_reports_must_have_in_common() -> None:
    shared = {1: 1.0}
    copies = [Near(record_id=number, story_id=1, day=0, terms=shared) for number in range(1, 7)]
    other = Near(record_id=9, story_id=None, day=0, terms={1: 0.27, 2: 0.96})
    bound = Known(together=[(1, number) for number in range(2, 7)])
    assert len(regroup([*copies, other], bound).groups) == 1


@pytest.mark.parametrize(("days", "is_one"), [(WINDOW, True), (WINDOW + 1, False)])
def test_reports_of_one_event_are_days_apart_and_no_more(days: int, is_one: bool) -> None:
    near = [report(1, *FIRST, story=1), report(2, *FIRST, day=days)]
    assert (len(regroup(near, Known()).groups) == 1) is is_one


def test_what_was_taken_over_joins_at_any_age() -> None:
    near = [report(1, *FIRST, story=1), report(2, *SECOND, day=400)]
    grouping = regroup(near, Known(together=[(2, 1)]))
    assert stories(grouping) == {frozenset({1, 2})}


def test_two_stories_of_many_records_are_proposed_to_be_one_and_not_made_one() -> None:
    near = [
        *(report(number, *FIRST, story=1) for number in (1, 2, 3)),
        *(report(number, *FIRST, story=4) for number in (4, 5, 6)),
        report(7, *FIRST),
    ]
    grouping = regroup(near, Known(settled={1, 4}))
    assert all(len({1, 4} & set(map_of(near, group.fits))) == 1 for group in grouping.groups)
    (proposal,) = grouping.proposals
    assert (proposal.one, proposal.other) == (1, 4)
    assert 0.7 <= proposal.score <= 1
    joined = regroup(near, Known(settled={1}))
    assert [group.story_id for group in joined.groups] == [1]


def map_of(near: list[Near], records: object) -> list[int]:
    known = {one.record_id: one.story_id for one in near}
    return [story for record in records if (story := known[record])]  # type: ignore[attr-defined]  # a mapping of records


def test_an_anchored_record_stays_where_its_source_is() -> None:
    away = Near(record_id=2, story_id=9, day=0, terms=report(2, *FIRST).terms, anchored=True)
    grouping = regroup(
        [report(1, *FIRST, story=1), report(3, *FIRST, story=1), away, report(4, *FIRST)],
        Known(settled={1}),
    )
    named = {record: group.story_id for group in grouping.groups for record in group.fits}
    assert named[2] == 9
    assert named[1] == named[3] == 1


RECORDS = st.lists(
    st.tuples(
        st.sets(st.integers(1, 8), min_size=1, max_size=5),
        st.none() | st.integers(1, 3),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=9,
)
PAIRS = st.sets(
    st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] < pair[1]),
    max_size=4,
)


@settings(max_examples=50)
@given(RECORDS, PAIRS, PAIRS, st.sets(st.integers(1, 3)), st.randoms(use_true_random=False))
def test_a_persons_word_holds_and_the_order_makes_no_difference(
    made: list[tuple[set[int], int | None, int]],
    together: set[tuple[int, int]],
    apart: set[tuple[int, int]],
    settled: set[int],
    chance: random.Random,
) -> None:
    near = [
        report(record, *sorted(told), story=story, day=day)
        for record, (told, story, day) in enumerate(made, 1)
    ]
    known = Known(together=sorted(together), apart=apart, settled=settled)
    grouping = regroup(near, known)
    shuffled = [*near]
    chance.shuffle(shuffled)
    assert regroup(shuffled, known) == grouping
    groups = [set(group.fits) for group in grouping.groups]
    assert sorted(record for group in groups for record in group) == [*range(1, len(made) + 1)]
    named = [group.story_id for group in grouping.groups if group.story_id]
    assert len(named) == len({*named})
    assert not any({*pair} <= group for pair in apart for group in groups)
    for group in groups:
        assert len({near[record - 1].story_id for record in group} & settled) <= 1
    assert all(0 <= fit <= 1 for group in grouping.groups for fit in group.fits.values())


@settings(max_examples=50)
@given(RECORDS, PAIRS)
def test_what_belongs_together_is_in_one_story_when_nobody_objects(
    made: list[tuple[set[int], int | None, int]], together: set[tuple[int, int]]
) -> None:
    near = [
        report(record, *sorted(told), story=story, day=day)
        for record, (told, story, day) in enumerate(made, 1)
    ]
    groups = [set(group.fits) for group in regroup(near, Known(together=sorted(together))).groups]
    for pair in together:
        if max(pair) <= len(made):
            assert any({*pair} <= group for group in groups)
