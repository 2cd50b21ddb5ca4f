"""Feeds, sitemaps and listing pages that a source may send in place of what it promises."""

from collections.abc import Callable
from dataclasses import dataclass

from hostile_answers import MIB, gzipped, zeros_as_gzip
from hostile_case import Case
from hostile_web import Exchange, Route

TYPES = {"feed": "application/rss+xml", "sitemap": "application/xml", "listing": "text/html"}
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "hahahahahaha">%s]>'
LAUGHS = ENTITIES % b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20)
)
QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "%s">]>' % (b"ha" * 50_000)
# How a document names what lies outside it.
FILE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
NETWORK = b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:FORBIDDEN/">]>'
PARAMETER = b'<!DOCTYPE x [<!ENTITY %% a SYSTEM "http://127.0.0.1:FORBIDDEN/"> %%a;]>'
DTD = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:FORBIDDEN/x.dtd">'
STYLE = b'<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:FORBIDDEN/x.xsl"?>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64
DEEP = 100_000


@dataclass(frozen=True, kw_only=True)
class Listed(Case):
    """A source whose feed, sitemap or listing page is the case; `detail` is told of its fetch.

    SITE in a body is the address of the site, FORBIDDEN a port where nobody may go.
    """

    kind: str
    detail: str = ""


def sent(body: Callable[[], bytes], content_type: str) -> Route:
    packed: list[bytes] = []

    def send(exchange: Exchange) -> None:
        if exchange.path.startswith("/story"):
            exchange.answer("404 Not Found", "Content-Type: text/plain")
            return
        if not packed:
            packed.append(body())
        site = f"http://{exchange.host}.localhost:{exchange.web.port}".encode()
        forbidden = b"%d" % exchange.web.forbidden_port
        filled = packed[0].replace(b"SITE", site).replace(b"FORBIDDEN", forbidden)
        exchange.answer("200 OK", f"Content-Type: {content_type}", body=filled)

    return send


def endless_index(exchange: Exchange) -> None:
    """An index of three ever new indexes."""
    site = f"http://{exchange.host}.localhost:{exchange.web.port}"
    base = exchange.path.rstrip("/")
    rows = "".join(f"<sitemap><loc>{site}{base}/{n}</loc></sitemap>" for n in range(3))
    exchange.answer("200 OK", "Content-Type: application/xml", body=SITEMAPS % rows.encode())


SITEMAPS = b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">%s</sitemapindex>'


def rss(inside: bytes, before: bytes = b"", declared: bytes = b"utf-8") -> bytes:
    start = b'<?xml version="1.0" encoding="%s"?>%s<rss version="2.0"><channel>' % (
        declared,
        before,
    )
    return start + b"<title>Invented</title><link>SITE/</link>" + inside + b"</channel></rss>"


def item(title: bytes = b"Invented", link: bytes = b"SITE/story", more: bytes = b"") -> bytes:
    return b"<item><title>%s</title><link>%s</link>%s</item>" % (title, link, more)


def urlset(inside: bytes, before: bytes = b"") -> bytes:
    start = b'<?xml version="1.0"?>%s<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return start % before + inside + b"</urlset>"


def row(address: bytes = b"SITE/story") -> bytes:
    return b"<url><loc>%s</loc></url>" % address


def many(pattern: bytes, count: int) -> bytes:
    return b"".join(pattern % number for number in range(count))


def feed(
    name: str, does: str, ending: str, body: Callable[[], bytes], detail: str = "", **more: str
) -> Listed:
    kind = more.get("kind", "feed")
    declared = more.get("declared", TYPES[kind])
    return Listed(
        name=f"{kind}-{name}",
        does=f"{kind}: {does}",
        ending=ending,
        make=lambda: sent(body, declared),
        kind=kind,
        detail=detail,
    )


def sitemap(
    name: str, does: str, ending: str, body: Callable[[], bytes], detail: str = "", **more: str
) -> Listed:
    return feed(name, does, ending, body, detail, kind="sitemap", **more)


def listing(
    name: str, does: str, ending: str, body: Callable[[], bytes], detail: str = ""
) -> Listed:
    return feed(name, does, ending, body, detail, kind="listing")


OWN = "declares its own entities"
ELSEWHERE = "to hosts that are not listed"
_FAR = b"http://elsewhere.example/%d"

