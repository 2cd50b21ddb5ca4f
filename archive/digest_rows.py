"""Imported issues: each item a record of its own, its links for the frontier; idempotent."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.endings import Ending
from archive.frontier_rows import add_links
from archive.record_rows import Proof, add_fetch, add_revision, insert_article, seen
from archive.records import (
    DIGEST_ITEM,
    Article,
    Claim,
    DiscoveredLink,
    Fetch,
    FoundAs,
    FrontierState,
    LinkKind,
    NextVisit,
    Outcome,
)
from archive.seals import Sealed, seal
from archive.store import Archive
from archive.tombstones import (
    drop_snapshot,
    redaction_of,
    removal_of,
    was_dropped,
    words_of_item,
)
from archive.topic_rows import tag_anew

# The source of what people import by hand; it is never crawled.
SOURCE = ("imported-digests", "Imported digests")
_FAR = "9999-12-31T00:00:00Z"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptItem:
    """One item as a record is made of it; `follow` are links to listed sources, by their slugs."""

    position: int
    number: int | None
    article: Article
    start: int
    end: int
    warnings: tuple[str, ...] = ()
    follow: tuple[tuple[str, DiscoveredLink], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptIssue:
    """One issue: `name` is its file's name or its address, `snapshot_digest` that of its bytes.

    `source_id` is the source that it came from; None makes it one of what people import by hand.
    """

    name: str
    title: str | None
    issued: str | None
    snapshot_digest: str
    items: tuple[KeptItem, ...]
    source_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What an import did: records added, links that are new to the frontier, or known before.

    `withheld` counts the items that were taken down here, or link to what was. With
    `snapshot_withheld`, the body of the issue must not stay among the snapshots.
    """

    records: tuple[int, ...] = ()
    new_links: int = 0
    withheld: int = 0
    known: bool = False
    snapshot_withheld: bool = False


def keep_issue(archive: Archive, run_id: int, issue: KeptIssue, *, now: str) -> Imported:
    """Make records of an issue's items, in one transaction; nothing when it was imported before.

    A page comes with other bytes at every visit: what an issue of that name has already brought,
    word for word, is not brought again.

    Raises:
        ArchiveUnavailableError: the archive cannot be written.
    """
    with archive.transaction() as db:
        row = db.execute(
            "INSERT INTO digests (direction, name, title, issued, snapshot_digest, run_id,"
            " added_at) VALUES ('in', ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (direction, snapshot_digest) DO NOTHING RETURNING id",
            [issue.name, issue.title, issue.issued, issue.snapshot_digest, run_id, now],
        ).fetchone()
        if row is None:
            return Imported(known=True, snapshot_withheld=was_dropped(db, issue.snapshot_digest))
        brought = _brought(db, issue.name)
        by_text = {item.article.text_hash: item for item in reversed(issue.items)}
        fresh = [
            item
            for item in issue.items
            if item.article.text_hash not in brought and by_text[item.article.text_hash] is item
        ]
        if brought and not fresh:
            db.execute("DELETE FROM digests WHERE id = ?", [row[0]])
            return Imported(known=True, snapshot_withheld=was_dropped(db, issue.snapshot_digest))
        source_id = issue.source_id or _source(db, now)
        keeper = _Keeper(db=db, run_id=run_id, issue=issue, source_id=source_id, now=now)
        wanted = [item for item in fresh if not keeper.is_refused(item)]
        records = tuple(keeper.keep(item, digest_id=row[0]) for item in wanted)
        return Imported(
            records=records,
            new_links=sum(_follow(db, item.follow, now) for item in wanted),
            withheld=len(fresh) - len(wanted),
            snapshot_withheld=was_dropped(db, issue.snapshot_digest),
        )


def _source(db: Database, now: str) -> int:
    slug, name = SOURCE
    db.execute(
        "INSERT INTO sources (slug, name, homepage, kind, scope, enabled, updated_at)"
        " VALUES (?, ?, '', 'digest', 'all', 0, ?) ON CONFLICT (slug) DO NOTHING",
        [slug, name, now],
    )
    row = db.execute("SELECT id FROM sources WHERE slug = ?", [slug]).fetchone()
    return int(row[0])


def _brought(db: Database, name: str) -> frozenset[str]:
    """The hashes of the texts that issues of this name have brought."""
    rows = db.execute(
        "SELECT articles.text_hash FROM digests JOIN digest_items ON digest_id = digests.id"
        " JOIN articles ON articles.id = article_id WHERE direction = 'in' AND digests.name = ?",
        [name],
    ).fetchall()
    return frozenset(text_hash for (text_hash,) in rows)


def follow_links(
    archive: Archive, follow: Sequence[tuple[str, DiscoveredLink]], *, now: str
) -> int:
    """Put links into the frontier, each for the source with its slug; give how many are new.

    Raises:
        ArchiveUnavailableError: the archive cannot be written.
    """
    with archive.transaction() as db:
        return _follow(db, follow, now)


