"""The exchanges that a record's pages came with, for whoever hands them on.

Every function works inside the transaction of its caller.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.records import Redirect
from archive.visit_rows import VISITS

# Of a record only: what was taken down, withheld or restricted stands behind no record. A page of
# which no more than a link may be kept is handed to nobody, even where an older copy is left.
_EXCHANGES = """
SELECT fetches.url, fetches.final_url, fetches.redirects, fetches.fetched_at, fetches.status,
  fetches.headers, fetches.snapshot_digest, fetch_origins.ip_address
FROM articles
JOIN sources ON sources.id = articles.source_id AND NOT sources.link_only
JOIN ({addresses}) AS known
JOIN fetches ON fetches.url = known.url AND fetches.frontier_id = known.id AND {no_other}
LEFT JOIN fetch_origins ON fetch_origins.fetch_id = fetches.id
WHERE articles.id = :id AND articles.kind = 'article' AND fetches.ending <> 'withheld'
  AND ((fetches.status = 200 AND fetches.snapshot_digest IS NOT NULL) OR fetches.status = 304)
  AND NOT EXISTS (SELECT 1 FROM dropped_snapshots
    WHERE dropped_snapshots.snapshot_digest = fetches.snapshot_digest)
ORDER BY fetches.fetched_at, fetches.id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """An exchange whose body is kept, or that said (304) that the one before still holds.

    `headers` are the response headers that were kept, lower-case names. `snapshot_digest` is None
    for a 304.
    """

    url: str
    final_url: str
    redirects: tuple[Redirect, ...]
    fetched_at: str
    status: int
    headers: tuple[tuple[str, str], ...]
    snapshot_digest: str | None
    ip_address: str | None


def exchanges(db: Database, article_id: int) -> list[Exchange]:
    """The exchanges of a record's addresses, by time."""
    rows = db.execute(_EXCHANGES.format(**VISITS), {"id": article_id}).fetchall()
    return [_exchange(row) for row in rows]


def _exchange(row: tuple[Any, ...]) -> Exchange:
    return Exchange(
        url=row[0],
        final_url=row[1],
        redirects=tuple(
            Redirect(url=url, status=status) for url, status in json.loads(row[2] or "[]")
        ),
        fetched_at=row[3],
        status=row[4],
        headers=tuple((name, value) for name, value in json.loads(row[5] or "[]")),
        snapshot_digest=row[6],
        ip_address=row[7],
    )
