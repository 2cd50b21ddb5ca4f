import random
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ArchiveDamagedError, ArchiveUnavailableError, ConfigurationError
from archive.publish import publish
from archive.records import Article, FoundAs

NOW = "2026-11-22T12:00:00Z"
WORDS = "pupils teachers parents school platform report setting account message survey".split()  # noqa: SIM905 - words read better as words


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(sql).fetchall()
    connection.commit()
    connection.close()
    return rows


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public.db"


def test_a_copy_says_what_is_where(archive_file: Path, out: Path) -> None:
    published = publish(archive_file, out, now=NOW)
    assert (published.records, published.sources) == (4, 2)
    assert published.size == out.stat().st_size
    assert query(out, "SELECT id, title, source, published, url FROM latest LIMIT 1") == [
        (
            1,
            "Police warn of sextortion on Instagram",
            "Harbour Blog",
            "2026-11-20T09:30:00+00:00",
            "http://blog.test/1",
        )
    ]
    assert query(out, "SELECT published_at, records FROM publication") == [(NOW, 4)]
    assert query(out, "PRAGMA integrity_check") == [("ok",)]
    assert query(out, "PRAGMA foreign_key_check") == []
    assert query(out, "PRAGMA journal_mode") == [("delete",)]


def test_titles_and_excerpts_can_be_searched(archive_file: Path, out: Path) -> None:
    publish(archive_file, out, now=NOW)
    found = query(out, "SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'warning'")
    assert found == [(1,)]


def sentences_of(rng: random.Random, count: int) -> list[str]:
    return [
        f"Invented {rng.randrange(10**9)} {' '.join(rng.choices(WORDS, k=9))} were counted."
        for _ in range(count)
    ]


@pytest.fixture
def long_archive(
    tmp_path: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> Path:
    """Thirty articles of forty sentences, two revisions each, with removals and a description."""
    path, rng = tmp_path / "archive.db", random.Random(7)  # noqa: S311 - texts, not secrets
    writer = make_writer(path)
    urls = [f"http://blog.test/{number}" for number in range(30)]
    writer.discover("http://blog.test/feed", writer.links(FoundAs.FEED_ENTRY, urls))
    for _ in range(2):
        made = [
            make_article(
                f"Story {number}",
                "\n\n".join(sentences_of(rng, 40)),
                description=" ".join(sentences_of(rng, 2)),
                removals=writer.removals(sentences_of(rng, 3)),
            )
            for number in range(30)
        ]
        writer.next_run(now="2026-11-24T06:00:00Z")
        writer.fetch(list(zip(urls, made, strict=True)), now="2026-11-24T06:00:00Z")
    writer.close()
    return path


def test_no_sentence_of_a_text_beyond_its_excerpt_is_in_the_file(
    long_archive: Path, out: Path
) -> None:
    publish(long_archive, out, now=NOW)
    raw = out.read_bytes()
    excerpts = dict(query(out, "SELECT id, excerpt FROM articles"))
    texts = query(
        long_archive,
        "SELECT article_id, body FROM revisions UNION ALL SELECT id, description FROM articles"
        " UNION ALL SELECT article_id, text FROM removals",
    )
    looked_for = 0
    for article_id, text in texts:
        for sentence in re.split(r"(?<=\.)\s+", text):
            if sentence in excerpts[article_id]:
                continue
            looked_for += 1
            assert sentence.encode() not in raw
            # Nor in the search index: the number in each sentence is a word of its own there.
            number = sentence.split()[1]
            assert number in excerpts[article_id] or number.encode() not in raw
    assert looked_for > 2_000
    assert all(excerpts.values())
    # That the search would find one: the private archive has every one of them.
    private = long_archive.read_bytes()
    assert texts[0][1].split("\n\n")[0].encode() in private


def test_of_a_link_only_source_there_is_no_word_of_a_text(long_archive: Path, out: Path) -> None:
    query(long_archive, "UPDATE sources SET link_only = 1")
    publish(long_archive, out, now=NOW)
    assert query(out, "SELECT DISTINCT excerpt FROM articles") == [("",)]
    assert b"were counted" not in out.read_bytes()


def test_excerpts_keep_to_their_bounds(long_archive: Path, out: Path) -> None:
    publish(long_archive, out, now=NOW)
    bodies = dict(query(long_archive, "SELECT id, body FROM articles"))
    for number, excerpt in query(out, "SELECT id, excerpt FROM articles"):
        kept = excerpt.removesuffix("…")
        assert len(kept.split()) <= 50
        assert len(kept) <= min(300, len(bodies[number]) / 10)


def test_an_older_copy_is_replaced_and_any_other_file_is_not(archive_file: Path, out: Path) -> None:
    publish(archive_file, out, now=NOW)
    query(archive_file, "DELETE FROM articles WHERE id = 4")
    assert publish(archive_file, out, now=NOW).records == 3
    notes = out.with_name("notes.txt")
    notes.write_text("mine")
    for other in (notes, archive_file):
        before = other.read_bytes()
        with pytest.raises(ConfigurationError, match="is no published copy"):
            publish(archive_file, other, now=NOW)
        assert other.read_bytes() == before
    with pytest.raises(ArchiveUnavailableError):
        publish(archive_file, out.with_name("none") / "public.db", now=NOW)


def test_a_copy_that_lacks_a_record_is_not_published(archive_file: Path, out: Path) -> None:
    query(archive_file, "DELETE FROM sources WHERE slug = 'gazette'")
    with pytest.raises(ArchiveDamagedError, match="4 records found and 2 published"):
        publish(archive_file, out, now=NOW)
    assert {path.name for path in out.parent.iterdir()} & {"public.db"} == set()
    assert not list(out.parent.glob(".*.part*"))
