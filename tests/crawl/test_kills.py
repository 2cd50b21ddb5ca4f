"""kill -9 at any moment: nothing lost, nothing twice, nothing without its proof."""

from __future__ import annotations

import hashlib
import random
import time
from typing import TYPE_CHECKING

import pytest

from archive.snapshots import Snapshots

if TYPE_CHECKING:
    from conftest import Newsroom, NewsSite, SiteMaker

# Where a commit can be cut, and at which time round. The first two are inside the transaction.
FAILPOINTS = [
    f"{step}:{count}"
    for step in ("after snapshot", "after fetch", "after record", "before commit", "after commit")
    for count in (1, 2, 7)
]


def kill_at_random(newsroom: Newsroom, site: NewsSite, rng: random.Random) -> bool:
    """Start a crawl and kill it -9 after some pages; False when it ended before."""
    process = newsroom.start()
    goal = site.hits.total() + rng.randint(1, 12)
    deadline = time.monotonic() + 300
    while site.hits.total() < goal and process.poll() is None:
        assert time.monotonic() < deadline, "the crawl stands still"
        time.sleep(0.002)
    time.sleep(rng.random() * 0.08)
    was_running = process.poll() is None
    process.kill()
    # What it had just started ends when it has loaded: on a busy machine much later.
    process.communicate(timeout=300)
    return was_running


def assert_whole(newsroom: Newsroom, site: NewsSite) -> None:
    """Every article of the site is there once, with its text, its proof and a sound file."""
    rows = newsroom.query("SELECT url, body FROM articles")
    assert len(rows) == len(site.articles), "lost or duplicated"
    expected = {f"{site.base}{path}": texts for path, texts in site.articles.items()}
    assert {url: body.split("\n\n") for url, body in rows} == expected
    without_proof = newsroom.query(
        "SELECT articles.id FROM articles WHERE NOT EXISTS (SELECT 1 FROM provenance"
        " WHERE article_id = articles.id) OR NOT EXISTS (SELECT 1 FROM revisions JOIN fetches"
        " ON fetches.id = fetch_id WHERE article_id = articles.id AND revisions.revision ="
        " articles.revision AND fetches.snapshot_digest = revisions.snapshot_digest)"
    )
    assert without_proof == []
    with Snapshots(newsroom.archive, readonly=True) as snapshots:
        for (digest,) in newsroom.query("SELECT DISTINCT snapshot_digest FROM revisions"):
            assert hashlib.sha256(snapshots.body(digest)).hexdigest() == digest
    for file in ("archive.db", "snapshots.db"):
        assert newsroom.query("PRAGMA integrity_check", file=file) == [("ok",)]
    assert newsroom.query("PRAGMA foreign_key_check") == []
    # Raises "database disk image is malformed" when index and texts differ.
    newsroom.query("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert newsroom.query("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]
    assert newsroom.query("SELECT count(*) FROM runs WHERE status = 'running'") == [(0,)]


def with_redirects_and_a_listing(site: NewsSite) -> None:
    """Each fifth article is named by an old address that redirects; a third is on a listing alone.

    What is asked again is answered 304: every answer of the site has a validator.
    """
    reply = type(site.routes["/feed.xml"])
    numbers = range(1, len(site.articles) + 1)
    named, listed = [], []
    for number in numbers:
        old, new = f"/old/{number}", f"/news/{number}"
        if number % 5 == 0:
            site.routes[old] = reply(b"", status=301, headers={"Location": f"/moved/{number}"})
            site.routes[f"/moved/{number}"] = reply(b"", status=302, headers={"Location": new})
        (listed if number % 3 == 0 else named).append(old if number % 5 == 0 else new)
    site.routes["/feed.xml"].body = site.feed(named)
    links = "".join(f"<h2><a href='{path}'>Invented story of {path}</a></h2>" for path in listed)
    page = f"<!doctype html><html><head><title>All</title></head><body>{links}</body></html>"
    site.routes["/list"] = reply(page.encode())


