"""A first look at an archive, of seconds: can it be used as it is? `verify` looks at everything."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from archive.database import explained, open_archive
from archive.errors import ArchiveDamagedError
from archive.migrations import SCHEMA_VERSION
from archive.snapshots import snapshots_path


@dataclass(frozen=True, kw_only=True, slots=True)
class QuickCheck:
    """What a first look found. `size` counts the bytes of the archive and of its snapshots."""

    records: int
    size: int
    schema: int
    newest_schema: int


def quick_check(archive: Path) -> QuickCheck:
    """Look at an archive without changing it; SQLite reads each page of the file once.

    Raises:
        ArchiveMissingError: there is none.
        ArchiveDamagedError: its structure is broken, or the file of its snapshots is gone.
        ConfigurationError: it is something else, or made by a newer program.
        ArchiveUnavailableError: it cannot be opened or read.
    """
    with contextlib.closing(open_archive(archive, readonly=True)) as db, explained(archive):
        (schema,) = db.execute("PRAGMA user_version").fetchone()
        (structure,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if structure != "ok":
            first = str(structure).splitlines()[-1]
            raise ArchiveDamagedError(
                f"{archive}: the file is damaged ({first}). Restore a backup; keep this file for"
                " rescue."
            )
        records = 0
        if schema:
            (records,) = db.execute("SELECT count(*) FROM articles").fetchone()
    snapshots = snapshots_path(archive)
    if records and not snapshots.exists():
        raise ArchiveDamagedError(
            f"{snapshots}: the snapshots that prove {records:,} records are gone. Put the file"
            " back beside its archive."
        )
    size = sum(path.stat().st_size for path in (archive, snapshots) if path.exists())
    return QuickCheck(records=records, size=size, schema=schema, newest_schema=SCHEMA_VERSION)
