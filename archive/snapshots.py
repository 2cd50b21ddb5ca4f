"""snapshots.db: the exact body of every response, kept once, named by its sha256."""

import hashlib
import json
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlite_utils import Database, Migrations

from archive.database import connect, explained, transaction, write_ahead, write_anew
from archive.errors import ArchiveDamagedError, ArchiveMissingError
from archive.statements import select

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# As small as level 7 (30.92 kB for a mean page of 182 kB, 30.85 kB with 7; 33.2 kB with 4, 30.6 kB
# with 9) in three quarters of its time, on the 708 real pages of `benchmarks/archive_warc.py`. What
# level 7 takes longer for is a table of 2 MB, which no core's own cache holds; here it is 0.5 MB.
_PACKING: Mapping[int, int] = {
    zstd.CompressionParameter.window_log: 21,
    zstd.CompressionParameter.hash_log: 17,
    zstd.CompressionParameter.chain_log: 17,
    zstd.CompressionParameter.search_log: 4,
    zstd.CompressionParameter.min_match: 4,
    zstd.CompressionParameter.target_length: 16,
    zstd.CompressionParameter.strategy: zstd.Strategy.lazy,
}

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


CHECKSUMS = """
CREATE TABLE checksums ( -- One row shows whether a row of snapshots is as it was written.
  snapshot_id INTEGER PRIMARY KEY REFERENCES snapshots(id) ON DELETE CASCADE, -- the snapshot
  crc32 INTEGER NOT NULL -- CRC-32 over its other columns and its packed body
)
"""
# How many bodies are looked at in one read; between reads nobody is kept waiting.
_BATCH = 50


@migrations()
def first(db: Database) -> None:
    """Make the one table."""
    db.execute(SNAPSHOTS.strip())


@migrations()
def checksums(db: Database) -> None:
    """Packing forgives a flipped byte now and then; a checksum does not.

    What was kept before has none: its sha256 proves the body all the same.
    """
    db.execute(CHECKSUMS.strip())


def snapshots_path(archive: Path) -> Path:
    """Where the snapshots of an archive lie: beside it."""
    return archive.with_name("snapshots.db" if archive.name == "archive.db" else _beside(archive))


def _beside(archive: Path) -> str:
    return f"{archive.stem}-snapshots.db"


