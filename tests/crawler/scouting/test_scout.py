"""Autodiscovery on sites of every kind."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from scouted_site import Route

from archive.endings import Ending
from archive.records import LinkKind
from crawler.scouting.report import Report, Worth
from crawler.scouting.scout import FEED_PATHS, MOST_ASKED, SITEMAP_PATHS

if TYPE_CHECKING:
    from collections.abc import Callable

    from scouted_site import Site

HOME = (
    "<html lang='en-GB'><head><title>News | Invented Post</title>{head}</head><body>{body}</body>"
)


def listing(count: int = 8) -> str:
    return "<main>" + "".join(
        f"<article><h2><a href='/news/story-{n}'>Invented story number {n} about phones</a></h2>"
        f"<time datetime='2026-11-{n + 1:02d}'>then</time></article>"
        for n in range(count)
    )


def declared(path: str, title: str = "News") -> str:
    return f"<link rel='alternate' type='application/rss+xml' title='{title}' href='{path}'>"


def sitemap(site: Site, links: list[str], *, news: bool) -> str:
    space = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
    more = "<news:news><news:title>Invented title here</news:title></news:news>" if news else ""
    rows = "".join(f"<url><loc>{site.base}{link}</loc>{more}</url>" for link in links)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' {space}>{rows}</urlset>"


def found(report: Report) -> dict[str, str]:
    return {offer.what: offer.how for offer in report.offers}


def best_path(report: Report, site: Site) -> str | None:
    return report.best.url.removeprefix(site.base) if report.best else None


@pytest.fixture
def articles(site: Site) -> list[str]:
    return [site.article(number) for number in range(8)]


def test_a_feed_that_the_page_declares_is_found_and_nothing_is_guessed(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    site.page("/", HOME.format(head=declared("/my/feed"), body=listing()))
    site.feed("/my/feed", articles)
    report = scout("/")
    assert best_path(report, site) == "/my/feed"
    assert found(report) == {"listing": "the address itself", "feed": "link rel=alternate"}
    assert not {*FEED_PATHS, *SITEMAP_PATHS} & site.hits.keys()
    assert max(site.hits.values()) == 1, "nothing is asked twice"
    assert (report.site_name, report.title, report.language) == (
        None,
        "News | Invented Post",
        "en-GB",
    )


def test_three_articles_are_read_as_a_crawl_would_read_them(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    site.page("/", HOME.format(head=declared("/feed"), body=""))
    site.feed("/feed", [articles[0], "/news/gone", articles[2], articles[3]])
    report = scout("/")
    assert [sample.ending for sample in report.samples] == ["article", "http-404", "article"]
    assert report.readable == 2
    first = report.samples[0]
    assert first.title == "Invented story number 0 about phones"
    assert (first.published or "").startswith("2026-11-20")
    assert first.words > 200
    assert (first.begins or "").startswith("In invented case 0-0 the school asked 3 families")


def test_a_feed_of_comments_and_a_feed_of_other_sites_are_not_the_ones_to_list(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    head = declared("/comments/feed/", "Comments") + declared("/redirects") + declared("/real")
    site.page("/", HOME.format(head=head, body=""))
    site.feed("/comments/feed/", [f"{path}#comment-1" for path in articles])
    site.feed("/redirects", ["https://elsewhere.example/rd?u=1"])
    site.feed("/real", articles)
    report = scout("/")
    assert best_path(report, site) == "/real"
    assert {offer.what for offer in report.offers} == {
        "web page",
        "feed",
        "feed of comments",
        "feed that leads to other sites only",
    }


def test_a_feed_that_was_forgotten_gives_way_to_a_listing_that_lives(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    site.page("/", HOME.format(head=declared("/feed"), body=listing()))
    site.feed("/feed", articles, date="Fri, 20 Nov 2020 09:00:00 GMT")
    report = scout("/")
    assert report.best is not None
    assert report.best.kind is LinkKind.LISTING
    assert "feed without news for a year" in found(report)


def test_a_listing_without_any_feed_is_offered_with_how_sure_it_is_and_a_pattern(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    more = "<a href='/news?page=2'>Older posts</a>"
    site.page("/news", HOME.format(head="", body=listing() + more))
    report = scout("/news")
    best = report.best
    assert best is not None
    assert (best.worth, best.kind, best.count) == (Worth.SURE_LISTING, LinkKind.LISTING, 8)
    assert best.sureness is not None
    assert best.sureness.is_sure
    assert best.pattern == "/news/[^/?#]+/?$"
    assert best.next_page == f"{site.base}/news?page=2"
    assert report.readable == 3
    assert site.hits.keys() >= {*FEED_PATHS, *SITEMAP_PATHS, "/news/feed/"}
    assert articles


def test_the_sitemaps_that_robots_txt_names_are_asked_those_of_news_first(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    site.routes["/robots.txt"] = Route(
        f"User-agent: *\nCrawl-delay: 7\nSitemap: {site.base}/all.xml\n"
        f"Sitemap: {site.base}/index-news.xml\n".encode(),
        "text/plain",
    )
    site.page("/", HOME.format(head="", body="<p>Welcome.</p>"))
    site.xml("/all.xml", sitemap(site, ["/a", "/b", *articles], news=False))
    site.xml(
        "/index-news.xml",
        f"<sitemapindex><sitemap><loc>{site.base}/news-1.xml.gz</loc></sitemap>"
        f"<sitemap><loc>{site.base}/pages.xml</loc></sitemap></sitemapindex>",
    )
    packed = gzip.compress(sitemap(site, articles, news=True).encode())
    site.routes["/news-1.xml.gz"] = Route(packed, "application/gzip")
    report = scout("/")
    assert best_path(report, site) == "/news-1.xml.gz"
    assert report.crawl_delay == 7
    assert found(report) == {
        "web page": "the address itself",
        "index of sitemaps": "robots.txt",
        "news sitemap": f"robots.txt, by way of {site.base}/index-news.xml",
        "sitemap": "robots.txt",
    }
    assert "/pages.xml" not in site.hits
    assert report.readable == 3


def test_the_address_may_be_the_feed_or_the_sitemap_itself(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    site.page("/", HOME.format(head="<meta property='og:site_name' content='The Post'>", body=""))
    site.feed("/strange", articles)
    site.xml("/map", sitemap(site, articles, news=True))
    by_feed, by_sitemap = scout("/strange"), scout("/map")
    assert best_path(by_feed, site) == "/strange"
    assert best_path(by_sitemap, site) == "/map"
    assert by_feed.site_name == by_sitemap.site_name == "The Post"


def test_usual_addresses_are_tried_when_nothing_is_said(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    site.page("/", HOME.format(head="", body=""))
    site.feed("/rss.xml", articles)
    report = scout("/")
    assert best_path(report, site) == "/rss.xml"
    assert found(report)["feed"] == "a usual address"
    assert "/atom.xml" not in site.hits


def test_robots_txt_is_obeyed_and_its_decision_is_told(
    site: Site, scout: Callable[[str], Report], articles: list[str]
) -> None:
    site.routes["/robots.txt"] = Route(b"User-agent: *\nDisallow: /news\n", "text/plain")
    site.page("/news", HOME.format(head="", body=listing()))
    site.feed("/feed/", articles)
    report = scout("/news")
    assert report.robots == "asks us not to read this address"
    assert "/news" not in site.hits
    assert [sample.ending for sample in report.samples] == ["robots-disallowed"] * 3


@pytest.mark.parametrize(
    ("status", "ending"), [(403, Ending.HTTP_403), (429, Ending.HTTP_429), (500, Ending.HTTP_5XX)]
)
def test_a_site_that_refuses_is_left_alone(
    site: Site, scout: Callable[[str], Report], status: int, ending: Ending
) -> None:
    site.routes["/"] = Route(b"<h1>No</h1>", status=status)
    report = scout("/")
    assert report.best is None
    assert report.problem is not None
    assert report.problem.ending is ending
    assert site.hits.keys() == {"/robots.txt", "/"}


def test_a_site_that_does_not_answer_is_named_as_such(scout: Callable[[str], Report]) -> None:
    report = scout("http://127.0.0.1:9/")
    assert report.problem is not None
    assert report.problem.ending is Ending.CONNECTION
    assert report.offers == ()


def test_every_wish_not_to_be_kept_is_told_with_where_it_stands(
    site: Site, scout: Callable[[str], Report]
) -> None:
    paths = [
        site.article(1, "<meta name='robots' content='noarchive, noai'>"),
        site.article(2, **{"X-Robots-Tag": "noarchive", "tdm-reservation": "1"}),
        site.article(
            3,
            '<script type=\'application/ld+json\'>{"@context": "https://schema.org",'
            '"@type": "NewsArticle", "isAccessibleForFree": false}</script>',
        ),
    ]
    site.page("/", HOME.format(head=declared("/feed"), body=""), **{"X-Robots-Tag": "noai"})
    site.feed("/feed", paths)
    site.routes["/.well-known/tdmrep.json"] = Route(
        b'[{"location": "/", "tdm-reservation": 1}]', "application/json"
    )
    said = set(scout("/").opt_outs)
    assert said >= {
        "noarchive (an article)",
        "noai (an article)",
        "X-Robots-Tag: noarchive (an article)",
        "tdm-reservation header (an article)",
        "isAccessibleForFree: false (an article)",
        "tdm-reservation of / (/.well-known/tdmrep.json)",
    }


def test_a_page_with_a_hundred_feeds_does_not_make_us_ask_for_ever(
    site: Site, scout: Callable[[str], Report]
) -> None:
    head = "".join(declared(f"/tag/{n}/feed") for n in range(100))
    site.page("/", HOME.format(head=head, body=""))
    assert scout("/").best is None
    asked = sum(site.hits.values()) - site.hits["/robots.txt"]
    assert asked <= MOST_ASKED + 1
    assert sum(path.startswith("/tag/") for path in site.hits) == 4


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"{]", b"<" * 5000])
def test_whatever_comes_there_is_a_report(
    site: Site, scout: Callable[[str], Report], body: bytes
) -> None:
    site.routes["/"] = Route(body)
    report = scout("/")
    assert report.best is None
    assert report.problem is not None
