"""The rows of records: fetch, article, revision, removals, links, provenance.

Every function works inside the transaction of its caller.
"""

import json
from dataclasses import dataclass

from sqlite_utils import Database

from archive.endings import Ending, Group
from archive.furniture_rows import removals_of
from archive.origin_rows import add_origin, is_older_text
from archive.receipts import pack
from archive.records import Article, LinkKind, Outcome, Stored
from archive.revisions import KnownText, decide, shows_the_same, words_changed
from archive.seals import Sealed, seal
from archive.signal_rows import keep_signals


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """Where a text comes from: `reason` is that of its revision, `seen_at` UTC."""

    reason: str
    seen_at: str
    fetch_id: int
    snapshot_digest: str | None


_REASONS = {Ending.REVISED: "publisher's edit", Ending.REREAD: "re-extraction"}


def add_fetch(db: Database, outcome: Outcome) -> int:
    """Write the exchange down and give its number."""
    fetch, claim = outcome.fetch, outcome.claim
    row = db.execute(
        "INSERT INTO fetches (run_id, frontier_id, source_id, url, final_url, redirects,"
        " fetched_at, status, headers, elapsed_ms, bytes, snapshot_digest, ending, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [
            *(outcome.run_id, claim.frontier_id, claim.source_id, fetch.url, fetch.final_url),
            json.dumps([[hop.url, hop.status] for hop in fetch.redirects])
            if fetch.redirects
            else None,
            *(fetch.fetched_at, fetch.status),
            json.dumps(fetch.headers) if fetch.headers else None,
            *(fetch.elapsed_ms, outcome.body_bytes, outcome.snapshot_digest),
            *(outcome.ending, outcome.detail),
        ],
    ).fetchone()
    add_origin(db, row[0], fetch)
    return int(row[0])


def keep_article(db: Database, outcome: Outcome, article: Article, fetch_id: int) -> Stored:
    """Add the record, add a revision to it, or only note that it was seen."""
    url = outcome.record_url or outcome.claim.url
    twin = _same_text_elsewhere(db, url, outcome.canonical_claim, article.text_hash)
    if twin is not None:
        note_provenance(db, outcome, twin, also_at=url)
        return Stored(ending=Ending.KNOWN_ELSEWHERE, article_id=twin)
    known = known_text(db, url)
    ending = decide(known, article)
    if known and ending is Ending.REVISED:
        if is_older_text(db, outcome, known.article_id):
            ending = Ending.OLDER_TEXT
        elif _shows_the_same(db, known, article):
            ending = Ending.REREAD
    proof = Proof(
        reason=_REASONS.get(ending, "first text"),
        seen_at=outcome.fetch.fetched_at,
        fetch_id=fetch_id,
        snapshot_digest=outcome.snapshot_digest,
    )
    if known is None:
        article_id = insert_article(db, outcome, article, url)
        add_revision(db, article, proof, article_id=article_id, known=known)
    else:
        article_id = known.article_id
        if ending in _REASONS:
            is_own = outcome.canonical_claim is not None
            update_article(db, article, known, revision=known.revision + 1, canonical_own=is_own)
            add_revision(db, article, proof, article_id=article_id, known=known)
    if ending in {Ending.NEW, Ending.UNCHANGED, *_REASONS}:
        keep_signals(db, article_id, article)
    note_provenance(db, outcome, article_id)
    seen(db, article_id, outcome.fetch.fetched_at, was_there=ending is not Ending.THIN_REFETCH)
    return Stored(ending=ending, article_id=article_id)


def touch(db: Database, outcome: Outcome) -> None:
    """Note that the record behind an address was met again, without writing the record."""
    row = db.execute(
        "SELECT article_id FROM frontier WHERE id = ?", [outcome.claim.frontier_id]
    ).fetchone()
    if row and row[0] is not None:
        seen(db, row[0], outcome.fetch.fetched_at, was_there=True)


