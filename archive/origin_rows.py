"""The rows of origins: who answered an exchange, and which WARC record it was read from.

An exchange of a WARC may be years older than what the archive has; these functions tell.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Iterable

from sqlite_utils import Database

from archive.records import Fetch, Outcome


def add_origin(db: Database, fetch_id: int, fetch: Fetch) -> None:
    """Note the server's address and the WARC record of an exchange, as far as they are known."""
    if fetch.ip_address is None and fetch.warc is None:
        return
    place = fetch.warc
    db.execute(
        "INSERT INTO fetch_origins (fetch_id, ip_address, warc_file, warc_offset, warc_record)"
        " VALUES (?, ?, ?, ?, ?)",
        [
            *(fetch_id, fetch.ip_address),
            *((place.file, place.offset, place.record) if place else (None, None, None)),
        ],
    )


def known_records(db: Database, records: Iterable[str]) -> frozenset[str]:
    """Those of these WARC-Record-IDs whose exchange is in the archive."""
    rows = db.execute(
        "SELECT warc_record FROM fetch_origins"
        " WHERE warc_record IN (SELECT value FROM json_each(?))",
        [json.dumps(list(records))],
    ).fetchall()
    return frozenset(record for (record,) in rows)


def is_behind(db: Database, outcome: Outcome) -> bool:
    """Whether a WARC tells of an address what was so before we last asked it."""
    if outcome.fetch.warc is None:
        return False
    row = db.execute(
        "SELECT last_fetched_at > ? FROM frontier WHERE id = ?",
        [outcome.fetch.fetched_at, outcome.claim.frontier_id],
    ).fetchone()
    return bool(row and row[0])


def is_older_text(db: Database, outcome: Outcome, article_id: int) -> bool:
    """Whether a WARC's page was fetched before the page that a record's present text is from."""
    if outcome.fetch.warc is None:
        return False
    row = db.execute(
        "SELECT fetches.fetched_at > ? FROM articles"
        " JOIN revisions ON revisions.article_id = articles.id"
        " AND revisions.revision = articles.revision"
        " JOIN fetches ON fetches.id = revisions.fetch_id WHERE articles.id = ?",
        [outcome.fetch.fetched_at, article_id],
    ).fetchone()
    return bool(row and row[0])
