"""Reading kept pages again: what becomes of the record, its proof and its runs."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from commits import (
    ARTICLE,
    LATER,
    NOW,
    PAGE,
    SOURCE,
    begin,
    claim_all,
    discover,
    one,
    outcome,
    query,
    store,
)
from hypothesis import given
from hypothesis import strategies as st

from archive.endings import Ending
from archive.errors import ConfigurationError
from archive.reading import ReadArchive
from archive.records import Article, Fetch, Part, Removal
from archive.reread_rows import DETAILS, KeptPage, Reread
from archive.revisions import KnownText, shows_the_same
from archive.run_rows import manifest_hash
from archive.statements import select
from archive.store import Archive

CLEANER = replace(
    ARTICLE,
    text=ARTICLE.text.split("\n\n")[0] + "\n\nPupils used it 40 times.",
    removals=(Removal(position=3, part=Part.BLOCK, rule="new-rule", text="In a month."),),
    extractor="newsward 0.2.0",
)


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        discover(archive, run_id, PAGE)
        claim = claim_all(archive, run_id)[PAGE]
        fetch = Fetch(
            url=PAGE,
            final_url=PAGE + "/final",
            fetched_at=NOW,
            status=200,
            headers=(("content-type", "text/html; charset=iso-8859-1"),),
        )
        archive.commit(outcome(run_id, claim, fetch=fetch, article=ARTICLE, record_url=PAGE))
        archive.finish_run(run_id, status="finished", now=NOW)
        yield archive


def kept(path: Path, *sources: str) -> list[KeptPage]:
    with ReadArchive(path) as reader:
        pages = list(reader.kept_pages(sources))
        assert reader.count_kept_pages(sources) == len(pages)
        return pages


def reread(archive: Archive, article: Article, *, own: bool = False) -> Reread:
    run_id = archive.start_run(trigger="re-extraction", program="newsward test", now=LATER)
    (page,) = kept(archive.path)
    done = archive.reread(run_id, page, article, canonical_own=own, now=LATER)
    archive.finish_run(run_id, status="finished", now=LATER)
    return done


def test_a_kept_page_says_all_that_extraction_was_told(archive: Archive, path: Path) -> None:
    (page,) = kept(path)
    assert (page.article_id, page.revision, page.source, page.url) == (1, 1, "gazette", PAGE)
    assert page.final_url == PAGE + "/final"
    assert page.content_type == "text/html; charset=iso-8859-1"
    assert (page.title_hint, page.published_hint) == ("Entry 1", None)
    assert page.snapshot_digest == "d" * 64
    assert kept(path, "gazette") == [page]
    with pytest.raises(ConfigurationError, match="There is no source 'gazete'"):
        kept(path, "gazete")
    assert archive.path == path


def test_another_text_becomes_a_revision_marked_as_re_extraction(
    archive: Archive, path: Path
) -> None:
    assert reread(archive, CLEANER) == Reread(ending=Ending.REREAD)
    assert one(path, "SELECT body FROM articles") == CLEANER.text
    assert query(
        path,
        "SELECT revision, reason, seen_at, fetch_id, snapshot_digest, extractor, words_removed"
        " FROM revisions ORDER BY id",
    ) == [
        (1, "first text", NOW, 2, "d" * 64, "newsward 0.1.0", 0),
        (2, "re-extraction", LATER, 2, "d" * 64, "newsward 0.2.0", 4),
    ]
    assert query(path, "SELECT revision_id, rule, text FROM removals") == [
        (1, "share", "Share this"),
        (2, "new-rule", "In a month."),
    ]
    assert query(path, "SELECT * FROM rereads") == [(2, 2)]
    assert one(path, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'month'") == 0


def test_reading_again_twice_changes_nothing_the_second_time(archive: Archive, path: Path) -> None:
    reread(archive, CLEANER)
    before = query(path, "SELECT * FROM articles"), query(path, "SELECT * FROM revisions")
    assert reread(archive, CLEANER) == Reread(ending=Ending.UNCHANGED)
    assert (query(path, "SELECT * FROM articles"), query(path, "SELECT * FROM revisions")) == before


def test_less_than_half_of_the_words_never_replaces_the_text(archive: Archive, path: Path) -> None:
    words = ARTICLE.text.split()
    thin = replace(ARTICLE, text=" ".join(words[: len(words) // 2 - 1]), language="cy")
    assert reread(archive, thin) == Reread(ending=Ending.THIN_REFETCH)
    assert query(path, "SELECT body, language FROM articles") == [(ARTICLE.text, None)]
    half = replace(ARTICLE, text=" ".join(words[: len(words) // 2]))
    assert reread(archive, half).ending is Ending.REREAD


def test_better_details_of_the_same_text_change_the_record_and_add_no_revision(
    archive: Archive, path: Path
) -> None:
    dated = replace(
        ARTICLE,
        authors=("A. Writer", "B. Writer"),
        published="2026-11-20T08:00:00Z",
        published_precision="second",
        published_source="meta tag",
        modified="2026-11-21",
        description="A button is tested.",
        language="en",
        site_name="The Invented Post",
        canonical_url=PAGE,
    )
    assert reread(archive, dated, own=True) == Reread(ending=Ending.UNCHANGED, details=True)
    assert query(path, select(", ".join(DETAILS), "articles")) == [
        (
            *("2026-11-20T08:00:00Z", "second", "meta tag", "2026-11-21", "A. Writer; B. Writer"),
            *("A button is tested.", "en", "The Invented Post", PAGE, 1),
        )
    ]
    assert one(path, "SELECT count(*) FROM revisions") == 1
    assert reread(archive, dated, own=True) == Reread(ending=Ending.UNCHANGED)


def test_a_date_that_is_no_longer_found_stays(archive: Archive, path: Path) -> None:
    undated = replace(
        ARTICLE, published=None, published_precision=None, published_source=None, language="en"
    )
    assert reread(archive, undated).details
    assert query(path, "SELECT published, published_source FROM articles") == [
        ("2026-11-20", "json-ld")
    ]


def test_a_record_that_changed_since_it_was_read_is_left_alone(
    archive: Archive, path: Path
) -> None:
    (page,) = kept(path)
    edited = replace(ARTICLE, text=ARTICLE.text + " An invented correction.")
    store(archive, begin(archive), edited)
    done = archive.reread(begin(archive), page, CLEANER, canonical_own=False, now=LATER)
    assert done == Reread(ending=Ending.UNCHANGED)
    assert one(path, "SELECT body FROM articles") == edited.text


def test_it_is_a_run_of_its_own_and_the_manifests_of_others_stay_what_they_were(
    archive: Archive, path: Path
) -> None:
    ((first, _),) = query(path, "SELECT manifest_hash, previous_hash FROM runs")
    reread(archive, CLEANER)
    trigger, status, counts, second, previous = query(
        path, "SELECT trigger, status, counts, manifest_hash, previous_hash FROM runs WHERE id = 2"
    )[0]
    assert (trigger, status) == ("re-extraction", "finished")
    assert json.loads(str(counts)) == {"re-extracted": 1}
    assert previous == first
    assert manifest_hash(archive._db, 1, None) == first
    assert manifest_hash(archive._db, 2, str(first)) == second
    archive._db.execute("UPDATE revisions SET text_hash = 'x' WHERE id = 2")
    assert manifest_hash(archive._db, 2, str(first)) != second


def test_the_publishers_next_edit_is_told_apart_from_it(archive: Archive, path: Path) -> None:
    reread(archive, CLEANER)
    edited = replace(CLEANER, text=CLEANER.text.replace("40 times", "44 times"))
    assert store(archive, begin(archive), edited) is Ending.REVISED
    assert query(path, "SELECT revision, reason FROM revisions ORDER BY id")[1:] == [
        (2, "re-extraction"),
        (3, "publisher's edit"),
    ]


def test_a_page_that_shows_what_it_showed_is_no_edit_of_the_publisher(
    archive: Archive, path: Path
) -> None:
    first, second = ARTICLE.text.split("\n\n")
    by_newer_rules = replace(
        ARTICLE,
        text=first,
        removals=(
            Removal(position=1, part=Part.BLOCK, rule="site-memory", text=second),
            Removal(position=2, part=Part.BLOCK, rule="share", text="Share this"),
        ),
    )
    assert store(archive, begin(archive), by_newer_rules) is Ending.REREAD
    assert one(path, "SELECT reason FROM revisions WHERE revision = 2") == "re-extraction"
    assert store(archive, begin(archive), ARTICLE) is Ending.REREAD


KNOWN = KnownText(
    article_id=1, revision=1, text_hash="", word_count=9, body="One.\n\nTwo.\n\nThree."
)
AD = Removal(position=1, part=Part.BLOCK, rule="ad", text="An invented advertisement.")


def article(*blocks: str, removals: tuple[Removal, ...] = ()) -> Article:
    return Article(title="T", text="\n\n".join(blocks), removals=removals, extractor="")


def gone(text: str, position: int, part: Part = Part.BLOCK) -> Removal:
    return Removal(position=position, part=part, rule="rule", text=text)


@pytest.mark.parametrize(
    ("now", "same"),
    [
        (article("One.", "Two.", removals=(gone("Three.", 2),)), True),
        (article("One.", "Two."), False),
        (article("One.", "Two.", "Three.", "Four."), False),
        (article("One.", "Two, as corrected.", "Three."), False),
        (article("Three.", "Two.", "One."), False),
        (article("One.", "An invented advertisement.", "Two.", "Three."), True),
        (article("e.", "Two.", removals=(gone("On", 0, Part.PREFIX), gone("Three.", 2))), True),
    ],
)
def test_only_our_judgement_changed_when_every_block_is_still_there(
    now: Article, same: bool
) -> None:
    assert shows_the_same(KNOWN, "T", (AD,), now) is same


def test_another_title_is_an_edit() -> None:
    now = article("One.", "Two.", removals=(gone("Three.", 2),))
    assert not shows_the_same(KNOWN, "Another title", (), now)


@given(
    st.lists(st.booleans(), min_size=6, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6)
)
def test_any_two_judgements_of_one_page_show_the_same(before: list[bool], now: list[bool]) -> None:
    def judged(keep: list[bool]) -> Article:
        blocks = [f"Invented block {n}." for n in range(6)]
        removals = tuple(gone(blocks[n], n) for n in range(6) if not keep[n])
        return article(*(blocks[n] for n in range(6) if keep[n]), removals=removals)

    old, new = judged(before), judged(now)
    known = replace(KNOWN, body=old.text)
    assert shows_the_same(known, "T", old.removals, new) is (before != now)
