"""The rows of re-extraction: pages that are kept, and the texts that today's rules read from them.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive import topic_rows
from archive.endings import Ending
from archive.record_rows import Proof, add_revision, known_text, update_article
from archive.records import Article, Stored
from archive.revisions import decide_reread
from archive.seals import Sealed, seal
from archive.signal_rows import keep_signals
from archive.statements import select

REASON = "re-extraction"
# What is read from a page beside title and text; no revision holds it.
DETAILS = (
    *("published", "published_precision", "published_source", "modified", "authors"),
    *("description", "language", "site_name", "canonical_url", "canonical_own"),
)

_OF_SOURCES = "(:slugs IS NULL OR sources.slug IN (SELECT value FROM json_each(:slugs)))"
_WITH_PAGE = f"revisions.snapshot_digest IS NOT NULL AND {_OF_SOURCES}"
_RECORDS = """
articles JOIN sources ON sources.id = articles.source_id
JOIN revisions ON revisions.article_id = articles.id AND revisions.revision = articles.revision
"""
_WITH_FETCHES = f"""
{_RECORDS} JOIN fetches ON fetches.id = revisions.fetch_id
JOIN frontier ON frontier.id = fetches.frontier_id
"""
_COLUMNS = (
    *("articles.id", "articles.revision", "articles.title", "sources.slug", "articles.url"),
    *("articles.word_count", "articles.text_hash", "articles.body"),
    *("fetches.id", "fetches.final_url", "fetches.headers", "revisions.snapshot_digest"),
    *("frontier.title_hint", "frontier.published_hint"),
    *(f"articles.{name}" for name in DETAILS),
)
_PAGES = select(
    ", ".join(_COLUMNS),
    _WITH_FETCHES,
    where=f"articles.id > :after AND {_WITH_PAGE}",
    order="articles.id",
    limit=":count",
)
_COUNT = select("count(*)", _RECORDS, where=_WITH_PAGE)
_KEEP_DETAILS = """
UPDATE articles SET published = :published, published_precision = :published_precision,
  published_source = :published_source, modified = :modified, authors = :authors,
  description = :description, language = :language, site_name = :site_name,
  canonical_url = :canonical_url, canonical_own = :canonical_own
WHERE id = :id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPage:
    """A record with the exchange that its present text was read from.

    `url` is the record's identity, `final_url` the address that answered. `details` are the
    columns of `articles` that `DETAILS` names.
    """

    article_id: int
    revision: int
    title: str
    source: str
    url: str
    word_count: int
    text_hash: str
    body: str
    fetch_id: int
    final_url: str
    content_type: str | None
    snapshot_digest: str
    title_hint: str | None
    published_hint: str | None
    details: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reread:
    """What reading a page again did: `details` says that a date, an author or the like changed."""

    ending: Ending
    details: bool = False


def kept_pages(db: Database, *, sources: Sequence[str], after: int, count: int) -> list[KeptPage]:
    """The next `count` records after the one with that number; of all sources when none is named.

    Records without a snapshot (those of link-only sources) are none of them.
    """
    rows = db.execute(
        _PAGES,
        {"after": after, "slugs": json.dumps(sources) if sources else None, "count": count},
    ).fetchall()
    return [_page(row) for row in rows]


def count(db: Database, sources: Sequence[str]) -> int:
    """How many records `kept_pages` gives in all."""
    (number,) = db.execute(_COUNT, {"slugs": json.dumps(sources) if sources else None}).fetchone()
    return int(number)


def _page(row: tuple[Any, ...]) -> KeptPage:
    headers = dict(reversed(json.loads(row[10]))) if row[10] else {}
    return KeptPage(
        article_id=row[0],
        revision=row[1],
        title=row[2],
        source=row[3],
        url=row[4],
        word_count=row[5],
        text_hash=row[6],
        body=row[7],
        fetch_id=row[8],
        final_url=row[9],
        content_type=headers.get("content-type"),
        snapshot_digest=row[11],
        title_hint=row[12],
        published_hint=row[13],
        details=dict(zip(DETAILS, row[14:], strict=True)),
    )


def compare(page: KeptPage, article: Article, *, canonical_own: bool) -> Reread:
    """What a text that was read again would do to its record."""
    ending = decide_reread(page.text_hash, page.word_count, article)
    is_good = ending is not Ending.THIN_REFETCH
    return Reread(
        ending=ending,
        details=is_good and details_of(page, article, canonical_own=canonical_own) != page.details,
    )


def details_of(page: KeptPage, article: Article, *, canonical_own: bool) -> dict[str, object]:
    """The details that the record would have; a date that is known stays unless there is one."""
    dated = article.published is not None
    date = ("published", "published_precision", "published_source")
    return {
        **{name: getattr(article, name) if dated else page.details[name] for name in date},
        "modified": article.modified,
        "authors": "; ".join(article.authors) or None,
        "description": article.description,
        "language": article.language,
        "site_name": article.site_name,
        "canonical_url": article.canonical_url,
        "canonical_own": int(canonical_own),
    }


def reread(
    db: Database, run_id: int, page: KeptPage, article: Article, *, canonical_own: bool, now: str
) -> Reread:
    """Make a record what was read again from its page; a record that changed meanwhile stays."""
    known = known_text(db, page.url)
    if known is None or known.revision != page.revision:
        return Reread(ending=Ending.UNCHANGED)
    result = compare(page, article, canonical_own=canonical_own)
    if result.ending is Ending.REREAD:
        revision = known.revision + 1
        update_article(db, article, known, revision=revision, canonical_own=canonical_own)
        proof = Proof(
            reason=REASON,
            seen_at=now,
            fetch_id=page.fetch_id,
            snapshot_digest=page.snapshot_digest,
        )
        revision_id = add_revision(db, article, proof, article_id=page.article_id, known=known)
        db.execute("INSERT INTO rereads (revision_id, run_id) VALUES (?, ?)", [revision_id, run_id])
        topic_rows.follow(db, article, Stored(ending=result.ending, article_id=page.article_id))
    elif result.details:
        details = details_of(page, article, canonical_own=canonical_own)
        db.execute(_KEEP_DETAILS, details | {"id": page.article_id})
        seal(db, Sealed.RECORD, page.article_id)
    if result.ending is not Ending.THIN_REFETCH:
        keep_signals(db, page.article_id, article)
    return result
