"""What sources call a topic finds the records of the topic; all texts are invented."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive import search_rows
from archive.reading import ReadArchive
from archive.records import FoundAs
from archive.search import named_in, parse_query
from archive.store import Archive
from archive.topics.rules import shipped_rules
from archive.topics.subject import subject_of
from archive.topics.words import Told
from archive.views import Offset
from archive.watches import rows as watches
from archive.watches.values import Destination, Watch, Way
from crawler.cli import newsward

NOW = "2026-11-22T05:26:03Z"
LABEL = "Child sexual abuse material"
TEXTS = (
    (
        "Hotline removes record number of pages",
        "Invented. Child sexual abuse material was found online.",
    ),
    (
        "Man in court in Wexmoor",
        "Invented. He had child porn, images of child sexual abuse, online.",
    ),
    ("A child and a book about porn laws", "Invented. Children, a library and nothing more."),
    (
        "Police in Wexmoor seize devices",
        "Invented. Indecent images of children were on an app, police said.",
    ),
    ("School buys a piano", "Invented. Children play it."),
)


@pytest.fixture(scope="module")
def archive_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    make_writer: Callable[..., Any],
    make_article: Callable[..., Any],
) -> bytes:
    path = tmp_path_factory.mktemp("topics") / "topics.db"
    writer = make_writer(path)
    urls = [f"http://blog.test/{number}" for number in range(1, 6)]
    writer.discover("http://blog.test/feed", writer.links(FoundAs.FEED_ENTRY, urls))
    for url, (title, text) in zip(urls, TEXTS, strict=True):
        subject = subject_of(Told(title=title, text=text), shipped_rules())
        writer.next_run(now="2026-11-22T05:26:03Z")
        writer.fetch([(url, make_article(title, text, subject=subject))])
    writer.close()
    return path.read_bytes()


def found(path: Path, query: str) -> tuple[list[str], str | None]:
    with ReadArchive(path) as archive:
        result = archive.search(query)
    assert result.total == len(result.hits)
    return [hit.url.rpartition("/")[2] for hit in result.hits], result.hint


def test_the_words_of_sources_find_what_never_says_them(archive_file: Path) -> None:
    urls, hint = found(archive_file, "child porn")
    assert set(urls) == {"1", "2", "3", "4"}
    assert set(urls[:2]) == {"2", "3"}  # those with the words rank first
    assert hint is not None
    assert f"is filed under: {LABEL}" in hint


QUERIES = [
    ("Child-PORN", {"1", "2", "4"}),
    ("child porn wexmoor", {"2", "4"}),
    ("child porn -wexmoor", {"1", "3"}),
    ("child porn topic:csam", {"1", "2", "4"}),
    ("child porn -topic:csam", {"3"}),
    ("child porn until:2025", set()),
    ('"child porn"', {"2"}),
    ("title:child porn", {"3"}),
    ("child porn* library", {"3"}),
    ("child porn OR piano", {"2", "3"}),
]


@pytest.mark.parametrize(("query", "urls"), QUERIES)
def test_the_other_words_and_fields_hold_for_the_records_of_the_topic_too(
    archive_file: Path, query: str, urls: set[str]
) -> None:
    assert set(found(archive_file, query)[0]) == urls


@pytest.mark.parametrize(("query", "urls"), QUERIES)
def test_exports_and_watches_find_the_same(archive_file: Path, query: str, urls: set[str]) -> None:
    with ReadArchive(archive_file) as archive, archive.selected(query) as (count, records):
        exported = {record.url.rpartition("/")[2] for record in records}
    assert (exported, count) == (urls, len(urls))
    watch = Watch(
        id=0,
        behind_record=0,
        name="a watch",
        query=query,
        every="day",
        destination=Destination(way=Way.ATOM, target="x.atom"),
        added_at=NOW,
        due_at=NOW,
    )
    with Archive(archive_file) as archive, archive.transaction() as db:
        kept = watches.add(db, watch)
        assert watches.to_come(db, kept) == ()
        old = watches.to_come(db, replace(kept, behind_record=1))
        assert {record.url.rpartition("/")[2] for record in old} == urls - {"1"}


@pytest.mark.parametrize("long_from", [4_000, 0], ids=["short texts", "long texts"])
def test_a_record_without_the_words_shows_the_sentence_it_has_the_topic_for(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch, long_from: int
) -> None:
    monkeypatch.setattr(search_rows, "_LONG_TEXT", long_from)
    with ReadArchive(archive_file) as archive:
        hits = {hit.id: hit for hit in archive.search("child porn").hits}
    assert hits[1].snippet == "Child sexual abuse material was found online."
    assert hits[2].marks


def test_a_query_without_such_words_is_as_it_was(archive_file: Path) -> None:
    assert found(archive_file, "wexmoor") == (["4", "2"], None)


def test_an_archive_older_than_topics_is_searched_for_the_words(archive_file: Path) -> None:
    with sqlite3.connect(archive_file) as db:
        db.execute("DELETE FROM article_topics")
        db.execute("DELETE FROM topics")
    db.close()
    assert found(archive_file, "child porn") == (["3", "2"], None)


@pytest.mark.parametrize("at_once", [1, 2, 3, 2_000])
def test_pages_of_such_a_search_neither_overlap_nor_miss_one(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(search_rows, "RANKED_AT_ONCE", at_once)
    seen = []
    with ReadArchive(archive_file) as archive:
        for count in range(5):
            page = archive.search("child porn", limit=1, offset=Offset(count=count))
            assert (page.total, page.more) == (4, False)
            seen += [hit.id for hit in page.hits]
    assert sorted(seen) == [1, 2, 3, 4]


def test_the_command_says_our_label(archive_file: Path) -> None:
    done = CliRunner().invoke(newsward, ["search", "child", "porn", "--archive", str(archive_file)])
    assert done.exit_code == 0
    assert LABEL in done.stderr
    assert "4 records found" in done.stderr


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=4))
def test_whatever_is_typed_what_is_named_leaves_a_query(typed: str, phrases: list[str]) -> None:
    named = named_in(typed, phrases)
    if named is not None:
        assert named.phrase in phrases
        assert parse_query(typed, fields=True).match


def test_the_longest_phrase_is_the_one_that_is_named() -> None:
    named = named_in("big child porn case -film", ["porn", "child porn", "porn case files"])
    assert named is not None
    assert (named.phrase, named.rest, named.excluded) == (
        "child porn",
        '"big" AND "case"',
        '"film"',
    )
