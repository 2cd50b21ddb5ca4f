"""One fetched body, looked at: which kind of place it is and what it names. Runs in a worker."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archive.endings import Ending
from archive.records import DiscoveredLink, LinkKind, Rejected
from crawler.dates import instant
from crawler.discovery import DiscoveryDocument, Unreadable, discover
from crawler.discovery.advertised import Advertised, PageName, advertised_feeds, page_name
from crawler.discovery.document import what_came
from crawler.discovery.likely import likely_articles
from crawler.discovery.paging import likely_next
from crawler.discovery.sureness import Sureness, common_pattern, how_sure, without_strays
from crawler.discovery.webpage import WebPage, anchors, parse_page
from crawler.extraction.decode import decode_html
from crawler.extraction.signals import read_signals
from crawler.extraction.tree import parse

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Links are told to a person or sampled: the first ones are enough.
MOST_LINKS = 100
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a body is and names.

    `count` is how many links it names, `links` the first of them; `newest` the latest date among
    all. `has_news` says that a sitemap tells titles. What follows it is known of web pages only.
    """

    kind: LinkKind
    url: str
    count: int
    links: tuple[DiscoveredLink, ...]
    newest: str | None
    warnings: tuple[str, ...] = ()
    has_news: bool = False
    sureness: Sureness | None = None
    pattern: str | None = None
    next_page: str | None = None
    feeds: tuple[Advertised, ...] = ()
    name: PageName | None = None
    signals: tuple[str, ...] = ()


def kind_of(body: bytes, otherwise: LinkKind) -> LinkKind:
    """Which kind of place a body is by its look; `otherwise` when it does not show."""
    if body.startswith(_GZIP):
        return LinkKind.SITEMAP
    known = {
        "a feed": LinkKind.FEED,
        "JSON": LinkKind.FEED,
        "a sitemap": LinkKind.SITEMAP,
        "an HTML page": LinkKind.LISTING,
    }
    return known.get(what_came(body), otherwise)


def look(document: DiscoveryDocument, now: datetime) -> Look | Rejected:
    """What a document names, or why it cannot be read as what it is taken for."""
    try:
        links = discover(document, now=now)
        page = _page_of(document)
    except Unreadable as error:
        return Rejected(ending=Ending.UNREADABLE, detail=str(error))
    found = Look(
        kind=document.kind,
        url=document.url,
        count=len(links.links),
        links=links.links[:MOST_LINKS],
        newest=_newest(links.links),
        warnings=links.warnings,
        has_news=any(link.title for link in links.links),
    )
    return found if page is None else _with_page(found, page, document, now)


def _page_of(document: DiscoveryDocument) -> WebPage | None:
    if document.kind not in {LinkKind.LISTING, LinkKind.DIGEST}:
        return None
    return parse_page(document.body, document.content_type, document.url)


def _with_page(found: Look, page: WebPage, document: DiscoveryDocument, now: datetime) -> Look:
    likely = likely_articles(anchors(page.root.iter("a"), page), page)
    chosen = without_strays(likely, now)
    tree: HtmlElement | None = parse(decode_html(document.body, document.content_type))
    return Look(
        kind=found.kind,
        url=found.url,
        count=found.count,
        links=found.links,
        newest=found.newest,
        warnings=found.warnings,
        sureness=how_sure(chosen[:MOST_LINKS], page, now),
        pattern=common_pattern(card.url for card in chosen),
        next_page=likely_next(page),
        feeds=advertised_feeds(page),
        name=page_name(page),
        signals=() if tree is None else read_signals(tree, document.url, free=None),
    )


def _newest(links: tuple[DiscoveredLink, ...]) -> str | None:
    dates = [date for link in links if (date := link.published or link.modified)]
    return max(dates, key=instant, default=None)
