"""Addresses that a person added, in a crawl of a site that never names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.verify import Verification

if TYPE_CHECKING:
    from conftest import Newsroom, SiteMaker


@pytest.mark.slow
def test_an_address_added_by_hand_becomes_a_record_that_says_so(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(4)
    newsroom.list_source(site)
    site.routes["/feed.xml"].body = site.feed(["/news/1"])
    site.routes["/robots.txt"].body = b"User-agent: *\nDisallow: /news/3\n"
    page = site.routes["/news/4"]
    page.body = page.body.replace(b"<head>", b"<head><meta name='robots' content='noarchive'>")
    urls = [f"{site.base}/news/{number}" for number in (2, 3, 4)]
    added = newsroom.run("add", *urls, "--by", "The invented desk", "--allow-private")
    assert added.returncode == 0, added.stderr
    assert added.stdout.splitlines() == [f"{url}: added, an article of invented" for url in urls]
    assert "these 3 are with the next `newsward crawl`" in added.stderr
    assert site.hits.total() == 0, "to add is not to fetch"
    assert newsroom.crawl().code == 0
    records = newsroom.query("SELECT url, kind, word_count > 0 FROM articles ORDER BY url")
    assert records == [
        (f"{site.base}/news/1", "article", 1),
        (urls[0], "article", 1),
        (urls[2], "link", 0),
    ]
    assert site.hits["/news/3"] == 0, "robots.txt holds for what people add, too"
    shown = newsroom.run("show", urls[0], "--provenance").stdout
    ((day,),) = newsroom.query(
        "SELECT DISTINCT substr(seen_at, 9, 2) FROM provenance WHERE relation = 'by hand'"
    )
    (found,) = [line.strip() for line in shown.splitlines() if "by hand" in line]
    assert found.startswith(f"Added by hand on {int(day)} ")
    assert found.endswith(" by The invented desk, for Invented.")
    again = newsroom.run("add", *urls[:2], "--allow-private").stdout.splitlines()
    assert again[0].startswith(f"{urls[0]}: known, record ")
    assert again[1].startswith(f"{urls[1]}: known, it ended as robots-disallowed on ")
    with Verification(newsroom.archive) as verification:
        assert list(verification.faults()) == []
