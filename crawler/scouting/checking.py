"""Whether what is listed still is what it was listed as."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.endings import Ending
from archive.records import Capture, LinkKind, Rejected
from crawler.admission import settle
from crawler.discovery import DiscoveryDocument
from crawler.discovery.sureness import SURE
from crawler.scouting.asking import Asker
from crawler.scouting.looking import Look, kind_of
from crawler.scouting.offers import articles_of
from crawler.scouting.reading import WorkerReader
from crawler.scouting.report import is_stale
from crawler.sources import Discovery, Source, listed_sites
from crawler.urls import canonical_url

_MOVED = {301, 308}


class State(StrEnum):
    """How a listed source was found."""

    OK = "ok"
    DOUBTFUL = "doubtful"
    MOVED = "moved"
    FAILED = "failed"


# The best first: a source is as good as the worst of its places.
_ORDER = (State.OK, State.MOVED, State.DOUBTFUL, State.FAILED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What was found of one source on a day (ISO 8601); `advice` is empty when there is none."""

    source: str
    day: str
    state: State
    found: str
    advice: str = ""

    @property
    def is_good(self) -> bool:
        """Whether no person is needed."""
        return self.state is State.OK

    @property
    def as_written(self) -> str:
        """What the list keeps of it."""
        return f"{self.day}: {self.state}, {self.found}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Finding:
    state: State
    found: str
    advice: str = ""


async def check_source(source: Source, asker: Asker, reader: WorkerReader) -> Checked:
    """Ask each place of a source, then its homepage for the feeds that it advertises."""
    sites = listed_sites(source)
    findings = [await _place(place, sites, asker, reader) for place in source.discovery]
    worst = max(findings, key=lambda one: _ORDER.index(one.state))
    advice = worst.advice
    if worst.state is not State.FAILED or worst.found.startswith(("unreadable", "http-4", "empty")):
        advice = advice or await _advertised(source, sites, asker, reader)
    return Checked(
        source=source.id,
        day=reader.now.strftime("%Y-%m-%d"),
        state=worst.state,
        found="; ".join(one.found for one in findings),
        advice=advice,
    )


async def _place(
    place: Discovery, sites: frozenset[str], asker: Asker, reader: WorkerReader
) -> _Finding:
    capture = await asker.ask(canonical_url(place.url) or place.url, place.kind, sites)
    if refused := settle(capture):
        return _refused(refused)
    seen = await reader.look(_document(place, capture))
    if isinstance(seen, Rejected):
        return _unreadable(place, capture, seen)
    hops = capture.fetch.redirects
    if hops and hops[0].status in _MOVED:
        return _Finding(
            state=State.MOVED,
            found=f"{_counted(seen)}, at {seen.url}",
            advice=f"Set url to {seen.url}",
        )
    return judged(place, seen, sites, reader.now)


def judged(place: Discovery, seen: Look, sites: frozenset[str], now: datetime) -> _Finding:
    """What a place that could be read is worth."""
    found = _counted(seen)
    leads_on = any(link.kind is not LinkKind.ARTICLE for link in seen.links)
    if not seen.count:
        return _Finding(state=State.FAILED, found="empty: it names no link", advice=_rule(place))
    if not articles_of(seen, sites) and not leads_on:
        return _Finding(
            state=State.DOUBTFUL,
            found=f"{found}, all to other sites",
            advice="Name their hosts in hosts",
        )
    if place.kind is LinkKind.FEED and is_stale(seen.newest, now):
        return _Finding(state=State.DOUBTFUL, found=f"{found}: none for a year")
    ruled = place.links is not None or place.pattern is not None
    if place.kind is LinkKind.LISTING and not ruled and seen.sureness is not None:
        sure = f"{found}, {seen.sureness.share:.0%}".replace("%", " %") + " sure"
        if seen.sureness.share < SURE:
            return _Finding(state=State.DOUBTFUL, found=sure, advice=_rule(place))
        return _Finding(state=State.OK, found=sure)
    return _Finding(state=State.OK, found=found)


def _rule(place: Discovery) -> str:
    if place.kind in {LinkKind.LISTING, LinkKind.DIGEST}:
        return "Say with links or pattern which links are meant"
    return ""


def _counted(seen: Look) -> str:
    newest = f", newest {seen.newest[:10]}" if seen.newest else ""
    return f"{seen.count} {'link' if seen.count == 1 else 'links'}{newest}"


def _refused(refused: Rejected) -> _Finding:
    advice = {
        Ending.ROBOTS_DISALLOWED: "Switch it off: it does not want to be read",
        Ending.HTTP_401: "Switch it off, or ask its publisher",
        Ending.HTTP_403: "Switch it off, or ask its publisher: it refuses us",
        Ending.HTTP_410: "Look for its successor with `newsward source test`",
        Ending.UNLISTED_HOST: "It moved to another site: look at that one with `source test`",
    }.get(refused.ending, "")
    found = f"{refused.ending}: {refused.detail}" if refused.detail else str(refused.ending)
    return _Finding(state=State.FAILED, found=found, advice=advice)


def _unreadable(place: Discovery, capture: Capture, seen: Rejected) -> _Finding:
    is_page = kind_of(capture.body, place.kind) is LinkKind.LISTING
    turned = place.kind in {LinkKind.FEED, LinkKind.SITEMAP} and is_page
    said = f"unreadable: the {place.kind} turned into a web page" if turned else None
    return _Finding(state=State.FAILED, found=said or f"{seen.ending}: {seen.detail}")


def _document(place: Discovery, capture: Capture) -> DiscoveryDocument:
    return DiscoveryDocument(
        kind=place.kind,
        url=capture.fetch.final_url,
        body=capture.body,
        content_type=capture.fetch.header("content-type"),
        rules=place,
    )


async def _advertised(
    source: Source, sites: frozenset[str], asker: Asker, reader: WorkerReader
) -> str:
    """The feed that the homepage declares and the list does not name, as an advice."""
    home = canonical_url(source.homepage) or source.homepage
    capture = await asker.ask(home, LinkKind.LISTING, sites)
    if (
        settle(capture) is not None
        or kind_of(capture.body, LinkKind.LISTING) is not LinkKind.LISTING
    ):
        return ""
    place = Discovery(kind=LinkKind.LISTING, url=home)
    seen = await reader.look(_document(place, capture))
    declared = [
        feed.url
        for feed in (seen.feeds if isinstance(seen, Look) else ())
        if feed.how == "link rel=alternate"
    ]
    known = {canonical_url(place.url) for place in source.discovery}
    if not declared or known & set(declared):
        return ""
    return f"It advertises a feed: {declared[0]}"
