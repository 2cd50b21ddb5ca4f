"""The rows of a takedown: what belongs to a record, and how it goes, hides or comes back.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.elsewhere_rows import mask_elsewhere, queued_alike
from archive.records import DIGEST_ITEM
from archive.run_rows import manifest_hash
from archive.seals import TABLES, Sealed, seal, unseal
from archive.statements import named, quoted, select
from archive.tombstones import (
    alike,
    bury,
    drop_snapshot,
    mask_frontier,
    masked,
    redaction_of,
    words_of_item,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a decision is about: a record, an address without one, or both.

    `addresses` are all that led to it, `frontier` the rows of the queue that stand for it by
    their number and address. `title` is that of the record. `words` stands for those of a
    newsletter's item: another issue or file may bring them.
    """

    article_id: int | None
    title: str | None
    addresses: frozenset[str]
    frontier: tuple[tuple[int, str], ...]
    words: str | None = None

    @property
    def frontier_ids(self) -> str:
        """The numbers of the frontier rows, as JSON for SQL."""
        return json.dumps([number for number, _ in self.frontier])

    @property
    def never_again(self) -> frozenset[str]:
        """What must not come again."""
        return self.addresses | {self.words} if self.words else self.addresses


_BY_ADDRESS = """
SELECT id FROM articles WHERE url = :url
UNION ALL SELECT article_id FROM frontier WHERE url = :url AND article_id IS NOT NULL
UNION ALL SELECT article_id FROM provenance WHERE place = :url AND article_id IS NOT NULL
  AND relation IN ('redirected from', 'also at')
UNION ALL SELECT id FROM articles WHERE canonical_url = :url AND canonical_own
LIMIT 1
"""

# Where the page answered, and each address on the way; of exchanges that gave a text alone: an
# exchange that failed may have been sent to a front page or a login.
_ADDRESSES = """
SELECT url FROM articles WHERE id = :id
UNION SELECT canonical_url FROM articles WHERE id = :id AND canonical_own
UNION SELECT url FROM frontier WHERE article_id = :id
UNION SELECT place FROM provenance
  WHERE article_id = :id AND relation IN ('redirected from', 'also at')
UNION SELECT fetches.url FROM fetches JOIN revisions ON revisions.fetch_id = fetches.id
  WHERE revisions.article_id = :id
UNION SELECT fetches.final_url FROM fetches JOIN revisions ON revisions.fetch_id = fetches.id
  WHERE revisions.article_id = :id
"""

# An address that others need too: a feed, or one that leads to another record.
_SHARED = """
SELECT url FROM frontier WHERE url IN (SELECT value FROM json_each(:addresses))
  AND (kind <> 'article' OR (article_id IS NOT NULL AND article_id IS NOT :id))
UNION SELECT url FROM articles
  WHERE url IN (SELECT value FROM json_each(:addresses)) AND id IS NOT :id
"""


def find(db: Database, target: int | str) -> Target | None:
    """The record or address that a person names; None when the archive knows of none."""
    if isinstance(target, int):
        article_id: int | None = target
    else:
        forms = (target, *sorted(alike(target)))
        rows = (db.execute(_BY_ADDRESS, {"url": form}).fetchone() for form in forms)
        article_id = next((row[0] for row in rows if row is not None), None)
    record = db.execute(
        "SELECT title, kind, text_hash FROM articles WHERE id = ?", [article_id]
    ).fetchone()
    if record is None:
        return None if isinstance(target, int) else _without_record(db, target)
    found = {url for (url,) in db.execute(_ADDRESSES, {"id": article_id}) if url}
    found |= queued_alike(db, found)
    shared = {
        url for (url,) in db.execute(_SHARED, {"id": article_id, "addresses": json.dumps([*found])})
    }
    addresses = frozenset(found - shared)
    title, kind, text_hash = record
    return Target(
        article_id=article_id,
        title=title,
        words=words_of_item(text_hash) if kind == DIGEST_ITEM else None,
        addresses=addresses,
        frontier=_frontier_of(db, addresses),
    )


def _without_record(db: Database, url: str) -> Target | None:
    addresses = queued_alike(db, [url])
    if not addresses:
        return None
    frontier = _frontier_of(db, addresses)
    return Target(article_id=None, title=None, addresses=addresses, frontier=frontier)


def _frontier_of(db: Database, addresses: Iterable[str]) -> tuple[tuple[int, str], ...]:
    rows = db.execute(
        "SELECT id, url FROM frontier WHERE kind = 'article'"
        " AND url IN (SELECT value FROM json_each(?)) ORDER BY id",
        [json.dumps(list(addresses))],
    ).fetchall()
    return tuple((number, url) for number, url in rows)


def decide(
    db: Database, *, action: str, reason: str, decided_by: str, now: str, article_id: int | None
) -> int:
    """Write a decision down and give its number."""
    row = db.execute(
        "INSERT INTO redactions (action, reason, decided_by, decided_at, article_id)"
        " VALUES (?, ?, ?, ?, ?) RETURNING id",
        [action, reason, decided_by, now, article_id],
    ).fetchone()
    return int(row[0])


