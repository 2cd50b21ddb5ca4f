"""Troubles of a source that the week of `test_week.py` does not meet, each in real crawls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from polling import polls, problems

if TYPE_CHECKING:
    from conftest import Newsroom, NewsSite, Reply, SiteMaker

FIRST = datetime(2026, 11, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)
SHELL = b"<!doctype html><html><head><title>Invented</title></head><body><div id='root'></div>"
SHELL += b"<script src='/app.js'></script><noscript>Enable JavaScript</noscript></body></html>"
ENTITIES = b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>'
LISTING = "<html><body><h1>News</h1>{}</body></html>"


def changed(site: NewsSite, path: str, **changes: Any) -> None:  # noqa: ANN401 - the fields of a Reply
    """From now on a path is answered so."""
    usual = site.routes.get(path, site.routes["/robots.txt"])
    assert not callable(usual)
    site.routes[path] = replace(usual, **changes)


def leads_elsewhere(site: NewsSite) -> None:
    elsewhere = site.base.replace("127.0.0.1", "elsewhere.localhost")
    changed(site, "/feed.xml", status=302, body=b"", headers={"Location": f"{elsewhere}/feed"})


def more_articles(site: NewsSite, count: int, **changes: Any) -> None:  # noqa: ANN401 - as above
    """New articles, all answered so."""
    for number in range(500, 500 + count):
        path = site.add_article(number)
        changed(site, path, **changes)


def more_junk(site: NewsSite, count: int) -> None:
    """New articles, with calls to subscribe as long as the article itself."""
    for number in range(500, 500 + count):
        path = site.add_article(number)
        page: Reply = site.routes[path]  # type: ignore[assignment]  # as add_article makes it
        calls = "".join(
            f"<p>Sign up to our newsletter to get invented news {number}-{call} of pupils, parents"
            " and schools before anyone else, each morning.</p>"
            for call in range(14)
        )
        body = page.body.replace(b"</article>", calls.encode() + b"</article>")
        site.routes[path] = replace(page, body=body)


def listed_as(site: NewsSite, box: str) -> None:
    links = "".join(
        f'<{box} class="story"><a href="{path}">{path}</a></{box}>' for path in site.articles
    )
    changed(site, "/news", body=LISTING.format(links).encode(), content_type="text/html")


GOES_WRONG = {
    "leaves": leads_elsewhere,
    "broken": lambda site: changed(site, "/feed.xml", body=ENTITIES),
    "empties": lambda site: changed(site, "/feed.xml", body=site.feed([])),
    "no-robots": lambda site: changed(site, "/robots.txt", status=500),
    "too-busy": lambda site: changed(site, "/feed.xml", status=429, body=b"later"),
    "relaid": lambda site: listed_as(site, "section"),
    "walled": lambda site: more_articles(site, 6, status=403, body=b"no"),
    "shells": lambda site: more_articles(site, 6, body=SHELL),
    "junky": lambda site: more_junk(site, 10),
}
PAGES = {"walled": "pages-refused !", "shells": "pages-empty !", "junky": "junk !"}
LISTS = {
    "leaves": "moved-away",
    "broken": "unreadable",
    "relaid": "layout",
    "empties": "empty",
    "too-busy": "refused",
    "no-robots": "robots-away",
}
CALLED = {name: f"{problem} !" for name, problem in LISTS.items()}
# Days since the first crawl. For a day a copy of robots.txt stands in; what a server says on
# purpose is believed after twenty hours, what may pass by itself after three days.
SAID: dict[float, dict[str, str]] = {
    0: {},
    1: {name: said for name, said in LISTS.items() if name != "no-robots"} | PAGES,
    2.2: LISTS | PAGES | {name: CALLED[name] for name in ("leaves", "broken", "relaid")},
    5.5: CALLED | PAGES,
}


def list_of_links(newsroom: Newsroom, site: NewsSite, name: str) -> None:
    """List a source that is read off its page of news, by a rule."""
    path = newsroom.folder / "sources.toml"
    newsroom.list_source(site, name)
    feed = f'kind = "feed"\nurl = "{site.base}/feed.xml"\n'
    page = f'kind = "listing"\nurl = "{site.base}/news"\nlinks = "li.story a"\n'
    path.write_text(path.read_text("utf-8").replace(feed, page), "utf-8")


@pytest.mark.slow
@pytest.mark.timeout(600)  # four crawls of nine sites, on a machine that may be busy with others
def test_what_else_can_be_wrong_with_a_source_is_told_by_its_name(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    sites = {name: news_site(10 if name == "junky" else 1) for name in GOES_WRONG}
    for name, site in sites.items():
        if name != "relaid":
            newsroom.list_source(site, name)
    listed_as(sites["relaid"], "li")
    list_of_links(newsroom, sites["relaid"], "relaid")
    told = {}
    with polls(newsroom) as crawls:
        for day in SAID:
            if day == 1:
                for name, goes_wrong in GOES_WRONG.items():
                    goes_wrong(sites[name])
            told[day] = crawls.at(FIRST + day * DAY)
    assert {day: problems(one) for day, one in told.items()} == SAID
    shares = {one["source"]: one for one in told[5.5]["sources"]}
    assert shares["shells"]["empty_share"] > 0.7
    assert shares["walled"]["refused_share"] > 0.7
    assert shares["junky"]["junk_share"] > 0.3
    (junk,) = shares["junky"]["findings"]
    assert junk["next"] == "See what they take: newsward audit --source junky"
