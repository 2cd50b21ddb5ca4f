"""Which rows of the frontier a run takes on next: due, fair over hosts, once in a run.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from archive.records import Claim, LinkKind, Poll

# Up to so many due rows are ranked one by one. Of more, the first few of each lane are: a backlog
# of 100,000 pages would otherwise be ranked anew for every handful of them.
FEW = 2_000

_ARE_MANY = """
SELECT count(*) > :few FROM (
  SELECT 1 FROM frontier WHERE state = 'waiting' AND not_before <= :due LIMIT :few + 1)
"""

# A lane is what waits of one kind at one host for one source; each is found by one step in the
# index `frontier_lanes`. Those of sources that are not crawled, and the articles of sources that
# keep links only, have none.
_LANES = """
WITH RECURSIVE every_lane AS (
  SELECT sources.id AS source_id, kinds.value AS kind, (
    SELECT min(host) FROM frontier INDEXED BY frontier_lanes
    WHERE state = 'waiting' AND source_id = sources.id AND kind = kinds.value) AS host
  FROM sources CROSS JOIN json_each(:kinds) AS kinds
  WHERE sources.enabled AND NOT (sources.link_only AND kinds.value = 'article')
    AND (:sources IS NULL OR slug IN (SELECT value FROM json_each(:sources)))
  UNION ALL
  SELECT source_id, kind, (
    SELECT min(host) FROM frontier INDEXED BY frontier_lanes
    WHERE state = 'waiting' AND source_id = every_lane.source_id AND kind = every_lane.kind
      AND host > every_lane.host)
  FROM every_lane WHERE host IS NOT NULL
), lane AS (
  SELECT source_id, kind, host FROM every_lane
  WHERE host IS NOT NULL AND NOT EXISTS (SELECT 1 FROM hosts WHERE hosts.host = every_lane.host
    AND (hosts.until > :due OR (hosts.until IS NOT NULL AND hosts.run_id = :run)))
), held AS (
  SELECT host, count(*) AS leases FROM frontier WHERE state = 'leased' GROUP BY host
)"""

_OF_ALL = """
  SELECT frontier.id FROM frontier CROSS JOIN sources ON sources.id = frontier.source_id
  WHERE frontier.state = 'waiting' AND frontier.not_before <= :due AND frontier.run_id IS NOT :run
    AND sources.enabled AND NOT (sources.link_only AND frontier.kind = 'article')
    AND (:sources IS NULL OR sources.slug IN (SELECT value FROM json_each(:sources)))
    AND NOT EXISTS (SELECT 1 FROM hosts WHERE hosts.host = frontier.host
      AND (hosts.until > :due OR (hosts.until IS NOT NULL AND hosts.run_id = :run)))
"""

_OF_LANES = """
  SELECT frontier.id FROM lane CROSS JOIN frontier ON frontier.id IN (
    SELECT one.id FROM frontier AS one INDEXED BY frontier_lanes
    WHERE one.state = 'waiting' AND one.source_id = lane.source_id AND one.kind = lane.kind
      AND one.host = lane.host AND one.not_before <= :due AND one.run_id IS NOT :run
    ORDER BY one.not_before, one.run_id, one.id LIMIT :per_host)
"""

# The host is counted with what is already out, so that no host fills the crawl: fair and polite.
_DUE = """{lanes}, candidate AS ({candidates}
), due AS (
  SELECT frontier.id, coalesce(held.leases, 0) + row_number() OVER (
    PARTITION BY frontier.host
    ORDER BY frontier.kind = 'article', frontier.not_before, frontier.run_id, frontier.id) AS turn
  FROM candidate CROSS JOIN frontier ON frontier.id = candidate.id
    LEFT JOIN held ON held.host = frontier.host
), chosen AS (
  SELECT id, turn FROM due WHERE turn <= :per_host ORDER BY turn, id LIMIT :count
)
SELECT frontier.id, source_id, slug, url, frontier.kind, depth, tries, etag, last_modified,
  snapshot_digest, title_hint, published_hint, found_at,
  polls.interval, polls.successes, polls.named, polls.new, polls.last_new_at
FROM chosen CROSS JOIN frontier ON frontier.id = chosen.id
  CROSS JOIN sources ON sources.id = frontier.source_id
  LEFT JOIN polls ON polls.frontier_id = frontier.id
ORDER BY turn, frontier.id
"""
_FEW_DUE = _DUE.format(lanes=_LANES, candidates=_OF_ALL)
_MANY_DUE = _DUE.format(lanes=_LANES, candidates=_OF_LANES)

_WAITING = """{lanes}
SELECT (SELECT coalesce(sum(leases), 0) FROM held) + coalesce(sum((
  SELECT count(*) FROM frontier AS one INDEXED BY frontier_lanes
  WHERE one.state = 'waiting' AND one.source_id = lane.source_id AND one.kind = lane.kind
    AND one.host = lane.host AND one.not_before <= :due AND one.run_id IS NOT :run)), 0)
FROM lane
"""

# The newest exchange that brought a body, behind the 304s after it; the index has them in order.
_WHOLE_AT = """
SELECT fetched_at FROM fetches WHERE url = ? AND frontier_id = ? AND status = 200
ORDER BY fetched_at DESC LIMIT 1
"""


def claim(
    db: Database,
    *,
    run_id: int,
    due: str,
    count: int,
    per_host: int,
    sources: Sequence[str] | None,
) -> list[Claim]:
    """Lease up to `count` due rows, round robin over hosts, at most `per_host` out for each.

    Once in a run is enough: a row that this run has ended waits for the next one, whatever the
    clock says.
    """
    told = {**_told(run_id, due, sources), "per_host": per_host, "count": count}
    (are_many,) = db.execute(_ARE_MANY, {"few": FEW, "due": due}).fetchone()
    rows = db.execute(_MANY_DUE if are_many else _FEW_DUE, told).fetchall()
    db.execute(
        "UPDATE frontier SET state = 'leased', run_id = ?"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [run_id, json.dumps([row[0] for row in rows])],
    )
    return [_claim(row, db.execute(_WHOLE_AT, [row[3], row[0]]).fetchone()) for row in rows]


def waiting(db: Database, *, due: str, run_id: int, sources: Sequence[str] | None) -> int:
    """How many rows this run has still before it, those that it holds included."""
    row = db.execute(_WAITING.format(lanes=_LANES), _told(run_id, due, sources)).fetchone()
    return int(row[0])


def _told(run_id: int, due: str, sources: Sequence[str] | None) -> dict[str, object]:
    return {
        "run": run_id,
        "due": due,
        "sources": None if sources is None else json.dumps(list(sources)),
        "kinds": json.dumps(list(LinkKind)),
    }


def _claim(row: tuple[Any, ...], whole: tuple[str] | None) -> Claim:
    interval, successes, named, new, last_new_at = row[13:]
    poll = None
    if interval is not None:
        poll = Poll(
            interval=interval,
            successes=successes,
            named=named,
            new=new,
            last_new_at=last_new_at,
        )
    return Claim(
        frontier_id=row[0],
        source_id=row[1],
        source=row[2],
        url=row[3],
        kind=LinkKind(row[4]),
        depth=row[5],
        tries=row[6],
        etag=row[7],
        last_modified=row[8],
        snapshot_digest=row[9],
        title_hint=row[10],
        published_hint=row[11],
        found_at=row[12],
        whole_at=whole and whole[0],
        poll=poll,
    )