def close(db: Database, target: Target, redaction_id: int) -> None:
    """Never ask its addresses again."""
    bury(db, target.never_again, redaction_id)
    db.execute(
        "UPDATE frontier SET state = 'closed', title_hint = NULL"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [target.frontier_ids],
    )


def remove(db: Database, target: Target, redaction_id: int) -> None:
    """Take out a record, or an address without one, and whatever tells of it."""
    runs = runs_of(db, target)
    bury(db, target.never_again, redaction_id)
    drop_own_snapshots(db, target, redaction_id)
    if target.article_id is not None:
        forget_furniture(db, target.article_id)
        take_rows(db, target.article_id)
    for number, url in target.frontier:
        mask_frontier(db, number, url)
    _forget_places(db, target)
    _mask_fetches(db, target)
    mask_elsewhere(db, target.addresses)
    note_runs(db, runs, redaction_id)


def forget_furniture(db: Database, article_id: int) -> None:
    """Delete what was learned of the source's pages from this record and stands on no other.

    What other records have too is theirs; a text of this one alone may be what has to go.
    """
    (source_id,) = db.execute(
        "SELECT source_id FROM articles WHERE id = ?", [article_id]
    ).fetchone()
    scope = {"id": article_id, "source": source_id}
    own = _plain(_texts(db, "article_id = :id", scope))
    for number, text in db.execute(
        "SELECT id, text FROM furniture WHERE source_id = ?", [source_id]
    ).fetchall():
        if _plain([text]) not in own:
            continue
        others = "article_id IN (SELECT id FROM articles WHERE source_id = :source AND id <> :id)"
        if not any(_plain([text]) in _plain([other]) for other in _texts(db, others, scope)):
            db.execute("DELETE FROM furniture WHERE id = ?", [number])


def _texts(db: Database, which: str, scope: dict[str, int]) -> Iterator[str]:
    """Every text that some records have or had, and what was taken out of their pages."""
    written = select("title || ' ' || body", "revisions", where=which)
    removed = select("text", "removals", where=which)
    return (text for (text,) in db.execute(f"{written} UNION ALL {removed}", scope))


def _plain(texts: Iterable[str]) -> str:
    return " ".join(" ".join(text.lower().split()) for text in texts)


def take_rows(db: Database, article_id: int) -> None:
    """Delete a record and all rows that belong to it, their seals first."""
    for table, rows in rows_of(db, article_id):
        for kind in (kind for kind, name in TABLES.items() if name == table):
            for row in rows:
                unseal(db, kind, row["id"])
    db.execute("UPDATE frontier SET article_id = NULL WHERE article_id = ?", [article_id])
    for table, column, on_delete in referring(db, "articles"):
        if on_delete not in {"CASCADE", "SET NULL"} and table != "frontier":
            db.execute(
                named("DELETE FROM {table} WHERE {column} = ?", table=table, column=column),
                [article_id],
            )
    db.execute("DELETE FROM articles WHERE id = ?", [article_id])


