"""Which listed source a page of a WARC belongs to: pure decisions on addresses."""

from collections.abc import Mapping

from crawler.sources import Source, listed_sites
from crawler.urls import canonical_url, host_of, site_of


class ListedPages:
    """The sources by the sites that are theirs; with `only`, every page belongs to that one."""

    def __init__(self, sources: Mapping[str, Source], only: str | None = None) -> None:
        self._only = None if only is None else sources[only]
        self._by_site: dict[str, list[Source]] = {}
        for source in sources.values():
            for site in listed_sites(source):
                self._by_site.setdefault(site, []).append(source)
        self._lists = {
            canonical_url(address) for source in sources.values() for address in _addresses(source)
        }

    def source_of(self, url: str) -> Source | None:
        """The source of a page's canonical address, None when no listed source has its site.

        Of several on one site, the one whose own addresses are most like it.
        """
        if self._only:
            return self._only
        listed = self._by_site.get(site_of(host_of(url)), ())
        return max(listed, key=lambda source: _likeness(source, url), default=None)

    def is_list(self, url: str) -> bool:
        """Whether it is the front page, a feed, a sitemap or a listing page of a source."""
        return url in self._lists


def _addresses(source: Source) -> tuple[str, ...]:
    return (source.homepage, *(place.url for place in source.discovery))


def _likeness(source: Source, url: str) -> int:
    return max(_shared_length(address, url) for address in _addresses(source))


def _shared_length(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
