"""`newsward ingest` as a process: what it says, and how it ends."""

import json
import subprocess
from pathlib import Path
from typing import Any, Protocol

import pytest
import warcs
from warcs import SITE, page, response


class Newsroom(Protocol):
    """What `conftest.py` makes."""

    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]: ...

    def query(self, sql: str, *values: object, file: str = "archive.db") -> list[Any]: ...


@pytest.mark.slow
def test_workers_read_the_pages_a_broken_record_has_a_line_and_the_figures_add_up(
    newsroom: Newsroom,
) -> None:
    (newsroom.folder / "sources.toml").write_text(warcs.SOURCES, encoding="utf-8")
    pages = [response(f"{SITE}/news/{number}", page(number)) for number in range(6)]
    offsets = warcs.write(newsroom.folder / "a.warc.gz", pages)
    path = newsroom.folder / "a.warc.gz"
    path.write_bytes(path.read_bytes()[:-20])
    done = newsroom.run("ingest", "a.warc.gz", "--workers", "2", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == told["exit_code"] == 3
    assert f"a.warc.gz at byte {offsets[-1]:,}: broken-record, the file ends" in done.stderr
    assert told["records"] == 6
    assert told["pages"]["by_ending"] == {"new": 5}
    assert told["left_out"]["by_ending"] == {"broken-record": 1}
    assert [fault["offset"] for fault in told["broken_records"]] == [offsets[-1]]
    ((counts,),) = newsroom.query("SELECT counts FROM runs WHERE id = ?", told["run"])
    assert json.loads(counts) == {"new": 5}
    path.unlink()
    assert newsroom.run("ingest", "a.warc.gz").returncode == 2
