"""What a publisher takes back is taken back here: texts that may no longer be kept, pages gone.

A page that now reserves its text keeps its record as a link, and every text that we had of it goes.
A page that answers 410 takes its record out of sight until a person decides. A name that an edit
took out goes out of the texts before it. All are decisions in `redactions` like those that people
take, and can be told apart from them by who decided.

Every function works inside the transaction of its caller.
"""

from dataclasses import dataclass

from sqlite_utils import Database

from archive import phrase_rows, restriction_rows, takedown_rows
from archive.endings import Ending
from archive.phrase_rows import Phrase
from archive.records import Outcome, Stored, text_hash
from archive.retractions import names_taken_out
from archive.seals import Sealed, seal
from archive.tombstones import PUBLISHER, drop_snapshot
from archive.topic_rows import tag_anew

NAME_TAKEN_OUT = f"{PUBLISHER}a name was taken out"
GONE = f"{PUBLISHER}HTTP 410"


def follow(db: Database, outcome: Outcome, stored: Stored) -> tuple[str, ...]:
    """Carry out what an exchange says of the record that we had; the bodies that must go."""
    if stored.ending is Ending.HTTP_410:
        hide_gone(db, outcome)
    elif stored.ending is Ending.RESERVED and stored.article_id is not None:
        signals = ", ".join(outcome.rights.reserved) if outcome.rights else "reserved"
        decided_by = PUBLISHER + signals
        return take_back_texts(db, stored.article_id, decided_by, outcome.fetch.fetched_at)
    elif stored.ending is Ending.REVISED and stored.article_id is not None:
        return take_out_names(db, stored.article_id, outcome.fetch.fetched_at)
    return ()


def take_out_names(db: Database, article_id: int, now: str) -> tuple[str, ...]:
    """Redact in every earlier text the names that the newest edit took out; the bodies to drop."""
    rows = db.execute(
        "SELECT title, body FROM revisions WHERE article_id = ? ORDER BY revision DESC LIMIT 2",
        [article_id],
    ).fetchall()
    after, before = ("\n\n".join(row) for row in rows)
    names = names_taken_out(before, after)
    target = takedown_rows.find(db, article_id) if names else None
    if target is None:
        return ()
    db.execute("PRAGMA secure_delete = ON")
    decision = takedown_rows.decide(
        db,
        action="phrase",
        reason="privacy",
        decided_by=NAME_TAKEN_OUT,
        now=now,
        article_id=article_id,
    )
    for name in names:
        phrase_rows.redact(db, target, Phrase.of(name))
    for revision_id, digest in db.execute(
        "SELECT id, snapshot_digest FROM revisions WHERE article_id = ? AND snapshot_digest"
        " IS NOT (SELECT snapshot_digest FROM revisions WHERE article_id = ?"
        " ORDER BY revision DESC LIMIT 1)",
        [article_id, article_id],
    ).fetchall():
        db.execute("UPDATE revisions SET snapshot_digest = NULL WHERE id = ?", [revision_id])
        seal(db, Sealed.REVISION, revision_id)
        drop_snapshot(db, digest, decision)
    takedown_rows.note_runs(db, takedown_rows.runs_of(db, target), decision)
    return _dropped_by(db, decision)


def _dropped_by(db: Database, decision: int) -> tuple[str, ...]:
    rows = db.execute(
        "SELECT snapshot_digest FROM dropped_snapshots WHERE redaction_id = ?", [decision]
    ).fetchall()
    return tuple(digest for (digest,) in rows)


def hide_gone(db: Database, outcome: Outcome) -> None:
    """Restrict the record whose own address answered that it is gone for good.

    `newsward redact ID --release` gives it back; without `--release` it goes for ever.
    """
    row = db.execute(
        "SELECT articles.id FROM frontier JOIN articles ON articles.id = frontier.article_id"
        " WHERE frontier.id = ? AND articles.url IN (?, ?)",
        [outcome.claim.frontier_id, outcome.claim.url, outcome.fetch.final_url],
    ).fetchone()
    target = takedown_rows.find(db, row[0]) if row else None
    if target is None or target.article_id is None:
        return
    decision = takedown_rows.decide(
        db,
        action="restrict",
        reason="other",
        decided_by=GONE,
        now=outcome.fetch.fetched_at,
        article_id=target.article_id,
    )
    restriction_rows.restrict(db, target.article_id, target, decision, with_items=[])


def take_back_texts(db: Database, article_id: int, decided_by: str, now: str) -> tuple[str, ...]:
    """Empty every text that a record has or had, receipts and links with it; the bodies to drop.

    That there was a text, when, and from which exchange, stays.
    """
    emptied = empty_texts(db, article_id, decided_by, now)
    if emptied is None:
        return ()
    takedown_rows.note_runs(db, emptied.runs, emptied.decision)
    return _dropped_by(db, emptied.decision)


@dataclass(frozen=True, kw_only=True, slots=True)
class Emptied:
    """The decision that emptied a record, and the runs whose manifests are to be noted by it."""

    decision: int
    runs: tuple[int, ...]


def empty_texts(db: Database, article_id: int, decided_by: str, now: str) -> Emptied | None:
    """As `take_back_texts`, with the manifests of the runs left to the caller.

    None when there is no such record.
    """
    # What is deleted from here on is overwritten with zeros.
    db.execute("PRAGMA secure_delete = ON")
    target = takedown_rows.find(db, article_id)
    if target is None:
        return None
    decision = takedown_rows.decide(
        db,
        action="phrase",
        reason="legal",
        decided_by=decided_by,
        now=now,
        article_id=article_id,
    )
    digests = db.execute(
        "SELECT snapshot_digest FROM revisions WHERE article_id = :id"
        " UNION SELECT snapshot_digest FROM fetches"
        " WHERE frontier_id IN (SELECT value FROM json_each(:ids))",
        {"id": article_id, "ids": target.frontier_ids},
    ).fetchall()
    db.execute("DELETE FROM removals WHERE article_id = ?", [article_id])
    db.execute("DELETE FROM links WHERE article_id = ?", [article_id])
    for revision_id, title in db.execute(
        "SELECT id, title FROM revisions WHERE article_id = ?", [article_id]
    ).fetchall():
        db.execute(
            "UPDATE revisions SET body = '', text_hash = ?, snapshot_digest = NULL WHERE id = ?",
            [text_hash(title, ""), revision_id],
        )
        seal(db, Sealed.REVISION, revision_id)
    for (digest,) in digests:
        drop_snapshot(db, digest, decision)
    # The evidence of topics, names and figures are sentences; what stands now has only a title.
    tag_anew(db, article_id)
    return Emptied(decision=decision, runs=tuple(takedown_rows.runs_of(db, target)))
