"""`newsward source test`, `add` and `check` as real processes on real loopback sites."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import tomllib
from typing import TYPE_CHECKING

import pytest
from waiting import wait_for

if TYPE_CHECKING:
    from conftest import Newsroom, NewsSite, SiteMaker

pytestmark = pytest.mark.slow

FRONT = (
    "<html lang='en-GB'><head><title>News | Invented Times</title>"
    "<link rel='alternate' type='application/rss+xml' href='/feed.xml'></head>"
    "<body><img src='/picture.jpg'><main><p>Welcome to the invented news.</p></main></body></html>"
)


def put(site: NewsSite, path: str, text: str, **more: object) -> None:
    """Let a path answer with a text."""
    reply = type(site.routes["/robots.txt"])
    site.routes[path] = reply(text.encode(), **more)


def listed_in(newsroom: Newsroom) -> list[dict[str, object]]:
    """What the list says."""
    listed = tomllib.loads((newsroom.folder / "sources.toml").read_text())["source"]
    assert isinstance(listed, list)
    return listed


def test_a_site_tells_what_it_offers_and_nothing_is_archived(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(5)
    put(site, "/", FRONT)
    put(site, "/robots.txt", "User-agent: *\nCrawl-delay: 0.1\nDisallow: /secret\n")
    tested = newsroom.run("source", "test", f"{site.base}/", "--allow-private", "--json")
    assert tested.returncode == 0, tested.stderr
    report = json.loads(tested.stdout)
    assert report["best"] == f"{site.base}/feed.xml"
    assert (report["robots"], report["crawl_delay"]) == ("allows it", 0.1)
    assert report["readable_samples"] == 3
    assert [sample["published"][:10] for sample in report["samples"]] == ["2026-11-20"] * 3
    assert "/picture.jpg" not in site.hits
    assert max(count for path, count in site.hits.items() if "tdmrep" not in path) == 1
    assert {agent.partition("/")[0] for agent in site.agents} == {"newsward"}
    assert list(newsroom.folder.iterdir()) == []


def test_a_site_is_listed_as_it_was_found_and_crawled_so(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(5)
    put(site, "/", FRONT)
    added = newsroom.run("source", "add", f"{site.base}/", "--allow-private")
    assert added.returncode == 0, added.stderr
    assert f'+  url = "{site.base}/feed.xml"' in added.stdout
    crawled = newsroom.crawl()
    assert crawled.code == 0, crawled.stderr
    assert crawled.summary["pages"]["by_ending"] == {"new": 5}


def test_without_permission_nothing_private_is_asked(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(1)
    put(site, "/", FRONT)
    tested = newsroom.run("source", "test", f"{site.base}/")
    assert tested.returncode == 4
    assert "refused-address" in tested.stdout
    assert site.hits == {}


def test_a_site_whose_robots_txt_cannot_be_read_is_left_alone(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(1)
    put(site, "/robots.txt", "broken", status=500)
    put(site, "/", FRONT)
    tested = newsroom.run("source", "test", f"{site.base}/", "--allow-private")
    assert tested.returncode == 4
    assert "robots.txt cannot be read, so nothing of the site is." in tested.stdout
    assert site.hits.keys() == {"/robots.txt"}


def test_ctrl_c_ends_a_check_and_leaves_the_list_whole(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    good, slow = news_site(2), news_site(1, host="slow.localhost")
    asked, go_on = threading.Event(), threading.Event()

    def late(headers: dict[str, str]) -> object:
        asked.set()
        go_on.wait(60)
        return type(slow.routes["/robots.txt"])(headers.get("Host", "").encode())

    slow.routes["/feed.xml"] = late  # type: ignore[assignment]  # a reply, by the type it is made of
    put(good, "/", FRONT)
    newsroom.list_source(good, "good")
    newsroom.list_source(slow, "slow")
    process = subprocess.Popen(
        newsroom.command("source", "check", "--allow-private"),
        cwd=newsroom.folder,
        env=newsroom.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert asked.wait(60)
        wait_for(lambda: good.hits["/"] == 1)
        process.send_signal(signal.SIGINT)
        go_on.set()
        _, said = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert said.rstrip().endswith("newsward: interrupted")
    checked = {one["id"]: one.get("checked") for one in listed_in(newsroom)}
    assert checked.keys() == {"good", "slow"}
    assert checked["slow"] is None


def test_a_listing_without_rules_is_crawled_page_by_page_and_says_how_sure_it_is(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(8)
    rows = [
        f"<li><a href='{path}'>An invented story that stands at {path}</a>"
        f" <time datetime='2026-11-{number:02d}'>then</time></li>"
        for number, path in enumerate(site.articles, 1)
    ]
    first = f"<ul>{''.join(rows[:5])}</ul><button data-url='/news?page=2'>Load more</button>"
    put(site, "/news", f"<html><body><main>{first}</main></body></html>")
    put(
        site, "/news?page=2", f"<html><body><main><ul>{''.join(rows[5:])}</ul></main></body></html>"
    )
    (newsroom.folder / "sources.toml").write_text(
        f'[[source]]\nid = "listed"\nname = "L"\nhomepage = "{site.base}/"\ndelay = 0.0\n'
        f'[[source.discovery]]\nkind = "listing"\nurl = "{site.base}/news"\n'
        'next_page = "auto"\npages = 2\n'
    )
    crawled = newsroom.crawl()
    assert crawled.code == 0, crawled.stderr
    assert crawled.summary["pages"]["by_ending"] == {"new": 8}
    details = [said for (said,) in newsroom.query("SELECT detail FROM fetches ORDER BY id")]
    assert any(
        "links chosen by their form" in str(said) and "% sure" in str(said) for said in details
    )
    asked = site.hits.copy()
    assert newsroom.crawl().summary["lists"]["total"] == 0
    path = newsroom.folder / "sources.toml"
    path.write_text(path.read_text().replace("pages = 2", 'pages = 2\nlinks = "li a"'))
    by_rule = newsroom.crawl()
    assert by_rule.summary["lists"]["by_ending"] == {"read": 1}, (
        "neither due nor changed: new rules"
    )
    assert site.hits - asked == {"/news": 1}
    ((said,),) = newsroom.query("SELECT detail FROM fetches ORDER BY id DESC LIMIT 1")
    assert "by their form" not in said


def test_listed_sources_are_checked_and_what_was_found_is_written_beside_them(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    good, turned, off = news_site(4), news_site(1), news_site(2)
    for site in (good, turned, off):
        put(site, "/", FRONT.replace("/feed.xml", "/other.xml" if site is turned else "/feed.xml"))
    put(turned, "/feed.xml", "<html><body><h1>A new website</h1></body></html>")
    newsroom.list_source(good, "good")
    newsroom.list_source(turned, "turned", "# Somebody wrote this.\n")
    newsroom.list_source(off, "off", "enabled = false\n")
    path = newsroom.folder / "sources.toml"
    before = path.read_text()

    done = newsroom.run("source", "check", "--allow-private", "--json")
    assert done.returncode == 3, done.stderr
    found = {one["source"]: one for one in json.loads(done.stdout)}
    assert found.keys() == {"good", "turned"}
    assert (found["good"]["state"], found["good"]["found"]) == ("ok", "4 links")
    assert found["turned"]["found"] == "unreadable: the feed turned into a web page"
    assert found["turned"]["advice"] == f"It advertises a feed: {turned.base}/other.xml"
    assert off.hits == {}
    assert done.stderr.endswith("2 checked: 1 good, 1 need a person.\n")

    after = path.read_text()
    checked = {one["id"]: one.get("checked") for one in listed_in(newsroom)}
    assert str(checked["good"]).endswith(": ok, 4 links")
    assert "turned into a web page" in str(checked["turned"])
    assert checked["off"] is None
    kept = [line for line in after.splitlines() if not line.startswith("checked = ")]
    assert kept == before.splitlines()


def test_a_dry_check_of_what_is_switched_off_changes_nothing(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(2)
    put(site, "/", FRONT)
    newsroom.list_source(site, "off", "enabled = false\n")
    before = (newsroom.folder / "sources.toml").read_text()
    done = newsroom.run("source", "check", "off", "--dry-run", "--allow-private")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split("\t")[:3] == ["off", "ok", "2 links"]
    assert (newsroom.folder / "sources.toml").read_text() == before