def note_source(db: Database, outcome: Outcome, ending: Ending) -> None:
    """Remember when a source was last read and when it last gave a record; a WARC says neither."""
    if outcome.fetch.warc:
        return
    is_read = outcome.claim.kind is not LinkKind.ARTICLE and ending.group in {
        Group.READ,
        Group.UNCHANGED,
    }
    if is_read or ending.group is Group.NEW:
        db.execute(
            "UPDATE sources SET last_success_at = ? WHERE id = ?"
            if is_read
            else "UPDATE sources SET last_new_article_at = ? WHERE id = ?",
            [outcome.fetch.fetched_at, outcome.claim.source_id],
        )


def known_text(db: Database, url: str) -> KnownText | None:
    """The present text of the record at an address."""
    row = db.execute(
        "SELECT id, revision, text_hash, word_count, body FROM articles WHERE url = ?", [url]
    ).fetchone()
    if row is None:
        return None
    return KnownText(
        article_id=row[0], revision=row[1], text_hash=row[2], word_count=row[3], body=row[4]
    )


def _shows_the_same(db: Database, known: KnownText, article: Article) -> bool:
    revision_id, title = db.execute(
        "SELECT id, title FROM revisions WHERE article_id = ? AND revision = ?",
        [known.article_id, known.revision],
    ).fetchone()
    return shows_the_same(known, title, removals_of(db, revision_id), article)


def _same_text_elsewhere(
    db: Database, url: str, claimed_url: str | None, text_hash: str
) -> int | None:
    # Believed only when both signs agree: the pages name one canonical address of their own site,
    # and the text is the same. A wrong canonical link (say, every page naming the front page)
    # merges nothing, and a copy on another site never stands in for the original.
    row = db.execute(
        "SELECT id FROM articles WHERE url <> :url AND text_hash = :hash"
        " AND (url = :claimed OR (canonical_own AND canonical_url IN (:url, :claimed)))"
        " AND NOT EXISTS (SELECT 1 FROM articles WHERE url = :url) ORDER BY id LIMIT 1",
        {"url": url, "claimed": claimed_url, "hash": text_hash},
    ).fetchone()
    return None if row is None else int(row[0])


def insert_article(db: Database, outcome: Outcome, article: Article, url: str) -> int:
    """Add a record without its text's revision; give its number."""
    row = db.execute(
        # A number that was taken down is never given again: links and notes of people name it.
        "INSERT INTO articles (id, title, url, published, source_id, kind, authors, word_count,"
        " description, language, published_precision, published_source, modified, site_name,"
        " canonical_url, canonical_own, first_seen_at, revision, text_hash, body)"
        " VALUES ((SELECT iif(max(article_id) > (SELECT coalesce(max(id), 0) FROM articles),"
        " max(article_id) + 1, NULL) FROM redactions),"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?) RETURNING id",
        [
            *(article.title, url, article.published, outcome.claim.source_id),
            "link" if outcome.link_only else "article",
            *("; ".join(article.authors) or None, article.word_count, article.description),
            *(article.language, article.published_precision, article.published_source),
            *(article.modified, article.site_name, article.canonical_url),
            int(outcome.canonical_claim is not None),
            *(outcome.fetch.fetched_at, article.text_hash, article.text),
        ],
    ).fetchone()
    for address in {url, outcome.claim.url}:
        db.execute("UPDATE links SET to_article_id = ? WHERE to_url = ?", [row[0], address])
    seal(db, Sealed.RECORD, row[0])
    return int(row[0])


def update_article(
    db: Database, article: Article, known: KnownText, *, revision: int, canonical_own: bool
) -> None:
    """Make a record's row what was read now."""
    # The first date that we read stays unless the page declares one now.
    db.execute(
        "UPDATE articles SET title = ?, published = coalesce(?, published),"
        " published_precision = iif(? IS NULL, published_precision, ?),"
        " published_source = iif(? IS NULL, published_source, ?), authors = ?, word_count = ?,"
        " description = ?, language = ?, modified = ?, site_name = ?, canonical_url = ?,"
        " canonical_own = ?, revision = ?, text_hash = ?, body = ?,"
        " kind = iif(kind = 'link', 'article', kind) WHERE id = ?",
        [
            *(article.title, article.published),
            *(article.published, article.published_precision),
            *(article.published, article.published_source),
            *("; ".join(article.authors) or None, article.word_count, article.description),
            *(article.language, article.modified, article.site_name, article.canonical_url),
            int(canonical_own),
            *(revision, article.text_hash, article.text, known.article_id),
        ],
    )
    seal(db, Sealed.RECORD, known.article_id)


