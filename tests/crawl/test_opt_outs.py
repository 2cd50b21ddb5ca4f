"""Who allows no copy gets a link: nothing of the text is in any byte of the archive."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from archive.snapshots import Snapshots

if TYPE_CHECKING:
    from conftest import Newsroom, NewsSite, Reply, SiteMaker

# Whole crawls.
pytestmark = pytest.mark.slow

META = b"<meta name='robots' content='noarchive'></head>"


def with_meta(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b"</head>", META))


def all_bytes(newsroom: Newsroom) -> bytes:
    """Every byte of both files and their logs, and every kept body unpacked."""
    with Snapshots(newsroom.archive, readonly=True) as snapshots:
        bodies = [snapshots.body(digest) for digest in snapshots.digests()]
    return b"\n".join([*(file.read_bytes() for file in newsroom.folder.glob("*.db*")), *bodies])


def sentences_kept(newsroom: Newsroom, site: NewsSite, path: str) -> list[str]:
    found = all_bytes(newsroom)
    return [text for text in site.articles[path] if text.encode() in found]


def records(newsroom: Newsroom) -> list[tuple[object, ...]]:
    return newsroom.query("SELECT title, kind, word_count FROM articles ORDER BY title")


def number_of(newsroom: Newsroom, url: str) -> int:
    ((number,),) = newsroom.query("SELECT id FROM articles WHERE url = ?", url)
    return int(number)


def verified(newsroom: Newsroom) -> None:
    done = newsroom.run("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_pages_that_reserve_their_text_in_any_of_five_ways_are_kept_as_links(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(6)
    pages = site.routes
    pages["/news/1"] = with_meta(pages["/news/1"])
    pages["/news/2"].headers = {"X-Robots-Tag": "noarchive"}
    pages["/news/3"].headers = {"TDM-Reservation": "1"}
    rules = [{"location": "/news/4", "tdm-reservation": 1}]
    pages["/.well-known/tdmrep.json"] = replace(
        pages["/robots.txt"], body=json.dumps(rules).encode(), content_type="application/json"
    )
    sold = b'<script type="application/ld+json">{"@type": "NewsArticle",'
    sold += b' "headline": "Invented story number 5", "isAccessibleForFree": false}</script></head>'
    pages["/news/5"].body = pages["/news/5"].body.replace(b"</head>", sold)
    newsroom.list_source(site)
    crawled = newsroom.crawl()
    assert crawled.code == 0, crawled.stderr
    assert crawled.summary["pages"]["by_ending"] == {"new": 1, "linked": 5}
    assert records(newsroom)[:5] == [
        (f"Invented story number {number}", "link", 0) for number in range(1, 6)
    ]
    for number in range(1, 6):
        kept = sentences_kept(newsroom, site, f"/news/{number}")
        assert kept == [], number
    assert sentences_kept(newsroom, site, "/news/6") == site.articles["/news/6"]
    of_links = "SELECT count(*) FROM removals JOIN articles ON articles.id = article_id"
    assert newsroom.query(f"{of_links} WHERE kind = 'link'") == [(0,)]
    reserved = newsroom.query("SELECT reserved FROM rights WHERE reserved NOT NULL ORDER BY 1")
    assert reserved == [
        ("isAccessibleForFree: false (page)",),
        ("noarchive (header)",),
        ("noarchive (page)",),
        ("tdm-reservation (header)",),
        ("tdm-reservation (tdmrep.json: /news/4)",),
    ]
    second = newsroom.crawl("--now")
    assert second.summary["pages"]["by_group"]["new"] == 0, "a link is asked conditionally too"
    verified(newsroom)


def test_a_record_whose_page_reserves_its_text_later_loses_every_text_that_it_had(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    newsroom.list_source(site)
    newsroom.crawl()
    number = number_of(newsroom, f"{site.base}/news/1")
    assert sentences_kept(newsroom, site, "/news/1") == site.articles["/news/1"]
    site.routes["/news/1"] = with_meta(site.routes["/news/1"])
    crawled = newsroom.crawl("--now")
    assert crawled.summary["pages"]["by_ending"] == {"reserved": 1, "not-modified": 1}
    assert sentences_kept(newsroom, site, "/news/1") == []
    assert records(newsroom)[0] == ("Invented story number 1", "link", 0)
    texts = newsroom.query("SELECT revision, body FROM revisions WHERE article_id = ?", number)
    assert texts == [(1, ""), (2, "")]
    assert newsroom.query("SELECT action, decided_by FROM redactions") == [
        ("phrase", "the publisher: noarchive (page)")
    ]
    verified(newsroom)
    shown = newsroom.run("show", str(number), "--provenance")
    assert shown.returncode == 0, shown.stderr
    assert "noarchive" in shown.stdout
    site.add_article(1)
    assert newsroom.crawl("--now").summary["pages"]["by_ending"] == {
        "revised": 1,
        "not-modified": 1,
    }
    assert records(newsroom)[0][1:] == ("article", len(" ".join(site.articles["/news/1"]).split()))
    verified(newsroom)


def test_of_a_link_only_source_no_page_is_asked_and_no_body_kept(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(3)
    texts = "".join(f"<description>{' '.join(t)}</description>" for t in site.articles.values())
    feed = site.routes["/feed.xml"]
    feed.body = feed.body.replace(b"</item>", texts.encode() + b"</item>", 1)
    newsroom.list_source(site, more="link_only = true\n")
    assert newsroom.crawl().code == 0
    assert {path for path in site.hits if path.startswith("/news/")} == set()
    assert records(newsroom) == [(f"Entry /news/{number}", "link", 0) for number in (1, 2, 3)]
    assert newsroom.query("SELECT DISTINCT extractor FROM revisions") == [("newsward link 1",)]
    assert newsroom.query("SELECT place FROM provenance WHERE article_id = 2") == [
        (site.base + "/feed.xml",)
    ]
    for path in site.articles:
        assert sentences_kept(newsroom, site, path) == []
    again = newsroom.crawl("--now")
    assert again.code == 0
    assert again.summary["pages"]["total"] == 0
    assert len(records(newsroom)) == 3
    shown = newsroom.run("show", "2")
    assert "only title, date and link are kept" in shown.stdout
    verified(newsroom)


def relist(newsroom: Newsroom, site: NewsSite, more: str = "") -> None:
    """Write the list of sources anew."""
    (newsroom.folder / "sources.toml").unlink()
    newsroom.list_source(site, more=more)


def test_a_source_that_turns_to_links_keeps_its_texts_until_a_person_takes_them_back(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    newsroom.list_source(site)
    newsroom.crawl()
    refused = newsroom.run("source", "withdraw", "invented", "--by", "Invented desk")
    assert refused.returncode == 2
    assert "not listed with link_only = true" in refused.stderr
    relist(newsroom, site, "link_only = true\n")
    crawled = newsroom.crawl("--now")
    said = "invented keeps links only now, and the texts of 2 records are still there."
    assert said in crawled.stderr
    assert sentences_kept(newsroom, site, "/news/1") == site.articles["/news/1"]
    told = newsroom.run("source", "withdraw", "invented", "--dry-run")
    assert "2 records would be links now" in told.stderr
    done = newsroom.run("source", "withdraw", "invented", "--by", "Invented desk", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["records"] == 2
    for path in site.articles:
        assert sentences_kept(newsroom, site, path) == []
    assert {row[1:] for row in records(newsroom)} == {("link", 0)}
    verified(newsroom)
    quiet = newsroom.crawl("--now")
    assert "keeps links only" not in quiet.stderr
    assert sentences_kept(newsroom, site, "/news/1") == []
    relist(newsroom, site)
    newsroom.crawl("--now")
    assert sentences_kept(newsroom, site, "/news/1") == site.articles["/news/1"]
    verified(newsroom)


def test_a_page_that_is_gone_for_good_takes_its_record_out_of_sight_until_someone_decides(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    newsroom.list_source(site)
    newsroom.crawl()
    number = number_of(newsroom, f"{site.base}/news/1")
    site.routes["/news/1"] = replace(site.routes["/news/1"], status=410, body=b"gone")
    assert newsroom.crawl("--now").summary["pages"]["by_ending"] == {
        "not-modified": 1,
        "http-410": 1,
    }
    assert [row[0] for row in records(newsroom)] == ["Invented story number 2"]
    shown = newsroom.run("show", str(number))
    assert shown.returncode == 2
    assert "restricted" in shown.stderr
    assert newsroom.query("SELECT action, decided_by, article_id FROM redactions") == [
        ("restrict", "the publisher: HTTP 410", number)
    ]
    verified(newsroom)
    back = newsroom.run(
        "redact", str(number), "--release", "--reason", "error", "--by", "Invented desk"
    )
    assert back.returncode == 0, back.stderr
    assert len(records(newsroom)) == 2
    verified(newsroom)


def test_a_name_that_an_edit_takes_out_goes_out_of_every_text_before_it(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(1)
    site.add_article(1, extra="Invented Marla Quillon was counted by the school.")
    newsroom.list_source(site)
    newsroom.crawl()
    assert b"Quillon" in all_bytes(newsroom)
    site.add_article(1, extra="An invented pupil was counted by the school.")
    assert newsroom.crawl("--now").summary["pages"]["by_ending"] == {"revised": 1}
    assert b"Quillon" not in all_bytes(newsroom)
    bodies = [body for (body,) in newsroom.query("SELECT body FROM revisions ORDER BY id")]
    assert "[redacted] was counted" in bodies[0]
    assert "An invented pupil was counted" in bodies[1]
    assert newsroom.query("SELECT action, reason, decided_by FROM redactions") == [
        ("phrase", "privacy", "the publisher: a name was taken out")
    ]
    verified(newsroom)
    site.add_article(1, extra="Another invented correction.")
    assert newsroom.crawl("--now").summary["pages"]["by_ending"] == {"revised": 1}
