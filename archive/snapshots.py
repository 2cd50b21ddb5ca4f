"""snapshots.db: the exact body of every response, kept once, named by its sha256."""

import hashlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from sqlite_utils import Database, Migrations

from archive.database import connect, explained, transaction
from archive.errors import ArchiveDamagedError, ArchiveMissingError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# 9 is where smaller stops being cheap: a page of 174 kB becomes 32 kB, 459 pages a second.
ZSTD_LEVEL = 9

migrations = Migrations("newsward-snapshots")

SNAPSHOTS = """
CREATE TABLE snapshots ( -- One row is the exact body of one response.
  id INTEGER PRIMARY KEY,
  snapshot_digest TEXT NOT NULL UNIQUE, -- sha256 of the body: its name in archive.db
  content_encoding TEXT NOT NULL, -- how body is packed: zstd
  raw_bytes INTEGER NOT NULL, -- length of the body in bytes before packing
  stored_at TEXT NOT NULL, -- UTC
  body BLOB NOT NULL -- the packed body
)
"""


@migrations()
def first(db: Database) -> None:
    """Make the one table."""
    db.execute(SNAPSHOTS.strip())


def snapshots_path(archive: Path) -> Path:
    """Where the snapshots of an archive lie: beside it."""
    return archive.with_name("snapshots.db" if archive.name == "archive.db" else _beside(archive))


def _beside(archive: Path) -> str:
    return f"{archive.stem}-snapshots.db"


def digest_of(body: bytes) -> str:
    """The name of a body: its sha256 in hex."""
    return hashlib.sha256(body).hexdigest()


class Snapshots:
    """The bodies beside one archive. Safe to call from several threads.

    Args:
        archive: path of the archive; the snapshots lie beside it.
        readonly: open for reading only; nothing is created.
        failpoint: called with "after snapshot" after each commit; crash tests kill there.
    """

    def __init__(
        self,
        archive: Path,
        *,
        readonly: bool = False,
        failpoint: Callable[[str], None] | None = None,
    ) -> None:
        self._failpoint = failpoint or (lambda _name: None)
        self.path = snapshots_path(archive)
        self._lock = threading.Lock()
        if readonly and not self.path.exists():
            raise ArchiveMissingError(f"{self.path}: the snapshots of this archive are not here.")
        with explained(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = connect(self.path, readonly=readonly)
            if not readonly:
                migrations.apply(self._db)

    def keep(self, body: bytes, *, now: str) -> str:
        """Store a body, committed when this returns, and give its digest. Keeping twice is once."""
        digest = digest_of(body)
        packed = zstd.compress(body, level=ZSTD_LEVEL)
        with self._lock, transaction(self._db, self.path) as db:
            known = db.execute(
                "SELECT 1 FROM snapshots WHERE snapshot_digest = ?", [digest]
            ).fetchone()
            if not known:
                db.execute(
                    "INSERT INTO snapshots"
                    " (snapshot_digest, content_encoding, raw_bytes, stored_at, body)"
                    " VALUES (?, 'zstd', ?, ?, ?)",
                    [digest, len(body), now, packed],
                )
        self._failpoint("after snapshot")
        return digest

    def body(self, digest: str) -> bytes:
        """The body of that name.

        Raises:
            ArchiveMissingError: no such snapshot.
            ArchiveDamagedError: what is stored no longer has that sha256.
        """
        with self._lock, explained(self.path):
            row = self._db.execute(
                "SELECT body FROM snapshots WHERE snapshot_digest = ?", [digest]
            ).fetchone()
        if row is None:
            raise ArchiveMissingError(f"{self.path}: there is no snapshot {digest}.")
        try:
            body = zstd.decompress(row[0])
        except zstd.ZstdError as error:
            raise ArchiveDamagedError(f"{self.path}: snapshot {digest} is damaged.") from error
        if digest_of(body) != digest:
            raise ArchiveDamagedError(f"{self.path}: snapshot {digest} is damaged.")
        return body

    def digests(self) -> frozenset[str]:
        """The names of all bodies."""
        with self._lock, explained(self.path):
            rows = self._db.execute("SELECT snapshot_digest FROM snapshots").fetchall()
        return frozenset(digest for (digest,) in rows)

    def close(self) -> None:
        """Close the file; calling twice is harmless."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
