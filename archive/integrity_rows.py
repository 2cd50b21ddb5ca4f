"""What in an archive is not what was written: one check after the other, each fault with its place.

Every function reads alone, inside the transaction of its caller, and holds few rows at a time.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.group_seals import Group, broken
from archive.records import text_hash
from archive.run_rows import manifest_hash
from archive.seals import TABLES, Sealed, seal_of
from archive.statements import named, select

# Of a broken file SQLite may name thousands of places: the first ones say enough.
_STRUCTURE = 20

_RECORDS = """
SELECT articles.id, articles.title, articles.body, articles.text_hash, articles.word_count,
  revisions.title, revisions.body, revisions.text_hash
FROM articles LEFT JOIN revisions
  ON revisions.article_id = articles.id AND revisions.revision = articles.revision
ORDER BY articles.id
"""

_SEALED = {
    Sealed.FETCH: "SELECT fetches.id, seal, frontier.article_id, fetches.url FROM fetches"
    " LEFT JOIN frontier ON frontier.id = fetches.frontier_id",
    Sealed.PLACE: "SELECT provenance.id, seal, article_id, place FROM provenance",
    Sealed.REVISION: "SELECT revisions.id, seal, article_id, revision FROM revisions",
    Sealed.RECORD: "SELECT articles.id, seal, articles.id, url FROM articles",
    Sealed.RUN: "SELECT runs.id, seal, NULL, started_at FROM runs",
}

_NAMED = """
SELECT snapshot_digest, min(record), min(what) FROM (
  SELECT snapshot_digest, article_id AS record, 'revision' AS what FROM revisions
  UNION ALL SELECT fetches.snapshot_digest, frontier.article_id, 'fetch ' || fetches.id
    FROM fetches LEFT JOIN frontier ON frontier.id = fetches.frontier_id
  UNION ALL SELECT snapshot_digest, article_id, 'address ' || url FROM frontier
) AS named
WHERE snapshot_digest IS NOT NULL
  AND snapshot_digest NOT IN (SELECT snapshot_digest FROM dropped_snapshots) AND NOT EXISTS (
  SELECT 1 FROM beside.snapshots WHERE beside.snapshots.snapshot_digest = named.snapshot_digest)
