"""One crawl of what a web server can do to a crawler: each has its ending, the good pages come."""

import gzip
import time
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.conftest import Crawl, Crawled, Exchange, HostileWeb

HTML = "Content-Type: text/html; charset=utf-8"
MIB = 1024 * 1024
GOOD = 20
# A whole page, long enough that its compressed form can be cut in the middle.
PAGE = "".join(f"<p>Invented sentence number {n * n}.</p>" for n in range(2000)).encode()


def zeros_as_gzip(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    parts = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


def zeros_as_brotli(size: int) -> bytes:
    packer = brotli.Compressor(quality=4)
    parts = [packer.process(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*parts, packer.finish()])


def zeros_as_zstd(size: int) -> bytes:
    packer = zstd.ZstdCompressor()
    parts = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


def encoded(name: str, body: bytes) -> "Callable[[Exchange], None]":
    return lambda exchange: exchange.answer("200 OK", HTML, f"Content-Encoding: {name}", body=body)


def typed(content_type: str, body: bytes = b"\x89PNG" * MIB) -> "Callable[[Exchange], None]":
    def send(exchange: "Exchange") -> None:
        declared = 500 * MIB if "video" in content_type else len(body)
        exchange.start(f"Content-Type: {content_type}", f"Content-Length: {declared}")
        time.sleep(0.5)  # whoever stops at the headers has gone by now
        for start in range(0, len(body), 16384):
            exchange.send(body[start : start + 16384])

    return send


def raw(data: bytes) -> "Callable[[Exchange], None]":
    return lambda exchange: exchange.send(data)


def redirect(location: str, status: str = "302 Found") -> "Callable[[Exchange], None]":
    return lambda exchange: exchange.answer(status, f"Location: {location}")


def forever(first: bytes, piece: bytes, pause: float) -> "Callable[[Exchange], None]":
    def send(exchange: "Exchange") -> None:
        exchange.send(first)
        while True:
            exchange.send(piece)
            time.sleep(pause)

    return send


def silent(exchange: "Exchange") -> None:
    exchange.connection.recv(1)  # returns when the crawler gives up


def many_headers(exchange: "Exchange") -> None:
    exchange.answer("200 OK", HTML, *(f"X-{n}: {n}" for n in range(5000)), body=PAGE)


def long_headers(exchange: "Exchange") -> None:
    exchange.answer("200 OK", HTML, *(f"X-{n}: {'x' * 8000}" for n in range(50)), body=PAGE)


def onward(exchange: "Exchange") -> None:
    exchange.answer("302 Found", f"Location: {exchange.path}x")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

# Each case is a host of its own, so that each has its own queue and its own robots.txt.
CASES: "dict[str, tuple[Callable[[Exchange], None], str]]" = {
    "gzip-bomb": (encoded("gzip", zeros_as_gzip(200 * MIB)), "too-large"),
    "brotli-bomb": (encoded("br", zeros_as_brotli(200 * MIB)), "too-large"),
    "zstd-bomb": (encoded("zstd", zeros_as_zstd(200 * MIB)), "too-large"),
    "deflate-bomb": (encoded("deflate", zlib.compress(bytes(100 * MIB))), "too-large"),
    "nested-bomb": (
        encoded("gzip, gzip", gzip.compress(zeros_as_gzip(200 * MIB))),
        "too-large",
    ),
    "endless-body": (forever(HEAD + b"\r\n", b"x" * 65536, 0), "too-large"),
    "declared-huge": (raw(HEAD + b"Content-Length: 999999999999\r\n\r\nx"), "too-large"),
    "drip-body": (forever(HEAD + b"Content-Length: 9999\r\n\r\n", b"x", 0.1), "timeout"),
    "slow-headers": (forever(HEAD, b"X-Slow: 1\r\n", 0.1), "timeout"),
    "silent": (silent, "timeout"),
    "many-headers": (many_headers, "broken-body"),
    "long-headers": (long_headers, "broken-body"),
    "endless-headers": (
        forever(HEAD, b"".join(b"X-%d: %s\r\n" % (n, b"x" * 8000) for n in range(8)), 0),
        "broken-body",
    ),
    "one-long-header": (raw(HEAD + b"X: " + b"x" * 4 * MIB), "connection"),
    "cut-body": (raw(HEAD + b"Content-Length: 999\r\n\r\n<p>Half"), "broken-body"),
    "cut-chunks": (
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<p>Ha\r\n"),
        "broken-body",
    ),
    "two-lengths": (
        raw(HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\n<p>Ha"),
        "connection",
    ),
    "negative-length": (raw(HEAD + b"Content-Length: -1\r\n\r\n<p>Ha"), "connection"),
    "no-http": (raw(b"\x00\x01\x02 this is no answer\r\n\r\n"), "connection"),
    "hangs-up": (raw(b""), "connection"),
    "not-gzip": (encoded("gzip", b"<p>Plain.</p>"), "broken-body"),
    "not-brotli": (encoded("br", b"<p>Plain.</p>"), "broken-body"),
    "not-zstd": (encoded("zstd", b"<p>Plain.</p>"), "broken-body"),
    "cut-gzip": (encoded("gzip", gzip.compress(PAGE)[:-500]), "broken-body"),
    "cut-brotli": (encoded("br", brotli.compress(PAGE)[:-50]), "broken-body"),
    "cut-zstd": (encoded("zstd", zstd.compress(PAGE)[:-500]), "broken-body"),
    "image": (typed("image/png"), "media"),
    "video": (typed("video/mp4", b"\0" * 40 * MIB), "media"),
    "pdf": (typed("application/pdf"), "media"),
    "binary": (typed("application/octet-stream"), "media"),
    "redirect-loop": (redirect("/"), "too-many-redirects"),
    "endless-redirects": (onward, "too-many-redirects"),
    "to-file": (redirect("file:///etc/hostname"), "refused-address"),
    "to-data": (redirect("data:text/html,<p>here"), "refused-address"),
    "to-ftp": (redirect("ftp://127.0.0.1/"), "refused-address"),
    "to-script": (redirect("javascript:alert(1)"), "refused-address"),
    "to-other-site": (redirect("http://elsewhere.localhost/"), "unlisted-host"),
}


@pytest.fixture(scope="module")
def crawled(web: "HostileWeb", crawl: "Crawl") -> "Crawled":
    for name, (route, _) in CASES.items():
        web.routes[f"{name}/*"] = route
    web.routes["good/*"] = lambda exchange: exchange.page(f"Page {exchange.path}.")
    web.routes["image-404/*"] = lambda exchange: exchange.answer(
        "404 Not Found", "Content-Type: image/png", body=b"\x89PNG" * 1000
    )
    web.routes["image-moved/"] = lambda exchange: exchange.answer(
        "301 Moved", "Location: /page", "Content-Type: image/png", body=b"\x89PNG" * 1000
    )
    web.routes["image-moved/page"] = lambda exchange: exchange.page()
    web.routes["whole-gzip/*"] = encoded("gzip", gzip.compress(PAGE))
    web.routes["whole-brotli/*"] = encoded("br", brotli.compress(PAGE))
    web.routes["whole-zstd/*"] = encoded("zstd", zstd.compress(PAGE))
    names = [*CASES, *EXTRA, "good"]
    wanted = [web.url(f"{name}/") for name in [*CASES, *EXTRA]]
    wanted += [web.url(f"good/{number}") for number in range(GOOD)]
    return crawl(
        [{"url": url} for url in wanted],
        open_to=[f"{name}.localhost" for name in names],
    )


EXTRA = ("image-404", "image-moved", "whole-gzip", "whole-brotli", "whole-zstd")


@pytest.mark.parametrize("name", CASES)
def test_it_has_its_named_ending(name: str, web: "HostileWeb", crawled: "Crawled") -> None:
    result = crawled.of(web.url(f"{name}/"))
    assert result.get("ending") == CASES[name][1], result
    assert result["detail"]
    assert "\n" not in result["detail"]


def test_every_good_page_of_the_same_run_is_fetched(web: "HostileWeb", crawled: "Crawled") -> None:
    for number in range(GOOD):
        result = crawled.of(web.url(f"good/{number}"))
        assert result["status"] == 200
        assert f"Page /{number}." in result["text"]


def test_the_whole_crawl_stays_small_in_memory(crawled: "Crawled") -> None:
    # All sites at once, 10 MiB from each that sends so much; what they claim to be adds up to
    # gigabytes. A quiet machine shows 142 MiB.
    assert crawled.peak_mib < 300


@pytest.mark.parametrize("name", ["image", "video", "pdf", "binary"])
def test_no_body_of_what_is_not_text_is_read(
    name: str, web: "HostileWeb", crawled: "Crawled"
) -> None:
    assert crawled.of(web.url(f"{name}/"))["status"] == 200
    # One write may still reach the closing connection's buffer; the second finds it closed.
    assert web.sent[f"{name}/"] <= 32768


def test_a_404_stays_a_404_whatever_its_body_is(web: "HostileWeb", crawled: "Crawled") -> None:
    result = crawled.of(web.url("image-404/"))
    assert (result["status"], result["size"]) == (404, 0)


def test_a_redirect_is_followed_whatever_its_body_is(web: "HostileWeb", crawled: "Crawled") -> None:
    assert crawled.of(web.url("image-moved/"))["final_url"] == web.url("image-moved/page")


@pytest.mark.parametrize("name", ["whole-gzip", "whole-brotli", "whole-zstd"])
def test_an_honest_compressed_page_comes_whole(
    name: str, web: "HostileWeb", crawled: "Crawled"
) -> None:
    assert crawled.of(web.url(f"{name}/"))["size"] == len(PAGE)


def test_an_endless_head_is_cut_off_long_before_its_time_is_over(
    web: "HostileWeb", crawled: "Crawled"
) -> None:
    assert crawled.of(web.url("endless-headers/"))["detail"] == "a flood of headers"
    assert web.paths_asked("endless-headers").count("/") == 1
    # What the buffers of two sockets hold may be on the way when we hang up.
    assert web.sent["endless-headers/"] < 12 * MIB


def test_six_requests_are_the_most_that_a_chain_of_redirects_gets(
    web: "HostileWeb", crawled: "Crawled"
) -> None:
    assert crawled.of(web.url("endless-redirects/"))["detail"] == "more than 5 redirects"
    pages = [path for path in web.paths_asked("endless-redirects") if path != "/robots.txt"]
    assert pages == ["/", "/x", "/xx", "/xxx", "/xxxx", "/xxxxx"]
