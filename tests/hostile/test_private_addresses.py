"""No connection is made to an address that is not public, however it is written or reached."""

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.hostile.conftest import Crawl, Crawled, Forbidden, HostileWeb, Route

# The host as it is written, without a port.
SPELLINGS = {
    "dotted": "127.0.0.1",
    "another-loopback": "127.8.9.10",
    "decimal": "2130706433",
    "hex": "0x7f000001",
    "dotted-hex": "0x7f.0x0.0x0.0x1",
    "short-hex": "0x7f.1",
    "octal": "0177.0.0.1",
    "long-octal": "017700000001",
    "short": "127.1",
    "three-parts": "127.0.1",
    "zero": "0",
    "any": "0.0.0.0",  # noqa: S104 - an address to be refused, not one to listen on
    "last-dot": "127.0.0.1.",
    "wide-digits": "\uff11\uff12\uff17.0.0.1",
    "circled-digits": "\u2460\u2461\u2466.0.0.1",
    "wide-dot": "127\u30020\u30020\u30021",
    "ipv6": "[::1]",
    "long-ipv6": "[0:0:0:0:0:0:0:1]",
    "unspecified-ipv6": "[::]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped-hex": "[::ffff:7f00:1]",
    "compatible": "[::127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]",
    "local-nat64": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "zone": "[fe80::1%25lo]",
    "name": "localhost",
    "capital-name": "LOCALHOST",
    "name-with-dot": "localhost.",
    "name-below": "admin.localhost",
    "user": "user@127.0.0.1",
    "user-like-a-host": "good.localhost@127.0.0.1",
}
# Reached without a port of ours: the addresses where clouds answer with their secrets.
CLOUDS = {
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata-decimal": "http://2852039166/",
    "metadata-ipv6": "http://[fd00:ec2::254]/",
    "metadata-mapped": "http://[::ffff:169.254.169.254]/",
    "metadata-nat64": "http://[64:ff9b::a9fe:a9fe]/",
    "private-10": "http://10.0.0.1/",
    "private-172": "http://172.16.0.1/",
    "private-192": "http://192.168.0.1/",
    "carrier": "http://100.64.0.1/",
    "azure": "http://168.63.129.16/",
    "onion": "http://invented.onion/",
}
REFUSED = {"refused-address", "not-a-request"}


def targets(forbidden: "Forbidden") -> dict[str, str]:
    return {
        name: f"http://{host}:{forbidden.port}/{name}" for name, host in SPELLINGS.items()
    } | CLOUDS


@pytest.fixture(scope="module")
def asked(web: "HostileWeb", forbidden: "Forbidden", crawl: "Crawl") -> "Crawled":
    urls = [*targets(forbidden).values(), web.url("good/")]
    return crawl([{"url": url} for url in urls], open_to=["good.localhost"])


@pytest.fixture(scope="module")
def redirected(web: "HostileWeb", forbidden: "Forbidden", crawl: "Crawl") -> "Crawled":
    def to(location: str) -> "Route":
        return lambda exchange: exchange.answer("302 Found", f"Location: {location}")

    places = targets(forbidden)
    for name, target in places.items():
        location = target.encode().decode("latin-1")
        web.routes[f"page-{name}/*"] = to(location)
        web.routes[f"robots-{name}/robots.txt"] = to(location)
        web.routes[f"relative-{name}/*"] = to(location.removeprefix("http:"))
    hosts = [f"{kind}-{name}" for kind in ("page", "robots", "relative") for name in places]
    return crawl(
        [{"url": web.url(f"{host}/")} for host in [*hosts, "good"]],
        open_to=[f"{host}.localhost" for host in [*hosts, "good"]],
    )


@pytest.mark.parametrize("name", [*SPELLINGS, *CLOUDS])
def test_a_link_to_it_is_refused(name: str, asked: "Crawled", forbidden: "Forbidden") -> None:
    assert asked.of(targets(forbidden)[name])["ending"] in REFUSED


@pytest.mark.parametrize("name", [*SPELLINGS, *CLOUDS])
@pytest.mark.parametrize("kind", ["page", "relative"])
def test_a_redirect_to_it_is_refused(
    name: str, kind: str, redirected: "Crawled", web: "HostileWeb"
) -> None:
    result = redirected.of(web.url(f"{kind}-{name}/"))
    assert result["ending"] == "refused-address", result


@pytest.mark.parametrize("name", [*SPELLINGS, *CLOUDS])
def test_a_redirect_of_robots_txt_to_it_is_refused(
    name: str, redirected: "Crawled", web: "HostileWeb"
) -> None:
    assert redirected.of(web.url(f"robots-{name}/"))["ending"] == "robots-unavailable"


def test_the_good_page_of_each_run_is_fetched(
    asked: "Crawled", redirected: "Crawled", web: "HostileWeb"
) -> None:
    assert asked.of(web.url("good/"))["status"] == 200
    assert redirected.of(web.url("good/"))["status"] == 200


def test_nobody_connected(asked: "Crawled", redirected: "Crawled", forbidden: "Forbidden") -> None:
    assert asked.results
    assert redirected.results
    assert forbidden.connections == []


def test_the_resolver_alone_lets_none_through(
    web: "HostileWeb", forbidden: "Forbidden", crawl: "Crawl"
) -> None:
    # Whatever the guard's reading of an address misses, Twisted still has to ask the resolver.
    before = len(forbidden.connections)
    urls = list(targets(forbidden).values())
    crawled = crawl(
        [{"url": url} for url in [*urls, web.url("good/")]],
        open_to=["good.localhost"],
        settings={
            "DOWNLOADER_MIDDLEWARES": {
                "crawler.middlewares.guard.GuardMiddleware": None,
                "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            },
            "ROBOTSTXT_OBEY": False,
        },
    )
    assert {crawled.of(url)["ending"] for url in urls} <= {
        "dns",
        "not-a-request",
        "connection",
        "internal",
    }
    assert forbidden.connections[before:] == []
    assert crawled.of(web.url("good/"))["status"] == 200


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


def test_this_machines_own_name_is_refused_unless_it_is_public(crawl: "Crawl") -> None:
    name = socket.gethostname()
    crawled = crawl([{"url": f"http://{name}/"}], open_to=[])
    assert crawled.of(f"http://{name}/")["ending"] in {"unlisted-host", "refused-address"}
