"""What a scout found at an address: values, and which of the places found is the one to list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from archive.endings import Ending
from archive.records import LinkKind
from crawler.dates import instant
from crawler.discovery.sureness import Sureness

# Links from which on one feed is as good as another that names more.
ENOUGH = 10
ARTICLE = "article"
# A feed whose newest entry is older than this may be one that was forgotten when it was replaced.
STALE_AFTER = timedelta(days=365)


class Worth(IntEnum):
    """How good a place is to learn of articles from: higher is better."""

    NOTHING = 0
    UNSURE_LISTING = 1
    STALE_FEED = 2
    SITEMAP = 3
    SURE_LISTING = 4
    NEWS_SITEMAP = 5
    FEED = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One place where a site tells of its articles.

    `how` says how it was found; `count` how many links it names, `newest` the latest date among
    them (ISO 8601). `pattern` and `next_page` are rules that fit a listing.
    """

    kind: LinkKind
    url: str
    how: str
    what: str
    count: int
    newest: str | None
    worth: Worth
    sureness: Sureness | None = None
    pattern: str | None = None
    next_page: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What extraction made of one article; `ending` is `article`, or why there is none."""

    url: str
    ending: str
    detail: str | None = None
    title: str | None = None
    published: str | None = None
    words: int = 0
    begins: str | None = None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """An address that was asked and offered nothing: its ending, and what was seen."""

    url: str
    how: str
    ending: Ending
    detail: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All that was found at an address. `robots` and `opt_outs` are in words.

    `crawl_delay` is in seconds. `problem` is how the first of the `attempts` ended.
    """

    asked: str
    final_url: str
    robots: str
    crawl_delay: float | None
    opt_outs: tuple[str, ...]
    offers: tuple[Offer, ...]
    samples: tuple[Sample, ...]
    attempts: tuple[Attempt, ...]
    site_name: str | None = None
    title: str | None = None
    language: str | None = None
    problem: Attempt | None = None

    @property
    def best(self) -> Offer | None:
        """The place to list, None when there is none that names articles."""
        return best_of(self.offers)

    @property
    def readable(self) -> int:
        """How many of the samples became articles."""
        return sum(sample.ending == ARTICLE for sample in self.samples)


def best_of(offers: Iterable[Offer]) -> Offer | None:
    """The offer of most worth; of equals the one that names more articles, then the first."""
    usable = [offer for offer in offers if offer.worth > Worth.NOTHING]
    return max(usable, key=lambda offer: (offer.worth, min(offer.count, ENOUGH)), default=None)


def is_stale(newest: str | None, now: datetime) -> bool:
    """Whether the latest of its dates is so old that a feed may have been forgotten."""
    return newest is not None and now - instant(newest) > STALE_AFTER
