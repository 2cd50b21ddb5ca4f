"""A story has the number of before with which it shares most; no number is given twice."""

from commits import LATER, NOW, query
from hypothesis import given
from hypothesis import strategies as st
from told_events import FIVE, Newsroom

from archive.store import Archive
from archive.story_numbers import give_back, inherited, numbers

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


def test_what_was_found_under_numbers_of_the_way_is_kept_under_those_of_before(
    newsroom: Newsroom,
) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    stories = "SELECT * FROM stories"
    before = newsroom.places(), query(newsroom.path, stories)
    on_the_way = (
        "INSERT INTO stories (id, title) VALUES (3, 'On the way'), (4, 'On the way'), (5, 'Empty')",
        "UPDATE article_stories SET story_id = story_id + 2",
        "UPDATE stories SET merged_into = 3 WHERE id IN (1, 2, 5)",
        "INSERT INTO story_merges VALUES (1, 5, 1, 1, 'merged', '')",
        "INSERT INTO story_merges VALUES (3, 4, 4, 0.7, 'proposed', '')",
    )
    with Archive(newsroom.path) as archive, archive.transaction() as db:
        kept = numbers(db)
        for statement in on_the_way:
            db.execute(statement)
        give_back(db, kept, now=LATER)
    assert (newsroom.places(), query(newsroom.path, stories)) == before
    assert query(newsroom.path, "SELECT * FROM story_merges") == [(1, 2, 4, 0.7, "proposed", LATER)]


def test_a_story_that_is_new_gets_no_number_that_another_had(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive, archive.transaction() as db:
        kept = numbers(db)
        db.execute("INSERT INTO stories (id, title) VALUES (3, 'On the way')")
        db.execute("UPDATE article_stories SET story_id = 3 WHERE article_id IN (1, 2, 4)")
        db.execute("UPDATE article_stories SET story_id = 1 WHERE article_id = 5")
        give_back(db, kept, now=NOW)
    # Records 3 and 5 were story 2; one of them alone has its number still.
    assert [story for _, story, _ in newsroom.places()] == [1, 1, 4, 1, 2]
    titles = "SELECT id, title FROM stories"
    assert query(newsroom.path, titles) == [
        *((1, "Council tests a button"), (2, "Ale museum opens"), (4, "Kettles of Southmere")),
    ]
