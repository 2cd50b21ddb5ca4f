"""The one door to discovery."""

from datetime import UTC, datetime

from archive.records import LinkKind, Links
from crawler.discovery.document import DiscoveryDocument
from crawler.discovery.feeds import read_feed
from crawler.discovery.listings import read_listing
from crawler.discovery.sitemaps import read_sitemap


def discover(document: DiscoveryDocument, *, now: datetime | None = None) -> Links:
    """The links in a fetched feed, sitemap or listing page, each with where it was found.

    `now`, which must know its zone, is what dates are judged by; the clock when None. Raises
    Unreadable when the bytes are not what the source promises. Addresses come in canonical form,
    without doubles and in the order of the document; whose host they may have, the caller says.
    """
    now = now or datetime.now(UTC)
    match document.kind:
        case LinkKind.FEED:
            return read_feed(document, now)
        case LinkKind.SITEMAP:
            return read_sitemap(document, now)
        case LinkKind.LISTING:
            return read_listing(document, now)
        case LinkKind.DIGEST if document.depth == 0:
            return read_listing(document, now)
        case LinkKind.DIGEST:
            raise TypeError("an issue of a newsletter is read for its items, see crawler.digests")
        case LinkKind.ARTICLE:
            raise TypeError("an article is extracted, not read for links")
