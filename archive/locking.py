"""The lock that whoever crawls, or takes something down, holds on an archive."""

from pathlib import Path

from filelock import FileLock, Timeout

from archive.database import explained
from archive.errors import ArchiveUnavailableError


def lock_archive(archive: Path) -> FileLock:
    """Take the crawl lock of an archive; the operating system frees it if we are killed.

    Taking it again in the same process is allowed and must be released as often.

    Raises:
        ArchiveUnavailableError: another crawl holds it, or the folder cannot be written.
    """
    with explained(archive):
        archive.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(archive.with_name(archive.name + ".lock").resolve(), is_singleton=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise ArchiveUnavailableError(
                f"{archive}: another crawl is writing to it. Wait until that has ended, or name"
                " another --archive."
            ) from error
    return lock
