"""Restricting a record: packed away so that no search, page or export has it, and given back.

Not a mark on its row: plain `sqlite-utils`, Datasette and every query that anyone has written
would go on showing it. What is packed cannot be read by a glance or found by a search.

Every function works inside the transaction of its caller.
"""

import json
import zlib
from typing import Any

from sqlite_utils import Database

from archive.seals import TABLES, seal
from archive.takedown_rows import Target, close, note_runs, rows_of, runs_of, take_rows
from archive.tombstones import url_hash


def restrict(db: Database, article_id: int, target: Target, redaction_id: int) -> None:
    """Pack a record away. Its snapshots and the log of its exchanges stay."""
    runs = runs_of(db, target)
    hints = db.execute(
        "SELECT id, title_hint FROM frontier WHERE id IN (SELECT value FROM json_each(?))",
        [target.frontier_ids],
    ).fetchall()
    packed = {
        "tables": dict(rows_of(db, article_id)),
        "frontier": [[number, hint] for number, hint in hints],
        "addresses": sorted(target.addresses),
        "runs": runs,
    }
    db.execute(
        "INSERT INTO restricted (article_id, redaction_id, packed) VALUES (?, ?, ?)",
        [article_id, redaction_id, zlib.compress(json.dumps(packed).encode())],
    )
    take_rows(db, article_id)
    close(db, target, redaction_id)
    note_runs(db, runs, redaction_id)


def restricted_record(db: Database, target: int | str) -> int | None:
    """The number of a restricted record by its number or one of its addresses."""
    if isinstance(target, int):
        sql, key = "SELECT article_id FROM restricted WHERE article_id = ?", str(target)
    else:
        sql = (
            "SELECT article_id FROM restricted JOIN tombstones USING (redaction_id)"
            " WHERE url_hash = ?"
        )
        key = url_hash(target)
    row = db.execute(sql, [key]).fetchone()
    return None if row is None else int(row[0])


def release(db: Database, article_id: int, redaction_id: int) -> None:
    """Give a restricted record back to its tables, with its number, as it was."""
    packed, decision = db.execute(
        "SELECT packed, redaction_id FROM restricted WHERE article_id = ?", [article_id]
    ).fetchone()
    kept: dict[str, Any] = json.loads(zlib.decompress(packed))
    db.execute("PRAGMA defer_foreign_keys = ON")
    for table, rows in kept["tables"].items():
        _insert(db, table, rows)
    for number, hint in kept["frontier"]:
        db.execute(
            "UPDATE frontier SET state = 'waiting', title_hint = ?, article_id = ? WHERE id = ?",
            [hint, article_id, number],
        )
    for address in kept["addresses"]:
        db.execute("UPDATE links SET to_article_id = ? WHERE to_url = ?", [article_id, address])
    db.execute("DELETE FROM tombstones WHERE redaction_id = ?", [decision])
    db.execute("DELETE FROM restricted WHERE article_id = ?", [article_id])
    for table, rows in kept["tables"].items():
        for kind in (kind for kind, name in TABLES.items() if name == table):
            for row in rows:
                seal(db, kind, row["id"])
    note_runs(db, kept["runs"], redaction_id)


def _insert(db: Database, table: str, rows: list[dict[str, object]]) -> None:
    for row in rows:
        columns = ", ".join(f'"{column}"' for column in row)
        marks = ", ".join("?" for _ in row)
        db.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(row.values()))  # noqa: S608  # names from the schema
