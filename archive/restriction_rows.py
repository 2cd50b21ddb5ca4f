"""Restricting a record: packed away so that no search, page or export has it, and given back.

Not a mark on its row: plain `sqlite-utils`, Datasette and every query that anyone has written
would go on showing it. What is packed cannot be read by a glance or found by a search.

Every function works inside the transaction of its caller.
"""

import json
import zlib
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from archive.quotation_rows import give_back, stories_told_by, untell_stories
from archive.seals import TABLES, seal
from archive.statements import insert, named, quoted
from archive.takedown_rows import Target, close, note_runs, rows_of, runs_of, take_rows
from archive.tombstones import hashes_alike


def restrict(
    db: Database, article_id: int, target: Target, redaction_id: int, *, with_items: list[int]
) -> None:
    """Pack a record away. Its snapshots and the log of its exchanges stay.

    `with_items` are the newsletter items that are packed away because of it.
    """
    runs = runs_of(db, target)
    hints = db.execute(
        "SELECT id, title_hint, state FROM frontier WHERE id IN (SELECT value FROM json_each(?))",
        [target.frontier_ids],
    ).fetchall()
    packed = {
        "tables": dict(rows_of(db, article_id)),
        "frontier": [list(row) for row in hints],
        "addresses": sorted(target.addresses),
        "runs": runs,
        "items": with_items,
        "stories": stories_told_by(db, article_id),
    }
    db.execute(
        "INSERT INTO restricted (article_id, redaction_id, packed) VALUES (?, ?, ?)",
        [article_id, redaction_id, zlib.compress(json.dumps(packed, default=_packed).encode())],
    )
    untell_stories(db, article_id)
    take_rows(db, article_id)
    # Another issue may bring the words of an item: what is only restricted may be quoted.
    close(db, replace(target, words=None), redaction_id)
    note_runs(db, runs, redaction_id)


def restricted_record(db: Database, target: int | str) -> int | None:
    """The number of a restricted record by its number or one of its addresses."""
    if isinstance(target, int):
        row = db.execute(
            "SELECT article_id FROM restricted WHERE article_id = ?", [target]
        ).fetchone()
    else:
        row = db.execute(
            "SELECT article_id FROM restricted JOIN tombstones USING (redaction_id)"
            " WHERE url_hash IN (SELECT value FROM json_each(?))",
            [json.dumps(hashes_alike(target))],
        ).fetchone()
    return None if row is None else int(row[0])


def restricted_of(db: Database, source_id: int) -> list[int]:
    """The numbers of the restricted records of a source, which only what is packed tells."""
    return [
        number
        for number, packed in db.execute("SELECT article_id, packed FROM restricted").fetchall()
        for record in json.loads(zlib.decompress(packed))["tables"]["articles"]
        if record["source_id"] == source_id
    ]


def named_by_restricted(db: Database) -> frozenset[str]:
    """The bodies that restricted records were read from."""
    return frozenset(
        row["snapshot_digest"]
        for (packed,) in db.execute("SELECT packed FROM restricted").fetchall()
        for rows in json.loads(zlib.decompress(packed))["tables"].values()
        for row in rows
        if row.get("snapshot_digest")
    )


def release(db: Database, article_id: int, redaction_id: int) -> list[int]:
    """Give a restricted record back to its tables, with its number, as it was.

    Gives the newsletter items that were packed away because of it.
    """
    packed, decision = db.execute(
        "SELECT packed, redaction_id FROM restricted WHERE article_id = ?", [article_id]
    ).fetchone()
    kept: dict[str, Any] = json.loads(zlib.decompress(packed))
    db.execute("PRAGMA defer_foreign_keys = ON")
    own = {"articles": kept["tables"].pop("articles")}
    _insert(db, "articles", own["articles"])
    # What triggers made of the row that came back is not what was there.
    for table, rows in rows_of(db, article_id):
        if rows and table != "articles":
            _delete(db, table, rows)
    for table, rows in kept["tables"].items():
        _insert(db, table, rows)
    for number, hint, *state in kept["frontier"]:
        # What was closed before stays closed: an archive of before did not note it.
        db.execute(
            "UPDATE frontier SET state = ?, title_hint = ?, article_id = ? WHERE id = ?",
            ["closed" if "closed" in state else "waiting", hint, article_id, number],
        )
    for address in kept["addresses"]:
        db.execute("UPDATE links SET to_article_id = ? WHERE to_url = ?", [article_id, address])
    db.execute("DELETE FROM tombstones WHERE redaction_id = ?", [decision])
    db.execute("DELETE FROM restricted WHERE article_id = ?", [article_id])
    for table, rows in (own | kept["tables"]).items():
        for kind in (kind for kind, name in TABLES.items() if name == table):
            for row in rows:
                seal(db, kind, row["id"])
    for story in kept.get("stories", ()):
        give_back(db, story)
    note_runs(db, kept["runs"], redaction_id)
    # An archive of before knew none.
    return list(kept.get("items", ()))


def _delete(db: Database, table: str, rows: list[dict[str, object]]) -> None:
    for row in rows:
        same = " AND ".join(f"{quoted(column)} IS ?" for column in row)
        db.table(table).delete_where(same, list(row.values()))


def _insert(db: Database, table: str, rows: list[dict[str, object]]) -> None:
    keys = db.execute(
        'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', [table]
    ).fetchall()
    required = {
        name
        for (name,) in db.execute(
            'SELECT name FROM pragma_table_info(?) WHERE "notnull" OR pk', [table]
        )
    }
    for packed in rows:
        row = {column: _unpacked(value) for column, value in packed.items()}
        # What it named may have been taken down since.
        lost = {
            column
            for column, parent, key in keys
            if row[column] is not None and not _is_there(db, parent, key, row[column])
        }
        if lost & required:
            continue
        row |= dict.fromkeys(lost)
        db.execute(insert(table, row), list(row.values()))


def _is_there(db: Database, table: str, key: str, value: object) -> bool:
    found = named("SELECT 1 FROM {table} WHERE {key} = ?", table=table, key=key)
    return db.execute(found, [value]).fetchone() is not None


def _packed(value: object) -> dict[str, str]:
    """A value that JSON does not know: bytes."""
    if not isinstance(value, bytes):
        raise TypeError(type(value))
    return {"hex": value.hex()}


def _unpacked(value: object) -> object:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
