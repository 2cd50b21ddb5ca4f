"""The sites of the demo web: which address answers what, and the sources file that lists them.

Beside the articles there is one of each thing that a crawl meets: a soft 404, a page that is gone
for good, an old address, a page that robots.txt closes, an image that looks like a page.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from crawler.demo.content import DemoArticle, DigestIssue, articles, digest_issues
from crawler.demo.pages import Press, site_url

BLOG, MAGAZINE = "harbour-blog", "circuit-signal"
ADVICE, CHARITY, NEWSLETTER = "public-advice", "tidewell-trust", "esafety-update"


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """One invented publisher; `id` is its source id and its host name before `.localhost`.

    `closed` is the path that its robots.txt asks crawlers to leave alone.
    """

    id: str
    name: str
    kind: str
    tagline: str
    closed: str = "/search/"


SITES: tuple[Site, ...] = (
    Site(
        id=BLOG,
        name="Harbour Parents Blog",
        kind="WordPress-like blog with an RSS feed",
        tagline="Notes on growing up online, from an invented harbour town",
        closed="/wp-admin/",
    ),
    Site(
        id=MAGAZINE,
        name="Circuit & Signal",
        kind="Technology magazine with a news sitemap",
        tagline="Engineering news from an invented institution",
    ),
    Site(
        id=ADVICE,
        name="Public Advice Service",
        kind="Government site with an Atom feed",
        tagline="Guidance from invented departments",
    ),
    Site(
        id=CHARITY,
        name="Tidewell Trust",
        kind="Charity whose news page has no feed",
        tagline="An invented charity for children and the people who care for them",
        closed="/members/",
    ),
    Site(
        id=NEWSLETTER,
        name="E safety Update (invented)",
        kind="Newsletter in plain text that quotes the other sites",
        tagline="A monthly digest for an invented network of schools",
    ),
)

SOFT_404 = "/2026/10/half-term-webinar/"
"""On the blog: in its feed, answers 200, and says that the page is not found."""
GONE = "/content/articles/2026/09/withdrawn-headset-test/"
"""On the magazine: in its sitemap, answers 410."""
CLOSED = "/members/volunteer-briefing/"
"""On the charity: in its listing, closed by robots.txt."""
IMAGE = "/media/photo"
"""On the charity: in its listing, an image whose address looks like a page's."""

PAGE_SIZE = 3
"""Articles on one page of the charity's listing."""

_BARE_NAMES = frozenset({"localhost", "127.0.0.1"})
_XML = "application/xml; charset=utf-8"
_OPENED = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the server sends for one address; `location` is set on a redirect."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = HTTPStatus.OK
    modified: datetime = _OPENED
    location: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """All that the demo web has: `sites` by host name without port, then by path and query.

    `index` lists the sites for whoever comes by the bare address, `missing` is the page of a 404.
    """

    sites: Mapping[str, Mapping[str, Answer]]
    index: Answer
    missing: Answer

    def find(self, host: str, target: str) -> Answer:
        """The answer for a host name and a target such as `/news/?page=2`."""
        if host in _BARE_NAMES:
            return self.index if target == "/" else self.missing
        routes = self.sites.get(host, {})
        # As on most servers, a parameter that means nothing changes nothing.
        return routes.get(target) or routes.get(target.partition("?")[0]) or self.missing


def pages(port: int) -> Pages:
    """Write every page for a web that runs at `port`."""
    press = Press(port)
    written = articles()
    own = {site.id: [each for each in written if each.site == site.id] for site in SITES}
    routes = {
        BLOG: _blog(press, own[BLOG], port),
        MAGAZINE: _magazine(press, own[MAGAZINE]),
        ADVICE: _advice(press, own[ADVICE]),
        CHARITY: _charity(press, own[CHARITY]),
        NEWSLETTER: _newsletter(press, digest_issues(written)),
    }
    return Pages(
        sites={
            f"{site.id}.localhost": _shared(press, site, own[site.id]) | routes[site.id]
            for site in SITES
        },
        index=Answer(body=press.fill("index.html", sites=SITES)),
        missing=Answer(body=press.fill("not-found.html"), status=HTTPStatus.NOT_FOUND),
    )


def sources_toml(port: int) -> str:
    """The sources file that lists the demo web running at `port`."""
    return Press(port).fill("sources.toml").decode()


