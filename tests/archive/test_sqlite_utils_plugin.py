"""The plugin as its users meet it: through the `sqlite-utils` of the environment."""

import json
import random
import string
import subprocess
import sys
from pathlib import Path

import pytest


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


def test_it_costs_other_uses_of_sqlite_utils_next_to_nothing() -> None:
    code = (
        "import sys, sqlite_utils; sqlite_utils.Database(memory=True);"
        "print([name for name in sys.modules if name.startswith('archive')])"
    )
    plain = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert plain.stdout.strip() == "['archive', 'archive.sqlite_utils_plugin']"


def test_no_query_is_an_error(archive_file: Path) -> None:
    from sqlite_utils import Database  # noqa: PLC0415 - here alone

    from archive.sqlite_utils_plugin import SEARCH, prepare_connection  # noqa: PLC0415

    db = Database(archive_file, execute_plugins=False)
    prepare_connection(db.conn)
    rng = random.Random(1)  # noqa: S311 - texts, not secrets
    for _ in range(500):
        words = "".join(rng.choices(string.printable + "“”é\x00", k=rng.randrange(30)))
        db.execute(SEARCH, {"words": words, "limit": "5"}).fetchall()
    db.close()
