"""Pace: one registered domain, one queue, and the longest of the delays that apply to it."""

import math
import time
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import signals

from crawler.urls import site_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request
    from scrapy.robotstxt import RobotParser

# Seconds. Without any delay Scrapy 2.19 sends off all that waits in a slot at one moment, whatever
# its concurrency: it counts a request only once it runs.
ONE_AT_A_TIME = 0.001

# A Crawl-delay above this is obeyed as this, seconds: news-crawl, which feeds Common Crawl's
# news collection, draws the line at the same place.
MOST_CRAWL_DELAY = 120.0


def count_from_now(crawler: "Crawler", request: "Request") -> None:
    """Begin the delay of the request's site anew: its host has just answered, or failed to.

    Scrapy counts from the moment at which it hands a request on. One that then waits for a name or
    a connection reaches the server late, and the next one too soon after it (measured: 0.81 s
    after, of 1 s). Counted from the end of one to the beginning of the next, no server can see
    them closer. Call before the answer is handed on; the slot looks again when its timer fires.
    """
    slot = crawler.engine.downloader.slots.get(str(request.meta.get("download_slot")))
    if slot is not None:
        slot.lastseen = time.monotonic()


def delay_between(floor: float, source: float, robots: float) -> float:
    """Seconds between two requests to one site: the longest of ours, the source's, robots.txt's."""
    return max(floor, source, min(robots, MOST_CRAWL_DELAY))


class PaceMiddleware:
    """Gives each registered domain one download slot and keeps its delay where it belongs.

    The delay is the longest of DOWNLOAD_DELAY, the source's own (`meta["delay"]`) and the
    Crawl-delay of the robots.txt files of the site, all in seconds.
    """

    def __init__(self, crawler: "Crawler") -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._floor = settings.getfloat("DOWNLOAD_DELAY")
        self._agent = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        self._asked: dict[str, float] = {}
        self._source: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build as Scrapy asks, and listen to what robots.txt says."""
        pace = cls(crawler)
        crawler.signals.connect(pace.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(pace.queued, signal=signals.request_reached_downloader)
        return pace

    def process_request(self, request: "Request") -> None:
        """Queue the request with all others to its registered domain, redirects included."""
        site = slot_of(request.url)
        request.meta["download_slot"] = site
        # Two sources may share a site: the slower one sets its pace.
        self._source[site] = max(self._source.get(site, 0.0), request.meta.get("delay", 0.0))

    def robots_parsed(self, robotparser: "RobotParser", request: "Request") -> None:
        """Remember the Crawl-delay of a host for its whole site."""
        asked = robotparser.crawl_delay(self._agent)
        if asked is not None and math.isfinite(asked):
            site = slot_of(request.url)
            self._asked[site] = max(self._asked.get(site, 0.0), asked)

    def queued(self, request: "Request") -> None:
        """Set the delay of the slot before the request's turn in it is worked out."""
        site = request.meta["download_slot"]
        slot = self._crawler.engine.downloader.slots[site]
        delay = delay_between(self._floor, self._source.get(site, 0.0), self._asked.get(site, 0.0))
        slot.delay = max(delay, ONE_AT_A_TIME)


def slot_of(url: str) -> str:
    """The slot of an address: its registered domain."""
    try:
        host = urlsplit(url).hostname
    except ValueError:  # no address at all: the guard refuses it
        host = None
    return site_of((host or "").rstrip("."))
