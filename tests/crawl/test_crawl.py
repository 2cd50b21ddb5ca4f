"""Real crawls of a real site: what is asked, what is kept, what is said."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from waiting import wait_for

from archive.snapshots import Snapshots

if TYPE_CHECKING:
    from conftest import Newsroom, SiteMaker


# What a host says to all crawlers, asked before its pages.
FOR_ALL_CRAWLERS = ["/robots.txt", "/.well-known/tdmrep.json"]


@pytest.mark.slow
def test_every_article_of_the_feed_is_archived_without_its_furniture(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(6)
    newsroom.list_source(site)
    crawled = newsroom.crawl()
    assert crawled.code == 0, crawled.stderr
    assert crawled.summary["pages"]["by_ending"] == {"new": 6}
    rows = newsroom.query("SELECT url, body FROM articles")
    assert {url: body.split("\n\n") for url, body in rows} == {
        site.base + path: texts for path, texts in site.articles.items()
    }
    assert site.hits == dict.fromkeys([*FOR_ALL_CRAWLERS, "/feed.xml", *site.articles], 1)


def test_a_second_crawl_asks_nothing_that_is_not_due(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(3)
    newsroom.list_source(site)
    newsroom.crawl()
    asked = site.hits.copy()
    second = newsroom.crawl()
    assert (second.code, second.summary["pages"]["total"]) == (0, 0)
    assert site.hits == asked


def test_asking_everything_again_is_answered_304_and_writes_no_article(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(3)
    newsroom.list_source(site)
    newsroom.crawl()
    site.sent.clear()
    kept = [
        *("SELECT * FROM articles", "SELECT * FROM revisions", "SELECT * FROM removals"),
        *("SELECT * FROM provenance", "SELECT * FROM article_topics", "SELECT * FROM list_rules"),
    ]
    before = [newsroom.query(rows) for rows in kept]
    bodies = newsroom.query("SELECT * FROM snapshots", file="snapshots.db")
    second = newsroom.crawl("--now")
    assert second.summary["pages"]["by_ending"] == {"not-modified": 3}
    assert second.summary["lists"]["by_ending"] == {"not-modified": 1}
    assert site.sent == {"304": 4, "200": 1, "404": 1}, "robots.txt and no tdmrep.json"
    assert [newsroom.query(rows) for rows in kept] == before
    assert newsroom.query("SELECT * FROM snapshots", file="snapshots.db") == bodies


def test_an_edited_article_becomes_a_revision_and_a_new_one_a_record(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    newsroom.list_source(site)
    newsroom.crawl()
    site.add_article(1, extra="A correction was added to this invented text.")
    site.add_article(3)
    second = newsroom.crawl("--now")
    assert second.summary["pages"]["by_ending"] == {"new": 1, "revised": 1, "not-modified": 1}
    assert newsroom.query(
        "SELECT url, revisions.revision, reason FROM revisions"
        " JOIN articles ON articles.id = article_id ORDER BY 1, 2"
    ) == [
        (f"{site.base}/news/1", 1, "first text"),
        (f"{site.base}/news/1", 2, "publisher's edit"),
        (f"{site.base}/news/2", 1, "first text"),
        (f"{site.base}/news/3", 1, "first text"),
    ]


@pytest.mark.slow
def test_a_redirect_keeps_its_provenance_and_the_record_has_the_final_address(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(1)
    site.routes["/old"] = type(site.routes["/news/1"])(
        b"", status=301, headers={"Location": "/news/1"}
    )
    site.routes["/feed.xml"].body = site.feed(["/old"])
    newsroom.list_source(site)
    assert newsroom.crawl().summary["pages"]["by_ending"] == {"new": 1}
    assert newsroom.query("SELECT url FROM articles") == [(site.base + "/news/1",)]
    assert newsroom.query("SELECT relation, place FROM provenance WHERE article_id = 1") == [
        ("feed entry", site.base + "/feed.xml"),
        ("redirected from", site.base + "/old"),
    ]


@pytest.mark.slow
def test_a_broken_feed_is_exit_3_and_the_other_source_is_crawled(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    good, bad = news_site(2), news_site(0)
    bad.routes["/feed.xml"] = type(good.routes["/feed.xml"])(b"<html><p>We moved</p></html>")
    newsroom.list_source(good, "good")
    newsroom.list_source(bad, "bad")
    crawled = newsroom.crawl()
    assert crawled.code == 3
    assert crawled.summary["sources_failed"] == ["bad"]
    assert crawled.summary["pages"]["by_ending"] == {"new": 2}
    only_bad = newsroom.crawl("bad", "--now")
    assert only_bad.code == 4


@pytest.mark.slow
def test_every_ending_is_counted_and_the_counts_add_up_to_the_links(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    reply = type(site.routes["/feed.xml"])
    site.routes["/gone"] = reply(b"gone", status=410)
    site.routes["/wall"] = reply(b"no", status=403)
    site.routes["/broken"] = reply(b"no", status=500)
    site.routes["/picture"] = reply(b"\x89PNG", content_type="image/png")
    site.routes["/away"] = reply(b"", status=302, headers={"Location": "http://elsewhere.test/"})
    site.routes["/robots.txt"] = reply(b"User-agent: *\nDisallow: /private\n", "text/plain")
    odd = ["/gone", "/wall", "/broken", "/picture", "/away", "/private/x", "/missing"]
    site.routes["/feed.xml"].body = site.feed([*site.articles, *odd])
    newsroom.list_source(site)
    crawled = newsroom.crawl()
    assert crawled.summary["pages"]["by_ending"] == {
        "new": 2,
        "http-410": 1,
        "http-403": 1,
        "http-404": 1,
        "http-5xx": 1,
        "media": 1,
        "unlisted-host": 1,
        "robots-disallowed": 1,
    }
    assert crawled.summary["pages"]["total"] == len(site.articles) + len(odd)
    assert newsroom.query("SELECT count(*) FROM fetches") == [(len(site.articles) + len(odd) + 1,)]


@pytest.mark.slow
def test_plain_scrapy_crawl_listed_does_the_same(news_site: SiteMaker, newsroom: Newsroom) -> None:

    site = news_site(2)
    newsroom.list_source(site)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "listed", "-s", "NEWSWARD_ALLOW_PRIVATE=1"],
        cwd=newsroom.folder,
        env=newsroom.environment(SCRAPY_SETTINGS_MODULE="crawler.settings"),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 pages: 2 new" in done.stdout
    assert newsroom.query("SELECT count(*) FROM articles") == [(2,)]


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_the_next_crawl_goes_on(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(30)
    newsroom.list_source(site, more="")
    text = (newsroom.folder / "sources.toml").read_text().replace("delay = 0.0", "delay = 0.2")
    (newsroom.folder / "sources.toml").write_text(text)
    process = newsroom.start()
    wait_for(lambda: site.hits.total() > 6)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 130, err
    assert '"status": "interrupted"' in out
    assert "Go on with" not in out
    assert newsroom.query("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]
    kept = newsroom.query("SELECT count(*) FROM articles")[0][0]
    assert 0 < kept < 30
    (newsroom.folder / "sources.toml").write_text(text.replace("delay = 0.2", "delay = 0.0"))
    assert newsroom.crawl().code == 0
    assert newsroom.query("SELECT count(*) FROM articles") == [(30,)]
    assert max(site.hits[path] for path in site.articles) == 1, "nothing was fetched twice"


@pytest.mark.slow
def test_a_second_crawl_at_the_same_time_says_so_and_exits_with_5(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(20)
    newsroom.list_source(site)
    text = (newsroom.folder / "sources.toml").read_text().replace("delay = 0.0", "delay = 0.3")
    (newsroom.folder / "sources.toml").write_text(text)
    first = newsroom.start()
    wait_for(lambda: site.hits.total() > 3)
    second = newsroom.crawl()
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=300)
    assert second.code == 5
    assert "another crawl is writing to it" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.slow
def test_every_snapshot_named_by_a_record_is_there_byte_for_byte(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:

    site = news_site(3)
    newsroom.list_source(site)
    newsroom.crawl()
    with Snapshots(newsroom.archive, readonly=True) as snapshots:
        for url, digest in newsroom.query(
            "SELECT url, snapshot_digest FROM revisions JOIN articles ON articles.id = article_id"
        ):
            body = snapshots.body(digest)
            assert hashlib.sha256(body).hexdigest() == digest
            assert body == site.routes[url.removeprefix(site.base)].body


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nosuch", "invented,nosuch"])
def test_an_unknown_source_is_a_usage_error_that_names_it(
    name: str, news_site: SiteMaker, newsroom: Newsroom
) -> None:
    newsroom.list_source(news_site(1))
    crawled = newsroom.crawl(*name.split(","))
    assert crawled.code == 2
    assert "there is no source nosuch" in crawled.stderr
    assert not newsroom.archive.exists()


@pytest.mark.slow
def test_publishers_see_the_contact_of_the_list_unless_a_nearer_one_is_told(
    newsroom: Newsroom, news_site: SiteMaker
) -> None:
    site = news_site(1)
    (newsroom.folder / "sources.toml").write_text('contact = "mailto:lead@school.example"\n')
    newsroom.list_source(site)

    def names() -> set[str]:
        seen = {agent.removeprefix(f"newsward/{version('newsward')} ") for agent in site.agents}
        site.agents.clear()
        return seen

    newsroom.crawl()
    assert names() == {"(+mailto:lead@school.example)"}
    newsroom.scrapy(NEWSWARD_ALLOW_PRIVATE=True, NEWSWARD_EVERYTHING=True, DOWNLOAD_DELAY=0)
    assert names() == {"(+mailto:lead@school.example)"}
    newsroom.crawl("--now", NEWSWARD_CONTACT="https://near.example/")
    assert names() == {"(+https://near.example/)"}
    newsroom.run("source", "test", f"{site.base}/", "--allow-private")
    assert names() == {"(+mailto:lead@school.example)"}
