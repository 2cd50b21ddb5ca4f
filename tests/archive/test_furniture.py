"""The site memory's rows: learned from the newest pages, dismissed for good."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from commits import ARTICLE, NOW, PAGE, SOURCE, begin, claim_all, discover, one, outcome, query

from archive import furniture_rows
from archive.database import connect
from archive.errors import ConfigurationError
from archive.furniture import Furniture, SourceTexts
from archive.migrations import APPLICATION_ID, SCHEMA_VERSION, migrations
from archive.reading import ReadArchive
from archive.store import Archive

SIGN_OFF = Furniture(text_hash="h1", text="An invented sign-off", place="last", articles=4)
PANEL = Furniture(text_hash="h2", text="An invented panel", place="first", articles=9)


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path) as archive:
        archive.sync_sources([SOURCE, replace(SOURCE, slug="other", discovery=())], now=NOW)
        yield archive


def run_with(archive: Archive, *urls: str) -> int:
    run_id = begin(archive)
    discover(archive, run_id, *urls)
    claims = claim_all(archive, run_id)
    for url in urls:
        article = replace(
            ARTICLE, text=f"The invented text of {url}.\n\nIts end.", site_name="Site"
        )
        archive.commit(outcome(run_id, claims[url], article=article, record_url=url))
    return run_id


def teach(found: Sequence[Furniture]) -> Callable[[SourceTexts], Sequence[Furniture]]:
    return lambda _texts: found


def test_a_lesson_is_given_the_pages_of_the_sources_that_brought_texts(archive: Archive) -> None:
    seen: list[SourceTexts] = []

    def lesson(texts: SourceTexts) -> tuple[Furniture, ...]:
        seen.append(texts)
        return ()

    archive.learn(run_with(archive, PAGE), lesson, now=NOW)
    (texts,) = seen
    assert texts.names == ("The Gazette (invented)", "Site")
    (page,) = texts.pages
    assert page.blocks == (f"The invented text of {PAGE}.", "Its end.")
    assert [removal.text for removal in page.removals] == ["Share this"]
    archive.learn(begin(archive), lesson, now=NOW)
    assert len(seen) == 1, "a run that brought nothing teaches nothing"


def test_only_the_newest_pages_are_looked_at(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(furniture_rows, "NEWEST", 3)
    run_id = run_with(archive, *(f"{PAGE}/{number}" for number in range(5)))
    seen: list[int] = []

    def lesson(texts: SourceTexts) -> tuple[Furniture, ...]:
        seen.extend(page.article_id for page in texts.pages)
        return ()

    archive.learn(run_id, lesson, now=NOW)
    assert seen == [5, 4, 3]


def test_what_is_learned_is_there_for_the_next_run_and_counted_up(
    archive: Archive, path: Path
) -> None:
    run_id = run_with(archive, PAGE)
    archive.learn(run_id, teach([SIGN_OFF, PANEL]), now=NOW)
    assert archive.furniture() == {"gazette": ("h1", "h2")}
    archive.learn(run_id, teach([replace(SIGN_OFF, articles=6)]), now="2027-01-01T00:00:00Z")
    archive.learn(run_id, teach([replace(SIGN_OFF, articles=5)]), now="2027-01-01T00:00:00Z")
    assert query(path, "SELECT id, text, articles, learned_at, run_id FROM furniture") == [
        (1, "An invented sign-off", 6, NOW, run_id),
        (2, "An invented panel", 9, NOW, run_id),
    ]
    with ReadArchive(path) as reader:
        assert reader.furniture() == {"gazette": ("h1", "h2")}


def test_what_is_dismissed_is_no_longer_taken_out_and_never_learned_again(
    archive: Archive, path: Path
) -> None:
    run_id = run_with(archive, PAGE)
    archive.learn(run_id, teach([SIGN_OFF, PANEL]), now=NOW)
    archive.dismiss(1)
    archive.learn(run_id, teach([replace(SIGN_OFF, articles=50)]), now=NOW)
    assert archive.furniture() == {"gazette": ("h2",)}
    assert one(path, "SELECT articles FROM furniture WHERE id = 1") == 4
    with pytest.raises(ConfigurationError, match="nothing was learned under the number 7"):
        archive.dismiss(7)


def test_an_archive_of_before_the_memory_gets_its_tables_and_keeps_its_records(
    path: Path, tmp_path: Path
) -> None:
    db = connect(path)
    migrations.apply(db, stop_before="memory")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 2")
    db.execute(
        "INSERT INTO sources (slug, name, homepage, kind, scope, updated_at)"
        " VALUES ('old', 'Old', 'http://old.test/', 'news', 'all', '')"
    )
    db.close()
    with Archive(path) as archive:
        assert archive.furniture() == {}
    assert one(path, "SELECT slug FROM sources") == "old"
    assert one(path, "PRAGMA user_version") == SCHEMA_VERSION
    assert list(tmp_path.glob("*.db")) == [path]
