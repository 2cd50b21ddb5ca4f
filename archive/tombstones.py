"""Addresses that were taken down: known by their hash, masked where they stood, refused for ever.

Every function works inside the transaction of its caller.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from urllib.parse import urlsplit, urlunsplit

from sqlite_utils import Database

from archive.endings import Ending
from archive.records import Fetch, FrontierState, LinkKind, Outcome


def url_hash(url: str) -> str:
    """Sha256 (hex) of an address: all that a tombstone keeps of it."""
    return hashlib.sha256(url.encode()).hexdigest()


def alike(url: str) -> frozenset[str]:
    """The forms in which a page is found under one address: http or https, www. or not, and `/`.

    What was taken down at one of them must not come back from another.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # what is no address is only like itself
        return frozenset([url])
    if parts.scheme not in {"http", "https"}:
        return frozenset([url])
    host, path = parts.netloc.removeprefix("www."), parts.path.rstrip("/")
    return frozenset([url]) | {
        urlunsplit((scheme, www + host, path + slash, parts.query, parts.fragment))
        for scheme, www, slash in product(("http", "https"), ("", "www."), ("", "/"))
        if path or slash
    }


def hashes_alike(url: str) -> list[str]:
    """The hashes of all forms of an address."""
    return [*map(url_hash, alike(url))]


def masked(url: str) -> str:
    """What stands where the address stood: unique to it, and silent about it."""
    return f"redacted:{url_hash(url)}"


def words_of_item(text_hash: str) -> str:
    """What stands for the words of a newsletter's item, whichever issue or file brings them."""
    return f"digest-item:{text_hash}"


def redaction_of(db: Database, urls: Iterable[str | None]) -> int | None:
    """The decision that took one of these addresses down; None when there is none."""
    if _is_empty(db):
        return None
    hashes = [form for url in urls if url for form in hashes_alike(url)]
    row = db.execute(
        "SELECT redaction_id FROM tombstones WHERE url_hash IN (SELECT value FROM json_each(?))"
        " LIMIT 1",
        [json.dumps(hashes)],
    ).fetchone()
    return None if row is None else int(row[0])


def _is_empty(db: Database) -> bool:
    # As most archives are: then no form of an address need be hashed.
    return db.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone() is None


def removal_of(db: Database, url: str) -> int | None:
    """The decision that removed what is at an address for good; None when there is none."""
    row = db.execute(
        "SELECT redaction_id FROM tombstones JOIN redactions ON redactions.id = redaction_id"
        " WHERE url_hash IN (SELECT value FROM json_each(?)) AND action = 'remove'",
        [json.dumps(hashes_alike(url))],
    ).fetchone()
    return None if row is None else int(row[0])


def taken_down(db: Database, urls: Iterable[str]) -> frozenset[str]:
    """Which of these addresses were taken down."""
    if _is_empty(db):
        return frozenset()
    hashes = [(url, form) for url in urls for form in hashes_alike(url)]
    rows = db.execute(
        "SELECT url_hash FROM tombstones WHERE url_hash IN (SELECT value FROM json_each(?))",
        [json.dumps([form for _, form in hashes])],
    )
    found = {form for (form,) in rows}
    return frozenset(url for url, form in hashes if form in found)


def bury(db: Database, urls: Iterable[str], redaction_id: int) -> None:
    """Never ask or keep these addresses again."""
    db.conn.executemany(
        "INSERT INTO tombstones (url_hash, redaction_id) VALUES (?, ?)"
        " ON CONFLICT (url_hash) DO UPDATE SET redaction_id = excluded.redaction_id",
        [(url_hash(url), redaction_id) for url in urls],
    )


def mask_frontier(db: Database, frontier_id: int, url: str) -> None:
    """Close a frontier row for good and take out of it what tells of its page."""
    db.execute(
        "UPDATE frontier SET url = ?, state = 'closed', title_hint = NULL, published_hint = NULL,"
        " etag = NULL, last_modified = NULL, snapshot_digest = NULL, article_id = NULL"
        " WHERE id = ?",
        [masked(url), frontier_id],
    )
    db.execute("DELETE FROM quarantine WHERE frontier_id = ?", [frontier_id])


