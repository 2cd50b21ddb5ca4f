"""Real crawls of many hosts that all send bodies as large as they may be, at once."""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from cases_lists import rss
from cases_pages import story
from hostile_answers import MIB, gzipped
from hostile_news import answers, crawl, query, source
from hostile_web import HTML, Exchange, HostileWeb, serving
from process_memory import MOST_MIB

from crawler.settings import DOWNLOAD_MAXSIZE

pytestmark = pytest.mark.slow
# More than have a transfer at a time.
HOSTS = 40
# A comment behind the article, of more than what is expected of an ordinary page.
PADDING = b"<!--" + b"invented " * (MIB // 36) + b"-->\n"


def article(number: int, size: int) -> bytes:
    """An invented article of its own, with padding up to so many bytes."""
    text = story(title=f"Invented page number {number} about phones")
    text = text.replace(b"invented story", b"invented story number %d" % number)
    return text + PADDING * ((size - len(text)) // len(PADDING))


def declared(exchange: Exchange, body: bytes) -> None:
    exchange.answer("200 OK", HTML, body=body)


def in_chunks(exchange: Exchange, body: bytes) -> None:
    exchange.start(HTML, "Transfer-Encoding: chunked", "Connection: close")
    for start in range(0, len(body), MIB):
        piece = body[start : start + MIB]
        exchange.send(b"%x\r\n%b\r\n" % (len(piece), piece))
    exchange.send(b"0\r\n\r\n")


def packed(exchange: Exchange, body: bytes) -> None:
    exchange.answer("200 OK", HTML, "Content-Encoding: gzip", body=gzipped(body))


WAYS: tuple[Callable[[Exchange, bytes], None], ...] = (declared, in_chunks, packed)


def list_host(web: HostileWeb, host: str, pages: dict[str, Callable[[Exchange], None]]) -> str:
    """The source of a host with a feed of these pages."""
    links = "".join(f"<item><link>{web.url(f'{host}/{path}')}</link></item>" for path in pages)
    web.routes[f"{host}/"] = answers(rss(links.encode()), "application/rss+xml")
    web.routes |= {f"{host}/{path}": route for path, route in pages.items()}
    return source(web, host, "feed")


def test_many_large_pages_at_once_are_archived_whole_in_little_memory(tmp_path: Path) -> None:
    size = DOWNLOAD_MAXSIZE - MIB // 10
    with serving() as web:

        def page(number: int) -> Callable[[Exchange], None]:
            send = WAYS[number % len(WAYS)]
            return lambda exchange: send(exchange, article(number, size))

        hosts = {f"large-{number}": number for number in range(HOSTS)}
        listed = [list_host(web, host, {"page": page(number)}) for host, number in hosts.items()]
        done = crawl(
            tmp_path,
            "\n".join(listed),
            NEWSWARD_PRIVATE_HOSTS=[f"{host}.localhost" for host in hosts],
            NEWSWARD_PAGE_SECONDS=300,
        )
    assert done["waiting"] == 0
    assert query(tmp_path / "archive.db", "SELECT count(*) FROM articles") == [(HOSTS,)]
    large = "SELECT count(*) FROM snapshots WHERE raw_bytes > ?"
    assert query(tmp_path / "snapshots.db", large, 9 * MIB) == [(HOSTS,)]
    assert done["peak_mib"] < MOST_MIB


def test_a_crawl_without_any_room_goes_on_one_page_at_a_time_as_politely_as_ever(
    tmp_path: Path,
) -> None:
    delay = 0.2
    asked: dict[str, list[float]] = {}
    with serving() as web:

        def page(host: str, number: int) -> Callable[[Exchange], None]:
            def send(exchange: Exchange) -> None:
                asked.setdefault(host, []).append(time.monotonic())
                WAYS[number % len(WAYS)](exchange, article(number, 400_000))

            return send

        hosts = [f"squeezed-{number}" for number in range(5)]
        listed = [
            list_host(web, host, {f"page-{n}": page(host, 3 * order + n) for n in range(3)})
            for order, host in enumerate(hosts)
        ]
        done = crawl(
            tmp_path,
            "\n".join(listed),
            NEWSWARD_PRIVATE_HOSTS=[f"{host}.localhost" for host in hosts],
            NEWSWARD_PAGE_SECONDS=300,
            NEWSWARD_BODY_ROOM=1,
            DOWNLOAD_DELAY=delay,
        )
    assert done["waiting"] == 0
    assert query(tmp_path / "archive.db", "SELECT count(*) FROM articles") == [(15,)]
    # The server notes when it is asked, so no busy machine can make a gap smaller than it was.
    gaps = [later - sooner for times in asked.values() for sooner, later in pairwise(times)]
    assert len(gaps) == 10
    assert min(gaps) >= delay
