"""An ingest that is killed, and started again."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest
from commits import query
from warcs import SITE, page, response

from crawler.ingestion.answers import RecordEnding
from crawler.ingestion.run import TOGETHER
from crawler.ingestion.tally import Tally

TEXTS = "SELECT url, title, text_hash, revision, first_seen_at FROM articles ORDER BY url"
PLACES = (
    "SELECT warc_record, warc_file, warc_offset, ending FROM fetch_origins"
    " JOIN fetches ON fetches.id = fetch_id ORDER BY 1"
)


WAITING = """
SELECT (SELECT count(*) FROM runs WHERE status = 'running'), (SELECT count(*) FROM stories_waiting)
"""


class Room(Protocol):
    """What `conftest.py` makes."""

    folder: Path
    archive: Path

    def write(self, name: str, records: list[bytes], *, packed: bool = True) -> list[int]: ...

    def ingest(self, *names: str, source: str | None = None) -> Tally: ...


# More than are committed together.
PAGES = TOGETHER + 4
# Where each start is killed, and how many pages are in the archive then.
KILLS = (
    ("after snapshot:3", 0),
    (f"before commit:{TOGETHER}", 0),
    (f"after snapshot:{TOGETHER + 2}", TOGETHER),
    ("before commit:2", TOGETHER),
    ("after commit:1", PAGES),
)


@pytest.mark.slow
def test_killed_and_started_again_it_loses_and_doubles_nothing(
    room: Room, other_room: Room
) -> None:
    pages = [response(f"{SITE}/news/{number}", page(number)) for number in range(PAGES)]
    for one in (room, other_room):
        one.write("a.warc.gz", pages)
    command = Path(sys.executable).with_name("newsward")
    for step, left in KILLS:
        killed = subprocess.run(
            [command, "ingest", "a.warc.gz", "--workers", "0"],
            cwd=room.folder,
            env={"PATH": os.environ["PATH"], "NEWSWARD_FAILPOINT": step},
            capture_output=True,
            timeout=100,
            check=False,
        )
        assert killed.returncode == -9
        assert len(query(room.archive, PLACES)) == left
    assert room.ingest("a.warc.gz").left_out == {RecordEnding.INGESTED_BEFORE: PAGES}
    other_room.ingest("a.warc.gz")
    assert query(room.archive, WAITING) == query(other_room.archive, WAITING) == [(0, 0)]
    for sql in (TEXTS, PLACES):
        rows = query(room.archive, sql)
        assert len(rows) == PAGES
        assert rows == query(other_room.archive, sql)
