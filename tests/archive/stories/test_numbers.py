"""A story has the number of before with which it shares most; no number is given twice."""

from hypothesis import given
from hypothesis import strategies as st

from archive.story_numbers import inherited

PLACES = st.dictionaries(st.integers(1, 12), st.integers(1, 5))


@given(PLACES, st.permutations([11, 12, 13, 14, 15]))
def test_stories_of_the_same_records_have_the_same_numbers(
    before: dict[int, int], others: list[int]
) -> None:
    now = {record: others[story - 1] for record, story in before.items()}
    assert inherited(before, now) == {now[record]: story for record, story in before.items()}


@given(PLACES, PLACES)
def test_no_two_stories_have_one_number_and_each_is_of_a_record_of_theirs(
    before: dict[int, int], now: dict[int, int]
) -> None:
    found = inherited(before, now)
    assert len({*found.values()}) == len(found)
    pairs = {(now[record], before[record]) for record in before.keys() & now.keys()}
    assert {*found.items()} <= pairs
    # What is left without a number shares none that is free.
    assert all(story in found or old in found.values() for story, old in pairs)


def test_the_number_goes_to_the_story_with_most_records_of_it() -> None:
    before = {1: 7, 2: 7, 3: 7, 4: 8, 5: 8}
    assert inherited(before, {1: 20, 2: 21, 3: 21, 4: 21, 5: 22}) == {21: 7, 22: 8}
