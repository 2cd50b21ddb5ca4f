"""What a place that was looked at is worth as a place to learn of articles from."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from archive.records import DiscoveredLink, LinkKind
from crawler.scouting.looking import Look
from crawler.scouting.report import Offer, Worth, is_stale
from crawler.urls import host_of, site_of


def articles_of(seen: Look, sites: Iterable[str]) -> list[DiscoveredLink]:
    """The links to articles on the given registered domains, or on the one of the place itself."""
    own = {*sites, site_of(host_of(seen.url))}
    return [
        link
        for link in seen.links
        if link.kind is LinkKind.ARTICLE and site_of(host_of(link.url)) in own
    ]


def offer_of(seen: Look, how: str, sites: Iterable[str], now: datetime) -> Offer:
    """The offer that a place makes; `how` says how it was found."""
    what, worth = _worth(seen, articles_of(seen, sites), now)
    return Offer(
        kind=seen.kind,
        url=seen.url,
        how=how,
        what=what,
        count=seen.count,
        newest=seen.newest,
        worth=worth,
        sureness=seen.sureness,
        pattern=seen.pattern,
        next_page=seen.next_page,
    )


def _worth(seen: Look, articles: Sequence[DiscoveredLink], now: datetime) -> tuple[str, Worth]:
    if seen.kind is LinkKind.FEED:
        return _feed(seen, articles, now)
    if seen.kind is LinkKind.SITEMAP:
        return _sitemap(seen, articles)
    if seen.sureness is None or not articles:
        return "web page", Worth.NOTHING
    return "listing", Worth.SURE_LISTING if seen.sureness.is_sure else Worth.UNSURE_LISTING


def _feed(seen: Look, articles: Sequence[DiscoveredLink], now: datetime) -> tuple[str, Worth]:
    if not seen.count:
        return "empty feed", Worth.NOTHING
    if not articles:
        # Such a feed leads through another site's redirects: where an article is from is lost.
        return "feed that leads to other sites only", Worth.NOTHING
    if "/comments/" in seen.url or all("#comment" in link.url for link in articles):
        return "feed of comments", Worth.NOTHING
    if is_stale(seen.newest, now):
        return "feed without news for a year", Worth.STALE_FEED
    return "feed", Worth.FEED


def _sitemap(seen: Look, articles: Sequence[DiscoveredLink]) -> tuple[str, Worth]:
    if any(link.kind is LinkKind.SITEMAP for link in seen.links):
        return "index of sitemaps", Worth.SITEMAP
    if not articles:
        return "empty sitemap", Worth.NOTHING
    if seen.has_news:
        return "news sitemap", Worth.NEWS_SITEMAP
    return "sitemap", Worth.SITEMAP
