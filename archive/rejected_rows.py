"""Pages that came, were rejected and are kept: found again, made records once they are articles."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive import searching, tombstones, topic_rows
from archive.endings import Ending, Group
from archive.opened import OpenArchive
from archive.record_rows import keep_article, known_text
from archive.records import Claim, Fetch, LinkKind, Outcome, Redirect, Stored

_AT_ONCE = 100
_REJECTED = json.dumps([ending for ending in Ending if ending.group is Group.REJECTED])
# Of each address without a record: the last exchange that brought a body which was kept.
_FROM = """
FROM frontier
JOIN sources ON sources.id = frontier.source_id
JOIN fetches ON fetches.id = (SELECT max(id) FROM fetches AS later
  WHERE later.frontier_id = frontier.id AND later.snapshot_digest IS NOT NULL)
WHERE frontier.id > :after AND frontier.kind = 'article' AND frontier.article_id IS NULL
  AND NOT sources.link_only AND fetches.ending IN (SELECT value FROM json_each(:rejected))
  AND (:slugs IS NULL OR sources.slug IN (SELECT value FROM json_each(:slugs)))
"""
_PAGES = f"""
SELECT fetches.id, fetches.url, fetches.final_url, fetches.redirects, fetches.fetched_at,
  fetches.status, fetches.headers, fetches.ending, fetches.snapshot_digest, fetches.bytes,
  frontier.id, frontier.source_id, sources.slug, frontier.url, frontier.depth, frontier.tries,
  frontier.found_at, frontier.title_hint, frontier.published_hint
{_FROM} ORDER BY frontier.id LIMIT {_AT_ONCE}
"""  # the pieces are those above


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectedPage:
    """A page that is kept and became no record: `ending` is why."""

    claim: Claim
    fetch: Fetch
    fetch_id: int
    ending: Ending
    snapshot_digest: str
    body_bytes: int


def rejected_pages(archive: OpenArchive, sources: Sequence[str] = ()) -> Iterator[RejectedPage]:
    """Every rejected page of the sources (of all when none is named) whose body is kept.

    Raises:
        ConfigurationError: no such source.
    """
    with archive.moment() as db:
        for slug in sources:
            searching.source_id(db, slug)
    after = 0
    while True:
        with archive.moment() as db:
            rows = db.execute(_PAGES, _bounds(sources, after)).fetchall()
        if not rows:
            return
        pages = [_page(row) for row in rows]
        yield from pages
        after = pages[-1].claim.frontier_id


def count_rejected_pages(archive: OpenArchive, sources: Sequence[str] = ()) -> int:
    """How many pages `rejected_pages` gives."""
    with archive.moment() as db:
        sql = f"SELECT count(*) {_FROM}"
        (number,) = db.execute(sql, _bounds(sources, 0)).fetchone()
    return int(number)


def admit_page(archive: OpenArchive, outcome: Outcome, page: RejectedPage) -> Stored:
    """Make a record of a page that was rejected: its proof is the exchange that brought it.

    That exchange keeps the ending that it had. Where there is a record at its address by now, or
    the page was taken down, nothing becomes of it.
    """
    url = outcome.record_url or outcome.claim.url
    with archive.transaction() as db:
        if known_text(db, url) is not None:
            return Stored(ending=Ending.UNCHANGED)
        outcome = tombstones.withhold(db, outcome)
        if outcome.article is None:
            return Stored(ending=outcome.ending)
        stored = keep_article(db, outcome, outcome.article, page.fetch_id)
        db.execute(
            "UPDATE frontier SET article_id = ?, snapshot_digest = ? WHERE id = ?",
            [stored.article_id, page.snapshot_digest, page.claim.frontier_id],
        )
        if stored.ending is Ending.NEW:
            db.execute(
                "INSERT INTO rereads (revision_id, run_id)"
                " SELECT id, ? FROM revisions WHERE article_id = ?",
                [outcome.run_id, stored.article_id],
            )
            topic_rows.follow(db, outcome.article, stored)
    return stored


def _bounds(sources: Sequence[str], after: int) -> dict[str, object]:
    slugs = json.dumps([*sources]) if sources else None
    return {"after": after, "rejected": _REJECTED, "slugs": slugs}


def _page(row: tuple[Any, ...]) -> RejectedPage:
    return RejectedPage(
        claim=Claim(
            frontier_id=row[10],
            source_id=row[11],
            source=row[12],
            url=row[13],
            kind=LinkKind.ARTICLE,
            depth=row[14],
            tries=row[15],
            found_at=row[16],
            title_hint=row[17],
            published_hint=row[18],
        ),
        fetch=Fetch(
            url=row[1],
            final_url=row[2],
            redirects=tuple(
                Redirect(url=url, status=status) for url, status in json.loads(row[3] or "[]")
            ),
            fetched_at=row[4],
            status=row[5],
            headers=tuple((name, value) for name, value in json.loads(row[6] or "[]")),
        ),
        fetch_id=row[0],
        ending=Ending(row[7]),
        snapshot_digest=row[8],
        body_bytes=row[9] or 0,
    )
