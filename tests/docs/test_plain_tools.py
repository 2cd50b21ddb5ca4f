"""The files are public: what the pages say about sqlite-utils and Datasette must work."""

import os
import re
import subprocess
import sys
from pathlib import Path


def sqlite_utils(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sqlite_utils", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        # A table of more than the width of the terminal would be cut.
        env=os.environ | {"COLUMNS": "200"},
    )
    return done.stdout


def test_the_search_that_the_pages_show_finds_our_own_word(docs: Path, archive_file: Path) -> None:
    page = (docs / "schema.md").read_text("utf-8")
    shown = re.search(
        r"^sqlite-utils search archive\.db (.*?)$\n(?!  )", page, re.MULTILINE | re.DOTALL
    )
    assert shown
    words = shown[1].replace("\\\n", " ").replace("'", "").split()
    assert words[:3] == ["articles", "e-safety", "--quote"]
    lines = sqlite_utils("search", str(archive_file), *words).splitlines()
    assert lines[0].split() == ["published", "title", "url"]
    assert [line.split() for line in lines[2:]] == [
        ["2026-11-20", "An", "e-safety", "week", "http://blog.test/1"]
    ]


def test_the_schema_can_be_read_with_its_comments(archive_file: Path) -> None:
    schema = sqlite_utils("schema", str(archive_file))
    assert "CREATE TABLE articles ( -- One row is a record" in schema
    assert "-- identity: the address that answered, made canonical by us" in schema
    assert "CREATE VIEW latest" in schema


def test_rows_come_out_with_title_address_and_date_first(archive_file: Path) -> None:
    header = sqlite_utils("rows", str(archive_file), "articles", "--csv", "--limit", "1")
    assert header.startswith("id,title,url,published,")
    assert header.splitlines()[0].endswith(",body")
