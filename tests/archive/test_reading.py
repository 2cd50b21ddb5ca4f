import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from commits import ARTICLE, NOW, PAGE, SOURCE, begin, discover, store

from archive.database import open_archive
from archive.errors import (
    ArchiveDamagedError,
    ArchiveMissingError,
    ArchiveUnavailableError,
    ConfigurationError,
    RecordMissingError,
)
from archive.reading import ReadArchive
from archive.store import Archive


def found(archive_file: Path, query: str, **bounds: object) -> list[int]:
    with ReadArchive(archive_file) as archive:
        return [hit.id for hit in archive.search(query, **bounds).hits]


def test_a_hit_says_what_where_and_when_and_marks_the_words_that_matched(
    archive_file: Path,
) -> None:
    with ReadArchive(archive_file) as archive:
        result = archive.search("grooming instagram")
    (hit,) = result.hits
    assert (result.total, result.more, result.hint) == (1, False, None)
    assert (hit.id, hit.title) == (1, "Police warn of sextortion on Instagram")
    assert (hit.source, hit.source_name) == ("harbour-blog", "Harbour Blog")
    assert (hit.url, hit.published) == ("http://blog.test/1", "2026-11-20T09:30:00+00:00")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["groomed", "Instagram"]
    assert hit.score > 0


def test_a_word_in_the_title_counts_more_than_one_in_the_text(archive_file: Path) -> None:
    assert found(archive_file, "police") == [1, 2]


@pytest.mark.parametrize(
    ("bounds", "ids"),
    [
        ({}, [4, 3, 2, 1]),
        ({"source": "gazette"}, [4, 3]),
        ({"since": "2026"}, [2, 1]),
        ({"until": "2026"}, [3, 2, 1]),
        ({"since": "2026-11"}, [1]),
        ({"since": "2026-11-20", "until": "2026-11-20"}, [1]),
        ({"since": "2026-11-21"}, []),
        ({"until": "2026-10-01"}, [3]),
        ({"until": "2026-10-02"}, [3, 2]),
        ({"until": "2026-10"}, [3, 2]),
        # Dated to the month: any day of it may be the day.
        ({"since": "2025-12-24", "until": "2025-12-24"}, [3]),
        ({"source": "harbour-blog", "until": "2026-10"}, [2]),
    ],
)
def test_source_and_dates_bound_a_search(
    archive_file: Path, bounds: dict[str, str], ids: list[int]
) -> None:
    assert sorted(found(archive_file, "invented", **bounds)) == sorted(ids)
    with ReadArchive(archive_file) as archive:
        assert archive.search("invented", **bounds, limit=1).total == len(ids)  # type: ignore[arg-type] # a table of options


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"source": "gazete"}, "no source 'gazete' in this archive. Did you mean gazette?"),
        ({"source": "x"}, "There are: gazette, harbour-blog."),
        ({"since": "2026-13"}, "'2026-13' is not a date; write a year, month or day"),
        ({"until": "yesterday"}, "'yesterday' is not a date"),
        ({"since": "2026-11", "until": "2026-10"}, "Nothing is both since 2026-11 and until"),
    ],
)
def test_a_bound_that_cannot_be_met_is_an_error_and_not_an_empty_page(
    archive_file: Path, bounds: dict[str, Any], message: str
) -> None:
    with ReadArchive(archive_file) as archive, pytest.raises(ConfigurationError, match=message):
        archive.search("police", **bounds)


def test_a_query_without_a_word_finds_nothing_and_says_why(archive_file: Path) -> None:
    with ReadArchive(archive_file) as archive:
        result = archive.search("-police")
    assert (result.hits, result.total) == ((), 0)
    assert "word to look for" in str(result.hint)


def test_a_record_comes_with_its_whole_proof(archive_file: Path) -> None:
    with ReadArchive(archive_file) as archive:
        record = archive.record(1)
    assert record.source_name == "Harbour Blog"
    assert record.authors == ("The Harbour desk", "A second desk")
    assert [(found.relation, found.position) for found in record.found] == [
        ("feed entry", 1),
        ("sitemap row", 3),
        ("redirected from", None),
    ]
    assert [hop.status for hop in record.fetch.redirects] == [301]
    assert record.fetch.url == "http://blog.test/?p=1"
    assert ("etag", '"1"') in record.fetch.headers
    assert [(text.revision, text.reason) for text in record.revisions] == [
        (1, "first text"),
        (2, "publisher's edit"),
    ]
    assert record.revisions[1].text_hash == record.text_hash
    assert record.snapshot_digest == record.revisions[1].snapshot_digest
    assert record.fetch.fetched_at == record.last_seen_at == "2026-11-23T06:00:00Z"
    assert [removal.rule for removal in record.removals] == ["image-credit", "sign-up", "sign-up"]
    assert json.loads(json.dumps(asdict(record)))["id"] == 1