def _shared(press: Press, site: Site, own: Sequence[DemoArticle]) -> dict[str, Answer]:
    routes = {
        "/robots.txt": _text(press.fill("robots.txt", site=site)),
        "/style.css": Answer(body=press.fill("style.css"), content_type="text/css"),
    }
    for article in own:
        others = [each for each in own if each is not article][:4]
        page = press.fill(f"{site.id}/article.html", site=site, article=article, others=others)
        routes[article.path] = Answer(body=page, modified=article.published)
        routes[f"/media{article.path.rstrip('/')}.png"] = _picture()
    return routes


def _blog(press: Press, own: Sequence[DemoArticle], port: int) -> dict[str, Answer]:
    moved = {
        article.feed_path: Answer(
            body=press.fill("moved.html", url=site_url(BLOG, article.path, port)),
            status=HTTPStatus.MOVED_PERMANENTLY,
            location=site_url(BLOG, article.path, port),
        )
        for article in own
        if article.feed_path
    }
    feed = press.fill(f"{BLOG}/feed.xml", site=_site(BLOG), articles=own, soft_404=SOFT_404)
    return moved | {
        "/": _front(press, BLOG, own),
        "/feed/": _newest(feed, own, "application/rss+xml; charset=UTF-8"),
        SOFT_404: Answer(body=press.fill(f"{BLOG}/soft-404.html", site=_site(BLOG))),
    }


def _magazine(press: Press, own: Sequence[DemoArticle]) -> dict[str, Answer]:
    site = _site(MAGAZINE)
    index = press.fill(f"{MAGAZINE}/sitemap.xml", newest=own[0].published)
    news = press.fill(f"{MAGAZINE}/sitemap-news.xml", site=site, articles=own, gone=GONE)
    return {
        "/": _front(press, MAGAZINE, own),
        "/sitemap.xml": _newest(index, own, _XML),
        "/sitemap-news.xml": _newest(news, own, _XML),
        GONE: Answer(body=press.fill("gone.html"), status=HTTPStatus.GONE),
    }


def _advice(press: Press, own: Sequence[DemoArticle]) -> dict[str, Answer]:
    feed = press.fill(f"{ADVICE}/feed.atom", site=_site(ADVICE), articles=own)
    return {
        "/": _front(press, ADVICE, own),
        "/news.atom": _newest(feed, own, "application/atom+xml; charset=utf-8"),
    }


def _charity(press: Press, own: Sequence[DemoArticle]) -> dict[str, Answer]:
    site = _site(CHARITY)
    starts = range(0, len(own), PAGE_SIZE)
    listing = {
        "/news/" if not start else f"/news/?page={number}": _newest(
            press.fill(
                f"{CHARITY}/listing.html",
                site=site,
                articles=own[start : start + PAGE_SIZE],
                number=number,
                last=len(starts),
                closed=CLOSED,
                image=IMAGE,
            ),
            own,
        )
        for number, start in enumerate(starts, 1)
    }
    return listing | {
        "/": _front(press, CHARITY, own),
        CLOSED: Answer(body=press.fill(f"{CHARITY}/members.html", site=site)),
        IMAGE: _picture(),
    }


def _newsletter(press: Press, issues: Sequence[DigestIssue]) -> dict[str, Answer]:
    listing = press.fill(f"{NEWSLETTER}/issues.html", site=_site(NEWSLETTER), issues=issues)
    texts = {
        issue.path: _text(press.fill(f"{NEWSLETTER}/issue.txt", issue=issue), issue.published)
        for issue in issues
    }
    front = Answer(body=listing, modified=issues[0].published)
    return texts | {"/": front, "/issues/": front}


def _site(site_id: str) -> Site:
    return next(site for site in SITES if site.id == site_id)


def _front(press: Press, site_id: str, own: Sequence[DemoArticle]) -> Answer:
    return _newest(press.fill(f"{site_id}/front.html", site=_site(site_id), articles=own), own)


def _newest(
    body: bytes, own: Sequence[DemoArticle], content_type: str = "text/html; charset=utf-8"
) -> Answer:
    return Answer(body=body, content_type=content_type, modified=own[0].published)


def _text(body: bytes, modified: datetime = _OPENED) -> Answer:
    return Answer(body=body, content_type="text/plain; charset=utf-8", modified=modified)


def _picture() -> Answer:
    # One grey pixel: nobody is shown, and no image file is shipped.
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00\xb0")), (b"IEND", b""))
    body = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return Answer(body=body, content_type="image/png")
