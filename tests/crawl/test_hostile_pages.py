"""One real crawl of a site that does its worst: every page is named, every good one archived."""

from __future__ import annotations

import contextlib
import gzip
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest
from waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Newsroom, NewsSite, SiteMaker

HOST = "news.localhost"
MIB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
STORY = "".join(
    f"<p>Invented sentence {n} of an invented story about phones.</p>" for n in range(9)
)
LONG = "".join(
    f"<p>Invented sentence {n} of a page without end, {n * n}.</p>" for n in range(70_000)
)
ATTRIBUTES = " ".join(f"a{n}=1" for n in range(2_000))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64


def page(inside: str) -> bytes:
    """A page with a title, as bytes; lone surrogates stay in it as the three bytes they are not."""
    text = f"<html><head><title>Invented page</title></head><body>{inside}</body></html>"
    return text.encode("utf-8", "surrogatepass")


def sent(body: bytes, *headers: bytes) -> Callable[[BinaryIO], object]:
    lines = [*headers, b"Content-Length: %d" % len(body), b"", body]
    return lambda wire: wire.write(HEAD + b"\r\n".join(lines))


def moved(location: str) -> Callable[[BinaryIO], object]:
    answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    return lambda wire: wire.write(answer)


def endless(piece: bytes) -> Callable[[BinaryIO], object]:
    def send(wire: BinaryIO) -> None:
        wire.write(HEAD + b"\r\n")
        while True:  # until the crawler hangs up
            wire.write(piece)
            wire.flush()

    return send


# Path -> what is sent, and the endings that may be told of it.
PAGES: dict[str, tuple[Callable[[BinaryIO], object], set[str]]] = {
    "/attributes": (sent(page(f"<main {ATTRIBUTES}>{STORY}</main>")), {"new"}),
    "/image": (sent(PNG), {"not-text"}),
    "/gzip-bomb": (
        sent(gzip.compress(bytes(100 * MIB), 9), b"Content-Encoding: gzip"),
        {"too-large"},
    ),
    "/endless": (endless(b"<p>more</p>" * 6000), {"too-large"}),
    "/nested": (sent(page("<div><b>" * 150 + STORY)), {"new"}),
    "/surrogates": (sent(page(f"<p>A lone \ud800 and a \0.</p>{STORY}")), {"new"}),
    "/to-file": (moved("file:///etc/hostname"), {"refused-address"}),
}


def private_addresses(port: int) -> dict[str, str]:
    """Paths that lead to where nobody may go: the port is one that counts who comes."""
    return {
        "/to-loopback": f"http://127.0.0.1:{port}/",
        "/to-decimal": f"http://2130706433:{port}/",
        "/to-hex": f"http://0x7f000001:{port}/",
        "/to-ipv6": f"http://[::1]:{port}/",
        "/to-mapped": f"http://[::ffff:127.0.0.1]:{port}/",
        "/to-cloud": "http://169.254.169.254/latest/meta-data/",
    }


@pytest.fixture
def forbidden() -> Iterator[tuple[int, list[str]]]:
    """A port on loopback, IPv4 and IPv6 where there is any, and whoever connected to it."""
    came: list[str] = []
    listeners = [socket.create_server(("127.0.0.1", 0))]
    port = listeners[0].getsockname()[1]
    if socket.has_dualstack_ipv6():
        listeners.append(socket.create_server(("::1", port), family=socket.AF_INET6))

    def count(listener: socket.socket) -> None:
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            came.append(str(peer))
            connection.close()

    for listener in listeners:
        threading.Thread(target=count, args=[listener], daemon=True).start()
    # The counting counts: else nothing below would mean anything.
    socket.create_connection(("127.0.0.1", port)).close()
    wait_for(lambda: len(came) == 1)
    came.clear()
    yield port, came
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def endings(newsroom: Newsroom, site: NewsSite) -> dict[str, str]:
    """How each page ended, by its path; the feed is none."""
    rows = newsroom.query("SELECT url, ending FROM fetches")
    assert len(rows) == len(dict(rows)), "an address was fetched twice in one run"
    told = {url.removeprefix(site.base): ending for url, ending in rows}
    assert told.pop("/feed.xml") == "read"
    return told


def assert_good_pages_are_whole(newsroom: Newsroom, site: NewsSite) -> None:
    archived = dict(newsroom.query("SELECT url, body FROM articles"))
    for path, texts in site.articles.items():
        assert archived[site.base + path].split("\n\n") == texts


