"""Seals over rows that belong together: what was asked, found and decided about a record.

`archive.seals` seals the chain of proof, row by row, and each writer there calls it. Here whoever
writes calls nothing: a connection for writing notes which groups it changes, in temporary triggers
that no other program has, and seals them before it commits. So what another program changes has
another seal than what newsward wrote, and `archive.verify` finds it.

A group is the rows of one or more tables with one key. Its columns are settled for good, as those
of `archive.seals`: a column that comes later belongs to a new kind.

Not sealed is what changes at each visit (frontier, sources, hosts, polls, health) and what is only
there to find something quickly, made anew by `newsward stories rebuild` (fingerprints, terms).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.statements import select


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """The rows of one table that belong to a group: those with its key, in an order of theirs."""

    table: str
    key: str
    columns: str
    order: str = ""

    @property
    def read(self) -> str:
        """SQL that reads them by the key."""
        return select(self.columns, f"main.{self.table}", where=f"{self.key} = ?", order=self.order)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A kind of group: its name in `group_seals`, its rows, and what a reader calls one of them.

    `where` has a place for the key. `of_record` says that the key is the number of a record.
    """

    name: str
    where: str
    rows: tuple[Rows, ...]
    of_record: bool = False


GROUPS = (
    Group(
        name="origin",
        where="what fetch {} was allowed and asked, and where it was read from",
        rows=(
            Rows(table="rights", key="fetch_id", columns="robots, signals, reserved"),
            Rows(
                table="fetch_origins",
                key="fetch_id",
                columns="ip_address, warc_file, warc_offset, warc_record",
            ),
        ),
    ),
    Group(
        name="signals",
        where="what the page of record {} asks and credits",
        rows=(Rows(table="record_signals", key="article_id", columns="wire_credit, signals"),),
        of_record=True,
    ),
    Group(
        name="subject",
        where="topics, names and figures of record {}",
        rows=(
            Rows(
                table="article_topics",
                key="article_id",
                columns="topic_id, score, is_primary, evidence, rules",
                order="topic_id",
            ),
            Rows(
                table="article_entities",
                key="article_id",
                columns="entity, kind, name, mentions, in_title, sentence",
                order="entity",
            ),
            Rows(
                table="article_statistics",
                key="article_id",
                columns="position, number, counts, sentence",
                order="position",
            ),
        ),
        of_record=True,
    ),
    Group(
        name="member",
        where="the story that record {} tells",
        rows=(
            Rows(
                table="article_stories",
                key="article_id",
                columns="story_id, how, score, day, text_hash, rules",
            ),
        ),
        of_record=True,
    ),
    Group(
        name="reuse",
        where="what record {} has of others",
        rows=(
            Rows(
                table="reuse_links",
                key="a_id",
                columns="b_id, kind, derived_id, confidence, explanation, evidence, a_revision,"
                " b_revision, rules, decided_at",
                order="b_id",
            ),
        ),
        of_record=True,
    ),
    Group(
        name="verdict",
        where="what a person decided about record {} and others",
        rows=(
            Rows(
                table="story_verdicts",
                key="one_id",
                columns="other_id, verdict, decided_by, decided_at",
                order="other_id",
            ),
        ),
        of_record=True,
    ),
    Group(
        name="story",
        where="story {}",
        rows=(
            Rows(
                table="stories",
                key="id",
                columns="title, first_published, last_published, origin_id, origin_name,"
                " origin_confidence, origin_why, merged_into",
            ),
        ),
    ),
    Group(
        name="merge",
        where="what is proposed about story {} and others",
        rows=(
            Rows(
                table="story_merges",
                key="one_id",
                columns="other_id, article_id, score, state, proposed_at",
                order="other_id",
            ),
        ),
    ),
    Group(
        name="issue",
        where="issue {} of a newsletter",
        rows=(
            Rows(
                table="digests",
                key="id",
                columns="direction, name, title, issued, snapshot_digest, run_id, added_at",
            ),
            Rows(
                table="digest_items",
                key="digest_id",
                columns="position, number, article_id, first_character, last_character, date,"
                " date_precision, warnings",
                order="position",
            ),
        ),
    ),
    Group(
        name="watch",
        where="watch {}",
        rows=(
            Rows(
                table="watches",
                key="id",
                columns="name, query, every, destination, behind_record, added_at, removed_at",
            ),
        ),
    ),
    Group(
        name="message",
        where="message {} of a watch",
        rows=(
            Rows(table="watch_messages", key="id", columns="watch_id, token, made_at, sent_at"),
            Rows(
                table="watch_items",
                key="message_id",
                columns="watch_id, article_id",
                order="article_id",
            ),
        ),
    ),
    Group(
        name="topic",
        where="topic {}",
        rows=(
            Rows(
                table="topics",
                key="id",
                columns="slug, label, definition, sensitivity, report_routes, reported_as",
            ),
        ),
    ),
    Group(
        name="topic rules",
        where="version {} of the topic rules",
        rows=(Rows(table="topic_rules", key="id", columns="version, text, applied_at"),),
    ),
    Group(
        name="decision",
        where="decision {} to take something down",
        rows=(
            Rows(
                table="redactions",
                key="id",
                columns="action, reason, decided_by, decided_at, article_id",
            ),
            Rows(table="tombstones", key="redaction_id", columns="url_hash", order="url_hash"),
            Rows(
                table="dropped_snapshots",
                key="redaction_id",
                columns="snapshot_digest",
                order="snapshot_digest",
            ),
            Rows(
                table="redacted_runs",
                key="redaction_id",
                columns="run_id, manifest_hash",
                order="run_id",
            ),
        ),
    ),
    Group(
        name="restricted",
        where="what was packed away of record {}",
        rows=(Rows(table="restricted", key="article_id", columns="redaction_id, packed"),),
        of_record=True,
    ),
    Group(
        name="furniture",
        where="text {} that a site repeats",
        rows=(
            Rows(
                table="furniture",
                key="id",
                columns="source_id, text_hash, text, place, articles, state, learned_at, run_id",
            ),
        ),
    ),
    Group(
        name="reread",
        where="the reading again of text {}",
        rows=(Rows(table="rereads", key="revision_id", columns="run_id"),),
    ),
    Group(
        name="timestamp",
        where="timestamp {}",
        rows=(
            Rows(
                table="timestamps",
                key="id",
                columns="run_id, manifest_hash, nonce, requested_at, authority, request, response,"
                " stamped_at, roots",
            ),
        ),
    ),
)

