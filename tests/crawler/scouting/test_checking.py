"""Listed sources looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scouted_site import Route

from archive.records import LinkKind
from crawler.scouting.checking import Checked, State
from crawler.sources import Discovery, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from scouted_site import Site

HOME = "<html><head>{head}</head><body><p>Welcome.</p></body></html>"


def source(site: Site, kind: str = "feed", path: str = "/feed", **rules: str) -> Source:
    place = Discovery(kind=LinkKind(kind), url=f"{site.base}{path}", **rules)
    return Source(id="a", name="A", homepage=f"{site.base}/", discovery=(place,))


@pytest.fixture(autouse=True)
def home(site: Site) -> None:
    site.page("/", HOME.format(head=""))


def test_a_feed_that_says_what_it_should_is_good(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.feed("/feed", ["/news/1", "/news/2"])
    found = checked(source(site))
    assert (found.state, found.advice) == (State.OK, "")
    assert found.as_written == "2026-11-22: ok, 2 links, newest 2026-11-20"
    assert found.is_good


def test_a_feed_that_turned_into_a_web_page_is_named(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.page("/feed", "<html><body><h1>Our new website</h1></body></html>")
    site.page("/", HOME.format(head="<link rel=alternate type=application/atom+xml href=/a>"))
    found = checked(source(site))
    assert found.state is State.FAILED
    assert found.found == "unreadable: the feed turned into a web page"
    assert found.advice == f"It advertises a feed: {site.base}/a"


def test_a_place_that_moved_for_good_names_its_new_address(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.routes["/feed"] = Route(b"", status=301, headers={"Location": "/new"})
    site.feed("/new", ["/news/1"])
    found = checked(source(site))
    assert found.state is State.MOVED
    assert found.advice == f"Set url to {site.base}/new"


def test_a_place_that_is_elsewhere_for_now_is_no_reason_to_change_the_list(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.routes["/feed"] = Route(b"", status=302, headers={"Location": "/new"})
    site.feed("/new", ["/news/1"])
    assert checked(source(site)).is_good


def test_a_feed_that_the_homepage_declares_and_the_list_does_not_name_is_told(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.feed("/feed", ["/news/1"])
    site.page("/", HOME.format(head="<link rel=alternate type=application/rss+xml href=/other>"))
    found = checked(source(site))
    assert (found.state, found.advice) == (State.OK, f"It advertises a feed: {site.base}/other")
    site.page("/", HOME.format(head="<link rel=alternate type=application/rss+xml href=/feed>"))
    assert checked(source(site)).advice == ""


@pytest.mark.parametrize(
    ("status", "found", "advice"),
    [
        (403, "http-403: HTTP 403", "Switch it off, or ask its publisher: it refuses us"),
        (404, "http-404: HTTP 404", ""),
        (500, "http-5xx: HTTP 500", ""),
    ],
)
def test_a_refusal_is_told_by_its_name(
    site: Site, checked: Callable[[Source], Checked], status: int, found: str, advice: str
) -> None:
    site.routes["/feed"] = Route(b"no", status=status)
    seen = checked(source(site))
    assert (seen.state, seen.found, seen.advice) == (State.FAILED, found, advice)


def test_a_source_that_robots_txt_closes_should_be_switched_off(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.routes["/robots.txt"] = Route(b"User-agent: *\nDisallow: /feed\n", "text/plain")
    site.feed("/feed", ["/news/1"])
    found = checked(source(site))
    assert found.found == "robots-disallowed"
    assert found.advice == "Switch it off: it does not want to be read"
    assert site.hits["/feed"] == 0


def test_an_empty_feed_an_old_one_and_one_of_other_sites_are_doubted(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.feed("/empty", [])
    site.feed("/old", ["/news/1"], date="Fri, 20 Nov 2015 09:00:00 GMT")
    site.feed("/else", ["https://elsewhere.example/1"])
    assert checked(source(site, path="/empty")).state is State.FAILED
    assert checked(source(site, path="/old")).state is State.DOUBTFUL
    assert checked(source(site, path="/else")).advice == "Name their hosts in hosts"


def test_a_listing_without_a_rule_is_as_good_as_it_is_sure(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    rows = "".join(
        f"<li><a href='/news/{n}'>An invented story of number {n}</a> <time>2026-11-{n:02d}</time>"
        for n in range(1, 9)
    )
    site.page("/news", f"<html><body><main><ul>{rows}</ul></main></body></html>")
    found = checked(source(site, "listing", "/news"))
    assert (found.state, found.found) == (State.OK, "8 links, newest 2026-11-08, 90 % sure")
    site.page(
        "/news", "<html><main><a href='/news/1'>One story stands here alone</a></main></html>"
    )
    unsure = checked(source(site, "listing", "/news"))
    assert unsure.state is State.DOUBTFUL
    assert unsure.advice == "Say with links or pattern which links are meant"
    assert checked(source(site, "listing", "/news", pattern="/news/")).is_good


def test_a_source_is_as_good_as_the_worst_of_its_places(
    site: Site, checked: Callable[[Source], Checked]
) -> None:
    site.feed("/feed", ["/news/1"])
    places = tuple(
        Discovery(kind=LinkKind.FEED, url=f"{site.base}{path}") for path in ("/feed", "/gone")
    )
    found = checked(Source(id="a", name="A", homepage=f"{site.base}/", discovery=places))
    assert found.state is State.FAILED
    assert found.found == "1 link, newest 2026-11-20; http-404: HTTP 404"
