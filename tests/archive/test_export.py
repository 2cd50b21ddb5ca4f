import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ArchiveDamagedError, ConfigurationError
from archive.export import Format, Request, export
from archive.store import Archive
from archive.topic_rows import tag_anew

NOW = "2026-11-22T12:00:00Z"


def exported(path: Path, as_format: Format = Format.NDJSON, **request: object) -> tuple[int, str]:
    out = io.StringIO(newline="")
    return export(path, Request(**request), as_format, out, now=NOW), out.getvalue()  # type: ignore[arg-type] # a table of options


def ids(path: Path, **request: object) -> list[int]:
    written, text = exported(path, **request)
    found = [json.loads(line)["id"] for line in text.splitlines()]
    assert written == len(found)
    return found


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"query": "police"}, [1, 2]),
        ({"query": "police", "source": "gazette"}, []),
        ({"query": "e-safety"}, [2]),
        ({"source": "gazette"}, [3, 4]),
        ({"since": "2026"}, [1, 2]),
        ({"until": "2026-10"}, [2, 3]),
        ({"query": "invented", "since": "2025-12-24", "until": "2025-12-24"}, [3]),
    ],
)
def test_an_export_has_the_records_that_a_search_finds(
    archive_file: Path, request_: dict[str, object], expected: list[int]
) -> None:
    assert ids(archive_file, **request_) == expected


@pytest.mark.parametrize("as_format", [form for form in Format if form is not Format.OPML])
def test_every_format_has_every_record(archive_file: Path, as_format: Format) -> None:
    written, text = exported(archive_file, as_format)
    assert written == 4
    for number in ("blog.test/1", "blog.test/2", "gazette.test/1", "gazette.test/2"):
        assert f"http://{number}" in text


def test_the_topics_of_a_record_go_with_it_the_main_one_first(archive_file: Path) -> None:
    with Archive(archive_file) as archive, archive.transaction() as db:
        tag_anew(db, 1)
        db.execute(
            "UPDATE article_topics SET is_primary ="
            " (SELECT slug = 'sextortion' FROM topics WHERE id = topic_id)"
        )
    topics = [json.loads(line)["topics"] for line in exported(archive_file)[1].splitlines()]
    assert topics[0][0] == "sextortion"
    assert len(topics[0]) > 1
    assert topics[1:] == [[], [], []]


def test_the_text_leaves_only_when_it_is_asked_for(archive_file: Path) -> None:
    sentence = "Self-harm helplines answer at any hour."
    for form in set(Format) - {Format.OPML}:
        assert sentence not in exported(archive_file, form)[1]
    for form in (Format.CSV, Format.JSON, Format.NDJSON, Format.CSL):
        assert sentence in exported(archive_file, form, with_text=True)[1]


def test_a_source_that_is_link_only_gives_no_text_and_no_excerpt(archive_file: Path) -> None:
    with sqlite3.connect(archive_file) as connection:
        connection.execute("UPDATE sources SET link_only = 1 WHERE slug = 'harbour-blog'")
    connection.close()
    _, text = exported(archive_file, with_text=True)
    first = json.loads(text.splitlines()[0])
    assert (first["source"], first["excerpt"], "text" in first) == ("harbour-blog", "", False)


def test_opml_has_the_feeds_of_the_sources(archive_file: Path) -> None:
    written, text = exported(archive_file, Format.OPML)
    assert written == 2
    assert 'xmlUrl="http://blog.test/feed"' in text
    assert 'type="link" text="The Quay Gazette"' in text
    assert exported(archive_file, Format.OPML, source="gazette")[0] == 1
    with pytest.raises(ConfigurationError, match="OPML lists the sources, not articles"):
        exported(archive_file, Format.OPML, query="police")


@pytest.mark.parametrize("query", ["", "!!!", "-police"])
def test_a_query_with_nothing_to_search_for_is_an_error(archive_file: Path, query: str) -> None:
    with pytest.raises(ConfigurationError, match="word"):
        exported(archive_file, query=query)


def test_an_export_that_lacks_a_record_that_was_found_is_an_error(archive_file: Path) -> None:
    with sqlite3.connect(archive_file) as connection:
        # As a careless program would: the search index is not told.
        connection.execute("DROP TRIGGER articles_ad")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM articles WHERE id = 2")
    connection.close()
    with pytest.raises(ArchiveDamagedError, match="2 found and 1 exported"):
        exported(archive_file, query="police")


def test_a_record_without_its_source_is_missed(archive_file: Path) -> None:
    with sqlite3.connect(archive_file) as connection:
        connection.execute("DELETE FROM sources WHERE slug = 'gazette'")
    connection.close()
    with pytest.raises(ArchiveDamagedError, match="4 found and 2 exported"):
        exported(archive_file)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_records(
    tmp_path: Path, make_writer: Callable[[Path], object]
) -> None:
    import tracemalloc  # noqa: PLC0415 - only here

    class Nowhere(io.TextIOBase):
        def write(self, text: str) -> int:
            return len(text)

    path = tmp_path / "archive.db"
    make_writer(path).close()  # type: ignore[attr-defined] # the conftest's Writer
    peaks = []
    for count in (200, 4_000):
        with sqlite3.connect(path) as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO articles (title, url, source_id, word_count, first_seen_at,"
                " revision, text_hash, body) VALUES ('t', ?, 1, 9, ?, 1, 'x', ?)",
                [
                    (f"http://blog.test/{number}", NOW, f"invented {number} " * 400)
                    for number in range(count)
                ],
            )
        connection.close()
        tracemalloc.start()
        written = export(path, Request(), Format.CSV, Nowhere(), now=NOW)  # type: ignore[arg-type] # a text file for all that is written here
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert written == count
    # All texts together are 24 MB; what else a process allocates meanwhile is counted, too.
    assert peaks[1] < peaks[0] + 4_000_000