def _follow(db: Database, follow: Sequence[tuple[str, DiscoveredLink]], now: str) -> int:
    new = 0
    for slug, link in follow:
        row = db.execute("SELECT id FROM sources WHERE slug = ?", [slug]).fetchone()
        if row is not None:
            new += add_links(db, [link], source_id=row[0], depth=1, now=now)
    return new


@dataclass(frozen=True, kw_only=True, slots=True)
class _Keeper:
    """Writes the items of one issue."""

    db: Database
    run_id: int
    issue: KeptIssue
    source_id: int
    now: str

    def address(self, item: KeptItem) -> str:
        """What stands for an item where a page has its address.

        The bytes of a page are others at every visit: there the item's own words tell it.
        """
        if "://" in self.issue.name:
            of_issue = hashlib.sha256(self.issue.name.encode()).hexdigest()
            return f"digest:{of_issue[:16]}#item-{item.article.text_hash[:16]}"
        return f"digest:{self.issue.snapshot_digest[:16]}#item-{item.position}"

    def is_refused(self, item: KeptItem) -> bool:
        """Whether it was taken down here, or quotes what was: then its issue must go, too."""
        own = [self.address(item), words_of_item(item.article.text_hash)]
        decisions = [redaction_of(self.db, own)]
        # What was restricted, or redacted in part, may be quoted by what comes later.
        decisions += [removal_of(self.db, link.url) for link in item.article.links]
        for redaction_id in filter(None, decisions):
            drop_snapshot(self.db, self.issue.snapshot_digest, redaction_id)
            return True
        return False

    def keep(self, item: KeptItem, *, digest_id: int) -> int:
        """Make the record of an item; give its number."""
        db, article = self.db, item.article
        outcome = self._outcome(item)
        fetch_id = add_fetch(db, outcome)
        seal(db, Sealed.FETCH, fetch_id)
        article_id = insert_article(db, outcome, article, outcome.claim.url)
        db.execute("UPDATE articles SET kind = ? WHERE id = ?", [DIGEST_ITEM, article_id])
        seal(db, Sealed.RECORD, article_id)
        proof = Proof(
            reason="first text", seen_at=self.now, fetch_id=fetch_id, snapshot_digest=None
        )
        add_revision(db, article, proof, article_id=article_id, known=None)
        self._note_place(item, outcome.claim.frontier_id, article_id)
        seen(db, article_id, self.now, was_there=True)
        tag_anew(db, article_id)
        db.execute(
            "INSERT INTO digest_items (digest_id, position, number, article_id, first_character,"
            " last_character, date, date_precision, warnings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(digest_id, item.position, item.number, article_id, item.start, item.end),
                *(article.published, article.published_precision),
                json.dumps(item.warnings) if item.warnings else None,
            ],
        )
        return article_id

    def _outcome(self, item: KeptItem) -> Outcome:
        url = self.address(item)
        row = self.db.execute(
            "INSERT INTO frontier (url, host, source_id, kind, depth, state, not_before, run_id,"
            " last_ending, last_fetched_at, title_hint, found_at)"
            " VALUES (?, '', ?, 'article', 0, 'closed', ?, ?, 'new', ?, ?, ?) RETURNING id",
            [
                *(url, self.source_id, _FAR, self.run_id, self.now, item.article.title),
                self.now,
            ],
        ).fetchone()
        claim = Claim(
            frontier_id=row[0],
            source_id=self.source_id,
            source=SOURCE[0],
            url=url,
            kind=LinkKind.ARTICLE,
            depth=0,
            tries=0,
            found_at=self.now,
        )
        return Outcome(
            run_id=self.run_id,
            claim=claim,
            fetch=Fetch(url=url, final_url=url, fetched_at=self.now, status=None),
            ending=Ending.NEW,
            next_visit=NextVisit(state=FrontierState.CLOSED, not_before=_FAR),
            detail=f"item {item.position} of {self.issue.name}",
            snapshot_digest=self.issue.snapshot_digest,
            article=item.article,
        )

    def _note_place(self, item: KeptItem, frontier_id: int, article_id: int) -> None:
        evidence = {"characters": f"{item.start}\u2013{item.end}", "issue": self.issue.title}
        row = self.db.execute(
            "INSERT INTO provenance (frontier_id, article_id, relation, place, position, evidence,"
            " seen_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [
                *(frontier_id, article_id, FoundAs.DIGEST_ITEM, self.issue.name, item.position),
                *(json.dumps({k: v for k, v in evidence.items() if v}), self.now),
            ],
        ).fetchone()
        seal(self.db, Sealed.PLACE, row[0])
        self.db.execute(
            "UPDATE frontier SET article_id = ? WHERE id = ?", [article_id, frontier_id]
        )


def issues(db: Database) -> Sequence[tuple[object, ...]]:
    """Each issue that came in: name, title, date, how many items, when; the newest first."""
    rows: list[tuple[object, ...]] = db.execute(
        "SELECT name, title, issued, (SELECT count(*) FROM digest_items WHERE digest_id ="
        " digests.id), added_at FROM digests WHERE direction = 'in' ORDER BY id DESC"
    ).fetchall()
    return rows
