"""An archive that is open: its file, its lock, and the two ways to work in it."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlite_utils import Database

from archive.database import explained, open_archive, transaction
from archive.errors import ConfigurationError
from archive.group_seals import seal_changes
from archive.migrations import SCHEMA_VERSION


class OpenArchive:
    """What a door for reading and a door for writing share. Safe to use from several threads.

    Raises:
        ArchiveMissingError: it is to be read, and there is none at `path`.
        ArchiveUnavailableError: it cannot be used now; from every method.
        ConfigurationError: the file is not an archive, or newer than this program.
    """

    def __init__(self, path: Path, *, readonly: bool) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db = open_archive(path, readonly=readonly, create=not readonly)

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """All or nothing, for the modules of this package that write tables of their own."""
        follow = transaction(self._db, self.path, before_commit=seal_changes)
        with self._lock, follow as db:
            yield db

    @contextmanager
    def moment(self) -> Iterator[Database]:
        """The archive as it is now, for the modules of this package that read tables of their own.

        Whatever is written meanwhile is not seen.
        """
        with self._lock, explained(self.path):
            self._db.execute("BEGIN")
            try:
                yield self._db
            except sqlite3.OperationalError as error:
                self._explain_age(error)
                raise
            finally:
                self._db.execute("ROLLBACK")

    def _explain_age(self, error: sqlite3.OperationalError) -> None:
        # Reading changes no file: an archive of an older program has the tables of that program.
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version < SCHEMA_VERSION and "no such" in str(error):
            raise ConfigurationError(
                f"{self.path}: made by an older newsward (schema {version}; this one has"
                f" {SCHEMA_VERSION}). `newsward crawl` brings it up to date."
            ) from error

    def close(self) -> None:
        """Write the log back into the file and close it; calling twice is harmless."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
