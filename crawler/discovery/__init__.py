"""Bytes in, discovered links out: feeds, sitemaps, listing pages and digests."""

from typing import TYPE_CHECKING

from crawler.discovery.document import DiscoveryDocument, Unreadable

if TYPE_CHECKING:
    from crawler.discovery.read import discover

__all__ = ["DiscoveryDocument", "Unreadable", "discover"]


def __getattr__(name: str) -> object:
    # A crawl's own process makes documents, and never reads one.
    if name != "discover":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from crawler.discovery.read import discover

    return discover