FEEDS = (
    feed("xxe", "an entity that is a file", "unreadable", lambda: rss(item(b"&a;"), FILE), OWN),
    feed(
        "xxe-web",
        "an entity on this machine",
        "unreadable",
        lambda: rss(item(b"&a;"), NETWORK),
        OWN,
    ),
    feed("parameter", "a parameter entity", "unreadable", lambda: rss(item(), PARAMETER % ()), OWN),
    feed("laughs", "a billion laughs", "unreadable", lambda: rss(item(b"&u;"), LAUGHS), OWN),
    feed(
        "quadratic",
        "one long entity, 10,000 times",
        "unreadable",
        lambda: rss(item(b"&a;" * 10_000), QUADRATIC),
        OWN,
    ),
    feed("dtd", "a DTD on this machine", "read", lambda: rss(item(), DTD)),
    feed("stylesheet", "a stylesheet on this machine", "read", lambda: rss(item(), STYLE)),
    feed(
        "xinclude",
        "an XInclude of a file",
        "read",
        lambda: rss(
            item(
                more=b'<i:include xmlns:i="http://www.w3.org/2001/XInclude"'
                b' parse="text" href="file:///etc/hostname"/>'
            )
        ),
    ),
    feed(
        "no-characters",
        "numbers of characters that do not exist",
        "read",
        lambda: rss(item(b"&#xD800; &#1114112; &#0; &#xFFFFFFFFFF;")),
    ),
    feed(
        "wrong-bytes",
        "bytes that are not the UTF-8 that they are declared as",
        "read",
        lambda: rss(item(b"caf\xe9 \xff\xfe \xc3\x28")),
    ),
    feed(
        "utf-7",
        "declared as UTF-7",
        "read",
        lambda: rss(item(b"+ADw-script+AD4-"), declared=b"utf-7"),
    ),
    feed(
        "codec",
        "declared as a codec of Python that is no charset",
        "read",
        lambda: rss(item(), declared=b"zlib_codec"),
    ),
    feed(
        "charset-path",
        "declared in a charset that is a path",
        "read",
        lambda: rss(item(), declared=b"../../../etc/passwd"),
    ),
    feed(
        "30000-entries",
        "30,000 entries",
        "empty",
        lambda: rss(many(b"<item><link>" + _FAR + b"</link></item>", 30_000)),
        "the newest 2,000 of 30,000 entries taken",
    ),
    feed(
        "6-mib",
        "6 MiB of entries",
        "empty",
        lambda: rss(many(item(b"x" * 5000, _FAR), 1250)),
        "only the first 5 MiB",
    ),
    feed("deep", "30,000 elements in one another", "empty", lambda: rss(b"<a>" * 30_000)),
    feed("angles", "250,000 times `<`", "unreadable", lambda: b"<" * (MIB // 4)),
    feed("comment", "a comment that never ends", "unreadable", lambda: b"<!--" + b"-!>" * MIB),
    feed("html", "a web page", "unreadable", lambda: b"<!doctype html><p>Nothing.", "HTML"),
    feed("blank", "nothing", "too-short", lambda: b" \n"),
    feed("image", "an image", "unreadable", lambda: PNG, "not text"),
    feed("zeros", "1 MiB of zeros", "unreadable", lambda: bytes(MIB)),
    feed(
        "deep-json",
        "JSON, 100,000 lists in one another",
        "unreadable",
        lambda: b'{"a":' + b"[" * DEEP,
    ),
    feed(
        "long-number",
        "JSON with a number of 10,000 digits",
        "unreadable",
        lambda: (
            b'{"version":"https://jsonfeed.org/version/1","items":[],"n":' + b"9" * 10_000 + b"}"
        ),
    ),
    feed(
        "odd-json",
        "JSON whose entries are of every type",
        "read",
        lambda: (
            b'{"version":"https://jsonfeed.org/version/1","items":[1,null,[],{"url":{}},'
            b'{"url":"SITE/story","title":7,"date_published":[]}]}'
        ),
    ),
    feed(
        "script",
        "scripts in titles and addresses",
        "read",
        lambda: rss(
            item(b"&lt;script&gt;alert(1)&lt;/script&gt;News", b"javascript:alert(1)") + item()
        ),
        "without a usable web address",
    ),
    feed(
        "controls",
        "escape sequences and characters that turn the text around, in titles",
        "read",
        lambda: rss(item("a\u202etxt.exe \u2066b\u200b &#27;[2J".encode())),
    ),
    feed("long-title", "a title of 1 MiB", "read", lambda: rss(item(b"x " * (MIB // 2)))),
    feed(
        "markup",
        "a title of 100,000 half tags",
        "read",
        lambda: rss(item(b"&lt;b &amp;amp;" * 50_000)),
    ),
    feed("copies", "one entry 10,000 times", "read", lambda: rss(item() * 10_000), "1 links"),
    feed(
        "dates",
        "dates that are none",
        "read",
        lambda: rss(many(item(more=b"<pubDate>%d-99-99 +99:99</pubDate>"), 50)),
        "date",
    ),
    feed("circle", "entries that are the feed itself", "empty", lambda: rss(item(link=b"SITE/"))),
    feed(
        "base",
        "an `xml:base` on this machine",
        "empty",
        lambda: rss(b'<item xml:base="http://127.0.0.1:FORBIDDEN/"><link>a</link></item>'),
        ELSEWHERE,
    ),
    feed(
        "pages",
        "further pages without end",
        "read",
        lambda: rss(
            b'<link xmlns="http://www.w3.org/2005/Atom" rel="next" href="SITE/?p=2"/>' + item()
        ),
    ),
    feed(
        "cut", "an entry that breaks off", "read", lambda: rss(item() + item())[:-45], "breaks off"
    ),
    feed(
        "long-address",
        "an address of 1 MiB",
        "empty",
        lambda: rss(item(link=b"SITE/" + b"x" * MIB)),
        "without a usable web address",
    ),
)

SITEMAPS_SENT = (
    sitemap(
        "xxe", "an entity that is a file", "unreadable", lambda: urlset(row(b"&a;"), FILE), OWN
    ),
    sitemap(
        "xxe-web",
        "an entity on this machine",
        "unreadable",
        lambda: urlset(row(b"&a;"), NETWORK),
        OWN,
    ),
    sitemap("laughs", "a billion laughs", "unreadable", lambda: urlset(row(b"&u;"), LAUGHS), OWN),
    sitemap("dtd", "a DTD on this machine", "read", lambda: urlset(row(), DTD)),
    sitemap(
        "60000-rows",
        "60,000 rows",
        "empty",
        lambda: urlset(many(row(_FAR), 60_000)),
        "only the first 50,000 rows",
    ),
    sitemap(
        "many-children",
        "an index of 60 sitemaps",
        "read",
        lambda: SITEMAPS % many(b"<sitemap><loc>SITE/story/%d</loc></sitemap>", 60),
        "the newest 50 of 60",
    ),
    Listed(
        name="sitemap-endless",
        does="sitemap: an index of ever new indexes: followed three levels deep",
        ending="read",
        make=lambda: endless_index,
        kind="sitemap",
    ),
    sitemap(
        "circle",
        "an index of itself",
        "empty",
        lambda: SITEMAPS % b"<sitemap><loc>SITE/</loc></sitemap>",
    ),
    sitemap(
        "bomb",
        "200 MiB of zeros as `.xml.gz`",
        "unreadable",
        lambda: zeros_as_gzip(200 * MIB),
        declared="application/gzip",
    ),
    sitemap(
        "bomb-in-parts",
        "100 gzip members of 2 MiB",
        "unreadable",
        lambda: zeros_as_gzip(2 * MIB) * 100,
        declared="application/gzip",
    ),
    sitemap(
        "cut-gzip",
        "`.xml.gz` that breaks off",
        "unreadable",
        lambda: gzipped(urlset(row() * 99))[:20],
        declared="application/gzip",
    ),
    sitemap("html", "a web page", "unreadable", lambda: b"<!doctype html><p>Nothing.", "HTML"),
    sitemap("image", "an image", "unreadable", lambda: PNG),
    sitemap("feed", "a feed", "unreadable", lambda: rss(item()), "feed"),
    sitemap("deep", "100,000 elements in one another", "unreadable", lambda: b"<a>" * DEEP),
    sitemap(
        "long-address",
        "an address of 1 MiB",
        "empty",
        lambda: urlset(row(b"SITE/" + b"x" * MIB)),
        "without a usable web address",
    ),
    sitemap("list", "plain lines that are no addresses", "unreadable", lambda: b"news\n" * 9999),
    sitemap(
        "images",
        "images and videos beside the pages",
        "read",
        lambda: urlset(
            b'<url><loc>SITE/story</loc><i:image xmlns:i="http://www.google.com/schemas/'
            b'sitemap-image/1.1"><i:loc>http://127.0.0.1:FORBIDDEN/a.png</i:loc></i:image></url>'
        ),
        "1 links",
    ),
)

LINK = b'<article><h2><a href="%s">An invented headline of many words number %d</a></h2></article>'
LISTINGS = (
    listing(
        "base",
        "a `<base>` on this machine: not believed",
        "read",
        lambda: (
            b'<base href="http://127.0.0.1:FORBIDDEN/">'
            + many(LINK.replace(b"%s", b"/news/story-%d").replace(b"number %d", b"more"), 20)
        ),
    ),
    listing("feed", "a feed", "unreadable", lambda: rss(item())),
    listing("image", "an image", "unreadable", lambda: PNG),
    listing("blank", "nothing", "too-short", lambda: b"\n"),
    listing(
        "deep", "20,000 elements in one another", "empty", lambda: b"<html>" + b"<div>" * 20_000
    ),
    listing("nothing", "a page without a link", "empty", lambda: b"<html><p>Nothing."),
    listing(
        "refresh",
        "a page that refreshes to this machine",
        "empty",
        lambda: (
            b'<html><meta http-equiv=refresh content="0;url=http://127.0.0.1:FORBIDDEN/"><p>Wait.'
        ),
    ),
)
LISTS = (*FEEDS, *SITEMAPS_SENT, *LISTINGS)