LISTING = """[[source.discovery]]
kind = "listing"
url = "{base}/list"
links = "h2 a"
"""


def crawl_through_kills(newsroom: Newsroom, site: NewsSite, *, kills: int, seed: int) -> None:
    with_redirects_and_a_listing(site)
    with (newsroom.folder / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(LISTING.format(base=site.base))
    rng = random.Random(seed)
    landed = 0
    while landed < kills:
        if not kill_at_random(newsroom, site, rng):
            # All was archived before the kill: publish more, so that the next one hits something.
            start = len(site.articles) + 1
            for number in range(start, start + 40):
                site.add_article(number)
            with_redirects_and_a_listing(site)
            # Lists and some pages are due: the next crawl meets what it knows, and what is new.
            newsroom.query(
                "UPDATE frontier SET not_before = '2000-01-01T00:00:00Z', run_id = NULL"
                " WHERE kind <> 'article' OR id % 25 = 0"
            )
        else:
            landed += 1
    last = newsroom.crawl("--now")
    assert last.code == 0, last.stderr
    assert_whole(newsroom, site)
    assert_redirects_are_told(newsroom, site)
    assert newsroom.query("SELECT count(*) FROM fetches WHERE ending = 'not-modified'") > [(0,)]
    # A kill costs what was in flight: at most 8 addresses of one host, asked once more each.
    articles = [path for path in site.hits if path.startswith("/news/")]
    whole = newsroom.query("SELECT count(*) FROM fetches WHERE final_url LIKE '%/news/%'")[0][0]
    assert sum(site.hits[path] for path in articles) <= whole + IN_FLIGHT * kills


# What one host has in flight at a kill: the spider holds so many of its addresses without a pause
# (PER_HASTY_HOST), and asks one at a time; an answer that was not yet committed is asked again.
IN_FLIGHT = 8


def assert_redirects_are_told(newsroom: Newsroom, site: NewsSite) -> None:
    """Both hops of each redirect stand in the provenance of the record that they led to."""
    told = set(
        newsroom.query(
            "SELECT place, articles.url FROM provenance JOIN articles"
            " ON articles.id = article_id WHERE relation = 'redirected from'"
        )
    )
    hops = {
        (f"{site.base}/{hop}/{number}", f"{site.base}/news/{number}")
        for number in range(5, len(site.articles) + 1, 5)
        for hop in ("old", "moved")
    }
    assert told == hops


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_thirty_random_kills_lose_nothing(news_site: SiteMaker, newsroom: Newsroom) -> None:
    site = news_site(250)
    newsroom.list_source(site)
    crawl_through_kills(newsroom, site, kills=30, seed=20261122)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_three_hundred_random_kills_lose_nothing(news_site: SiteMaker, newsroom: Newsroom) -> None:
    site = news_site(1500)
    newsroom.list_source(site)
    crawl_through_kills(newsroom, site, kills=300, seed=7)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_kill_at_every_step_of_a_commit_loses_nothing(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(60)
    newsroom.list_source(site)
    for failpoint in FAILPOINTS:
        assert newsroom.crawl(NEWSWARD_FAILPOINT=failpoint).code == -9, failpoint
    assert newsroom.crawl().code == 0
    assert_whole(newsroom, site)


@pytest.mark.slow
def test_a_kill_inside_a_commit_leaves_nothing_of_it_and_the_next_crawl_goes_on(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(5)
    newsroom.list_source(site)
    # The first commit is that of the feed, the second that of an article.
    assert newsroom.crawl(NEWSWARD_FAILPOINT="after record:2").code == -9
    assert newsroom.query("SELECT count(*) FROM articles") == [(0,)]
    assert newsroom.query("SELECT status FROM runs") == [("running",)]
    assert newsroom.crawl().code == 0
    assert newsroom.query("SELECT status FROM runs") == [("interrupted",), ("finished",)]
    assert_whole(newsroom, site)
