"""A small archive and the commits that tests make in it."""

import sqlite3
from dataclasses import replace
from pathlib import Path

from archive.endings import Ending
from archive.records import (
    Article,
    Claim,
    DiscoveredLink,
    Fetch,
    FoundAs,
    FrontierState,
    LinkKind,
    ListedSource,
    NextVisit,
    Outcome,
    Part,
    Removal,
)
from archive.store import Archive

NOW = "2026-11-22T10:00:00Z"
LATER = "2026-11-23T10:00:00Z"
FEED = "http://gazette.test/feed"
PAGE = "http://gazette.test/one"
SOURCE = ListedSource(
    slug="gazette",
    name="The Gazette (invented)",
    homepage="http://gazette.test/",
    kind="news",
    scope="all",
    discovery=((LinkKind.FEED, FEED),),
)
ARTICLE = Article(
    title="Schools test a reporting button",
    text="Three invented schools tested a button.\n\nPupils used it 40 times in a month.",
    removals=(Removal(position=2, part=Part.BLOCK, rule="share", text="Share this"),),
    extractor="newsward 0.1.0",
    published="2026-11-20",
    published_precision="day",
    published_source="json-ld",
    authors=("A. Writer",),
)


def query(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(sql, values).fetchall()
    connection.close()
    return rows


def one(path: Path, sql: str, *values: object) -> object:
    ((value,),) = query(path, sql, *values)
    return value


def begin(archive: Archive) -> int:
    return archive.start_run(trigger="crawl", program="newsward test", now=NOW)


def outcome(run_id: int, claim: Claim, **changes: object) -> Outcome:
    plain = Outcome(
        run_id=run_id,
        claim=claim,
        fetch=Fetch(
            url=claim.url,
            final_url=claim.url,
            fetched_at=NOW,
            status=200,
            headers=(("etag", '"v1"'),),
        ),
        ending=Ending.NEW,
        next_visit=NextVisit(state=FrontierState.WAITING, not_before=LATER),
        snapshot_digest="d" * 64,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def claim_all(archive: Archive, run_id: int) -> dict[str, Claim]:
    claims = archive.claim(run_id, due=LATER, count=100, per_host=100)
    return {claim.url: claim for claim in claims}


def discover(archive: Archive, run_id: int, *urls: str, **changes: object) -> None:
    feed = claim_all(archive, run_id)[FEED]
    links = tuple(
        DiscoveredLink(
            url=url,
            kind=LinkKind.ARTICLE,
            found_in=FEED,
            found_as=FoundAs.FEED_ENTRY,
            position=position,
            title=f"Entry {position}",
        )
        for position, url in enumerate(urls, 1)
    )
    archive.commit(outcome(run_id, feed, ending=Ending.READ, links=links, **changes))


def store(archive: Archive, run_id: int, article: Article, url: str = PAGE) -> Ending:
    claim = claim_all(archive, run_id)[url]
    changes = {"article": article, "record_url": url, "canonical_claim": article.canonical_url}
    return archive.commit(outcome(run_id, claim, **changes)).ending
