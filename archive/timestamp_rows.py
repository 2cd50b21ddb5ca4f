"""The rows of timestamps: which run is stamped, what was asked and answered, what is wrong with it.

Every function works inside the transaction of its caller.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from archive.errors import ConfigurationError
from archive.integrity_rows import Fault
from archive.statements import named, select
from archive.timestamps import NotProvedError, asks_for, nonce_of, proved_time, request_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Timestamp:
    """A timestamp over the chain of runs up to `run_id`; `stamped_at` is what it proves, UTC.

    Without a `response` it was only asked for.
    """

    id: int
    run_id: int
    manifest_hash: str
    nonce: str
    request: bytes
    response: bytes | None
    stamped_at: str | None
    authority: str | None
    roots: str | None


# The fields are the columns.
_COLUMNS = tuple(field.name for field in fields(Timestamp))


def ask(db: Database, *, authority: str | None, roots: str | None, now: str) -> Timestamp:
    """Write down a new request over the newest run that has ended.

    Raises:
        ConfigurationError: no run has ended yet.
    """
    head = db.execute(
        "SELECT id, manifest_hash FROM runs WHERE manifest_hash IS NOT NULL"
        " ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if head is None:
        raise ConfigurationError("No run has ended yet: there is nothing to stamp.")
    request = request_for(head[1])
    row = db.execute(
        named(
            "INSERT INTO timestamps (run_id, manifest_hash, nonce, requested_at, authority,"
            " request, roots) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING {columns}",
            columns=_COLUMNS,
        ),
        [*head, request.nonce, now, authority, request.der, roots],
    ).fetchone()
    return _timestamp(row)


def keep(db: Database, response: bytes) -> Timestamp:
    """Keep an answer with the request that it belongs to, once it proves what was asked.

    Raises:
        ConfigurationError: it answers none of our requests, or does not prove the run.
    """
    try:
        asked = _asked_with(db, nonce_of(response))
        stamped_at = proved_time(
            response, manifest_hash=asked.manifest_hash, nonce=asked.nonce, roots=asked.roots
        )
    except NotProvedError as error:
        raise ConfigurationError(
            f"This timestamp proves nothing here: {error}. Nothing was kept."
        ) from error
    row = db.execute(
        named(
            "UPDATE timestamps SET response = ?, stamped_at = ? WHERE id = ? RETURNING {columns}",
            columns=_COLUMNS,
        ),
        [response, stamped_at, asked.id],
    ).fetchone()
    return _timestamp(row)


def _asked_with(db: Database, nonce: str | None) -> Timestamp:
    asked = next((stamp for stamp in stamps(db) if stamp.nonce == nonce), None)
    if asked is None:
        raise NotProvedError("it answers no request of this archive")
    return asked


def forget(db: Database, timestamp: Timestamp) -> None:
    """Take a request away that got no answer."""
    db.execute("DELETE FROM timestamps WHERE id = ? AND response IS NULL", [timestamp.id])


def stamps(db: Database) -> list[Timestamp]:
    """All timestamps, the newest first, those without an answer too."""
    rows = db.execute(select(", ".join(_COLUMNS), "timestamps", order="id DESC"))
    return [_timestamp(row) for row in rows.fetchall()]


def faults(db: Database) -> Iterator[Fault]:
    """Does each timestamp still prove the run that it was made for?"""
    hashes = dict(db.execute("SELECT id, manifest_hash FROM runs").fetchall())
    for stamp in stamps(db):
        if stamp.response is None:
            continue
        if wrong := _wrong(stamp, stamp.response, hashes.get(stamp.run_id)):
            yield Fault(where=f"timestamp {stamp.id} over run {stamp.run_id}", what=wrong)


def _wrong(stamp: Timestamp, response: bytes, manifest_hash: str | None) -> str | None:
    if manifest_hash != stamp.manifest_hash:
        return "the run has another manifest hash than the one that was stamped"
    if not asks_for(stamp.request, manifest_hash=stamp.manifest_hash, nonce=stamp.nonce):
        return "its request is not the one that was sent"
    try:
        proved = proved_time(
            response, manifest_hash=stamp.manifest_hash, nonce=stamp.nonce, roots=stamp.roots
        )
    except (NotProvedError, ConfigurationError) as error:
        return f"it proves nothing: {error}"
    return None if proved == stamp.stamped_at else f"it proves {proved}, not {stamp.stamped_at}"


def _timestamp(row: tuple[Any, ...]) -> Timestamp:
    return Timestamp(**dict(zip(_COLUMNS, row, strict=True)))
