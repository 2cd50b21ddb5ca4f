"""A copy of an archive with its snapshots, taken while a crawl may write, checked before it counts.

The archive is copied first, its snapshots after it. A crawl commits a snapshot before anything
that names it, so a later copy of the snapshots holds all that an earlier copy of the archive
names, and at worst some that it does not. The other order could lose proof.

Each copy is one SQLite statement (`VACUUM INTO`), which reads the file as it was at one moment.
Both are made in a folder that gets its name, in one rename, when they are complete and on disk.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

from archive.database import connect, explained, open_archive
from archive.errors import ArchiveDamagedError, ArchiveUnavailableError, ConfigurationError
from archive.migrations import SCHEMA_VERSION
from archive.quick_check import quick_check
from archive.snapshots import snapshots_path
from archive.verify import Verification

KEEP = 7
# Of a damaged archive a copy is better than none; under this name it never pushes out a sound one.
DAMAGED = "-damaged"
_TOLD = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A finished backup: its folder, the bytes in it, and the older ones that it pushed out."""

    folder: Path
    size: int
    kept: int
    removed: tuple[Path, ...]


def back_up(archive: Path, directory: Path, *, now: datetime, keep: int = KEEP) -> Backup:
    """Copy an archive and its snapshots into a new folder in `directory`, and check the copy.

    Of the sound backups of this archive there, the newest `keep` stay.

    Raises:
        ArchiveMissingError: there is no archive.
        ConfigurationError: it is something else, or there is a backup of this second.
        ArchiveUnavailableError: a file cannot be read or written, or another backup is running.
        ArchiveDamagedError: the copy is not sound, so the archive is not: kept under a name of its
            own, and no older one is removed.
    """
    with contextlib.closing(open_archive(archive, readonly=True)) as db, _explained(directory):
        directory.mkdir(parents=True, exist_ok=True)
        name = f"{archive.stem}-{now:%Y-%m-%dT%H%M%SZ}"
        with _only_one(directory):
            if (directory / name).exists():
                raise ConfigurationError(f"{directory / name}: this backup exists already.")
            part = directory / f".{name}.part"
            _check_space(archive, directory)
            with _whole_or_not_at_all(directory, archive):
                part.mkdir(mode=0o700)
                _copy(db, archive, part)
                faults = _faults(part / archive.name)
                folder = directory / (name + DAMAGED * bool(faults))
                size = sum(file.stat().st_size for file in part.iterdir())
                part.rename(folder)
                _sync(directory)
            if faults:
                raise ArchiveDamagedError(
                    f"{archive}: the copy of it is not sound ({'; '.join(faults)}). It is kept as"
                    f" {folder}, and every older backup with it. Run `newsward verify`."
                )
            removed = _rotate(directory, archive, keep)
    kept = len(backups(directory, archive))
    return Backup(folder=folder, size=size, kept=kept, removed=removed)


def backups(directory: Path, archive: Path) -> list[Path]:
    """The sound backups of an archive in a directory, the oldest first."""
    form = re.compile(rf"{re.escape(archive.stem)}-\d{{4}}-\d\d-\d\dT\d{{6}}Z")
    return sorted(path for path in directory.iterdir() if form.fullmatch(path.name))


def _copy(db: Database, archive: Path, part: Path) -> None:
    with explained(archive):
        db.execute("VACUUM INTO ?", [str(part / archive.name)])
    snapshots = snapshots_path(archive)
    if snapshots.exists():
        with (
            explained(snapshots),
            contextlib.closing(connect(snapshots, readonly=True)) as bodies,
        ):
            bodies.execute("VACUUM INTO ?", [str(part / snapshots.name)])
    # SQLite leaves it to the system when a copy reaches the disk.
    for file in part.iterdir():
        _sync(file)
    _sync(part)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folder
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _faults(copy: Path) -> list[str]:
    if quick_check(copy).schema < SCHEMA_VERSION:
        return []  # made by an older newsward: copied as it is, for that one to use
    with Verification(copy) as verification:
        found = islice(verification.faults(), _TOLD)
        return [f"{fault.where}: {fault.what}" for fault in found]


def _rotate(directory: Path, archive: Path, keep: int) -> tuple[Path, ...]:
    old = backups(directory, archive)[:-keep]
    for folder in old:
        # File by file, and only what a backup is made of: what else a person put there stays.
        for name in (archive.name, snapshots_path(archive).name):
            (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()
    return tuple(folder for folder in old if not folder.exists())


def _check_space(archive: Path, directory: Path) -> None:
    files = (archive, snapshots_path(archive))
    wanted = sum(path.stat().st_size for path in files if path.exists())
    free = shutil.disk_usage(directory).free
    if free < wanted:
        raise ArchiveUnavailableError(
            f"{directory}: a backup takes up to {wanted:,} bytes and {free:,} are free. Free some"
            " space, or name another directory."
        )


@contextlib.contextmanager
def _only_one(directory: Path) -> Iterator[None]:
    try:
        with FileLock(directory / ".backup.lock", timeout=0):
            yield
    except Timeout as error:
        raise ArchiveUnavailableError(
            f"{directory}: another backup is being written here. Wait until that has ended."
        ) from error


@contextlib.contextmanager
def _whole_or_not_at_all(directory: Path, archive: Path) -> Iterator[None]:
    def clear() -> None:
        for part in directory.glob(f".{archive.stem}-*.part"):
            shutil.rmtree(part, ignore_errors=True)

    clear()  # what a backup that was killed left behind
    try:
        yield
    finally:
        clear()


@contextlib.contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveUnavailableError(
            f"{directory}: cannot be written ({error.strerror or error}). Check the folder, its"
            " rights and the space on its disk, or name another directory."
        ) from error
