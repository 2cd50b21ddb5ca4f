"""A record to take down, and how to look for it in every byte of an archive; all invented."""

import random
import sqlite3
from pathlib import Path
from typing import Any

from archive.snapshots import Snapshots, snapshots_path
from archive.takedown import Action, Decision, Reason
from archive.verify import Verification

NOW = "2026-11-24T12:00:00Z"
NAME = "Invented Vandername"
FEED = "http://blog.test/feed"
URL = "http://blog.test/2026/invented-vandername-story"
SHORT = "http://blog.test/?p=77"
WORDS = "pupils teachers parents school platform report setting account message survey".split()


def decision(action: Action = Action.REMOVE, phrase: str | None = None) -> Decision:
    return Decision(
        action=action, reason=Reason.PRIVACY, decided_by="The invented desk", phrase=phrase
    )


def query(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(sql, values).fetchall()
    connection.commit()
    connection.close()
    return rows


def sentences(rng: random.Random, count: int) -> list[str]:
    return [
        f"Case qz{rng.randrange(10**8)} tells of {NAME} and {' '.join(rng.choices(WORDS, k=8))}."
        for _ in range(count)
    ]


def feed_body(texts: list[str]) -> bytes:
    return f"<rss><item><title>{texts[14]} told</title><link>{SHORT}</link></item></rss>".encode()


def raw(archive: Path) -> bytes:
    """Every byte of both files and their logs."""
    files = [
        path.with_name(path.name + end)
        for path in (archive, snapshots_path(archive))
        for end in ("", "-wal", "-shm")
    ]
    return b"".join(path.read_bytes() for path in files if path.exists())


def bodies(archive: Path) -> bytes:
    """Every kept body, unpacked: in the file they cannot be read."""
    with Snapshots(archive, readonly=True) as snapshots:
        return b"\n".join(snapshots.body(digest) for digest in sorted(snapshots.digests()))


def record_of(archive: Path) -> int:
    ((number,),) = query(archive, "SELECT id FROM articles WHERE url = ?", URL)
    return int(number)


def faults(archive: Path) -> list[object]:
    with Verification(archive) as verification:
        return list(verification.faults())
