"""The list of sources: one `[[source]]` in sources.toml is one listed publisher channel."""

from dataclasses import dataclass
from enum import StrEnum

from archive.records import LinkKind
from crawler.urls import canonical_url, host_of, site_of


class SourceKind(StrEnum):
    """Who speaks through a source."""

    NEWS = "news"
    GOVERNMENT = "government"
    REGULATOR = "regulator"
    POLICE = "police"
    CHARITY = "charity"
    HELPLINE = "helpline"
    RESEARCH = "research"
    EDUCATION = "education"
    INDUSTRY = "industry"
    BLOG = "blog"
    DIGEST = "digest"


class Scope(StrEnum):
    """Whether all that a source publishes belongs into the archive, or what its topics admit."""

    ALL = "all"
    FILTER = "filter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """One place where a source tells of its articles.

    `links` (a CSS selector for the `a` elements) or `pattern` (a regular expression over absolute
    addresses) says which links of a listing are articles; without both they are judged by their
    form. `next_page` is a CSS selector for the link to the next page of a listing ("rel" for
    `rel=next`, "auto" for what looks like one), followed at most `pages` pages deep.
    """

    kind: LinkKind
    url: str
    links: str | None = None
    pattern: str | None = None
    next_page: str | None = None
    pages: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A listed publisher channel.

    `every` and `delay` are seconds. Without `every`, each of its lists is asked as often as it
    brings something, between `every_least` and `every_most` seconds. `hosts` are further hosts
    whose pages belong to the source, beside those of the homepage and the discovery addresses.
    `drop` holds XPaths or lines of its furniture, `narrow` XPaths of the boxes that hold its
    articles.
    `evidence` says where the address was seen, `reason` why the source is switched off or keeps
    links only, `checked` what `newsward source check` found last, its date first.
    """

    id: str
    name: str
    homepage: str
    discovery: tuple[Discovery, ...]
    country: str | None = None
    language: str | None = None
    kind: SourceKind = SourceKind.NEWS
    scope: Scope = Scope.ALL
    every: float | None = None
    every_least: float = 900.0
    every_most: float = 86400.0
    delay: float = 1.0
    enabled: bool = True
    link_only: bool = False
    licence: str | None = None
    hosts: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    evidence: str | None = None
    reason: str | None = None
    checked: str | None = None


def listed_sites(source: Source) -> frozenset[str]:
    """The registered domains that belong to a source: nothing outside them is fetched for it."""
    addresses = (source.homepage, *(place.url for place in source.discovery))
    hosts = (*(host_of(canonical_url(url) or url) for url in addresses), *source.hosts)
    return frozenset(site_of(host.lower()) for host in hosts)