def digest_of(body: bytes) -> str:
    """The name of a body: its sha256 in hex."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedBody:
    """A body as it is kept: the digest that names it, its length in bytes, and it packed."""

    digest: str
    raw_bytes: int
    packed: bytes


def pack(body: bytes, digest: str) -> PackedBody:
    """A body as it is kept; `digest` is its own. Other threads go on meanwhile."""
    packed = zstd.compress(body, options=_PACKING)
    return PackedBody(digest=digest, raw_bytes=len(body), packed=packed)


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
                write_ahead(self._db)
                migrations.apply(self._db)
            # What an older program made, opened for reading alone, has none.
            has_checksums = self._db.table("checksums").exists()
        crc32 = "(SELECT crc32 FROM checksums WHERE snapshot_id = id)" if has_checksums else "NULL"
        columns = f"content_encoding, raw_bytes, stored_at, CAST(body AS BLOB), {crc32}"
        self._read = select(columns, "snapshots", where="snapshot_digest = ?")
        self._read_next = select(
            f"id, snapshot_digest, {columns}", "snapshots", where="id > ?", order="id", limit="?"
        )

    def keep(self, body: bytes, *, now: str, digest: str | None = None) -> str:
        """Store a body, committed when this returns, and give its digest. Keeping twice is once.

        `digest` is that of the body where the caller has it already.
        """
        packed = pack(body, digest or digest_of(body))
        self.keep_packed([packed], now=now)
        return packed.digest

    def keep_packed(self, bodies: Sequence[PackedBody], *, now: str) -> None:
        """Store bodies in one commit, done when this returns. Keeping twice is once."""
        with self._lock, transaction(self._db, self.path) as db:
            for body in bodies:
                _keep(db, body, now)
        for _ in bodies:
            self._failpoint("after snapshot")

    def body(self, digest: str) -> bytes:
        """The body of that name, as it was written.

        That is proved by the checksum of its row, over the packed body: hashing what was unpacked
        takes as long as unpacking it. `check` hashes, and so does this where there is no checksum.

        Raises:
            ArchiveMissingError: no such snapshot.
            ArchiveDamagedError: what is stored is not what was written.
        """
        with self._lock, explained(self.path):
            row = self._db.execute(self._read, [digest]).fetchone()
        if row is None:
            raise ArchiveMissingError(f"{self.path}: there is no snapshot {digest}.")
        *facts, packed, checksum = row
        is_proved = checksum is not None and checksum == _crc32(digest, *facts, packed)
        body = _unpacked(packed) if is_proved or checksum is None else None
        if body is None or not (is_proved or digest_of(body) == digest):
            raise ArchiveDamagedError(f"{self.path}: snapshot {digest} is damaged.")
        return body

    def check(self) -> Iterator[tuple[str, str | None]]:
        """Hash every body again: its name, and what is wrong with it, None when nothing is."""
        after = 0
        while True:
            with self._lock, explained(self.path):
                rows = self._db.execute(self._read_next, [after, _BATCH]).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            for _, *columns, packed, checksum in rows:
                yield str(columns[0]), _wrong(columns, packed, checksum)

    def count(self) -> int:
        """How many bodies there are."""
        with self._lock, explained(self.path):
            return int(self._db.execute("SELECT count(*) FROM snapshots").fetchone()[0])

    def drop(self, digests: Sequence[str]) -> int:
        """Take bodies out, their bytes overwritten with zeros; how many were there."""
        with self._lock, transaction(self._db, self.path) as db:
            db.execute("PRAGMA secure_delete = ON")
            return db.execute(
                "DELETE FROM snapshots WHERE snapshot_digest IN (SELECT value FROM json_each(?))",
                [json.dumps(list(digests))],
            ).rowcount

    def write_anew(self) -> None:
        """Write the whole file again: nothing of what was dropped is left in it.

        Raises:
            ArchiveUnavailableError: another program has it open and still reads what was before.
        """
        with self._lock:
            write_anew(self._db, self.path)

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


def _keep(db: Database, body: PackedBody, now: str) -> None:
    new = db.execute(
        "INSERT INTO snapshots (snapshot_digest, content_encoding, raw_bytes, stored_at, body)"
        " VALUES (?, 'zstd', ?, ?, ?) ON CONFLICT (snapshot_digest) DO NOTHING RETURNING id",
        [body.digest, body.raw_bytes, now, body.packed],
    ).fetchone()
    if new:
        db.execute(
            "INSERT INTO checksums (snapshot_id, crc32) VALUES (?, ?)",
            [new[0], _crc32(body.digest, "zstd", body.raw_bytes, now, body.packed)],
        )


def _unpacked(packed: bytes) -> bytes | None:
    try:
        return zstd.decompress(packed)
    except (zstd.ZstdError, MemoryError):  # a flipped length may ask for any amount of memory
        return None


def _crc32(*columns: object) -> int:
    *facts, packed = columns
    if not isinstance(packed, bytes):
        raise TypeError("the packed body is bytes")
    return zlib.crc32(packed, zlib.crc32(json.dumps(facts, default=repr).encode()))


def _wrong(columns: list[object], packed: bytes, checksum: object) -> str | None:
    digest, _, length, _ = columns
    body = _unpacked(packed)
    if body is None:
        return "its packed body cannot be unpacked"
    if digest_of(body) != digest:
        return f"its body has another sha256, {digest_of(body)}"
    if len(body) != length:
        return f"its body has {len(body):,} bytes, not {length}"
    if checksum is not None and checksum != _crc32(*columns, packed):
        return "its row is not what was written, though its body is"
    return None