_in_json = json.JSONEncoder(separators=(",", ":"), default=repr).encode

_CHANGED = """
CREATE TEMP TABLE changed_groups (
  kind TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""

# No parameter can stand in a trigger: SQLite writes each one out, and a text in its quotes (%Q).
_NOTING = (
    """
    SELECT printf('CREATE TEMP TRIGGER %s_insert_noted AFTER INSERT ON main.%s BEGIN'
      || ' INSERT INTO changed_groups VALUES (%Q, new.%s) ON CONFLICT DO NOTHING; END',
      :table, :table, :kind, :key)
    """,
    """
    SELECT printf('CREATE TEMP TRIGGER %s_update_noted AFTER UPDATE OF %s, %s ON main.%s BEGIN'
      || ' INSERT INTO changed_groups VALUES (%Q, old.%s) ON CONFLICT DO NOTHING;'
      || ' INSERT INTO changed_groups VALUES (%Q, new.%s) ON CONFLICT DO NOTHING; END',
      :table, :key, :columns, :table, :kind, :key, :kind, :key)
    """,
    """
    SELECT printf('CREATE TEMP TRIGGER %s_delete_noted AFTER DELETE ON main.%s BEGIN'
      || ' INSERT INTO changed_groups VALUES (%Q, old.%s) ON CONFLICT DO NOTHING; END',
      :table, :table, :kind, :key)
    """,
)


def follow_changes(db: Database) -> None:
    """Note from now on which groups this connection changes; no other connection's changes."""
    if db.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'changed_groups'").fetchone():
        return
    db.execute(_CHANGED)
    for group in GROUPS:
        for rows in group.rows:
            ours = {"kind": group.name, "table": rows.table, "key": rows.key}
            for noting in _NOTING:
                trigger = db.execute(noting, {**ours, "columns": rows.columns}).fetchone()[0]
                db.execute(trigger)


def seal_changes(db: Database) -> None:
    """Seal the groups that this connection has changed; inside the caller's transaction."""
    changed = db.execute("SELECT kind, key FROM temp.changed_groups").fetchall()
    if not changed:
        return
    db.execute("DELETE FROM temp.changed_groups")
    for kind, key in changed:
        _seal(db, _BY_NAME[kind], key)


def seal_groups(db: Database) -> None:
    """Seal all that an archive of before had no such seals for."""
    for group in GROUPS:
        for key in _unsealed(db, group):
            _seal(db, group, key)


_BY_NAME = {group.name: group for group in GROUPS}


def _seal(db: Database, group: Group, key: int) -> None:
    seal = _seal_of(db, group, key)
    if seal is None:
        db.execute("DELETE FROM group_seals WHERE kind = ? AND key = ?", [group.name, key])
        return
    db.execute(
        "INSERT INTO group_seals (kind, key, seal) VALUES (?, ?, ?)"
        " ON CONFLICT (kind, key) DO UPDATE SET seal = excluded.seal"
        " WHERE seal <> excluded.seal",
        [group.name, key, seal],
    )


def _seal_of(db: Database, group: Group, key: int) -> str | None:
    """The seal of what stands there now; None when there is nothing."""
    found = [db.execute(rows.read, [key]).fetchall() for rows in group.rows]
    if not any(found):
        return None
    return hashlib.sha256(_in_json(found).encode()).hexdigest()


def _unsealed(db: Database, group: Group) -> list[int]:
    keys = " UNION ".join(select(f"{rows.key} AS key", f"main.{rows.table}") for rows in group.rows)
    without = "key NOT IN (SELECT key FROM group_seals WHERE kind = ?)"
    found = db.execute(select("key", f"({keys})", where=without, order="key"), [group.name])
    return [key for (key,) in found.fetchall()]


def broken(db: Database, group: Group) -> Iterator[tuple[int, str | None]]:
    """Each group of a kind, by its key, and what is wrong with it; None when nothing is.

    `db` may decode text with surrogate escapes.
    """
    sealed = db.execute(
        "SELECT key, seal FROM group_seals WHERE kind = ? ORDER BY key", [group.name]
    )
    for key, seal in sealed:
        now = _seal_of(db, group, key)
        if now is None:
            yield key, "was sealed and is not there"
        else:
            yield key, None if now == seal else "is not what was written"
    for key in _unsealed(db, group):
        yield key, "has no seal"
