"""The rows of sites: hosts at rest, copies of what they ask of all crawlers, rights of pages.

The functions work inside the transaction of their caller, the class in its own.
"""

import json
from dataclasses import dataclass

from sqlite_utils import Database

from archive import frontier_rows
from archive.opened import OpenArchive
from archive.permissions import HostState
from archive.records import Outcome


def note(db: Database, outcome: Outcome, fetch_id: int) -> None:
    """Keep what an exchange told of its host, and what the page and its site ask."""
    if outcome.host is not None:
        _keep_host(db, outcome.host, outcome.run_id)
    rights = outcome.rights
    if rights is not None and (rights.robots or rights.signals):
        db.execute(
            "INSERT INTO rights (fetch_id, robots, signals, reserved) VALUES (?, ?, ?, ?)",
            [
                *(fetch_id, rights.robots),
                json.dumps(rights.signals) if rights.signals else None,
                ", ".join(rights.reserved) or None,
            ],
        )


def _keep_host(db: Database, state: HostState, run_id: int) -> None:
    if not (state.failures or state.rests):
        db.execute("DELETE FROM hosts WHERE host = ?", [state.host])
        return
    db.execute(
        "INSERT INTO hosts (host, failures, rests, until, reason, run_id)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (host) DO UPDATE SET"
        " failures = excluded.failures, rests = excluded.rests, until = excluded.until,"
        " reason = excluded.reason, run_id = excluded.run_id",
        [state.host, state.failures, state.rests, state.until, state.reason, run_id],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFile:
    """A copy of a file that a host has for all crawlers: robots.txt or tdmrep.json.

    With a `status` from 400 to 499 there is none. `fetched_at` is ISO 8601 UTC.
    """

    host: str
    name: str
    status: int
    body: bytes
    fetched_at: str


class SiteRows:
    """What an archive remembers of sites. Safe to call from several threads."""

    def __init__(self, archive: OpenArchive) -> None:
        self._archive = archive

    def hosts(self) -> list[HostState]:
        """Every host that is at rest, or on its way there."""
        with self._archive.moment() as db:
            rows = db.execute("SELECT host, failures, rests, until, reason FROM hosts").fetchall()
        return [
            HostState(host=host, failures=failures, rests=rests, until=until, reason=reason)
            for host, failures, rests, until, reason in rows
        ]

    def file(self, host: str, name: str) -> SiteFile | None:
        """The last good copy; None when there is none."""
        with self._archive.moment() as db:
            row = db.execute(
                "SELECT status, body, fetched_at FROM site_files WHERE host = ? AND name = ?",
                [host, name],
            ).fetchone()
        if row is None:
            return None
        return SiteFile(host=host, name=name, status=row[0], body=row[1], fetched_at=row[2])

    def keep(self, copy: SiteFile) -> None:
        """Keep a copy in place of the one before."""
        with self._archive.transaction() as db:
            db.execute(
                "INSERT INTO site_files (host, name, status, body, fetched_at, changed_at)"
                " VALUES (:host, :name, :status, :body, :at, :at)"
                " ON CONFLICT (host, name) DO UPDATE SET changed_at ="
                " iif(body = excluded.body, changed_at, excluded.changed_at),"
                " status = excluded.status, body = excluded.body, fetched_at = excluded.fetched_at",
                {
                    "host": copy.host,
                    "name": copy.name,
                    "status": copy.status,
                    "body": copy.body,
                    "at": copy.fetched_at,
                },
            )

    def known_of(self, urls: list[str]) -> int:
        """How many of these addresses are in the frontier."""
        with self._archive.moment() as db:
            row = db.execute(
                "SELECT count(*) FROM frontier WHERE url IN (SELECT value FROM json_each(?))",
                [json.dumps(urls)],
            ).fetchone()
        return int(row[0])

    def to_drop(self) -> list[str]:
        """The bodies that must not be among the snapshots, dropped already or not."""
        with self._archive.moment() as db:
            rows = db.execute("SELECT snapshot_digest FROM dropped_snapshots").fetchall()
        return [digest for (digest,) in rows]

    def release_quarantine(self, now: str, sources: tuple[str, ...] | None) -> int:
        """Make what is in quarantine due again; how many that are."""
        with self._archive.transaction() as db:
            return frontier_rows.release_quarantine(db, now, sources)