def withhold(db: Database, outcome: Outcome) -> Outcome:
    """The outcome as it is when no address of it was taken down; else one that tells nothing.

    An address that led to one that was taken down is closed with it, and so is one that shows,
    byte for byte, a page that was.
    """
    if outcome.claim.kind is not LinkKind.ARTICLE:
        return outcome
    fetch, claim = outcome.fetch, outcome.claim
    _let_back(db, outcome)
    addresses = {claim.url, fetch.url, fetch.final_url, *(hop.url for hop in fetch.redirects)}
    claimed = {outcome.record_url, outcome.canonical_claim} - {None}
    redaction_id = redaction_of(db, addresses | claimed) or _dropped(db, outcome.snapshot_digest)
    if redaction_id is None:
        return outcome
    bury(db, [claim.url], redaction_id)
    mask_frontier(db, claim.frontier_id, claim.url)
    _forget_places(db, claim.frontier_id)
    drop_snapshot(db, outcome.snapshot_digest, redaction_id)
    return replace(
        outcome,
        claim=replace(claim, url=masked(claim.url), title_hint=None, published_hint=None),
        fetch=Fetch(
            url=masked(fetch.url),
            final_url=masked(fetch.final_url),
            fetched_at=fetch.fetched_at,
            status=fetch.status,
            elapsed_ms=fetch.elapsed_ms,
            ending=fetch.ending and Ending.WITHHELD,
        ),
        ending=Ending.WITHHELD,
        next_visit=replace(outcome.next_visit, state=FrontierState.CLOSED),
        detail=None,
        article=None,
        record_url=None,
        canonical_claim=None,
        links=(),
        rights=None,
    )


# How decisions begin that a publisher made: it may take them back.
PUBLISHER = "the publisher: "


def _let_back(db: Database, outcome: Outcome) -> None:
    """Let a body be kept again that went because its publisher reserved it, and reserves no more.

    What a person took down stays down.
    """
    if outcome.article is not None and not outcome.link_only:
        db.execute(
            "DELETE FROM dropped_snapshots WHERE snapshot_digest = ? AND redaction_id IN"
            " (SELECT id FROM redactions WHERE substr(decided_by, 1, ?) = ?)",
            [outcome.snapshot_digest, len(PUBLISHER), PUBLISHER],
        )


def _forget_places(db: Database, frontier_id: int) -> None:
    for (place,) in db.execute(
        "DELETE FROM provenance WHERE frontier_id = ? RETURNING id", [frontier_id]
    ).fetchall():
        db.execute("DELETE FROM seals WHERE kind = 'place' AND row_id = ?", [place])


def drop_snapshot(db: Database, digest: str | None, redaction_id: int) -> None:
    """Note that a body must go, unless it is the proof of a record."""
    db.execute(
        "INSERT INTO dropped_snapshots (snapshot_digest, redaction_id) SELECT ?, ?"
        " WHERE ? IS NOT NULL AND NOT EXISTS (SELECT 1 FROM revisions WHERE snapshot_digest = ?)"
        " ON CONFLICT (snapshot_digest) DO NOTHING",
        [digest, redaction_id, digest, digest],
    )


def must_drop(db: Database, outcome: Outcome) -> bool:
    """Whether the body of an outcome must not be kept.

    A feed or listing that still names an address that was taken down says its title, too.
    """
    if outcome.snapshot_digest is None:
        return False
    redaction_id = redaction_of(db, [link.url for link in outcome.links]) if outcome.links else None
    if redaction_id is not None:
        drop_snapshot(db, outcome.snapshot_digest, redaction_id)
    return _dropped(db, outcome.snapshot_digest) is not None


def was_dropped(db: Database, digest: str) -> bool:
    """Whether a body was taken out, and must not come back."""
    return _dropped(db, digest) is not None


def _dropped(db: Database, digest: str | None) -> int | None:
    """The decision that took a body out; None when there is none."""
    row = db.execute(
        "SELECT redaction_id FROM dropped_snapshots WHERE snapshot_digest = ?", [digest]
    ).fetchone()
    return None if row is None else int(row[0])
