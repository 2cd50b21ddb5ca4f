"""Opening SQLite files the one way we trust, and saying in one line why one cannot be used."""

import contextlib
import math
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveMissingError, ArchiveUnavailableError, ConfigurationError
from archive.group_seals import follow_changes
from archive.migrations import APPLICATION_ID, SCHEMA_VERSION, migrations

# How long a writer waits for another one. Our transactions take milliseconds; a `sqlite-utils`
# command of a person may take longer, and NEWSWARD_BUSY_SECONDS says so.
BUSY_SECONDS = 10.0
LONGEST_BUSY = 86_400


def connect(path: Path, *, readonly: bool = False) -> Database:
    """A connection for use from several threads, one at a time; the caller holds the lock."""
    mode = "ro" if readonly else "rwc"
    if readonly and _is_frozen(path):
        mode += "&immutable=1"
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_busy_seconds(),
    )
    connection.execute("PRAGMA foreign_keys = ON")
    return Database(connection, execute_plugins=False)


def _is_frozen(path: Path) -> bool:
    # To read a database with a write-ahead log SQLite makes a file beside it. Where it may not, on
    # a read-only medium say, the file can be read as it is, so long as no log is waiting.
    log = path.with_name(path.name + "-wal")
    has_log = log.exists() and log.stat().st_size > 0
    return not os.access(path.parent, os.W_OK) and not has_log


def write_ahead(db: Database) -> None:
    """Log ahead of writing, and wait for the disk; it changes the file: know it for ours first.

    So Datasette can read while a crawl writes, and what was committed survives a power cut.
    """
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")


def _busy_seconds() -> float:
    told = os.environ.get("NEWSWARD_BUSY_SECONDS") or BUSY_SECONDS
    try:
        seconds = float(told)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_BUSY:  # which is so for no NaN
        raise ConfigurationError(
            f"NEWSWARD_BUSY_SECONDS: {told!r} is no number of seconds from 0 to {LONGEST_BUSY:,}."
            " Give one such as 10, or leave it out."
        )
    return seconds


def open_archive(path: Path, *, readonly: bool = False, create: bool = False) -> Database:
    """The archive at `path`, migrated to this version when it is opened for writing.

    Raises:
        ArchiveMissingError: there is none and `create` is not set. Nothing is created.
        ConfigurationError: the file is something else, or newer than this program.
        ArchiveUnavailableError: it is locked, unreadable or cannot be written.
    """
    if not path.exists() and not create:
        raise ArchiveMissingError(
            f"{path}: there is no archive here. Make one with `newsward crawl` or `newsward demo`,"
            " or name another with --archive."
        )
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists() or path.stat().st_size == 0
        if is_new and readonly:
            raise ConfigurationError(f"{path}: the file is empty, not an archive.")
        db = connect(path, readonly=readonly)
        try:
            _check(db, path, is_new=is_new)
            if not readonly:
                write_ahead(db)
                _migrate(db, path)
                follow_changes(db)
        except BaseException:
            db.close()
            raise
    return db


def _check(db: Database, path: Path, *, is_new: bool) -> None:
    if is_new:
        return
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    # A first run killed before its first commit leaves a valid file without a table.
    if application != APPLICATION_ID and tables:
        raise ConfigurationError(
            f"{path}: a SQLite file, but not an archive of newsward. Name another --archive."
        )
    if version > SCHEMA_VERSION:
        raise ConfigurationError(
            f"{path}: made by a newer newsward (schema {version}; this program knows up to"
            f" {SCHEMA_VERSION}). Upgrade newsward; the archive was not touched."
        )


def _migrate(db: Database, path: Path) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    # All or nothing, and the write lock first: of two programs that find an old archive, the second
    # waits, and then finds nothing left to do.
    with transaction(db, path):
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(db)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextlib.contextmanager
def transaction(
    db: Database, path: Path, *, before_commit: Callable[[Database], None] | None = None
) -> Iterator[Database]:
    """All or nothing. The write lock is taken at once, so that it cannot be refused half-way.

    Whoever writes an archive gives `archive.group_seals.seal_changes` to be done before the commit.

    Raises:
        ArchiveUnavailableError: the archive is locked, full or cannot be written.
    """
    with explained(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            if before_commit:
                before_commit(db)
            db.execute("COMMIT")
        except BaseException:
            # An error such as a full disk may have ended the transaction already.
            if db.conn.in_transaction:
                db.execute("ROLLBACK")
            raise


def write_anew(db: Database, path: Path) -> None:
    """Write the whole file again, so that no free page and no log holds what was deleted.

    Raises:
        ArchiveUnavailableError: another program has it open and still reads what was before.
    """
    with explained(path):
        db.execute("VACUUM")
        (is_busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise ArchiveUnavailableError(
            f"{path}: what was deleted is gone from the tables, and another program that has the"
            " file open keeps it in the log. Close that program, then give the same command again."
        )


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what a person can mend into one line; let our own mistakes pass through."""
    try:
        yield
    except PermissionError as error:
        raise ArchiveUnavailableError(
            f"{path}: cannot be opened ({error.strerror}). Check the rights of the file and folder."
        ) from error
    except sqlite3.OperationalError as error:
        if advice := _advice(str(error)):
            raise ArchiveUnavailableError(f"{path}: {advice}") from error
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise ConfigurationError(
                f"{path}: this is not a SQLite file. Name another --archive."
            ) from error
        if is_damage(error):
            raise ArchiveUnavailableError(
                f"{path}: the file is damaged ({error}). Keep it, and restore a backup beside it."
            ) from error
        raise


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite says that a file is not what it wrote."""
    return isinstance(error, sqlite3.DatabaseError) and any(sign in str(error) for sign in _DAMAGE)


# How SQLite says that a file, or the search index in it, is not what it wrote.
_DAMAGE = ("malformed", "vtable constructor failed")
_ADVICE = {
    "database is locked": "locked by another program. Try again when that has finished.",
    "disk is full": "the disk is full. Free some space; nothing committed was lost.",
    "disk i/o error": "the disk refuses to write. Check its space; nothing committed was lost.",
    "readonly database": "cannot be written. Check the rights of the file and its folder.",
    "unable to open database": "cannot be opened. Check that the folder exists and its rights.",
}


def _advice(message: str) -> str | None:
    return next((text for cause, text in _ADVICE.items() if cause in message.lower()), None)


def sqlite_features() -> dict[str, str]:
    """What the SQLite of this Python can do: its version, and whether FTS5 is there."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='porter')")
            fts5 = "yes"
        except sqlite3.OperationalError:
            fts5 = "no"
    return {"version": sqlite3.sqlite_version, "fts5": fts5}