def test_every_hostile_page_has_its_ending_and_every_good_one_is_archived(
    news_site: SiteMaker, newsroom: Newsroom, forbidden: tuple[int, list[str]]
) -> None:
    port, came = forbidden
    site = news_site(8, HOST)
    away = private_addresses(port)
    expected = {path: ending for path, (_, ending) in PAGES.items()}
    expected |= {path: {"refused-address"} for path in away}
    site.raw |= {path: send for path, (send, _) in PAGES.items()}
    site.raw |= {path: moved(location) for path, location in away.items()}
    good = list(site.articles)
    site.routes["/feed.xml"].body = site.feed([*good[:4], *expected, *good[4:]])
    newsroom.list_source(site)
    done = newsroom.scrapy(
        NEWSWARD_PRIVATE_HOSTS=HOST, DOWNLOAD_DELAY=0, DOWNLOAD_TIMEOUT=60, NEWSWARD_PAGE_SECONDS=60
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    told = endings(newsroom, site)
    assert {path: told.get(path) for path in site.articles} == dict.fromkeys(site.articles, "new")
    odd = {path: told.get(path) for path in expected if told.get(path) not in expected[path]}
    assert odd == {}
    assert came == [], "nobody may connect there"
    assert_good_pages_are_whole(newsroom, site)
    [(body,)] = newsroom.query("SELECT body FROM articles WHERE url LIKE '%/surrogates'")
    assert "\0" not in body.encode("utf-8").decode("utf-8"), "neither NUL nor lone surrogate"
    assert body.endswith("Invented sentence 8 of an invented story about phones.")
    assert f"{len(told)} pages" in done.stdout
    waiting = "SELECT count(*) FROM frontier WHERE state = 'leased'"
    assert newsroom.query(waiting) == [(0,)]


@pytest.mark.slow
def test_of_a_feed_of_2500_entries_the_newest_2000_are_taken_on_and_that_is_said(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(4)
    good = list(site.articles)
    # Closed by robots.txt, so that the crawl is about the feed and not about 2,500 pages.
    site.routes["/robots.txt"].body = b"User-agent: *\nDisallow: /closed/\n"
    closed = [f"/closed/{number}" for number in range(2500 - len(good))]
    # Without dates the order is the feed's: the newest stand first.
    site.routes["/feed.xml"].body = site.feed(
        [*good[:2], *closed[:1995], *good[2:], *closed[1995:]]
    )
    newsroom.list_source(site)
    crawled = newsroom.crawl(NEWSWARD_WORKERS="1")
    assert crawled.code == 0, crawled.stderr
    assert crawled.summary["pages"]["by_ending"] == {"robots-disallowed": 1996, "new": 4}
    [(detail,)] = newsroom.query("SELECT detail FROM fetches WHERE ending = 'read'")
    assert detail.endswith("the newest 2,000 of 2,500 entries taken, 500 left out")
    # The feed, robots.txt and tdmrep.json.
    assert site.hits.total() == 3 + len(good), "nothing that is closed was asked"
    assert_good_pages_are_whole(newsroom, site)


@pytest.mark.slow
def test_a_worker_killed_on_a_page_costs_that_page_and_no_other(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(6)
    site.raw["/long"] = sent(page(LONG))
    good = list(site.articles)
    site.routes["/feed.xml"].body = site.feed([*good[:2], "/long", *good[2:]])
    newsroom.list_source(site)
    process = newsroom.start(NEWSWARD_WORKERS="1")
    wait_for(lambda: site.hits["/long"] > 0)
    # Nothing else keeps the one worker busy so long: it reads that page.
    wait_for(lambda: any(busy_seconds(worker) > BUSY for worker in workers_of(process.pid)))
    [worker] = [each for each in workers_of(process.pid) if busy_seconds(each) > BUSY]
    os.kill(worker, signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert '"pages_waiting": 0' in out
    told = endings(newsroom, site)
    assert told == dict.fromkeys(good, "new") | {"/long": "extraction-crash"}
    assert newsroom.query("SELECT detail FROM fetches WHERE ending = 'extraction-crash'") == [
        ("the worker was ended by SIGKILL",)
    ]
    assert_good_pages_are_whole(newsroom, site)


@pytest.mark.slow
def test_killing_workers_again_and_again_stops_no_crawl(
    news_site: SiteMaker, newsroom: Newsroom
) -> None:
    site = news_site(40)
    newsroom.list_source(site)
    process = newsroom.start(NEWSWARD_WORKERS="2")
    # A worker killed on the feed would end the crawl there: the whole source has failed.
    wait_for(lambda: site.hits["/news/1"] > 0)
    killed = 0
    while killed < 6 and process.poll() is None:
        for worker in workers_of(process.pid)[:1]:
            with contextlib.suppress(ProcessLookupError):  # it was replaced just now
                os.kill(worker, signal.SIGKILL)
                killed += 1
        time.sleep(0.15)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert killed, out
    told = endings(newsroom, site)
    assert told.keys() == site.articles.keys()
    assert set(told.values()) <= {"new", "extraction-crash"}
    # What a kill took is tried again a little later; all else is archived.
    lost = {path for path, ending in told.items() if ending != "new"}
    assert len(lost) <= killed
    rows = newsroom.query("SELECT url FROM frontier WHERE state = 'waiting' AND tries = 1")
    assert {url.removeprefix(site.base) for (url,) in rows} == lost
    for path in lost:
        del site.articles[path]
    assert newsroom.query("SELECT count(*) FROM articles") == [(len(site.articles),)]
    assert_good_pages_are_whole(newsroom, site)


# Seconds of processor time that a worker takes for no ordinary page.
BUSY = 1.2


def workers_of(crawl: int) -> list[int]:
    """The extraction workers of a crawl: children of the fork server that it started."""
    tree: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            # The name of a program, in brackets, may hold spaces; behind it stand state and parent.
            parent = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
            tree.setdefault(int(parent), []).append(int(folder.name))
    return [worker for server in tree.get(crawl, []) for worker in tree.get(server, [])]


def busy_seconds(process: int) -> float:
    """Processor time of a process in user mode, 0 when it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")
