"""Real crawls of hosts that ask for a pause, fail, or do not answer; and of what is due."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from crawler.hosts import DEAD_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Newsroom, NewsSite, Reply, SiteMaker

# Whole crawls.
pytestmark = pytest.mark.slow

LONG_AGO = "2000-01-01T00:00:00Z"


def busy(reply: Reply, status: int, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(reply, status=status, body=b"busy", headers=named)


def pages_asked(site: NewsSite) -> int:
    return sum(count for path, count in site.hits.items() if path.startswith("/news/"))


def make_due(newsroom: Newsroom) -> None:
    newsroom.query("UPDATE frontier SET not_before = ? WHERE state = 'waiting'", LONG_AGO)


def test_a_host_that_asks_for_an_hour_is_left_alone_from_that_answer_on(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(9)
    # As a date here, as seconds below: RFC 9110 knows both.
    until = formatdate(time.time() + 3600, usegmt=True)
    for path in site.articles:
        site.routes[path] = busy(site.routes[path], 429, Retry_After=until)
    newsroom.list_source(site)
    newsroom.crawl()
    assert pages_asked(site) == 1, "not even those that were already in hand were asked"
    asked = site.hits.copy()
    make_due(newsroom)
    newsroom.crawl()
    assert site.hits == asked, "neither by the next crawl"
    ((noted, rests),) = newsroom.query("SELECT until, rests FROM hosts")
    late = parsedate_to_datetime(until) - datetime.fromisoformat(noted)
    # A Retry-After that is a date is kept as what is left until then, on a whole second.
    assert abs(late.total_seconds()) <= 2
    assert rests == 1
    endings = dict(newsroom.query("SELECT ending, count(*) FROM fetches GROUP BY 1"))
    assert endings.pop("host-rests", 0) <= 7
    assert endings == {"read": 1, "http-429": 1}


def test_a_short_pause_is_waited_out_in_the_crawl_itself(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(3)
    site.routes["/news/1"] = busy(site.routes["/news/1"], 503, Retry_After="1")
    newsroom.list_source(site)
    crawled = newsroom.crawl()
    assert crawled.summary["pages"]["by_ending"] == {"new": 2, "http-5xx": 1}
    assert crawled.summary["seconds"] >= 1
    assert site.hits["/news/1"] == 1, "a 503 is not tried again at once"


def test_the_delay_begins_when_a_slow_host_has_answered(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(4)
    arrived, answered = [], []

    def slowly(reply: Reply) -> Callable[[dict[str, str]], Reply]:
        def answer(_headers: dict[str, str]) -> Reply:
            arrived.append(time.monotonic())
            time.sleep(0.5)  # longer than the delay
            answered.append(time.monotonic())
            return reply

        return answer

    for path in site.articles:
        site.routes[path] = slowly(site.routes[path])
    newsroom.list_source(site)
    listed = newsroom.folder / "sources.toml"
    listed.write_text(listed.read_text().replace("delay = 0.0", "delay = 0.3"))
    assert newsroom.crawl().summary["pages"]["by_ending"] == {"new": 4}
    pauses = [later - sooner for sooner, later in zip(answered, arrived[1:], strict=False)]
    assert len(pauses) == 3
    assert min(pauses) >= 0.3, "seen by the server, however busy this machine is"


def test_a_host_that_does_not_answer_is_given_up_after_a_few_addresses(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(20)
    newsroom.list_source(site)
    newsroom.crawl()
    for number in range(30, 60):
        site.add_article(number)
    newsroom.query("UPDATE frontier SET not_before = ? WHERE kind = 'feed'", LONG_AGO)
    for path in site.articles:
        site.raw[path] = lambda _: None
    crawled = newsroom.crawl()
    # One that is to be tried again at once may find its host at rest by then.
    by_ending = crawled.summary["pages"]["by_ending"]
    assert set(by_ending) <= {"connection", "host-rests"}
    assert by_ending.get("connection", 0) <= DEAD_AFTER
    assert crawled.summary["pages"]["total"] < 30
    state = newsroom.query("SELECT failures, rests, reason FROM hosts")
    assert state[0][:2] == (DEAD_AFTER - 1, 1)
    assert "no answer" in state[0][2]
    # The rest has passed and the host is back: all is asked, nothing is remembered.
    site.raw.clear()
    newsroom.query("UPDATE hosts SET until = ?", LONG_AGO)
    make_due(newsroom)
    assert newsroom.crawl().summary["pages"]["by_ending"]["new"] == 30
    assert newsroom.query("SELECT count(*) FROM hosts") == [(0,)]


def test_a_port_nobody_listens_on_costs_one_question(newsroom: Newsroom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    feeds = "".join(
        f'[[source.discovery]]\nkind = "feed"\nurl = "http://127.0.0.1:{port}/{number}"\n'
        for number in range(DEAD_AFTER * 4)
    )
    head = f'[[source]]\nid = "dead"\nname = "Dead"\nhomepage = "http://127.0.0.1:{port}/"\n'
    (newsroom.folder / "sources.toml").write_text(head + feeds)
    assert newsroom.crawl().code == 4
    endings = dict(newsroom.query("SELECT ending, count(*) FROM fetches GROUP BY 1"))
    assert sum(endings.values()) < DEAD_AFTER * 4


def test_a_second_crawl_asks_the_feed_that_is_due_and_nothing_else(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(5)
    newsroom.list_source(site)
    newsroom.crawl()
    first = site.hits.copy()
    newsroom.query("UPDATE frontier SET not_before = ? WHERE kind = 'feed'", LONG_AGO)
    crawled = newsroom.crawl()
    assert site.hits - first == {"/feed.xml": 1}, "the copy of robots.txt is young"
    assert crawled.summary["lists"]["by_ending"] == {"not-modified": 1}
    assert crawled.summary["pages"]["total"] == 0


def test_robots_txt_that_cannot_be_read_is_stood_in_for_by_the_copy_of_a_day(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    site.routes["/robots.txt"].body = b"User-agent: *\nDisallow: /news/2\n"
    newsroom.list_source(site)
    newsroom.crawl()
    site.routes["/robots.txt"] = replace(site.routes["/robots.txt"], status=500)
    assert newsroom.crawl("--now").summary["pages"]["by_ending"] == {
        "not-modified": 1,
        "robots-disallowed": 1,
    }
    newsroom.query("UPDATE site_files SET fetched_at = ?", LONG_AGO)
    assert newsroom.crawl("--now").summary["pages"]["by_ending"] == {"robots-unavailable": 2}


def test_a_304_that_lies_is_found_out_when_the_last_whole_body_is_a_week_old(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(1)
    newsroom.list_source(site)
    newsroom.crawl()
    site.add_article(2)
    truth = site.routes["/feed.xml"]
    lie = replace(truth, status=304, body=b"")
    site.routes["/feed.xml"] = lambda headers: lie if "If-None-Match" in headers else truth
    assert newsroom.crawl("--now").summary["lists"]["by_ending"] == {"not-modified": 1}
    assert newsroom.query("SELECT count(*) FROM articles") == [(1,)]
    newsroom.query("UPDATE fetches SET fetched_at = ? WHERE status = 200", LONG_AGO)
    assert newsroom.crawl("--now").summary["lists"]["by_ending"] == {"read": 1}
    assert newsroom.query("SELECT count(*) FROM articles") == [(2,)]


def test_whatever_cache_control_says_the_server_is_asked_conditionally(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    controls = ["no-cache", "max-age=600", "max-age=0, must-revalidate"]
    for path, control in zip(("/feed.xml", "/news/1", "/news/2"), controls, strict=True):
        site.routes[path].headers = {"Cache-Control": control}
    newsroom.list_source(site)
    newsroom.crawl()
    site.sent.clear()
    newsroom.crawl("--now")
    assert site.sent["304"] == 3


def test_a_server_error_is_told_as_one_and_leaves_validators_and_record_as_they_were(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(1)
    newsroom.list_source(site)
    newsroom.crawl()
    kept = "SELECT etag, snapshot_digest FROM frontier ORDER BY id"
    before = newsroom.query(kept), newsroom.query("SELECT * FROM articles")
    good = dict(site.routes)
    for path in ("/feed.xml", "/news/1"):
        site.routes[path] = replace(good[path], status=500, body=b"oops", headers={"ETag": '"no"'})
    crawled = newsroom.crawl("--now")
    assert crawled.code == 4
    assert crawled.summary["pages"]["by_ending"] == {"http-5xx": 1}
    assert crawled.summary["lists"]["by_ending"] == {"http-5xx": 1}
    assert (newsroom.query(kept), newsroom.query("SELECT * FROM articles")) == before
    # What is no feed is no good parse: its validator is not believed either.
    site.routes["/feed.xml"] = replace(good["/feed.xml"], body=b"<p>We moved</p>")
    newsroom.crawl("--now")
    assert newsroom.query(kept) == before[0]
    site.routes.update(good)
    assert newsroom.crawl("--now").summary["lists"]["by_ending"] == {"not-modified": 1}


def test_one_source_gets_its_fill_and_goes_on_in_the_next_crawl(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(60)
    newsroom.list_source(site)
    settings = {"NEWSWARD_ALLOW_PRIVATE": 1, "NEWSWARD_MOST_PAGES": 20}
    assert newsroom.scrapy(**settings).returncode == 0
    asked = pages_asked(site)
    assert 20 <= asked <= 28, "those that were on their way come in"
    newsroom.crawl()
    assert pages_asked(site) == 60


def test_what_was_given_up_is_asked_again_when_a_person_says_so(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    good = site.routes["/news/1"]
    site.routes["/news/1"] = replace(good, body=b"<p>" + bytes(11 * 1024 * 1024))
    newsroom.list_source(site)
    assert newsroom.crawl().summary["pages"]["by_ending"] == {"new": 1, "too-large": 1}
    assert newsroom.query("SELECT reason FROM quarantine") == [("too-large",)]
    assert newsroom.crawl("--now").summary["pages"]["total"] == 1, "it is left alone"
    again = newsroom.crawl("--retry-quarantine")
    assert again.summary["pages"]["by_ending"] == {"too-large": 1}
    assert newsroom.query("SELECT reason, tries FROM quarantine") == [("too-large", 1)]
    site.routes["/news/1"] = good
    again = newsroom.crawl("--retry-quarantine")
    assert again.summary["pages"]["by_ending"] == {"new": 1}
    assert newsroom.query("SELECT count(*) FROM quarantine") == [(0,)]
