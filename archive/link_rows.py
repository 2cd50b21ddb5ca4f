"""Records of title, date and link alone: the page asks for no more, or its source allows no more.

Every function works inside the transaction of its caller.
"""

from dataclasses import replace

from sqlite_utils import Database

from archive.endings import Ending
from archive.record_rows import (
    Proof,
    add_revision,
    insert_article,
    known_text,
    note_provenance,
    seen,
)
from archive.records import Article, DiscoveredLink, LinkKind, Outcome, Stored
from archive.seals import Sealed, seal
from archive.topic_rows import tag_anew

# What stands as the extractor of a text that nobody read.
FROM_LINK = "newsward link 1"
_REASON = "link only"


def keep_page(db: Database, outcome: Outcome, article: Article, fetch_id: int) -> Stored:
    """Keep of a page that was read what it allows: `article` has no text.

    A record that has a text loses it (`Ending.RESERVED`); see `archive.withdrawal_rows` for the
    texts before.
    """
    url = outcome.record_url or outcome.claim.url
    known = known_text(db, url)
    proof = Proof(
        reason=_REASON, seen_at=outcome.fetch.fetched_at, fetch_id=fetch_id, snapshot_digest=None
    )
    if known is None:
        article_id, ending = insert_article(db, outcome, article, url), Ending.LINKED
    else:
        article_id = known.article_id
        ending = Ending.RESERVED if known.body else Ending.RELINKED
        if known.text_hash == article.text_hash:
            ending = Ending.UNCHANGED
    if known and ending is not Ending.UNCHANGED:
        _become_link(db, article, article_id, known.revision + 1)
    if ending is not Ending.UNCHANGED:
        add_revision(db, article, proof, article_id=article_id, known=known)
    note_provenance(db, outcome, article_id)
    seen(db, article_id, outcome.fetch.fetched_at, was_there=True)
    return Stored(ending=ending, article_id=article_id)


def _become_link(db: Database, article: Article, article_id: int, revision: int) -> None:
    db.execute(
        "UPDATE articles SET kind = 'link', title = ?, published = coalesce(?, published),"
        " authors = NULL, word_count = 0, description = NULL, revision = ?, text_hash = ?,"
        " body = '' WHERE id = ?",
        [article.title, article.published, revision, article.text_hash, article_id],
    )
    seal(db, Sealed.RECORD, article_id)


def keep_links(db: Database, outcome: Outcome, fetch_id: int) -> int:
    """Make records of what a feed, sitemap or listing names, without asking a page; how many.

    A link without a title makes none: it waits for a place that tells it.
    """
    made = 0
    for link in outcome.links:
        if link.kind is LinkKind.ARTICLE and link.title:
            made += _keep_link(db, outcome, link, fetch_id)
    return made


def _keep_link(db: Database, outcome: Outcome, link: DiscoveredLink, fetch_id: int) -> bool:
    row = db.execute(
        "SELECT id FROM frontier WHERE url = ? AND article_id IS NULL AND state <> 'closed'",
        [link.url],
    ).fetchone()
    if row is None or known_text(db, link.url) is not None:
        return False
    claim = replace(outcome.claim, frontier_id=row[0], url=link.url, kind=LinkKind.ARTICLE)
    fetch = replace(outcome.fetch, redirects=())
    named = replace(outcome, claim=claim, fetch=fetch, canonical_claim=None)
    article = Article(
        title=link.title or "",
        text="",
        removals=(),
        extractor=FROM_LINK,
        published=link.published,
        published_precision=_precision(link.published),
        published_source="link hint" if link.published else None,
    )
    proof = Proof(reason=_REASON, seen_at=fetch.fetched_at, fetch_id=fetch_id, snapshot_digest=None)
    article_id = insert_article(db, named, article, link.url)
    add_revision(db, article, proof, article_id=article_id, known=None)
    db.execute("UPDATE frontier SET article_id = ? WHERE id = ?", [article_id, row[0]])
    note_provenance(db, named, article_id)
    tag_anew(db, article_id)
    seen(db, article_id, fetch.fetched_at, was_there=True)
    db.execute(
        "UPDATE sources SET last_new_article_at = ? WHERE id = ?",
        [fetch.fetched_at, outcome.claim.source_id],
    )
    return True


# Lengths of an ISO 8601 date: a month, a day, a minute.
_PRECISIONS = {7: "month", 10: "day", 16: "minute"}


def _precision(published: str | None) -> str | None:
    return None if published is None else _PRECISIONS.get(len(published), "second")