def add_revision(
    db: Database, article: Article, proof: Proof, *, article_id: int, known: KnownText | None
) -> int:
    """Add a text with its removals to a record, after the text known; give its row's number."""
    added, removed = words_changed(known.body if known else "", article.text)
    row = db.execute(
        "INSERT INTO revisions (article_id, revision, reason, seen_at, fetch_id, snapshot_digest,"
        " extractor, title, text_hash, words_added, words_removed, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [
            *(article_id, known.revision + 1 if known else 1, proof.reason, proof.seen_at),
            *(proof.fetch_id, proof.snapshot_digest, article.extractor),
            *(article.title, article.text_hash, added, removed, article.text),
        ],
    ).fetchone()
    db.conn.executemany(
        "INSERT INTO removals (article_id, revision_id, position, blocks, part, rule, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                article_id,
                row[0],
                packed.position,
                packed.blocks,
                packed.part,
                packed.rule,
                packed.text,
            )
            for packed in pack(article.removals)
        ],
    )
    _add_links(db, article, article_id=article_id, revision_id=int(row[0]))
    seal(db, Sealed.REVISION, int(row[0]))
    return int(row[0])


def _add_links(db: Database, article: Article, *, article_id: int, revision_id: int) -> None:
    # A link may give the address of a record, or one that led to it.
    db.conn.executemany(
        "INSERT INTO links (article_id, revision_id, position, to_url, to_article_id, anchor)"
        " VALUES (?, ?, ?, ?, coalesce((SELECT id FROM articles WHERE url = ?),"
        " (SELECT article_id FROM frontier WHERE url = ?)), ?)",
        [
            (article_id, revision_id, position, link.url, link.url, link.url, link.anchor)
            for position, link in enumerate(article.links, 1)
        ],
    )


def note_provenance(
    db: Database, outcome: Outcome, article_id: int, *, also_at: str | None = None
) -> None:
    """Keep each address on the way to a record, and join the places where it was found to it."""
    frontier_id, seen_at = outcome.claim.frontier_id, outcome.fetch.fetched_at
    hops = [
        ("redirected from", hop.url, json.dumps({"status": hop.status}))
        for hop in outcome.fetch.redirects
    ]
    if also_at:
        hops.append(("also at", also_at, json.dumps({"canonical": outcome.canonical_claim})))
    for relation, place, evidence in hops:
        new = db.execute(
            "INSERT INTO provenance (frontier_id, article_id, relation, place, evidence, seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (frontier_id, relation, place) DO NOTHING"
            " RETURNING id",
            [frontier_id, article_id, relation, place, evidence, seen_at],
        ).fetchone()
        if new:
            seal(db, Sealed.PLACE, new[0])
    db.execute(
        "UPDATE provenance SET article_id = ? WHERE frontier_id = ? AND article_id IS NOT ?",
        [article_id, frontier_id, article_id],
    )


def seen(db: Database, article_id: int, now: str, *, was_there: bool) -> None:
    """Note that a record was asked for, and whether its page was there."""
    db.execute(
        "INSERT INTO article_seen (article_id, last_seen_at, last_checked_at) VALUES (?, ?, ?)"
        " ON CONFLICT (article_id) DO UPDATE SET"
        " last_checked_at = max(excluded.last_checked_at, last_checked_at),"
        " last_seen_at = iif(?, max(excluded.last_seen_at, last_seen_at), last_seen_at)",
        [article_id, now, now, was_there],
    )
