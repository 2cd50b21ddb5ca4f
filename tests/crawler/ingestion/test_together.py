"""Pages that are committed together, each as if it were alone."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest
from commits import query
from warcs import SITE, page, record, record_id, response

from archive.endings import Ending
from crawler.ingestion.tally import Tally


class Room(Protocol):
    """What `conftest.py` makes."""

    archive: Path

    def write(self, name: str, records: Sequence[bytes], *, packed: bool = True) -> list[int]: ...

    def ingest(self, *names: str, source: str | None = None) -> Tally: ...


def test_where_the_archive_refuses_one_page_of_a_commit_the_others_are_kept(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.write("first.warc.gz", [response(f"{SITE}/news/0", page(0))])
    room.ingest("first.warc.gz")
    query(
        room.archive,
        "CREATE TRIGGER refused BEFORE INSERT ON articles WHEN new.title = 'Invented story 2'"
        " BEGIN SELECT raise(ABORT, 'an invented mistake'); END",
    )
    room.write("a.warc.gz", [response(f"{SITE}/news/{n}", page(n)) for n in (1, 2, 3)])
    tally = room.ingest("a.warc.gz")
    assert tally.pages == Counter({Ending.NEW: 2, Ending.INTERNAL: 1})
    assert query(room.archive, "SELECT title FROM articles ORDER BY url") == [
        ("Invented story 0",),
        ("Invented story 1",),
        ("Invented story 3",),
    ]
    (url,) = query(room.archive, "SELECT url FROM fetches WHERE ending = 'internal'")
    assert url == (f"{SITE}/news/2",)
    assert f"our own mistake on {SITE}/news/2" in caplog.text


def test_a_revisit_that_names_only_a_record_waits_until_that_is_committed(room: Room) -> None:
    first = response(f"{SITE}/news/1", page(1))
    again = record(
        "revisit",
        f"{SITE}/news/2",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        refers_to=record_id(f"response {SITE}/news/1 "),
    )
    room.write("a.warc.gz", [first, again])
    tally = room.ingest("a.warc.gz")
    assert tally.pages.total() == 2
    assert query(room.archive, "SELECT count(DISTINCT snapshot_digest) FROM fetches") == [(1,)]