@pytest.mark.parametrize("number", [0, -1, 99, 2**63, 2**70])
def test_a_number_without_a_record_is_said_to_be_one(archive_file: Path, number: int) -> None:
    with ReadArchive(archive_file) as archive, pytest.raises(RecordMissingError, match=str(number)):
        archive.record(number)


def test_a_record_without_its_proof_is_damage_and_not_shown(archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute("DELETE FROM revisions WHERE article_id = 2")
    db.close()
    with ReadArchive(archive_file) as archive, pytest.raises(ArchiveDamagedError, match="Record 2"):
        archive.record(2)


def test_sources_and_counts_say_how_much_is_there(archive_file: Path) -> None:
    with ReadArchive(archive_file) as archive:
        sources, counts = archive.sources(), archive.counts()
    assert [(source.slug, source.records) for source in sources] == [
        ("harbour-blog", 2),
        ("gazette", 2),
    ]
    assert (counts.records, counts.revisions, counts.removals) == (4, 5, 3)


def test_reading_creates_and_changes_nothing(archive_file: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissingError):
        ReadArchive(tmp_path / "none.db")
    before = archive_file.read_bytes()
    with ReadArchive(archive_file) as archive:
        archive.search("police")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            archive._db.execute("DELETE FROM articles")
    assert archive_file.read_bytes() == before
    assert not (tmp_path / "none.db").exists()


def test_a_damaged_index_is_said_to_be_damage(archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute("UPDATE articles_fts_data SET block = x'ffffffffffffffffffff' WHERE id > 10")
    db.close()
    with (
        ReadArchive(archive_file) as archive,
        pytest.raises(ArchiveUnavailableError, match="damaged"),
    ):
        archive.search("police")


def test_pages_of_a_search_never_overlap_and_miss_nothing(archive_file: Path) -> None:
    """Also across the border of what is ranked at once."""
    db = open_archive(archive_file)
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 5009)"
        " INSERT INTO articles (id, title, url, source_id, word_count, first_seen_at, revision,"
        " text_hash, body) SELECT i, 'Title ' || i, 'http://blog.test/n/' || i, 1, 2, '2026', 1,"
        " 'x', CASE WHEN i % 7 THEN 'tide' ELSE 'tide tide table' END FROM n"
    )
    db.close()
    with ReadArchive(archive_file) as archive:
        whole = [hit.id for hit in archive.search("tide", limit=6000).hits]
        paged = [
            hit.id
            for offset in range(0, 5300, 300)
            for hit in archive.search("tide", limit=300, offset=offset).hits
        ]
        bounded = archive.search("tide", source="harbour-blog", limit=6000)
        beyond = archive.search("tide", offset=5000)
    assert sorted(whole) == list(range(10, 5010))
    assert paged == whole == [hit.id for hit in bounded.hits]
    assert beyond.hits == ()
    assert (beyond.total, beyond.more) == (5000, False)
    # The newest 2,000 come first, and among them the best.
    assert min(whole[:2000]) == 3010
    assert all(number % 7 == 0 for number in whole[:285])


def test_beyond_ten_thousand_matches_the_total_is_more_than_that(archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 10100)"
        " INSERT INTO articles (id, title, url, source_id, word_count, first_seen_at, revision,"
        " text_hash, body) SELECT i, 'T', 'http://blog.test/n/' || i, 1, 2, '2026', 1, 'x', 'tide'"
        " FROM n"
    )
    db.close()
    with ReadArchive(archive_file) as archive:
        result = archive.search("tide", limit=1)
    assert (result.total, result.more) == (10_000, True)


def test_a_search_while_a_crawl_writes_sees_one_moment(
    archive_file: Path, make_writer: Callable[[Path], Any]
) -> None:
    with ReadArchive(archive_file) as archive:
        writer = make_writer(archive_file)
        try:
            assert archive.search("police").total == 2
        finally:
            writer.close()


def test_a_text_that_says_one_word_without_end_keeps_no_search_waiting(
    tmp_path: Path,
) -> None:
    # FTS5's own snippet of this text takes minutes.
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        discover(archive, run_id, PAGE)
        text = "An invented page. " + "phones " * 50_000
        store(archive, run_id, replace(ARTICLE, text=text))
    with ReadArchive(path) as reader:
        (hit,) = reader.search("phone").hits
    assert hit.snippet.startswith("An invented page. phones phones")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["phones"]
