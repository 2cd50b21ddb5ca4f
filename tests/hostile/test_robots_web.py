"""robots.txt: obeyed, asked once, and a site whose robots.txt cannot be read is left alone."""

import gzip
import itertools
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.hostile.conftest import Crawl, Crawled, Exchange, HostileWeb, Route

TEXT = "Content-Type: text/plain"
MIB = 1024 * 1024
RULES = b"User-agent: *\nDisallow: /private\n"


def rules(body: bytes, *headers: str) -> "Route":
    return lambda exchange: exchange.answer("200 OK", TEXT, *headers, body=body)


def status(line: str, *headers: str) -> "Route":
    return lambda exchange: exchange.answer(line, TEXT, *headers)


def silent(exchange: "Exchange") -> None:
    exchange.connection.recv(1)


def huge(exchange: "Exchange") -> None:
    exchange.start(TEXT, f"Content-Length: {55 * MIB}")
    exchange.send(RULES)
    for number in range(55 * MIB // 32768):
        exchange.send(f"Disallow: /{number}/".encode().ljust(32767, b"x") + b"\n")


def endless(exchange: "Exchange") -> None:
    exchange.start(TEXT)
    exchange.send(RULES)
    while True:
        exchange.send(b"# more\n" * 4096)


NOT_NOW = {
    "500": status("500 Oops"),
    "503": status("503 Busy"),
    "429": status("429 Slow down"),
    "silent": silent,
    "cut": lambda exchange: exchange.answer("200 OK", TEXT, body=RULES, length=999),
    "hangs-up": lambda exchange: exchange.send(b""),
    "loop": status("302 Found", "Location: /robots.txt"),
    "no-location": status("302 Found"),
    "to-file": status("302 Found", "Location: file:///etc/hostname"),
    "bomb": lambda exchange: exchange.answer(
        "200 OK", TEXT, "Content-Encoding: gzip", body=gzip.compress(bytes(100 * MIB))
    ),
    "image": lambda exchange: exchange.answer("200 OK", "Content-Type: image/png", body=b"PNG"),
}
ALL_ALLOWED = {
    "404": status("404 Not Found"),
    "403": status("403 Forbidden"),
    "401": status("401 Who are you"),
    "410": status("410 Gone"),
    "empty": rules(b""),
    "page": lambda exchange: exchange.page(),
    "binary": rules(bytes(range(256)) * 100),
}
OBEYED = {
    "plain": rules(RULES),
    "for-us": rules(b"User-agent: newsward\nDisallow: /private\n\nUser-agent: *\nAllow: /\n"),
    "with-mark": rules(b"\xef\xbb\xbf" + RULES),
    "packed": rules(gzip.compress(RULES), "Content-Encoding: gzip"),
    "as-html": lambda exchange: exchange.answer("200 OK", "Content-Type: text/html", body=RULES),
    "as-bytes": lambda exchange: exchange.answer(
        "200 OK", "Content-Type: application/octet-stream", body=RULES
    ),
    "moved": status("301 Moved", "Location: /rules.txt"),
    "huge": huge,
    "endless": endless,
}


@pytest.fixture(scope="module")
def crawled(web: "HostileWeb", crawl: "Crawl") -> "Crawled":
    every = NOT_NOW | ALL_ALLOWED | OBEYED
    for name, route in every.items():
        web.routes[f"r-{name}/robots.txt"] = route
        web.routes[f"r-{name}/*"] = lambda exchange: exchange.page()
    web.routes["r-moved/rules.txt"] = rules(RULES)
    return crawl(
        [{"url": web.url(f"r-{name}/{page}")} for name in every for page in ("public", "private")],
        open_to=[f"r-{name}.localhost" for name in every],
    )


@pytest.mark.parametrize("name", NOT_NOW)
def test_a_site_whose_robots_txt_cannot_be_read_waits(
    name: str, web: "HostileWeb", crawled: "Crawled"
) -> None:
    for page in ("public", "private"):
        result = crawled.of(web.url(f"r-{name}/{page}"))
        assert result["ending"] == "robots-unavailable", result
        assert "robots.txt" in result["detail"]
    assert {*web.paths_asked(f"r-{name}")} == {"/robots.txt"}


@pytest.mark.parametrize("name", ALL_ALLOWED)
def test_a_site_without_rules_allows_all(name: str, web: "HostileWeb", crawled: "Crawled") -> None:
    assert crawled.of(web.url(f"r-{name}/public"))["status"] == 200
    assert crawled.of(web.url(f"r-{name}/private"))["status"] == 200


@pytest.mark.parametrize("name", OBEYED)
def test_rules_are_obeyed_however_they_come(
    name: str, web: "HostileWeb", crawled: "Crawled"
) -> None:
    assert crawled.of(web.url(f"r-{name}/public"))["status"] == 200
    assert crawled.of(web.url(f"r-{name}/private"))["ending"] == "robots-disallowed"
    assert "/private" not in web.paths_asked(f"r-{name}")


@pytest.mark.parametrize("name", [*ALL_ALLOWED, "plain", "429", "cut"])
def test_robots_txt_is_asked_for_once_or_after_a_failure_twice(
    name: str, web: "HostileWeb", crawled: "Crawled"
) -> None:
    assert crawled.results
    tries = 2 if name == "cut" else 1
    assert web.paths_asked(f"r-{name}").count("/robots.txt") == tries


@pytest.mark.parametrize("name", ["huge", "endless"])
def test_of_a_long_robots_txt_little_more_than_512_kib_is_sent(
    name: str, web: "HostileWeb", crawled: "Crawled"
) -> None:
    assert crawled.results
    # What the buffers of two sockets hold may be on the way when reading ends.
    assert web.sent[f"r-{name}/robots.txt"] < 12 * MIB


def test_the_crawl_stays_small_in_memory(crawled: "Crawled") -> None:
    # Several robots.txt of 10 MiB and more arrive at once here.
    assert crawled.peak_mib < 300


def test_a_site_is_left_in_peace_as_long_as_it_or_its_source_asks(
    web: "HostileWeb", crawl: "Crawl"
) -> None:
    seen: dict[str, list[float]] = {"asks": [], "listed": [], "neither": []}

    def note(exchange: "Exchange") -> None:
        seen[exchange.host].append(time.monotonic())
        exchange.page()

    for host in seen:
        web.routes[f"{host}/*"] = note
    web.routes["asks/robots.txt"] = rules(b"User-agent: *\nCrawl-delay: 0.6\n")
    crawl(
        [
            {"url": web.url(f"{host}/{number}"), "delay": 0.6 if host == "listed" else 0.0}
            for host in seen
            for number in range(4)
        ],
        open_to=[f"{host}.localhost" for host in seen],
    )
    gaps = {
        host: [later - sooner for sooner, later in itertools.pairwise(times)]
        for host, times in seen.items()
    }
    assert [len(found) for found in gaps.values()] == [3, 3, 3]
    assert min(gaps["asks"]) > 0.55
    assert min(gaps["listed"]) > 0.55
    assert sum(gaps["neither"]) < 0.55 * 3
