"""Seals: a sha256 over what was written, so that a change nobody made can be found.

SQLite checks the structure of its file and not what stands in it: of 200 flipped bytes its own
`integrity_check` found 1. Whoever writes a row that is sealed calls `seal` in the same
transaction, and whoever takes such a row away calls `unseal`; `archive.verify` compares.

Sealed is what proves a record and never changes by itself: exchanges, places, texts with their
receipts and links, the record's row, runs that have ended. What changes at every visit (frontier,
sources, `article_seen`) is not. The columns of a kind are settled for good: a column that comes
later belongs to a new kind, else archives sealed before would look damaged.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlite_utils import Database

from archive.statements import select


class Sealed(StrEnum):
    """What is sealed: a row and what belongs to it."""

    FETCH = "fetch"
    PLACE = "place"
    REVISION = "revision"
    RECORD = "record"
    RUN = "run"


TABLES: Mapping[Sealed, str] = {
    Sealed.FETCH: "fetches",
    Sealed.PLACE: "provenance",
    Sealed.REVISION: "revisions",
    Sealed.RECORD: "articles",
    Sealed.RUN: "runs",
}

# A damaged file may give bytes where a text was written.
_in_json = json.JSONEncoder(separators=(",", ":"), default=repr).encode

# The body of a record is that of its present revision, which is sealed. Filled in later, so not
# sealed: the record that a place or a link led to.
_FETCH = """
SELECT run_id, frontier_id, source_id, url, final_url, redirects, fetched_at, status, headers,
  elapsed_ms, bytes, snapshot_digest, ending, detail FROM fetches WHERE id = ?
"""
_PLACE = """
SELECT frontier_id, relation, place, position, evidence, seen_at FROM provenance WHERE id = ?
"""
_REVISION = """
SELECT article_id, revision, reason, seen_at, fetch_id, snapshot_digest, extractor, title,
  text_hash, words_added, words_removed, body FROM revisions WHERE id = ?
"""
_REMOVALS = """
SELECT article_id, position, blocks, part, rule, text FROM removals WHERE revision_id = ?
ORDER BY id
"""
_LINKS = """
SELECT article_id, position, to_url, anchor FROM links WHERE revision_id = ? ORDER BY id
"""
_RECORD = """
SELECT title, url, published, source_id, kind, authors, word_count, description, language,
  published_precision, published_source, modified, site_name, canonical_url, canonical_own,
  first_seen_at, revision, text_hash FROM articles WHERE id = ?
"""
_RUN = """
SELECT trigger, status, started_at, finished_at, program, counts, manifest_hash, previous_hash
FROM runs WHERE id = ? AND manifest_hash IS NOT NULL
"""
_READ: Mapping[Sealed, tuple[str, ...]] = {
    Sealed.FETCH: (_FETCH,),
    Sealed.PLACE: (_PLACE,),
    Sealed.REVISION: (_REVISION, _REMOVALS, _LINKS),
    Sealed.RECORD: (_RECORD,),
    Sealed.RUN: (_RUN,),
}


def seal_of(db: Database, kind: Sealed, row_id: int) -> str:
    """The seal of what stands there now. `db` may decode text with surrogate escapes."""
    digest = hashlib.sha256()
    for sql in _READ[kind]:
        digest.update(_in_json(db.execute(sql, [row_id]).fetchall()).encode())
    return digest.hexdigest()


def seal(db: Database, kind: Sealed, row_id: int) -> None:
    """Seal a row, or seal it anew because we changed it; inside the caller's transaction."""
    seal_all(db, kind, [row_id])


def seal_all(db: Database, kind: Sealed, row_ids: Iterable[int]) -> None:
    """Seal several rows of one kind; inside the caller's transaction."""
    db.conn.executemany(
        "INSERT INTO seals (kind, row_id, seal) VALUES (?, ?, ?)"
        " ON CONFLICT (kind, row_id) DO UPDATE SET seal = excluded.seal",
        [(kind, row_id, seal_of(db, kind, row_id)) for row_id in row_ids],
    )


def unseal(db: Database, kind: Sealed, row_id: int) -> None:
    """Forget the seal of a row that we take away; inside the caller's transaction."""
    db.execute("DELETE FROM seals WHERE kind = ? AND row_id = ?", [kind, row_id])


def seal_everything(db: Database) -> None:
    """Seal all that an archive of before had no seals for."""
    for kind, table in TABLES.items():
        rows = db.execute(select("id", table, order="id")).fetchall()
        for (row_id,) in rows:
            if kind is not Sealed.RUN or _has_ended(db, row_id):
                seal(db, kind, row_id)


def _has_ended(db: Database, run_id: int) -> bool:
    (manifest,) = db.execute("SELECT manifest_hash FROM runs WHERE id = ?", [run_id]).fetchone()
    return manifest is not None
