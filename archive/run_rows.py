"""The rows of runs: begin, end, count, chain.

Every function works inside the transaction of its caller.
"""

import hashlib
import json
from datetime import datetime

from sqlite_utils import Database

from archive.endings import Ending, Group
from archive.seals import Sealed, seal
from archive.views import RunSummary

# What of a run goes into its manifest: enough to show that no fetch and no text was changed,
# added or taken away afterwards. Reading a snapshot again later adds to no run of before.
MANIFEST = """
SELECT fetches.id, fetches.url, fetches.final_url, fetches.fetched_at, fetches.status,
  fetches.ending, fetches.snapshot_digest, revisions.article_id, revisions.revision,
  revisions.text_hash
FROM fetches LEFT JOIN revisions
  ON revisions.fetch_id = fetches.id
  AND revisions.id NOT IN (SELECT revision_id FROM rereads)
WHERE fetches.run_id = ? ORDER BY fetches.id, revisions.id
"""

# What a run of re-extraction wrote: texts of fetches of earlier runs.
REREAD = """
SELECT revisions.fetch_id, revisions.article_id, revisions.revision, revisions.text_hash
FROM rereads JOIN revisions ON revisions.id = rereads.revision_id
WHERE rereads.run_id = ? ORDER BY revisions.id
"""

REMOVED = """
SELECT coalesce(sum(blocks), 0) FROM removals
JOIN revisions ON revisions.id = removals.revision_id
LEFT JOIN rereads ON rereads.revision_id = revisions.id
JOIN fetches ON fetches.id = revisions.fetch_id
WHERE coalesce(rereads.run_id, fetches.run_id) = ?
"""


def start(db: Database, *, trigger: str, program: str, now: str) -> int:
    """Begin a run; end those that were killed, and make what they held due again."""
    for (left,) in db.execute(
        "SELECT id FROM runs WHERE status = 'running' ORDER BY id"
    ).fetchall():
        finish(db, left, status="interrupted", now=now)
    row = db.execute(
        "INSERT INTO runs (trigger, status, started_at, program) VALUES (?, 'running', ?, ?)"
        " RETURNING id",
        [trigger, now, program],
    ).fetchone()
    return int(row[0])


def finish(db: Database, run_id: int, *, status: str, now: str) -> None:
    """End a run. Whatever it still holds was not ended and is due again, in any later run."""
    db.execute(
        "UPDATE frontier SET state = 'waiting', run_id = NULL WHERE state = 'leased'",
    )
    counts = dict(
        db.execute(
            "SELECT ending, count(*) FROM fetches WHERE run_id = ? GROUP BY ending ORDER BY ending",
            [run_id],
        ).fetchall()
    )
    read_again = _one(db, "SELECT count(*) FROM rereads WHERE run_id = ?", run_id)
    if read_again:
        counts[Ending.REREAD] = counts.get(Ending.REREAD, 0) + read_again
    previous = db.execute(
        "SELECT manifest_hash FROM runs WHERE id < ? ORDER BY id DESC LIMIT 1", [run_id]
    ).fetchone()
    previous_hash = previous[0] if previous else None
    db.execute(
        "UPDATE runs SET status = ?, finished_at = ?, counts = ?, manifest_hash = ?,"
        " previous_hash = ? WHERE id = ?",
        [
            *(status, now, json.dumps(counts)),
            *(manifest_hash(db, run_id, previous_hash), previous_hash, run_id),
        ],
    )
    seal(db, Sealed.RUN, run_id)


def manifest_hash(db: Database, run_id: int, previous_hash: str | None) -> str:
    """Sha256 over the previous run's manifest hash and all fetches and texts of this run."""
    digest = hashlib.sha256((previous_hash or "").encode())
    for sql in (MANIFEST, REREAD):
        for row in db.execute(sql, [run_id]):
            digest.update(json.dumps(row, separators=(",", ":")).encode())
    return digest.hexdigest()


def summary(db: Database, run_id: int) -> RunSummary:
    """The figures of a run that has ended, read back from what was committed."""
    status, started, finished = db.execute(
        "SELECT status, started_at, finished_at FROM runs WHERE id = ?", [run_id]
    ).fetchone()
    rows = db.execute(
        "SELECT sources.slug, frontier.kind = 'article', frontier.depth, fetches.ending, count(*)"
        " FROM fetches JOIN frontier ON frontier.id = fetches.frontier_id"
        " JOIN sources ON sources.id = fetches.source_id WHERE fetches.run_id = ?"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1",
        [run_id],
    ).fetchall()
    failed, met = set(), set()
    for slug, is_article, depth, ending, _ in rows:
        met.add(slug)
        if not is_article and not depth and Ending(ending).group in {Group.FAILED, Group.REJECTED}:
            failed.add(slug)
    return RunSummary(
        run_id=run_id,
        status=status,
        seconds=_seconds(started, finished),
        sources_ok=tuple(sorted(met - failed)),
        sources_failed=tuple(sorted(failed)),
        endings=_totals(rows, is_article=True),
        discovery=_totals(rows, is_article=False),
        removals=_one(db, REMOVED, run_id),
        waiting=_one(
            db,
            "SELECT count(*) FROM frontier JOIN sources ON sources.id = frontier.source_id"
            " WHERE state = 'waiting' AND last_fetched_at IS NULL AND sources.enabled AND ?",
            run_id,
        ),
    )


def _totals(
    rows: list[tuple[str, int, int, str, int]], *, is_article: bool
) -> tuple[tuple[Ending, int], ...]:
    totals: dict[Ending, int] = {}
    for _, of_article, _, ending, count in rows:
        if bool(of_article) is is_article:
            totals[Ending(ending)] = totals.get(Ending(ending), 0) + count
    return tuple(sorted(totals.items(), key=lambda item: list(Ending).index(item[0])))


def _one(db: Database, sql: str, run_id: int) -> int:
    return int(db.execute(sql, [run_id]).fetchone()[0])


def _seconds(started: str, finished: str) -> float:
    return (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
