"""Stories in a real archive: found as records come, kept, and never against a person's word."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from commits import NOW, one, query
from told_events import EVENT, FIVE, OTHER, OWN, RETOLD, Newsroom, piece

from archive.records import OutLink
from archive.statements import select
from archive.store import Archive
from archive.stories.kept_evidence import told
from archive.story_verdicts import merge, reject, split
from archive.story_views import story_lines, story_view
from crawler.cli import newsward


def test_copies_rewrites_and_late_excerpts_join_one_story(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    assert newsroom.follow() == 5
    assert newsroom.places() == [
        *((1, 1, "first"), (2, 1, "rewrite"), (3, 2, "first"), (4, 1, "excerpt"), (5, 2, "copy")),
    ]
    links = query(newsroom.path, "SELECT a_id, b_id, kind, derived_id FROM reuse_links")
    assert {(2, 1, "rewrite", 2), (4, 1, "excerpt", 4), (5, 3, "copy", 5)} <= {*links}


def test_a_later_report_brings_two_stories_together_and_their_numbers_both_lead_there(
    newsroom: Newsroom,
) -> None:
    # Too many days lie between the first two for one event, and few from each to the third.
    halves = [
        piece("First part", EVENT[:260], "2026-11-01"),
        piece("The rest", EVENT[260:], "2026-12-20"),
    ]
    newsroom.add(halves)
    newsroom.follow()
    assert [story for _, story, _ in newsroom.places()] == [1, 2]
    newsroom.add([piece("Council tests a button", EVENT, "2026-11-25")])
    newsroom.follow()
    assert {story for _, story, _ in newsroom.places()} == {1}
    with Archive(newsroom.path) as archive:
        assert story_view(archive, 2) == story_view(archive, 1)
        assert len(story_view(archive, 1).records) == 3
    assert query(newsroom.path, "SELECT one_id, other_id, article_id, state FROM story_merges") == [
        (1, 2, 3, "merged")
    ]


def test_reading_again_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    before = newsroom.places()
    assert newsroom.follow() == 0
    with Archive(newsroom.path) as archive, archive.transaction() as db:
        db.execute("INSERT INTO stories_waiting SELECT id FROM articles")
    assert newsroom.follow() == 5
    assert newsroom.places() == before


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1, 1), (2, 3), (4, 1)])
def test_it_makes_no_difference_how_many_come_at_once(
    newsroom: Newsroom, tmp_path: Path, sizes: Sequence[int]
) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    other = Newsroom(tmp_path / "other.db")
    other.add(FIVE)
    for size in sizes:
        other.follow(most=size)
    everything = "SELECT a_id, b_id, kind, derived_id, explanation, evidence FROM reuse_links"
    assert other.places() == newsroom.places()
    assert query(other.path, everything) == query(newsroom.path, everything)
    assert query(other.path, "SELECT * FROM fingerprints") == query(
        newsroom.path, "SELECT * FROM fingerprints"
    )


def test_a_rebuild_keeps_the_numbers_of_stories(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    before = newsroom.places(), query(newsroom.path, "SELECT * FROM stories")
    newsroom.rebuild()
    assert (newsroom.places(), query(newsroom.path, "SELECT * FROM stories")) == before


def test_a_rebuild_gives_a_story_the_number_that_most_of_its_records_had(
    newsroom: Newsroom,
) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive, archive.transaction() as db:
        db.execute("INSERT INTO stories (id, title, merged_into) VALUES (8, 'Alone', NULL)")
        db.execute("INSERT INTO stories (id, title, merged_into) VALUES (9, 'Led away', 8)")
        for story, record in ((2, 1), (8, 5)):
            db.execute(
                "UPDATE article_stories SET story_id = ? WHERE article_id = ?", [story, record]
            )
    newsroom.rebuild()
    stories = {record: story for record, story, _ in newsroom.places()}
    assert stories == {1: 1, 2: 1, 3: 2, 4: 1, 5: 2}
    leads = "SELECT id, merged_into FROM stories ORDER BY id"
    assert query(newsroom.path, leads) == [(1, None), (2, None), (8, 2), (9, 2)]
    assert query(newsroom.path, "SELECT one_id, other_id, article_id FROM story_merges") == [
        (2, 8, 5)
    ]
    with Archive(newsroom.path) as archive:
        assert story_view(archive, 9) == story_view(archive, 2)
        assert story_view(archive, 1).story.title == "Council tests a button"


def test_a_rebuild_deletes_a_story_that_no_record_tells(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive, archive.transaction() as db:
        db.execute("INSERT INTO stories (title) VALUES ('Its only record was taken down')")
    newsroom.rebuild()
    assert query(newsroom.path, "SELECT id FROM stories") == [(1,), (2,)]


def test_the_origin_is_what_others_took_from(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive:
        view = story_view(archive, 1)
        assert [line.id for line in story_lines(archive)] == [1, 2]
    assert (view.story.origin, view.story.origin_confidence) == (1, "probable")
    assert view.story.title == "Council tests a button"
    rewrite = next(link for link in view.reuse if link.kind == "rewrite")
    changed = {(change.original, change.copy) for change in rewrite.changes}
    assert ("Eastmoor Trust", "Eastmoor Charity") in changed


def test_a_link_in_the_text_makes_the_origin_certain(newsroom: Newsroom) -> None:
    linked = (OutLink(url="http://gazette.test/0", anchor="The Gazette (invented)"),)
    newsroom.add([FIVE[0], piece("Quoted", EVENT[:330] + OWN, "2026-11-02", links=linked)])
    newsroom.follow()
    with Archive(newsroom.path) as archive:
        view = story_view(archive, 1)
    assert (view.story.origin, view.story.origin_confidence) == (1, "certain")
    assert view.reuse[0].confidence == "certain"


def test_an_agency_is_an_origin_that_need_not_be_in_the_archive(newsroom: Newsroom) -> None:
    credited = [piece(f"Wire {i}", EVENT, "2026-11-02", wire_credit="PA") for i in range(1)]
    newsroom.add([*credited, piece("Own words", RETOLD[:400] + OWN * 2, "2026-11-02")])
    newsroom.follow()
    with Archive(newsroom.path) as archive:
        assert story_view(archive, 1).story.origin_name == "PA Media"


def test_a_record_split_off_stays_away_after_a_rebuild(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive:
        new = split(archive, 1, [2], decided_by="a tester", now=NOW)
    newsroom.rebuild()
    stories = {record: story for record, story, _ in newsroom.places()}
    assert stories[2] == new
    assert stories[1] == stories[4] == 1


def test_merged_stories_stay_one_and_the_old_number_leads_to_it(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive:
        assert merge(archive, 1, 2, decided_by="a tester", now=NOW) == 2
        assert story_view(archive, 2).story.id == 1
    newsroom.rebuild()
    assert {story for _, story, _ in newsroom.places()} == {1}


def test_a_rejected_pair_is_never_linked_again(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive:
        assert reject(archive, 3, 5, decided_by="a tester", now=NOW) is not None
    newsroom.rebuild()
    assert not query(newsroom.path, "SELECT 1 FROM reuse_links WHERE a_id = 5 AND b_id = 3")
    stories = {record: story for record, story, _ in newsroom.places()}
    assert stories[3] != stories[5]


def test_a_changed_text_is_read_again_and_keeps_its_story(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    with Archive(newsroom.path) as archive, archive.transaction() as db:
        db.execute("UPDATE articles SET body = ?, text_hash = 'new' WHERE id = 2", [OTHER])
    assert not query(newsroom.path, "SELECT 1 FROM reuse_links WHERE 2 IN (a_id, b_id)")
    assert newsroom.follow() == 1
    assert one(newsroom.path, "SELECT story_id FROM article_stories WHERE article_id = 2") == 1
    assert one(newsroom.path, "SELECT count(*) FROM reuse_links WHERE a_id = 2") != 0


def test_a_record_of_which_only_the_link_is_kept_is_not_read(newsroom: Newsroom) -> None:
    newsroom.add(FIVE[:2])
    with Archive(newsroom.path) as archive, archive.transaction() as db:
        db.execute("UPDATE articles SET kind = 'link', body = '' WHERE id = 2")
    newsroom.follow()
    assert [record for record, *_ in newsroom.places()] == [1]


def test_what_is_stored_points_into_the_texts(newsroom: Newsroom) -> None:
    newsroom.add(FIVE)
    newsroom.follow()
    rows = query(
        newsroom.path,
        "SELECT a.body, b.body, evidence FROM reuse_links"
        " JOIN articles AS a ON a.id = a_id JOIN articles AS b ON b.id = b_id",
    )
    runs = 0
    for a, b, evidence in rows:
        for run in told(str(evidence))["runs"]:
            runs += 1
            mine = str(a)[run["a"]["start"] : run["a"]["end"]]
            theirs = str(b)[run["b"]["start"] : run["b"]["end"]]
            assert mine.lower().split() == theirs.lower().split()
    assert runs


@pytest.fixture
def command(newsroom: Newsroom) -> Callable[..., str]:
    newsroom.add(FIVE)

    def call(*words: str, code: int = 0) -> str:
        told = [*words, "--archive", str(newsroom.path)]
        found = CliRunner().invoke(newsward, ["stories", *told])
        assert found.exit_code == code, found.output
        return found.output

    call("rebuild")
    return call


def test_the_command_shows_a_story_with_its_evidence(command: Callable[..., str]) -> None:
    shown = command("show", "1")
    assert "Origin: record 1 (probable)" in shown
    assert "2 — 1: rewrite (probable)" in shown
    assert "Eastmoor Trust → Eastmoor Charity" in shown
    view = json.loads(command("show", "1", "--json"))
    assert view["reuse"][0]["evidence"]["aligned"]
    assert [line["id"] for line in json.loads(command("list", "--json"))] == [1, 2]


def test_the_command_merges_splits_and_rejects(command: Callable[..., str]) -> None:
    assert "2 records moved" in command("merge", "1", "2", "--by", "a tester")
    assert "story 3" in command("split", "1", "3", "5", "--by", "a tester")
    assert "never linked again" in command("reject", "3", "5", "--by", "a tester")
    assert "There is no story 99" in command("show", "99", code=2)
    assert "is not of story 1" in command("split", "1", "3", "--by", "a tester", code=2)


@pytest.mark.slow
@pytest.mark.timeout(600)  # two thousand records are read, on a machine that may be busy
def test_a_site_of_two_thousand_near_copies_does_not_spoil_the_others(newsroom: Newsroom) -> None:
    chance = random.Random(7)
    words = (EVENT + OTHER + RETOLD).split()
    flood = [
        piece(
            f"Flood {i}", f"{OTHER} Page {i} of {' '.join(chance.sample(words, 6))}.", "2026-11-05"
        )
        for i in range(2000)
    ]
    newsroom.add(FIVE[2:3])
    newsroom.put(flood)
    newsroom.add([FIVE[0], FIVE[1], FIVE[3]])
    newsroom.follow()
    stories = {record: story for record, story, _ in newsroom.places()}
    assert len({stories[number] for number in range(1, 2002)}) == 1
    assert len({stories[number] for number in (2002, 2003, 2004)}) == 1
    assert stories[1] != stories[2002]
    # The cost of a page is that of the rows it meets: none of them may grow with the flood.
    shared = "SELECT count(*) AS n FROM fingerprints GROUP BY fingerprint"
    linked = "SELECT count(*) AS n FROM reuse_links GROUP BY a_id"
    for rows, most in ((shared, 50), (linked, 4)):
        assert query(newsroom.path, select("max(n) <= ?", f"({rows})"), most) == [(1,)]
