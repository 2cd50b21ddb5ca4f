"""The lock that whoever crawls, or takes something down, holds on an archive."""

import contextlib
import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from archive.database import explained
from archive.errors import ArchiveUnavailableError

# An owner's line is shorter; whatever else stands in the file is not read.
LONGEST_OWNER = 1000
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def lock_archive(archive: Path) -> FileLock:
    """Take the crawl lock of an archive; the operating system frees it if we are killed.

    Who holds it and since when stands in the file, for the message to whoever comes second; it
    decides nothing, so what a killed crawl left there holds nobody up. Taking the lock again in
    the same process is allowed and must be released as often.

    Raises:
        ArchiveUnavailableError: another crawl holds it, or the folder cannot be written.
    """
    with explained(archive):
        archive.parent.mkdir(parents=True, exist_ok=True)
        path = archive.with_name(archive.name + ".lock").resolve()
        lock = FileLock(path, is_singleton=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise ArchiveUnavailableError(
                f"{archive}: another crawl is writing to it{_owner(path, datetime.now(UTC))}. Wait"
                " until that has ended, or name another --archive."
            ) from error
        if lock.lock_counter == 1:
            _sign(path)
    return lock


def _sign(path: Path) -> None:
    owner = {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    # Where a lock keeps others from the whole file, or the disk is full, nobody can be named.
    with contextlib.suppress(OSError):
        path.write_text(json.dumps(owner), "utf-8")


def _owner(path: Path, now: datetime) -> str:
    """Who holds a lock, as the end of a sentence; nothing when the file does not say."""
    try:
        with path.open("rb") as file:
            owner = json.loads(file.read(LONGEST_OWNER))
        since = datetime.fromisoformat(owner["since"])
        age = _age((now - since).total_seconds())
        return (
            f": process {int(owner['process'])} on {str(owner['host'])!r} since"
            f" {since:%Y-%m-%d %H:%M} UTC ({age})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _age(seconds: float) -> str:
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
