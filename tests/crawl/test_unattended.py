"""What an unattended crawl does: end in time, tell who has to know, say how the sources are."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from web_hook import Hook, web_hook

if TYPE_CHECKING:
    from conftest import Newsroom, SiteMaker


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_hook() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.timeout(600)  # two processes that load Scrapy, on a machine that may be busy
def test_a_crawl_ends_in_time_with_its_figures_and_the_next_goes_on_there(
    newsroom: "Newsroom", news_site: "SiteMaker"
) -> None:
    site = news_site(12)
    newsroom.list_source(site)
    # A pause of a minute between pages: the twelve would take as many minutes.
    path = newsroom.folder / "sources.toml"
    path.write_text(path.read_text("utf-8").replace("delay = 0.0", "delay = 60.0"), "utf-8")
    first = newsroom.crawl("--max-time", "3s")
    assert (first.code, first.summary["status"]) == (0, "out of time"), first.stderr
    assert "Traceback" not in first.stderr
    assert newsroom.query("SELECT status FROM runs") == [("interrupted",)]
    assert newsroom.query("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]
    asked = site.hits.total()
    path.write_text(path.read_text("utf-8").replace("delay = 60.0", "delay = 0.0"), "utf-8")
    second = newsroom.crawl("--max-time", "10m", "--now")
    assert (second.code, second.summary["status"]) == (0, "finished")
    assert newsroom.query("SELECT count(*) FROM articles") == [(12,)]
    assert asked < 12


@pytest.mark.slow
def test_who_wants_to_know_is_told_once_when_a_source_begins_to_need_a_person(
    newsroom: "Newsroom", news_site: "SiteMaker", hook: Hook
) -> None:
    address, posted = hook.for_apprise, hook.posted
    site = news_site(2)
    newsroom.list_source(site)
    settings = {"NEWSWARD_NOTIFY": address, "NEWSWARD_WORKERS": "0"}
    feed = site.routes["/feed.xml"]
    site.routes["/feed.xml"] = type(feed)(b"", status=410)  # type: ignore[call-arg]  # a Reply
    gone = newsroom.crawl(**settings)
    assert (gone.code, gone.summary["now_need_a_person"]) == (4, ["invented"])
    (told,) = posted
    assert told["title"] == "newsward: 1 source needs a person now"
    assert "never read yet: the feed is not there (410)" in told["message"]
    again = newsroom.crawl("--now", **settings)
    assert (again.summary["now_need_a_person"], len(posted)) == ([], 1)
    asked = newsroom.run("health", "--json")
    assert (asked.returncode, json.loads(asked.stdout)["counts"]["person"]) == (3, 1)


@pytest.mark.slow
def test_a_crawl_that_cannot_begin_tells_so_and_exits_as_ever(
    newsroom: "Newsroom", hook: Hook
) -> None:
    address, posted = hook.for_apprise, hook.posted
    failed = newsroom.crawl(NEWSWARD_NOTIFY=f"nosuch://x {address}")
    assert failed.code == 2
    assert "sources.toml: there is no such file" in failed.stderr
    assert "address 1 (nosuch) is none that apprise knows" in failed.stderr
    assert posted[0]["title"] == "newsward: the crawl failed"
    assert "sources.toml: there is no such file" in posted[0]["message"]