def rows_of(db: Database, article_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every row that goes with a record, by table; the record's own first."""
    yield _rows(db, "articles", "id = :id", article_id)
    seen = {"articles", "frontier"}
    columns: dict[str, list[str]] = {}
    for table, column, on_delete in referring(db, "articles"):
        if table not in seen and on_delete != "SET NULL":
            # What is about two records goes with either.
            columns.setdefault(table, []).append(f"{quoted(column)} = :id")
    for table, where in columns.items():
        yield _rows(db, table, " OR ".join(where), article_id)
    revisions = "SELECT id FROM revisions WHERE article_id = :id"
    for table, column, _ in referring(db, "revisions"):
        if table not in seen | set(columns):
            seen.add(table)
            yield _rows(db, table, f"{quoted(column)} IN ({revisions})", article_id)


def _rows(
    db: Database, table: str, where: str, article_id: int
) -> tuple[str, list[dict[str, Any]]]:
    cursor = db.execute(select("*", quoted(table), where=where), {"id": article_id})
    columns = [column[0] for column in cursor.description]
    return table, [dict(zip(columns, row, strict=True)) for row in cursor]


def referring(db: Database, parent: str) -> list[tuple[str, str, str]]:
    """Every table and column that names rows of another table, and what its deletion does."""
    rows = db.execute(
        'SELECT tables.name, keys."from", keys.on_delete FROM sqlite_master AS tables,'
        " pragma_foreign_key_list(tables.name) AS keys WHERE tables.type = 'table'"
        ' AND keys."table" = ? ORDER BY tables.rowid',
        [parent],
    ).fetchall()
    return [(table, column, on_delete) for table, column, on_delete in rows]


def drop_own_snapshots(db: Database, target: Target, redaction_id: int) -> None:
    """Note the bodies that a record or address was read from, unless another record needs them."""
    digests = db.execute(
        "SELECT snapshot_digest FROM revisions WHERE article_id = :id"
        " UNION SELECT snapshot_digest FROM fetches"
        "  WHERE frontier_id IN (SELECT value FROM json_each(:ids))"
        " UNION SELECT snapshot_digest FROM frontier"
        "  WHERE id IN (SELECT value FROM json_each(:ids))",
        {"id": target.article_id, "ids": target.frontier_ids},
    ).fetchall()
    # What is dropped must not be looked for as the proof of this record any more.
    for (row,) in db.execute(
        "UPDATE revisions SET snapshot_digest = NULL WHERE article_id = ? RETURNING id",
        [target.article_id],
    ).fetchall():
        seal(db, Sealed.REVISION, row)
    for (digest,) in digests:
        drop_snapshot(db, digest, redaction_id)
    db.execute(
        "UPDATE fetches SET snapshot_digest = NULL"
        " WHERE frontier_id IN (SELECT value FROM json_each(?))",
        [target.frontier_ids],
    )
    _seal_fetches(db, target)


def _mask_fetches(db: Database, target: Target) -> None:
    for number, url in target.frontier:
        db.execute(
            "UPDATE fetches SET url = ?, final_url = ?, redirects = NULL, headers = NULL,"
            " detail = NULL WHERE frontier_id = ?",
            [masked(url), masked(url), number],
        )
        db.execute(
            "DELETE FROM rights WHERE fetch_id IN (SELECT id FROM fetches WHERE frontier_id = ?)",
            [number],
        )
        # The number of a WARC record stays: it is random, and keeps the record from coming again.
        db.execute(
            "UPDATE fetch_origins SET ip_address = NULL, warc_file = NULL, warc_offset = NULL"
            " WHERE fetch_id IN (SELECT id FROM fetches WHERE frontier_id = ?)",
            [number],
        )
    _seal_fetches(db, target)


def _seal_fetches(db: Database, target: Target) -> None:
    rows = db.execute(
        "SELECT id FROM fetches WHERE frontier_id IN (SELECT value FROM json_each(?))",
        [target.frontier_ids],
    ).fetchall()
    for (row,) in rows:
        seal(db, Sealed.FETCH, row)


def _forget_places(db: Database, target: Target) -> None:
    rows = db.execute(
        "DELETE FROM provenance WHERE frontier_id IN (SELECT value FROM json_each(?)) RETURNING id",
        [target.frontier_ids],
    ).fetchall()
    for (row,) in rows:
        unseal(db, Sealed.PLACE, row)


def discovery_snapshots(db: Database, target: Target) -> list[str]:
    """The bodies of the feeds, sitemaps and pages in which it was found."""
    rows = db.execute(
        "SELECT DISTINCT fetches.snapshot_digest FROM provenance"
        " JOIN frontier ON frontier.url = provenance.place AND frontier.kind <> 'article'"
        " JOIN fetches ON fetches.frontier_id = frontier.id"
        " WHERE provenance.frontier_id IN (SELECT value FROM json_each(?))"
        " AND fetches.snapshot_digest IS NOT NULL"
        " AND fetches.snapshot_digest NOT IN (SELECT snapshot_digest FROM dropped_snapshots)",
        [target.frontier_ids],
    ).fetchall()
    return [digest for (digest,) in rows]


def runs_of(db: Database, target: Target) -> list[int]:
    """The runs that have ended and whose manifest names something of a record or address."""
    rows = db.execute(
        "SELECT id FROM runs WHERE manifest_hash IS NOT NULL AND id IN ("
        " SELECT run_id FROM fetches WHERE frontier_id IN (SELECT value FROM json_each(:ids))"
        "  OR final_url IN (SELECT value FROM json_each(:urls))"
        " UNION SELECT fetches.run_id FROM fetches"
        "  JOIN revisions ON revisions.fetch_id = fetches.id"
        "  WHERE revisions.article_id = :id"
        " UNION SELECT rereads.run_id FROM rereads"
        "  JOIN revisions ON revisions.id = rereads.revision_id WHERE revisions.article_id = :id)",
        {
            "id": target.article_id,
            "ids": target.frontier_ids,
            "urls": json.dumps(list(target.addresses)),
        },
    ).fetchall()
    return [run_id for (run_id,) in rows]


def note_runs(db: Database, runs: Iterable[int], redaction_id: int) -> None:
    """Note what the manifests of these runs hash to now: the chain itself stays as it was."""
    for run_id in runs:
        (previous,) = db.execute("SELECT previous_hash FROM runs WHERE id = ?", [run_id]).fetchone()
        db.execute(
            "INSERT INTO redacted_runs (redaction_id, run_id, manifest_hash) VALUES (?, ?, ?)"
            " ON CONFLICT (redaction_id, run_id) DO UPDATE SET"
            " manifest_hash = excluded.manifest_hash",
            [redaction_id, run_id, manifest_hash(db, run_id, previous)],
        )


def taken_down(db: Database, target: int | str) -> int | None:
    """The decision that took a record or an address down before; None when there is none."""
    if isinstance(target, str):
        return redaction_of(db, [target])
    row = db.execute(
        "SELECT max(id) FROM redactions WHERE article_id = ? AND action IN ('remove', 'restrict')",
        [target],
    ).fetchone()
    return None if row[0] is None else int(row[0])
