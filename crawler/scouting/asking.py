"""What scouting needs of the network, so that it need not know Scrapy."""

from dataclasses import dataclass
from typing import Protocol

from archive.records import Capture, LinkKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Robots:
    """What the robots.txt of a host says beside its rules; `crawl_delay` in seconds."""

    sitemaps: tuple[str, ...] = ()
    crawl_delay: float | None = None


class Asker(Protocol):
    """Asks for one address as the crawl would: guarded, after robots.txt, at its pace."""

    async def ask(self, url: str, kind: LinkKind, sites: frozenset[str]) -> Capture:
        """What came, whatever it is; nothing is raised for what did not come.

        `sites` are the registered domains that the exchange may touch, redirects included.
        """

    def robots(self, url: str) -> Robots | None:
        """What robots.txt of the host said; None when it was not read."""
