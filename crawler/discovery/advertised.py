"""What a page says of itself and of its feeds: the first thing to ask before guessing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from crawler.discovery.gathering import absolute_url
from crawler.discovery.titles import plain_title
from crawler.discovery.webpage import WebPage, words
from crawler.urls import same_site

_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "text/rss+xml",
    "text/xml",
    "application/xml",
}
_RELATIONS = {"alternate", "feed"}
# What is linked as a feed in the text of a page, by its name or by its address.
_CALLED = re.compile(r"(?:rss|atom|feeds?|rss[ -]feeds?|json feed|web feed)[\W_]*", re.IGNORECASE)
_FEED_PATH = re.compile(r"(?:/(?:feed|rss|atom)/?|\.(?:rss|atom|rdf)|/(?:feed|rss|atom)\.xml)$")
_COMMENTS = re.compile(r"comment|kommentar|/replies/", re.IGNORECASE)
_SITE_NAMES = etree.XPath("//meta[@property='og:site_name' or @name='application-name']/@content")
_TITLES = etree.XPath("(//title)[1]")
_LANGUAGES = etree.XPath("/html/@lang")
# More feeds than this a page has only when it lists every tag.
MOST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Advertised:
    """One feed that a page names, and how: by `link rel=alternate` or by a plain link."""

    url: str
    title: str | None
    how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PageName:
    """What a page calls itself; each None where it says nothing."""

    site: str | None
    title: str | None
    language: str | None


def advertised_feeds(page: WebPage) -> tuple[Advertised, ...]:
    """The feeds that a page names, the likeliest first: declared ones, of news, of this section.

    Feeds of comments come last; of equal addresses the first.
    """
    found: dict[str, Advertised] = {}
    for one in (*_declared(page), *_linked(page)):
        found.setdefault(one.url, one)
    return tuple(sorted(found.values(), key=lambda one: _rank(one, page))[:MOST])


def page_name(page: WebPage) -> PageName:
    """The name of the site, the title of the page and its language, as the page tells them."""
    names = [name for text in _SITE_NAMES(page.root) if (name := plain_title(str(text)))]
    title = next((words(element) for element in _TITLES(page.root)), "")
    language = next((str(lang).strip() for lang in _LANGUAGES(page.root)), "")
    return PageName(
        site=names[0] if names else None,
        title=plain_title(title) if title else None,
        language=language or None,
    )


def _declared(page: WebPage) -> Iterator[Advertised]:
    for link in page.root.iter("link"):
        if _RELATIONS.isdisjoint((link.get("rel") or "").lower().split()):
            continue
        bare = (link.get("type") or "").partition(";")[0].strip().lower()
        is_feed = bare in _TYPES or (
            bare == "application/json" and "feed" in (link.get("title") or "").lower()
        )
        url = absolute_url(link.get("href", ""), page.base)
        if url is not None and is_feed and not link.get("hreflang"):
            title = plain_title(link.get("title") or "")
            yield Advertised(url=url, title=title, how="link rel=alternate")


def _linked(page: WebPage) -> Iterator[Advertised]:
    for link in page.root.iter("a"):
        url = absolute_url(link.get("href", ""), page.base)
        if url is None or not same_site(url, page.url):
            continue
        said = words(link)
        if _CALLED.fullmatch(said) or _FEED_PATH.search(urlsplit(url).path):
            yield Advertised(url=url, title=plain_title(said), how="a link on the page")


def _rank(one: Advertised, page: WebPage) -> tuple[bool, bool, bool, bool]:
    own = urlsplit(page.url).path.rstrip("/")
    return (
        bool(_COMMENTS.search(f"{one.title or ''} {one.url}")),
        one.how != "link rel=alternate",
        not same_site(one.url, page.url),
        not urlsplit(one.url).path.startswith(own),
    )
