"""What a robots.txt can be: rules to be obeyed, none at all, or a reason to leave a site alone."""

import gzip
from dataclasses import dataclass

from hostile_answers import (
    MIB,
    encoded,
    forever,
    media,
    onward_query,
    page,
    redirect,
    reset_after,
    silent,
    status,
    zeros_as_brotli,
    zeros_as_gzip,
    zeros_as_zstd,
)
from hostile_case import Case, case
from hostile_web import Exchange, Route

TEXT = "Content-Type: text/plain"
RULES = b"User-agent: *\nDisallow: /private\n"
NOT_NOW = "robots-unavailable"
OBEYED = "robots-disallowed"
ALLOWED = "fetched"


@dataclass(frozen=True, kw_only=True)
class Robots(Case):
    """A site whose robots.txt is the case; `ending` is that of its page `/private`."""


def _robots(
    name: str, does: str, ending: str, route: Route, seconds: float | None = None
) -> Robots:
    made = case(f"robots-{name}", does, ending, lambda: route, seconds)
    return Robots(
        name=made.name, does=made.does, ending=ending, make=made.make, seconds=made.seconds
    )


def rules(body: bytes, *headers: str) -> Route:
    return status("200 OK", TEXT, *headers, body=body)


def huge(exchange: Exchange) -> None:
    exchange.start(TEXT, f"Content-Length: {55 * MIB}")
    exchange.send(RULES)
    for number in range(55 * MIB // 32768):
        exchange.send(f"Disallow: /{number}/".encode().ljust(32767, b"x") + b"\n")


def half(exchange: Exchange) -> None:
    exchange.answer("200 OK", TEXT, body=RULES, length=999)


_START = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"

UNREADABLE = (
    _robots("500", "robots.txt: 500", NOT_NOW, status("500 Oops", TEXT)),
    _robots("503", "robots.txt: 503", NOT_NOW, status("503 Busy", TEXT)),
    _robots("429", "robots.txt: 429", NOT_NOW, status("429 Slow down", TEXT)),
    _robots("999", "robots.txt: a status that does not exist", NOT_NOW, status("999 Odd", TEXT)),
    _robots("silent", "robots.txt: no answer", NOT_NOW, silent, 1.0),
    _robots(
        "drip",
        "robots.txt: a byte in a tenth of a second",
        NOT_NOW,
        forever(_START, b"#", 0.1),
        1.0,
    ),
    _robots("cut", "robots.txt: a body that breaks off", NOT_NOW, half),
    _robots(
        "reset",
        "robots.txt: a reset in the middle",
        NOT_NOW,
        reset_after(_START[:-2] + b"Content-Length: 999\r\n\r\n" + RULES),
    ),
    _robots(
        "reset-without-length",
        "robots.txt: without a length, and a reset in the middle",
        NOT_NOW,
        reset_after(_START + b"User-agent: *\n"),
    ),
    _robots("hangs-up", "robots.txt: a dead line", NOT_NOW, lambda exchange: exchange.send(b"")),
    _robots("loop", "robots.txt: a redirect to itself", NOT_NOW, redirect("/robots.txt")),
    _robots("onward", "robots.txt: endless redirects", NOT_NOW, onward_query),
    _robots("nowhere", "robots.txt: a redirect without a place", NOT_NOW, status("302 Found")),
    _robots(
        "to-file", "robots.txt: a redirect to a file", NOT_NOW, redirect("file:///etc/hostname")
    ),
    _robots(
        "bomb",
        "robots.txt: a gzip bomb",
        NOT_NOW,
        encoded("gzip", zeros_as_gzip(50 * MIB)),
    ),
    _robots(
        "brotli-bomb",
        "robots.txt: a brotli bomb",
        NOT_NOW,
        encoded("br", zeros_as_brotli(50 * MIB)),
    ),
    _robots(
        "zstd-bomb", "robots.txt: a zstd bomb", NOT_NOW, encoded("zstd", zeros_as_zstd(50 * MIB))
    ),
    _robots("image", "robots.txt: an image", NOT_NOW, media("image/png")),
    _robots(
        "headers",
        "robots.txt: headers without end",
        NOT_NOW,
        forever(_START[:-2], b"X-More: 1\r\n" * 999),
    ),
)
NO_RULES = (
    _robots("404", "robots.txt: there is none", ALLOWED, status("404 Not Found", TEXT)),
    _robots("403", "robots.txt: 403", ALLOWED, status("403 Forbidden", TEXT)),
    _robots("401", "robots.txt: 401", ALLOWED, status("401 Who are you", TEXT)),
    _robots("410", "robots.txt: gone", ALLOWED, status("410 Gone", TEXT)),
    _robots("empty", "robots.txt: empty", ALLOWED, rules(b"")),
    _robots("page", "robots.txt: a web page", ALLOWED, page()),
    _robots("binary", "robots.txt: bytes without sense", ALLOWED, rules(bytes(range(256)) * 100)),
    _robots(
        "sitemaps",
        "robots.txt: names sitemaps on this machine, and as files",
        ALLOWED,
        rules(b"Sitemap: http://127.0.0.1:1/s.xml\nSitemap: file:///etc/hostname\n"),
    ),
    _robots(
        "odd-delay",
        "robots.txt: waiting times below zero, beyond numbers, and in words",
        ALLOWED,
        rules(b"User-agent: *\nCrawl-delay: -5\nCrawl-delay: nan\nCrawl-delay: soon\n"),
    ),
)
RULED = (
    _robots("plain", "robots.txt: ordinary rules", OBEYED, rules(RULES)),
    _robots(
        "for-us",
        "robots.txt: rules for us beside others for all",
        OBEYED,
        rules(b"User-agent: newsward\nDisallow: /private\n\nUser-agent: *\nAllow: /\n"),
    ),
    _robots("with-mark", "robots.txt: a byte order mark", OBEYED, rules(b"\xef\xbb\xbf" + RULES)),
    _robots(
        "packed",
        "robots.txt: packed, though we asked for it plain",
        OBEYED,
        rules(gzip.compress(RULES), "Content-Encoding: gzip"),
    ),
    _robots(
        "as-html",
        "robots.txt: declared as a web page",
        OBEYED,
        status("200 OK", "Content-Type: text/html", body=RULES),
    ),
    _robots(
        "as-bytes",
        "robots.txt: declared as bytes",
        OBEYED,
        status("200 OK", "Content-Type: application/octet-stream", body=RULES),
    ),
    _robots("moved", "robots.txt: moved", OBEYED, redirect("/rules.txt", "301 Moved")),
    _robots("huge", "robots.txt: 55 MiB of rules", OBEYED, huge),
    _robots(
        "endless", "robots.txt: rules without end", OBEYED, forever(_START + RULES, b"# m\n" * 8192)
    ),
    _robots(
        "wildcards",
        "robots.txt: 3,000 rules made to keep a regular expression busy",
        OBEYED,
        rules(
            RULES + b"Disallow: /" + b"*p*r*i*v" * 8 + b"*z$\n" + b"Disallow: /*a*a*a*a*b$\n" * 3000
        ),
    ),
    _robots(
        "nul",
        "robots.txt: NULs between the rules",
        OBEYED,
        rules(RULES.replace(b"\n", b"\n\0\0\n")),
    ),
    _robots(
        "long-line",
        "robots.txt: a line of 400 KiB",
        OBEYED,
        rules(RULES + b"Disallow: /" + b"x" * 400 * 1024 + b"\n"),
    ),
)
ROBOTS = (*UNREADABLE, *NO_RULES, *RULED)
