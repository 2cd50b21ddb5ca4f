"""What tells of a record elsewhere: its address and title in rows about others, and lost pages.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from archive.seals import Sealed, seal
from archive.statements import named
from archive.tombstones import alike, masked

_STANDING = """
SELECT to_url FROM links WHERE to_url IN (SELECT value FROM json_each(:urls))
UNION SELECT canonical_url FROM articles WHERE canonical_url IN (SELECT value FROM json_each(:urls))
UNION SELECT place FROM provenance WHERE place IN (SELECT value FROM json_each(:urls))
UNION SELECT final_url FROM fetches WHERE final_url IN (SELECT value FROM json_each(:urls))
"""
_ON_THE_WAY = """
SELECT id, redirects FROM fetches WHERE redirects IS NOT NULL AND EXISTS (
  SELECT 1 FROM json_each(redirects)
  WHERE value ->> 0 IN (SELECT value FROM json_each(:urls)))
"""


def mask_elsewhere(db: Database, addresses: Iterable[str]) -> None:
    """Take addresses, in all forms that are alike, out of rows about others."""
    urls = {form for url in addresses for form in alike(url)}
    wanted = {"urls": json.dumps(sorted(urls))}
    for (url,) in db.execute(_STANDING, wanted).fetchall():
        _mask(db, url)
    for number, redirects in db.execute(_ON_THE_WAY, wanted).fetchall():
        hops = [
            [masked(url) if url in urls else url, *more] for url, *more in json.loads(redirects)
        ]
        db.execute("UPDATE fetches SET redirects = ? WHERE id = ?", [json.dumps(hops), number])
        seal(db, Sealed.FETCH, number)


def _mask(db: Database, url: str) -> None:
    for (row,) in db.execute(
        "UPDATE links SET to_url = ? WHERE to_url = ? RETURNING revision_id", [masked(url), url]
    ).fetchall():
        seal(db, Sealed.REVISION, row)
    for (row,) in db.execute(
        "UPDATE articles SET canonical_url = NULL, canonical_own = 0 WHERE canonical_url = ?"
        " RETURNING id",
        [url],
    ).fetchall():
        seal(db, Sealed.RECORD, row)
    for (row,) in db.execute(
        "UPDATE provenance SET place = ?, evidence = NULL WHERE place = ? RETURNING id",
        [masked(url), url],
    ).fetchall():
        seal(db, Sealed.PLACE, row)
    for (row,) in db.execute(
        "UPDATE fetches SET final_url = ?, redirects = NULL, headers = NULL"
        " WHERE final_url = ? RETURNING id",
        [masked(url), url],
    ).fetchall():
        seal(db, Sealed.FETCH, row)


def queued_alike(db: Database, addresses: Iterable[str]) -> frozenset[str]:
    """The addresses of articles in the queue that are alike to one of these."""
    forms = sorted({form for url in addresses for form in alike(url)})
    rows = db.execute(
        "SELECT url FROM frontier WHERE kind = 'article'"
        " AND url IN (SELECT value FROM json_each(?))",
        [json.dumps(forms)],
    ).fetchall()
    return frozenset(url for (url,) in rows)


# Receipts have every block of a page that is not its text: lists of what else there is to read.
_RECEIPTS = """
SELECT id, revision_id, article_id, text FROM removals
WHERE article_id IS NOT :id AND instr(lower(text), lower(:word))
"""
_ANCHORS = """
SELECT id, revision_id, article_id, anchor FROM links
WHERE article_id IS NOT :id AND instr(lower(anchor), lower(:word))
"""
_LEARNED = "SELECT id, text FROM furniture WHERE instr(lower(text), lower(:word))"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Whose receipts and links had a title: how many records, their pages, the runs of these."""

    records: int
    digests: frozenset[str]
    runs: frozenset[int]


def untell(db: Database, article_id: int, word: str, out_of: Callable[[str], str]) -> Told:
    """Take the title of a record out of what was stripped from others, and name their pages.

    `out_of` gives a text without the title, which has `word` in it. Nothing names these pages any
    more: whoever calls drops them, and notes what the manifests of the runs hash to now.
    """
    asked, revisions, records = {"id": article_id, "word": word}, set(), set()
    for rows, change in (
        (_RECEIPTS, "UPDATE removals SET text = ? WHERE id = ?"),
        (_ANCHORS, "UPDATE links SET anchor = ? WHERE id = ?"),
    ):
        for number, revision_id, record, text in db.execute(rows, asked).fetchall():
            if (plain := out_of(text)) != text:
                db.execute(change, [plain, number])
                revisions.add(revision_id)
                records.add(record)
    for number, text in db.execute(_LEARNED, asked).fetchall():
        if (plain := out_of(text)) != text:
            db.execute("UPDATE furniture SET text = ? WHERE id = ?", [plain, number])
    digests = _pages_of(db, revisions)
    runs = db.execute(
        "SELECT DISTINCT run_id FROM fetches JOIN runs ON runs.id = run_id WHERE manifest_hash"
        " IS NOT NULL AND fetches.snapshot_digest IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(digests))],
    ).fetchall()
    _forget_pages(db, digests, revisions)
    return Told(records=len(records), digests=digests, runs=frozenset(run for (run,) in runs))


def _pages_of(db: Database, revisions: Collection[int]) -> frozenset[str]:
    rows = db.execute(
        "SELECT snapshot_digest FROM revisions WHERE snapshot_digest IS NOT NULL"
        " AND id IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(revisions))],
    )
    return frozenset(digest for (digest,) in rows)


def _forget_pages(db: Database, digests: Collection[str], revisions: Collection[int]) -> None:
    wanted = json.dumps(sorted(digests))
    changed = {
        kind: db.execute(
            named(
                "UPDATE {table} SET snapshot_digest = NULL"
                " WHERE snapshot_digest IN (SELECT value FROM json_each(?)) RETURNING id",
                table=table,
            ),
            [wanted],
        ).fetchall()
        for kind, table in (
            (Sealed.REVISION, "revisions"),
            (Sealed.FETCH, "fetches"),
            (None, "frontier"),
        )
    }
    for row in {*revisions, *(number for (number,) in changed[Sealed.REVISION])}:
        seal(db, Sealed.REVISION, row)
    for (row,) in changed[Sealed.FETCH]:
        seal(db, Sealed.FETCH, row)


# Of these there is an index.
_UNKNOWN = """
SELECT value FROM json_each(?) AS kept
WHERE NOT EXISTS (SELECT 1 FROM fetches WHERE snapshot_digest = kept.value)
  AND NOT EXISTS (SELECT 1 FROM revisions WHERE snapshot_digest = kept.value)
"""
_NAMING = """
SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table' AND columns.name = 'snapshot_digest'
  AND tables.name <> 'dropped_snapshots'
"""


def unnamed(db: Database, digests: Collection[str]) -> frozenset[str]:
    """Those of these bodies that no row names: what a crawl left that was killed.

    They prove nothing, and nobody can say of whom they tell.
    """
    unknown = json.dumps([digest for (digest,) in db.execute(_UNKNOWN, [json.dumps([*digests])])])
    left = set(json.loads(unknown))
    for (table,) in db.execute(_NAMING).fetchall():
        rows = db.execute(
            named(
                "SELECT snapshot_digest FROM {table}"
                " WHERE snapshot_digest IN (SELECT value FROM json_each(?))",
                table=table,
            ),
            [unknown],
        )
        left -= {digest for (digest,) in rows}
    return frozenset(left)
