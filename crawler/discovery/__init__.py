"""Bytes in, discovered links out: feeds, sitemaps, listing pages and digests."""

from crawler.discovery.document import DiscoveryDocument, Unreadable
from crawler.discovery.read import discover

__all__ = ["DiscoveryDocument", "Unreadable", "discover"]