GROUP BY snapshot_digest
"""

# The address of an exchange is sealed, that of the frontier, which says whose it is, is not.
_ANOTHER_ADDRESS = """
SELECT frontier.url, min(fetches.id), frontier.article_id FROM fetches
JOIN frontier ON frontier.id = fetches.frontier_id
WHERE fetches.url <> frontier.url GROUP BY frontier.id
"""

_ORPHANS = """
SELECT count(*) FROM beside.snapshots AS kept
WHERE NOT EXISTS (SELECT 1 FROM fetches WHERE fetches.snapshot_digest = kept.snapshot_digest)
  AND NOT EXISTS (SELECT 1 FROM revisions WHERE revisions.snapshot_digest = kept.snapshot_digest)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something that is not what was written: `record` is its number, None when it is of none."""

    where: str
    what: str
    record: int | None = None


def open_for_verification(db: Database) -> None:
    """Let damaged text be read: what is no UTF-8 any more becomes lone surrogates."""
    db.conn.text_factory = _forgiving


def _forgiving(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def structure(db: Database) -> Iterator[Fault]:
    """Is the file what SQLite wrote?"""
    for (said,) in db.execute(f"PRAGMA main.integrity_check({_STRUCTURE})").fetchall():
        if said != "ok":
            yield Fault(where="the structure of the file", what=" ".join(said.split()))


def references(db: Database) -> Iterator[Fault]:
    """Does every row that another one names exist?"""
    for table, row_id, parent, _ in db.execute("PRAGMA main.foreign_key_check"):
        yield Fault(
            where=f"row {row_id} of {table}",
            what=f"names a row of {parent} that is not there",
            record=_record_of(db, table, row_id),
        )
    for url, fetch_id, record in db.execute(_ANOTHER_ADDRESS):
        yield Fault(
            where=f"address {url}",
            what=f"is not the one that fetch {fetch_id} asked for",
            record=record,
        )


def _record_of(db: Database, table: str, row_id: int | None) -> int | None:
    columns = {row[1] for row in db.execute("SELECT * FROM pragma_table_info(?)", [table])}
    if row_id is None or "article_id" not in columns:
        return None
    row = db.execute(
        named("SELECT article_id FROM {table} WHERE rowid = ?", table=table), [row_id]
    ).fetchone()
    return None if row is None else row[0]


def search_index(db: Database) -> Iterator[Fault]:
    """Does the search index hold the words of the texts, and no others?

    FTS5 checks itself only where it may write. Its index is therefore copied into SQLite's
    temporary space (about 0.7 of the size of the texts) and checked there, against the texts.
    """
    db.execute("CREATE TEMP VIEW indexed AS SELECT id, title, body FROM main.articles")
    db.execute(
        "CREATE VIRTUAL TABLE temp.index_copy USING fts5("
        "title, body, tokenize='porter', content='indexed', content_rowid='id')"
    )
    try:
        for part in ("data", "idx", "docsize", "config"):
            index, copy = f"articles_fts_{part}", f"index_copy_{part}"
            db.execute(named("DELETE FROM temp.{copy}", copy=copy))
            db.execute(
                named("INSERT INTO temp.{copy} SELECT * FROM main.{index}", copy=copy, index=index)
            )
        db.execute("INSERT INTO temp.index_copy (index_copy, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        yield Fault(
            where="the search index",
            what=f"does not fit the texts ({error}); rebuild it with"
            " `sqlite-utils rebuild-fts archive.db articles`",
        )
    finally:
        db.execute("DROP TABLE IF EXISTS temp.index_copy")
        db.execute("DROP VIEW IF EXISTS temp.indexed")


def records(db: Database) -> Iterator[Fault | None]:
    """Is the text of each record that of its present revision, and does it have its hash?

    None for each record in which nothing is wrong.
    """
    for number, title, body, stored, words, *present in db.execute(_RECORDS):
        where = f"record {number}"
        if present[0] is None:
            what: str | None = "has no revision of its present number: nothing proves its text"
        elif [title, body, stored] != present:
            what = "its title or text is not that of its present revision"
        elif stored != _hash(title, body):
            what = "its title and text do not have their hash"
        elif words != len(str(body).split()):
            what = f"has another number of words than {words}"
        else:
            what = None
        yield None if what is None else Fault(where=where, what=what, record=number)


def _hash(title: object, body: object) -> str | None:
    try:
        return text_hash(str(title), str(body))
    except UnicodeEncodeError:
        return None


def sealed(db: Database, kind: Sealed) -> Iterator[Fault | None]:
    """Is each row of a kind what was sealed? None for each that is."""
    table = TABLES[kind]
    written = "manifest_hash IS NOT NULL" if kind is Sealed.RUN else "true"
    rows = db.execute(
        f"{_SEALED[kind]} LEFT JOIN seals ON seals.kind = '{kind}' AND row_id = {table}.id"
        f" WHERE {written} ORDER BY {table}.id"
    )
    for row_id, seal, record, name in rows:
        what = None
        if seal is None:
            what = "has no seal"
        elif seal != seal_of(db, kind, row_id):
            what = _CHANGED[kind]
        where = _WHERE[kind].format(row=row_id, record=record, name=name)
        yield None if what is None else Fault(where=where, what=what, record=record)
    there = select("id", table, where=written)
    gone = select("row_id", "seals", where=f"kind = ? AND row_id NOT IN ({there})")
    for (row_id,) in db.execute(gone, [kind]):
        yield Fault(where=f"row {row_id} of {table}", what="was sealed and is not there")


_CHANGED = {
    Sealed.FETCH: "is not what was written: an address, time, header or ending changed",
    Sealed.PLACE: "is not what was written: where or when it was found changed",
    Sealed.REVISION: "is not what was written: its text, receipts, links or facts changed",
    Sealed.RECORD: "is not what was written: its title, address, date or another fact changed",
    Sealed.RUN: "is not what was written: its times, counts or hashes changed",
}
_WHERE = {
    Sealed.FETCH: "fetch {row} of {name}",
    Sealed.PLACE: "place {row} where it was found, {name}",
    Sealed.REVISION: "record {record}, revision {name}",
    Sealed.RECORD: "record {record}",
    Sealed.RUN: "run {row}",
}


def sealed_group(db: Database, group: Group) -> Iterator[Fault | None]:
    """Are the rows that belong together what was sealed? None for each group that is."""
    for key, what in broken(db, group):
        record = key if group.of_record else None
        where = group.where.format(key)
        yield None if what is None else Fault(where=where, what=what, record=record)


def revision_hashes(db: Database) -> Iterator[Fault]:
    """Has each text that a record has or had its hash?"""
    rows = db.execute("SELECT article_id, revision, title, body, text_hash FROM revisions")
    for record, revision, title, body, stored in rows:
        if stored != _hash(title, body):
            yield Fault(
                where=f"record {record}, revision {revision}",
                what="its title and text do not have their hash",
                record=record,
            )


def chain(db: Database) -> Iterator[Fault]:
    """Does each run that has ended follow from the one before, and from what it brought?"""
    before: str | None = None
    rows = db.execute(
        "SELECT id, manifest_hash, previous_hash FROM runs WHERE manifest_hash IS NOT NULL"
        " ORDER BY id"
    )
    for run_id, manifest, previous in rows:
        where = f"run {run_id}"
        if previous != before:
            yield Fault(
                where=where, what="the chain is broken: it does not follow from the run before"
            )
        if manifest_hash(db, run_id, previous) not in {manifest, _redacted(db, run_id)}:
            yield Fault(
                where=where, what="its fetches and texts are not those that its manifest names"
            )
        before = manifest


def _redacted(db: Database, run_id: int) -> str | None:
    """What the manifest of a run hashes to since a redaction took something of it."""
    row = db.execute(
        "SELECT manifest_hash FROM redacted_runs WHERE run_id = ? ORDER BY redaction_id DESC"
        " LIMIT 1",
        [run_id],
    ).fetchone()
    return None if row is None else str(row[0])


def missing_snapshots(db: Database) -> Iterator[Fault]:
    """Is every snapshot there that is named? `beside` is attached."""
    for digest, record, what in db.execute(_NAMED):
        yield Fault(
            where=f"snapshot {digest}",
            what=f"is not there, and is named by {what if record is None else 'a record'}",
            record=record,
        )


def record_of_snapshot(db: Database, digest: str) -> int | None:
    """The first record that was read from a body."""
    row = db.execute(
        "SELECT min(article_id) FROM revisions WHERE snapshot_digest = ?", [digest]
    ).fetchone()
    return row[0] if isinstance(row[0], int) else None


def extractor_of(db: Database, article_id: int, revision: int) -> str:
    """What read a text of a record."""
    row = db.execute(
        "SELECT extractor FROM revisions WHERE article_id = ? AND revision = ?",
        [article_id, revision],
    ).fetchone()
    return str(row[0])


def has_removals(db: Database, article_id: int, revision: int, rules: Sequence[str]) -> bool:
    """Whether one of these rules took something out of a text of a record."""
    row = db.execute(
        "SELECT 1 FROM removals JOIN revisions ON revisions.id = revision_id"
        " WHERE revisions.article_id = ? AND revision = ?"
        " AND rule IN (SELECT value FROM json_each(?)) LIMIT 1",
        [article_id, revision, json.dumps(rules)],
    ).fetchone()
    return row is not None


def orphans(db: Database) -> int:
    """How many snapshots nothing names: a crawl that was killed leaves some. `beside` is there."""
    return int(db.execute(_ORPHANS).fetchone()[0])


def totals(db: Database) -> dict[str, int]:
    """How many rows there are to check, by table."""
    return {table: db.table(table).count for table in (*TABLES.values(), "group_seals")}
