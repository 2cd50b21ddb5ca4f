"""No connection is made to an address that is not public, however it is written or reached."""

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest
from cases_addresses import ENDING, NAMES, REFUSED
from hostile_crawl import GOOD, TARGETS, targets
from hostile_web import listening, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostile_web import Forbidden, HostileWeb

    from tests.hostile.conftest import Crawl, HostileRun


@pytest.mark.parametrize("name", TARGETS)
def test_a_link_to_it_is_refused(name: str, hostile_run: "HostileRun") -> None:
    result = hostile_run.results[f"start-{name}"]
    assert result["ending"] in REFUSED, result


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("kind", ["page", "relative"])
def test_a_redirect_to_it_is_refused(name: str, kind: str, hostile_run: "HostileRun") -> None:
    result = hostile_run.results[f"{kind}-{name}"]
    assert result["ending"] == ENDING, result


@pytest.mark.parametrize("name", TARGETS)
def test_a_redirect_of_robots_txt_to_it_is_refused(name: str, hostile_run: "HostileRun") -> None:
    assert hostile_run.results[f"robots-{name}"]["ending"] == "robots-unavailable"


@pytest.mark.parametrize("name", TARGETS)
def test_a_page_that_refreshes_to_it_is_read_and_not_followed(
    name: str, hostile_run: "HostileRun"
) -> None:
    assert hostile_run.ending(f"refresh-{name}") == "fetched"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_a_listed_site_that_leads_to_it_is_refused(
    name: str, hostile_run: "HostileRun"
) -> None:
    result = hostile_run.results[f"name-{name}"]
    assert result["ending"] == ENDING, result
    assert "which is not a public address" in result["detail"]


def test_nobody_connected(hostile_run: "HostileRun") -> None:
    assert hostile_run.results[f"good-{GOOD - 1}"]["status"] == 200
    assert hostile_run.connections == []


@pytest.mark.slow
def test_a_name_that_leads_elsewhere_at_the_second_question_is_refused_then(
    crawl: "Crawl",
) -> None:
    # 127.0.0.2 plays a public address; behind it stands a site, and beside it, on the same port
    # of 127.0.0.1, a listener that nobody may reach. With a memory for one name, every page is
    # looked up anew.
    with listening() as inside, playing_public(inside.port) as web:
        names = ["rebinding.example", "steady.example"]
        for name in names:
            web.routes[f"{name}/*"] = lambda exchange: exchange.page()
        urls = [f"http://{name}:{web.port}/{number}" for number in range(3) for name in names]
        crawled = crawl(
            [{"url": url} for url in urls],
            open_to=[],
            listed=names,
            names={names[0]: [["127.0.0.2"], ["127.0.0.1"]], names[1]: [["127.0.0.2"]]},
            plays_public=["127.0.0.2"],
            settings={"DNSCACHE_SIZE": 1, "CONCURRENT_REQUESTS": 1, "ROBOTSTXT_OBEY": False},
        )
    told = [crawled.of(url).get("ending", "fetched") for url in urls]
    assert told[1::2] == ["fetched"] * 3
    assert told[0] == "fetched"
    assert told[2::2] == [ENDING] * 2
    assert inside.connections == []


@contextlib.contextmanager
def playing_public(port: int) -> "Iterator[HostileWeb]":
    try:
        with serving("127.0.0.2", port) as web:
            yield web
    except OSError:
        pytest.skip("this machine has no second loopback address")


@pytest.mark.slow
def test_the_resolver_alone_lets_none_through(
    web: "HostileWeb", forbidden: "Forbidden", crawl: "Crawl"
) -> None:
    # Whatever the guard's reading of an address misses, Twisted still has to ask the resolver.
    before = len(forbidden.connections)
    urls = list(targets(forbidden.port).values())
    crawled = crawl(
        [{"url": url} for url in [*urls, web.url("good/")]],
        open_to=["good.localhost"],
        settings={
            "DOWNLOADER_MIDDLEWARES": {"crawler.middlewares.guard.GuardMiddleware": None},
            "ROBOTSTXT_OBEY": False,
        },
    )
    assert {crawled.of(url)["ending"] for url in urls} <= {
        "dns",
        "not-a-request",
        "connection",
        "internal",
        "refused-address",
    }
    assert forbidden.connections[before:] == []
    assert crawled.of(web.url("good/"))["status"] == 200


@pytest.mark.slow
def test_without_any_guard_the_same_crawl_would_connect(
    forbidden: "Forbidden", crawl: "Crawl"
) -> None:
    # The proof that the listener of the tests above counts what it should.
    before = len(forbidden.connections)
    crawl(
        [{"url": f"http://127.0.0.1:{forbidden.port}/"}],
        open_to=[],
        settings={
            "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver",
            "DOWNLOADER_MIDDLEWARES": {"crawler.middlewares.guard.GuardMiddleware": None},
            "ROBOTSTXT_OBEY": False,
            "RETRY_TIMES": 0,
        },
    )
    assert len(forbidden.connections) == before + 1
    forbidden.connections[before:] = []


def test_without_our_resolver_nothing_is_fetched_at_all(web: "HostileWeb", crawl: "Crawl") -> None:
    crawled = crawl(
        [{"url": web.url("good/")}],
        open_to=["good.localhost"],
        settings={"TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver"},
    )
    result = crawled.of(web.url("good/"))
    assert result["ending"] == "internal"
    assert "not installed" in result["detail"]


@pytest.mark.slow
def test_this_machines_own_name_is_refused_unless_it_is_public(crawl: "Crawl") -> None:
    name = socket.gethostname()
    crawled = crawl([{"url": f"http://{name}/"}], open_to=[])
    assert crawled.of(f"http://{name}/")["ending"] in {"unlisted-host", "refused-address"}
