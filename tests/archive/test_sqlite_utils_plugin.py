"""The plugin as its users meet it: through the `sqlite-utils` of the environment."""

import contextlib
import gc
import json
import random
import sqlite3
import string
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.reading import ReadArchive
from archive.sqlite_utils_plugin import prepare_connection
from archive.store import Archive
from archive.topic_rows import tag_anew


def sqlite_utils(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sqlite_utils", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("self-harm OR e-safety", [2, 1]),
        ("children's", [2]),
        ("E&T", [2]),
        ("police -instagram", [2]),
        ('"never written"', []),
        ("", []),
        ('"""', []),
        ("title:police", [1]),
        ("invented source:gazette", [3, 4]),
    ],
)
def test_the_command_searches_in_words_as_one_types_them(
    archive_file: Path, words: str, ids: list[int]
) -> None:
    done = sqlite_utils("newsward-search", str(archive_file), words)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert sorted(row["id"] for row in found) == sorted(ids)
    assert all(set(row) >= {"title", "source", "published", "snippet", "url"} for row in found)


def test_it_has_the_output_options_of_sqlite_utils(archive_file: Path) -> None:
    lines = sqlite_utils("newsward-search", str(archive_file), "police", "--nl", "--limit", "1")
    assert [json.loads(line)["id"] for line in lines.stdout.splitlines()] == [1]
    table = sqlite_utils("newsward-search", str(archive_file), "police", "-t")
    assert "Police warn of sextortion on Instagram" in table.stdout


def test_sql_has_the_same_safe_search(archive_file: Path) -> None:
    sql = "select rowid from articles_fts where articles_fts match newsward_match(:words)"
    done = sqlite_utils("query", str(archive_file), sql, "-p", "words", "child's e-safety -never")
    assert done.returncode == 0, done.stderr
    none = sqlite_utils("query", str(archive_file), "select newsward_match(null) as found")
    assert json.loads(none.stdout) == [{"found": '""'}]


@pytest.fixture
def connection(archive_file: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(archive_file)) as connection:
        prepare_connection(connection)
        yield connection


SEARCH = (
    "select value ->> 0, value ->> 1 from json_each(newsward_search(:words, 3, :source))"
    " order by key"
)
IDS = "select id from articles where id in (select value from json_each(newsward_ids(:words)))"


@pytest.mark.parametrize(
    "words",
    [
        *("invented", "invented source:gazette", "invented -source:gazette", "invented lang:en"),
        *("invented date:2026-11", "invented since:2025-12-24", "invented until:2026-10-02"),
        *("invented kind:article -kind:link", "invented topic:sextortion", "invented source:none"),
        *("sexploitation of teens", '"""', "", "-police", "source:gazette", "-police lang:en"),
    ],
)
def test_sql_finds_what_the_command_finds(
    connection: sqlite3.Connection, archive_file: Path, words: str
) -> None:
    with Archive(archive_file) as archive, archive.transaction() as db:
        tag_anew(db, 1)
    with ReadArchive(archive_file) as archive:
        hits = archive.search(words, limit=3).hits
        every = archive.search(words, limit=100).hits
    rows = connection.execute(SEARCH, {"words": words, "source": ""}).fetchall()
    assert [number for number, _ in rows] == [hit.id for hit in hits]
    assert [text.replace("[", "").replace("]", "") for _, text in rows] == [
        hit.snippet for hit in hits
    ]
    numbers = [number for (number,) in connection.execute(IDS, {"words": words})]
    assert sorted(numbers) == sorted(hit.id for hit in every)


def test_fields_alone_give_the_numbers_as_an_export_has_them(
    connection: sqlite3.Connection,
) -> None:
    assert [row for (row,) in connection.execute(IDS, {"words": "source:gazette"})] == [3, 4]


def test_odd_arguments_are_no_error(connection: sqlite3.Connection) -> None:
    for told in ("'police', 'x'", "'police', 2.5, '', 2026", "7, null, 8, 9, 10, 11", "x'ff'"):
        connection.execute(f"select newsward_search({told})").fetchone()
    (found,) = connection.execute("select newsward_search('police', 9, '', 2026)").fetchone()
    assert [number for number, _ in json.loads(found)] == [1, 2]


def test_a_database_in_memory_has_the_functions_and_nothing_to_find() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        prepare_connection(connection)
        assert connection.execute("select newsward_search('police')").fetchone() == ("[]",)
        assert connection.execute("select newsward_match('self-harm')").fetchone() == (
            '"self-harm"',
        )


def test_a_connection_that_is_not_used_any_more_is_closed(archive_file: Path) -> None:
    connection = sqlite3.connect(archive_file)
    prepare_connection(connection)
    others = gc.get_referrers(connection)
    # Nothing but this function's own names: no function of SQL keeps it.
    assert not [one for one in others if isinstance(one, types.CellType)]
    connection.close()


def test_what_is_no_archive_is_said_in_one_line(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE t (x)")
    done = sqlite_utils("newsward-search", str(tmp_path / "other.db"), "police")
    assert done.returncode == 1
    assert "not an archive of newsward" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_costs_other_uses_of_sqlite_utils_next_to_nothing() -> None:
    code = (
        "import sys, sqlite_utils; sqlite_utils.Database(memory=True);"
        "print([name for name in sys.modules if name.startswith('archive')])"
    )
    plain = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert plain.stdout.strip() == "['archive', 'archive.sqlite_utils_plugin']"


def test_no_query_is_an_error(connection: sqlite3.Connection) -> None:
    rng = random.Random(1)
    plain = "select rowid from articles_fts where articles_fts match newsward_match(:words)"
    for _ in range(500):
        words = "".join(rng.choices([*string.printable, "“”é\x00", "source:", "lang:"], k=9))
        connection.execute(plain, {"words": words}).fetchall()
    for _ in range(20):  # each opens the archive
        words = "".join(rng.choices([*string.printable, "“”é\x00", "source:", "topic:"], k=9))
        for sql in (SEARCH, IDS):
            connection.execute(sql, {"words": words, "source": ""}).fetchall()
