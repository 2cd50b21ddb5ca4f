"""Is everything in an archive what was written? Reads both files to their last byte, changes none.

A crawl may write meanwhile: what is checked is the archive of one moment, and the snapshots that it
named then. Memory stays flat however large they are; the disk needs room for a copy of the search
index in SQLite's temporary folder.
"""

import contextlib
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Self

from sqlite_utils import Database

from archive import integrity_rows, timestamp_rows
from archive.database import explained, is_damage, open_archive
from archive.errors import (
    ArchiveDamagedError,
    ArchiveMissingError,
    ArchiveUnavailableError,
    ConfigurationError,
    NewswardError,
)
from archive.group_seals import GROUPS
from archive.integrity_rows import Fault
from archive.migrations import SCHEMA_VERSION
from archive.records import Article, Rejected
from archive.reread_rows import KeptPage, kept_pages
from archive.seals import Sealed
from archive.snapshots import Snapshots, snapshots_path


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """How much was looked at. `orphans` are snapshots that nothing names: harmless."""

    records: int
    revisions: int
    fetches: int
    places: int
    runs: int
    snapshots: int
    orphans: int


class Verification:
    """One look at everything; a context manager. `done` of `total` things were looked at so far.

    Raises:
        ArchiveMissingError: there is no archive.
        ConfigurationError: it is something else, newer than this program, or not yet brought up
            to date by it.
        ArchiveUnavailableError: it cannot be opened or read now.
        ArchiveDamagedError: it is so damaged that there is nothing to look at.
    """

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.done = 0
        with _damage_told():
            self._db = open_archive(archive, readonly=True)
        self._snapshots: Snapshots | None = None
        self._unreadable = "is not there, and the archive names snapshots"
        try:
            with _damage_told():
                self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        with explained(self.archive):
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version < SCHEMA_VERSION:
                raise ConfigurationError(
                    f"{self.archive}: made by an older newsward (schema {version}, now"
                    f" {SCHEMA_VERSION}). `newsward crawl` brings it up to date; then verify it."
                )
            integrity_rows.open_for_verification(self._db)
            self._open_snapshots()
            # From here on, everything is of this moment: the archive first, so that the snapshots
            # may have more than it names and never less.
            self._db.execute("BEGIN")
            self._totals = integrity_rows.totals(self._db)
            kept = 0 if self._snapshots is None else self._snapshots.count()
            self._kept = kept
            self.total = sum(self._totals.values()) + self._totals["articles"] + kept

    def _open_snapshots(self) -> None:
        try:
            snapshots = Snapshots(self.archive, readonly=True)
            self._db.execute(
                "ATTACH DATABASE ? AS beside", [f"{snapshots.path.resolve().as_uri()}?mode=ro"]
            )
            snapshots.count()
        except ArchiveMissingError:
            return
        except (sqlite3.DatabaseError, UnicodeDecodeError, NewswardError) as error:
            self._unreadable = f"cannot be read ({error}), and the archive names snapshots"
        else:
            self._snapshots = snapshots

    def faults(self) -> Iterator[Fault]:
        """Everything that is not what was written, as it is found."""
        yield from self._check("its structure", integrity_rows.structure)
        yield from self._check("its references", integrity_rows.references)
        for kind in Sealed:
            yield from self._check(f"each {kind}", partial(integrity_rows.sealed, kind=kind))
        for group in GROUPS:
            check = partial(integrity_rows.sealed_group, group=group)
            yield from self._check(f"each {group.name}", check)
        yield from self._check("its records", integrity_rows.records)
        yield from self._check("its revisions", integrity_rows.revision_hashes)
        yield from self._check("its runs", integrity_rows.chain)
        yield from self._check("its timestamps", timestamp_rows.faults)
        yield from self._check("its search index", integrity_rows.search_index)
        yield from self._snapshot_faults()

    def _check(
        self, name: str, check: Callable[[Database], Iterator[Fault | None]]
    ) -> Iterator[Fault]:
        """Run one check; a file that breaks under it is a fault, and the next check goes on."""
        try:
            for found in check(self._db):
                if found is None:
                    self.done += 1
                else:
                    yield found
        except (sqlite3.DatabaseError, TypeError, ValueError) as error:
            yield Fault(where=str(self.archive), what=f"{name} cannot be read ({error})")

    def _snapshot_faults(self) -> Iterator[Fault]:
        if self._snapshots is None:
            path = snapshots_path(self.archive)
            named = self._totals["fetches"]
            if named:
                yield Fault(where=str(path), what=self._unreadable)
            return
        yield from self._check("its snapshots", integrity_rows.missing_snapshots)
        yield from self._check("its snapshots", self._bodies)

    def _bodies(self, db: Database) -> Iterator[Fault | None]:
        if self._snapshots is None:
            return
        for digest, wrong in self._snapshots.check():
            if wrong is None:
                yield None
            else:
                record = integrity_rows.record_of_snapshot(db, digest)
                yield Fault(where=f"snapshot {digest}", what=wrong, record=record)

    def pages(self, *, sample: int | None) -> Iterator[KeptPage]:
        """Records whose page is kept, to be read again: `sample` at random, None for all."""
        with _damage_told(), explained(self.archive):
            numbers: Iterator[int] | list[int] = (
                number for (number,) in self._db.execute("SELECT id FROM articles ORDER BY id")
            )
            if sample is not None:
                numbers = list(numbers)
                random.SystemRandom().shuffle(numbers)
            kept = (
                page
                for number in numbers
                for page in kept_pages(self._db, sources=(), after=number - 1, count=1)
                if page.article_id == number
            )
            yield from islice(kept, sample)

    def extractor(self, page: KeptPage) -> str:
        """The program and rules that read the present text of a record."""
        return integrity_rows.extractor_of(self._db, page.article_id, page.revision)

    def has_removals(self, page: KeptPage, rules: Sequence[str]) -> bool:
        """Whether one of these rules took something out of the present text of a record."""
        return integrity_rows.has_removals(self._db, page.article_id, page.revision, rules)

    def body(self, page: KeptPage) -> bytes:
        """The snapshot that a record was read from.

        Raises:
            ArchiveMissingError, ArchiveDamagedError: it is not there, or not what it was.
        """
        if self._snapshots is None:
            raise ArchiveMissingError(f"{snapshots_path(self.archive)}: not here.")
        return self._snapshots.body(page.snapshot_digest)

    def checked(self) -> Checked:
        """How much there was to look at."""
        orphans = 0
        if self._snapshots is not None:
            with contextlib.suppress(sqlite3.DatabaseError):
                orphans = integrity_rows.orphans(self._db)
        return Checked(
            records=self._totals["articles"],
            revisions=self._totals["revisions"],
            fetches=self._totals["fetches"],
            places=self._totals["provenance"],
            runs=self._totals["runs"],
            snapshots=self._kept,
            orphans=orphans,
        )

    def close(self) -> None:
        """Close the files; calling twice is harmless."""
        self._db.close()
        if self._snapshots is not None:
            self._snapshots.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    """Whoever verifies is told of damage as damage, not as of a file that cannot be used now."""
    try:
        yield
    except ArchiveUnavailableError as error:
        if is_damage(error.__cause__):
            raise ArchiveDamagedError(str(error)) from error
        raise


def difference(page: KeptPage, result: Article | Rejected) -> str | None:
    """What differs between a record and a new reading of its snapshot; None when nothing does."""
    if isinstance(result, Rejected):
        return f"its snapshot gives no article now ({result.ending})"
    if result.title != page.title:
        return "its snapshot gives another title now"
    if result.text != page.body:
        return "its snapshot gives another text now"
    return None
