"""Autodiscovery: from one address to the places where its site tells of its articles.

What is advertised is asked before what is guessed, and what is found ends the guessing: a site is
asked as few questions as will do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from archive.endings import Ending
from archive.records import Capture, LinkKind, Rejected
from crawler.admission import settle
from crawler.discovery import DiscoveryDocument
from crawler.opt_outs import read_reservations, reservation_of, robots_directives
from crawler.scouting.asking import Asker
from crawler.scouting.looking import Look, kind_of
from crawler.scouting.offers import articles_of, offer_of
from crawler.scouting.reading import Reader
from crawler.scouting.report import Attempt, Offer, Report, Sample, Worth, best_of
from crawler.scouting.samples import read_samples
from crawler.sources import Discovery
from crawler.urls import canonical_url, host_of, site_of

# Addresses that one scouting asks for at most; samples and files for crawlers are not counted.
MOST_ASKED = 24
MOST_ADVERTISED = 4
MOST_CHILDREN = 2
# Where content management systems keep them when nothing says where.
FEED_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
SITEMAP_PATHS = (
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap/news.xml",
    "/sitemap.xml",
)
TDMREP = "/.well-known/tdmrep.json"
# After these the host is asked nothing more.
_GIVE_UP = frozenset(
    {
        Ending.ROBOTS_UNAVAILABLE,
        Ending.DNS,
        Ending.CONNECTION,
        Ending.TIMEOUT,
        Ending.CERTIFICATE,
        Ending.REFUSED_ADDRESS,
        Ending.UNLISTED_HOST,
        Ending.HTTP_401,
        Ending.HTTP_403,
        Ending.HTTP_429,
        Ending.HTTP_5XX,
        Ending.INTERNAL,
    }
)
_SIGNALS = ("noarchive", "nocache", "noai", "noimageai", "tdm-reservation", "isAccessibleForFree")


@dataclass(slots=True)
class Scout:
    """One scouting: `run` is called once, and asks one thing after the other."""

    asker: Asker
    reader: Reader
    now: datetime
    sites: set[str] = field(default_factory=set)
    offers: dict[str, Offer] = field(default_factory=dict)
    seen: dict[str, Look] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    opt_outs: dict[str, None] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    async def run(self, url: str) -> Report:
        """Look at an address, at what it advertises, at what is usual, and at three articles."""
        self.sites.add(site_of(host_of(url)))
        final_url, first = await self._ask(url, None, "the address itself")
        problem = self.attempts[0] if self.attempts else None
        if problem is None or problem.ending not in _GIVE_UP:
            if first is None or first.kind is not LinkKind.LISTING:
                _, first = await self._ask(urljoin(final_url, "/"), LinkKind.LISTING, "front page")
            await self._look_around(final_url, first)
            await self._ask_reservations(final_url)
        samples = await self._samples()
        robots = self.asker.robots(final_url) or self.asker.robots(url)
        name = first.name if first is not None else None
        return Report(
            asked=url,
            final_url=final_url,
            robots=robots_words(problem.ending if problem else None),
            crawl_delay=robots.crawl_delay if robots else None,
            opt_outs=tuple(self.opt_outs),
            offers=tuple(self.offers.values()),
            samples=samples,
            attempts=tuple(self.attempts),
            site_name=name.site if name else None,
            title=name.title if name else None,
            language=name.language if name else None,
            problem=problem,
        )

    async def _look_around(self, url: str, first: Look | None) -> None:
        for feed in first.feeds[:MOST_ADVERTISED] if first else ():
            # A page may keep its feed with a service elsewhere, and says so here.
            await self._ask(feed.url, LinkKind.FEED, feed.how)
        robots = self.asker.robots(url)
        named = sorted(robots.sitemaps if robots else (), key=lambda line: "news" not in line)
        for line in named[:MOST_ADVERTISED]:
            await self._ask_sitemap(urljoin(url, line), "robots.txt")
        if not self._has(Worth.FEED):
            below = [url.rstrip("/") + "/feed/"] if urlsplit(url).path.strip("/") else []
            usual = [urljoin(url, path) for path in FEED_PATHS]
            await self._guess([*below, *usual], LinkKind.FEED)
        if not named and not self._has(Worth.FEED):
            await self._guess([urljoin(url, path) for path in SITEMAP_PATHS], LinkKind.SITEMAP)

    async def _guess(self, urls: Iterable[str], kind: LinkKind) -> None:
        """Ask for usual addresses until one offers something."""
        for url in urls:
            before = len(self.offers)
            if kind is LinkKind.SITEMAP:
                await self._ask_sitemap(url, "a usual address")
            else:
                await self._ask(url, kind, "a usual address")
            if len(self.offers) > before:
                return

    async def _ask_sitemap(self, url: str, how: str) -> None:
        """A sitemap, and of an index its children that are of news."""
        _, seen = await self._ask(url, LinkKind.SITEMAP, how)
        children = [link.url for link in seen.links] if seen else []
        news = [child for child in children if "news" in child.lower() and child != url]
        if seen and any(link.kind is LinkKind.SITEMAP for link in seen.links):
            for child in news[:MOST_CHILDREN]:
                await self._ask(child, LinkKind.SITEMAP, f"{how}, by way of {url}")

    async def _ask(self, url: str, kind: LinkKind | None, how: str) -> tuple[str, Look | None]:
        """Ask for an address once and note what it offers, or why it offers nothing."""
        known = canonical_url(url) or url
        if known in self.asked or len(self.asked) >= MOST_ASKED:
            return known, None
        self.asked.add(known)
        # Packed sitemaps come with types that no page may have.
        expected = kind or (LinkKind.SITEMAP if known.endswith(".gz") else LinkKind.LISTING)
        sites = frozenset({*self.sites, site_of(host_of(known))})
        capture = await self.asker.ask(known, expected, sites)
        seen = settle(capture) or await self.reader.look(_document(capture, kind))
        if isinstance(seen, Rejected):
            attempt = Attempt(url=known, how=how, ending=seen.ending, detail=seen.detail or None)
            self.attempts.append(attempt)
            return capture.fetch.final_url, None
        if kind is None:
            self._note_signals("the page", [*robots_directives(capture.fetch), *seen.signals])
        self.seen.setdefault(seen.url, seen)
        self.offers.setdefault(seen.url, offer_of(seen, how, self.sites, self.now))
        return capture.fetch.final_url, seen

    async def _ask_reservations(self, url: str) -> None:
        """What the site's file of the TDM Reservation Protocol says of this address."""
        sites = frozenset(self.sites)
        capture = await self.asker.ask(urljoin(url, TDMREP), LinkKind.LISTING, sites)
        if settle(capture) is None:
            location = reservation_of(read_reservations(capture.body), url)
            if location is not None:
                self._note_signals(TDMREP, [f"tdm-reservation of {location}"])

    def _note_signals(self, where: str, said: Iterable[str]) -> None:
        for signal in said:
            if any(word in signal for word in _SIGNALS):
                self.opt_outs[f"{signal} ({where})"] = None

    def _has(self, worth: Worth) -> bool:
        return any(offer.worth is worth for offer in self.offers.values())

    async def _samples(self) -> tuple[Sample, ...]:
        best = best_of(self.offers.values())
        if best is None:
            return ()
        sites = frozenset({*self.sites, site_of(host_of(best.url))})
        articles = articles_of(self.seen[best.url], sites)
        samples = await read_samples(articles, sites, self.asker, self.reader)
        for sample in samples:
            self._note_signals("an article", sample.signals)
        return samples


def _document(capture: Capture, kind: LinkKind | None) -> DiscoveryDocument:
    looks_like = kind or kind_of(capture.body, LinkKind.LISTING)
    url = capture.fetch.final_url
    return DiscoveryDocument(
        kind=looks_like,
        url=url,
        body=capture.body,
        content_type=capture.fetch.header("content-type"),
        rules=Discovery(kind=looks_like, url=url),
    )


def robots_words(ending: Ending | None) -> str:
    """What robots.txt means for the address, in words; `ending` is how asking for it ended."""
    if ending is Ending.ROBOTS_DISALLOWED:
        return "asks us not to read this address"
    if ending is Ending.ROBOTS_UNAVAILABLE:
        return "cannot be read, so nothing of the site is"
    if ending in {Ending.DNS, Ending.CERTIFICATE, Ending.REFUSED_ADDRESS, Ending.UNLISTED_HOST}:
        return "was not asked"
    return "allows it"
