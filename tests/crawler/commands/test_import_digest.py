"""Issues of newsletters become records of a real archive."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commits import one, query
from newsletters import ITEMS, as_mail, as_word
from source_lists import GAZETTE
from takedowns import NOW, decision

from archive.provenance import provenance_sentences
from archive.reading import ReadArchive
from archive.snapshots import Snapshots
from archive.store import Archive
from archive.takedown import Action, redact
from archive.verify import Verification
from crawler.cli import newsward
from crawler.session import as_listed
from crawler.source_file import load_sources

TEXT = "\n\n".join(
    "\n\n".join([f"{n}. {item.title}", item.date, *item.paragraphs, f"Link: <{item.link}>"])
    for n, item in enumerate(ITEMS, 1)
)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.toml").write_text(GAZETTE, encoding="utf-8")
    (tmp_path / "issue.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(newsward, ["import-digest", *arguments], catch_exceptions=False)


def test_a_dry_run_prints_the_items_and_keeps_nothing(room: Path) -> None:
    result = run("issue.txt", "--dry-run", "--json")
    assert result.exit_code == 0
    first, second = json.loads(result.stdout)
    assert list(first) == [
        *("number", "title", "date", "date_precision", "text", "links", "warnings"),
    ]
    assert (first["number"], first["title"]) == (1, ITEMS[0].title)
    assert first["links"] == [{"url": ITEMS[0].link, "anchor": ITEMS[0].link}]
    assert second["date"] == "2019-04"
    assert sorted(path.name for path in room.iterdir()) == ["issue.txt", "sources.toml"]


def test_each_item_is_a_record_that_says_where_it_stood(room: Path) -> None:
    result = run("issue.txt")
    assert result.stdout == "issue.txt: 2 items, 2 records, 0 links to fetch\n"
    path = room / "archive.db"
    with ReadArchive(path) as reader:
        record = reader.record(1)
    assert (record.kind, record.title) == ("digest item", ITEMS[0].title)
    assert record.text == "\n\n".join(ITEMS[0].paragraphs)
    assert (record.published, record.published_precision) == ("2019-04", "month")
    ((relation, place, position, evidence),) = query(
        path, "SELECT relation, place, position, evidence FROM provenance WHERE article_id = 1"
    )
    assert (relation, place, position) == ("digest item", "issue.txt", 1)
    first, last = json.loads(str(evidence))["characters"].split("\u2013")
    assert TEXT[int(first) : int(last)].startswith("1. " + ITEMS[0].title)
    assert query(path, "SELECT to_url FROM links ORDER BY id") == [(i.link,) for i in ITEMS]
    assert query(path, "SELECT article_id FROM article_stories ORDER BY 1") == [(1,), (2,)]


def test_an_item_is_told_to_be_of_its_issue_and_not_to_be_fetched(room: Path) -> None:
    run("issue.txt")
    path = room / "archive.db"
    digest = str(one(path, "SELECT snapshot_digest FROM digests"))
    with ReadArchive(path) as reader:
        _, taken, kept, *_ = provenance_sentences(reader.record(2))
    assert taken.startswith("Taken out of that digest on ")
    assert kept == f"The digest is kept as it came: snapshot sha256 {digest}."
    in_words = "SELECT sentence FROM provenance_in_words WHERE article_id = 2 AND step = 'fetched'"
    assert str(one(path, in_words)).startswith("Taken out of that digest, in run ")
    shown = CliRunner().invoke(newsward, ["show", "2", "--provenance"]).stdout
    assert "  not asked  " in shown
    assert "status None" not in shown
    redact(path, 1, decision(), now=NOW)
    with ReadArchive(path) as reader:
        _, _, kept, *_ = provenance_sentences(reader.record(2))
    assert kept == "The digest as it came is not kept any more: something in it was taken down."
    shown = CliRunner().invoke(newsward, ["show", "2", "--provenance"]).stdout
    assert f"snapshot sha256: {digest} (not kept any more" in shown


def test_links_to_listed_sources_are_fetched_next_and_others_are_not(room: Path) -> None:
    path = room / "archive.db"
    with Archive(path) as archive:
        archive.sync_sources(
            as_listed(load_sources(room / "sources.toml")),
            now="2026-11-22T10:00:00Z",
        )
    trap = "https://gazette.example/calendar/2026/11/"
    text = TEXT.replace(ITEMS[0].paragraphs[0], f"{ITEMS[0].paragraphs[0]} See {trap} too.")
    (room / "issue.txt").write_text(text, encoding="utf-8")
    assert "1 link to fetch" in run("issue.txt").stdout
    assert query(path, "SELECT url, state FROM frontier WHERE title_hint = ?", ITEMS[0].title) == [
        (one(path, "SELECT url FROM articles WHERE id = 1"), "closed"),
        (ITEMS[0].link, "waiting"),
    ]


def test_an_export_of_an_item_names_its_issue(room: Path) -> None:
    run("issue.txt")
    told = ["export", "--format", "ndjson", "-o", "-", "--archive", str(room / "archive.db")]
    done = CliRunner().invoke(newsward, told)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [item["issue"] for item in found] == ["issue.txt", "issue.txt"]


def test_an_issue_that_was_imported_before_is_passed_over(room: Path) -> None:
    run("issue.txt")
    assert "imported before" in run("issue.txt").stdout
    assert one(room / "archive.db", "SELECT count(*) FROM articles") == 2


def test_the_issue_is_kept_as_it_came_and_all_is_sound(room: Path) -> None:
    (room / "issue.eml").write_bytes(as_mail(ITEMS))
    (room / "issue.docx").write_bytes(as_word(ITEMS))
    assert run("issue.txt", "issue.eml", "issue.docx").exit_code == 0
    path = room / "archive.db"
    with Snapshots(path, readonly=True) as snapshots:
        digest = str(one(path, "SELECT snapshot_digest FROM digests WHERE name = 'issue.eml'"))
        assert snapshots.body(digest) == as_mail_as_kept(room)
    with Verification(path) as verification:
        assert list(verification.faults()) == []
    with ReadArchive(path) as reader:
        assert reader.search("overwhelmed group chats").total == 3


def test_an_issue_with_an_item_that_was_taken_down_is_not_kept_when_it_comes_again(
    room: Path,
) -> None:
    run("issue.txt")
    path = room / "archive.db"
    redact(path, 1, decision(), now=NOW)
    assert run("issue.txt").exit_code == 0
    with Snapshots(path, readonly=True) as snapshots:
        assert snapshots.digests() == frozenset()
    with Verification(path) as verification:
        assert list(verification.faults()) == []


def test_an_item_that_was_taken_down_does_not_come_again_in_another_file(room: Path) -> None:
    run("issue.txt")
    path = room / "archive.db"
    redact(path, 1, decision(), now=NOW)
    (room / "again.txt").write_text(TEXT + "\n", encoding="utf-8")
    (room / "again.eml").write_bytes(as_mail(ITEMS))
    for name in ("again.txt", "again.eml"):
        assert run(name).exit_code == 0
    assert query(path, "SELECT DISTINCT title FROM articles") == [(ITEMS[1].title,)]
    with Snapshots(path, readonly=True) as snapshots:
        assert snapshots.digests() == frozenset()


def test_an_item_with_a_phrase_that_was_redacted_does_not_come_again_in_another_file(
    room: Path,
) -> None:
    run("issue.txt")
    path = room / "archive.db"
    phrase = ITEMS[0].title.split()[0]
    redact(path, 1, replace(decision(), action=Action.PHRASE, phrase=phrase), now=NOW)
    (room / "again.txt").write_text(TEXT + "\n", encoding="utf-8")
    assert run("again.txt").exit_code == 0
    assert query(path, "SELECT title FROM articles WHERE title LIKE ?", f"%{phrase}%") == []


def test_an_item_that_was_only_restricted_may_come_in_another_file(room: Path) -> None:
    run("issue.txt")
    path = room / "archive.db"
    redact(path, 1, replace(decision(), action=Action.RESTRICT), now=NOW)
    (room / "again.txt").write_text(TEXT + "\n", encoding="utf-8")
    assert run("again.txt").exit_code == 0
    assert query(path, "SELECT DISTINCT title FROM articles ORDER BY title") == sorted(
        (item.title,) for item in ITEMS
    )


def as_mail_as_kept(room: Path) -> bytes:
    return (room / "issue.eml").read_bytes()


def test_a_file_that_cannot_be_read_is_said_and_the_others_come(room: Path) -> None:
    (room / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    with (room / "large.txt").open("wb") as file:
        file.truncate(50_000_001)
    result = run("broken.pdf", "issue.txt", "none.txt", "large.txt")
    assert result.exit_code == 3
    assert "newsward: large.txt: larger than 50 MB; nothing of it was imported." in result.stderr
    assert "newsward: broken.pdf: " in result.stderr
    assert "newsward: none.txt: cannot be read (No such file or directory)" in result.stderr
    assert one(room / "archive.db", "SELECT count(*) FROM digests") == 1
    assert run("none.txt").exit_code == 4
