"""The one spider: every listed source -> captures, fed by the frontier of the archive."""

import asyncio
import gc
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from archive.errors import ArchiveUnavailableError
from archive.records import Capture, Claim, Fetch, Redirect
from crawler.contact import contact_in, user_agent
from crawler.headers import HEADERS_THAT_MATTER
from crawler.middlewares.pace import slot_of
from crawler.middlewares.reservations import RESERVED
from crawler.middlewares.robots import DECISION
from crawler.session import CrawlSession, SessionOptions
from crawler.spiders.failures import ending_of
from crawler.summary import summary_line
from crawler.urls import site_of

# How many addresses of one host are held at a time: enough to keep its slot busy until the
# frontier is asked again, few enough that hosts which were found first do not fill the crawl.
PER_HOST = 3
# Where no host is given a pause, on this machine only.
PER_HASTY_HOST = 8
# How long to wait before the frontier is asked again when it had nothing more to give, seconds:
# ten times as long as it took to answer, between these. A host uses up less meanwhile than is held
# for it.
ASK_AGAIN, ASK_AGAIN_AT_MOST = 0.2, 0.8
# Requests begun at a time: each takes a millisecond of the event loop.
AT_A_TURN = 4


class ListedSpider(scrapy.Spider):
    """Asks for what is due and hands every answer on, whatever it is.

    Args:
        sources: ids of the sources to crawl, separated by commas; all enabled ones without it.
    """

    name = "listed"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Open the archive and begin a run; the session ends when the spider closes."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        wanted = str(getattr(spider, "sources", "") or "")
        options = SessionOptions.from_settings(crawler.settings, wanted)
        spider.session = CrawlSession(options)
        name_us(crawler, spider.session.contact)
        spider.changed = asyncio.Event()
        spider.out = 0
        crawler.signals.connect(spider.close_session, signal=signals.spider_closed)
        _spare_the_loop(crawler)
        return spider

    session: CrawlSession
    changed: asyncio.Event
    out: int
    done: int = 0
    answered_in: float = 0.0
    _closing: asyncio.Task[None]

    async def start(self) -> AsyncIterator[Request]:
        """Claim what is due, host by host, until nothing is due and nothing is out."""
        most = self.settings.getint("CONCURRENT_REQUESTS") * PER_HOST
        gc.freeze()  # what Scrapy has loaded since the spider was made
        while True:
            # Before the frontier is asked: what ends while it answers may have added to it.
            self.changed.clear()
            was_idle = not self.out
            try:
                claims = await self._claim(most - self.out) if self.out < most else []
            except ArchiveUnavailableError as error:
                self.give_up(error)
                return
            for number, claim in enumerate(claims, 1):
                self.out += 1
                yield self._request(claim)
                if number % AT_A_TURN == 0:
                    await asyncio.sleep(0)
            if not claims and was_idle:
                return
            if not claims:
                await self._wait()

    async def _claim(self, count: int) -> list[Claim]:
        polite = self.settings.getfloat("DOWNLOAD_DELAY") > 0
        per_host = PER_HOST if polite else PER_HASTY_HOST
        began = time.monotonic()
        claims = await asyncio.to_thread(self.session.claim, count, per_host)
        self.answered_in = time.monotonic() - began
        return claims

    async def _wait(self) -> None:
        await self.changed.wait()
        # Several pages may end together: one look at the frontier serves them all.
        await asyncio.sleep(min(max(10 * self.answered_in, ASK_AGAIN), ASK_AGAIN_AT_MOST))

    def give_up(self, error: ArchiveUnavailableError) -> None:
        """End the crawl: going on would fetch pages that cannot be kept."""
        if self.session.error is None:
            self.session.error = error
            closing = self.crawler.engine.close_spider_async(reason="archive-unavailable")
            self._closing = asyncio.create_task(closing)

    def ended(self) -> None:
        """One claim has come to its ending."""
        self.out -= 1
        self.done += 1
        self.changed.set()

    def waiting(self) -> int:
        """How many addresses are still before this crawl; 0 once it has closed its archive."""
        return self.session.waiting()

    def _request(self, claim: Claim) -> Request:
        return Request(
            claim.url,
            callback=self.parse,
            errback=self.parse_failure,
            meta={
                "claim": claim,
                # Scrapy takes the next request from the slot with the fewest on their way.
                "download_slot": slot_of(claim.url),
                "listed_hosts": self.session.listed_sites(claim.source),
                "delay": self.session.sources[claim.source].delay,
                "asked_at": self.session.now(),
                "started": time.monotonic(),
            },
        )

    def parse(self, response: Response) -> Iterator[Capture]:
        """Hand on what came."""
        meta = response.meta
        yield Capture(
            claim=meta["claim"],
            fetch=Fetch(
                url=meta["claim"].url,
                final_url=response.url,
                fetched_at=meta["asked_at"],
                status=response.status,
                redirects=_redirects(meta),
                headers=_headers(response),
                elapsed_ms=_elapsed(meta),
                ip_address=_ip_address(response),
                robots=meta.get(DECISION),
                reserved=meta.get(RESERVED),
            ),
            body=response.body,
        )

    def parse_failure(self, failure: Failure) -> Iterator[Capture]:
        """Hand on why nothing came."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        ending, detail = ending_of(failure)
        response = getattr(failure.value, "response", None)
        yield Capture(
            claim=request.meta["claim"],
            fetch=Fetch(
                url=request.meta["claim"].url,
                final_url=request.url,
                fetched_at=request.meta["asked_at"],
                status=getattr(response, "status", None),
                redirects=_redirects(request.meta),
                headers=_headers(response) if response is not None else (),
                elapsed_ms=_elapsed(request.meta),
                ending=ending,
                detail=detail,
            ),
        )

    def close_session(self, reason: str) -> None:
        """End the run; what is still out is due again."""
        self.session.close(finished=reason == "finished")
        if not self.settings.getbool("NEWSWARD_PRINT_SUMMARY"):
            return
        if self.session.summary:
            sys.stdout.write(summary_line(self.session.summary) + "\n")
        if self.session.error:
            self.logger.critical("%s", self.session.error)


def name_us(crawler: Crawler, contact: str | None) -> None:
    """Put the contact of the list of sources into our name, unless a nearer one is told.

    Nearer are the environment and whoever sets USER_AGENT on a command line. Call while the
    spider is made: later Scrapy's settings are frozen.
    """
    if contact and contact_in(os.environ) is None:
        crawler.settings.set("USER_AGENT", user_agent(contact), priority="spider")


def _spare_the_loop(crawler: Crawler) -> None:
    # Scrapy makes half a dozen lines of log for each page that nobody is shown.
    logging.getLogger("scrapy").setLevel(crawler.settings["LOG_LEVEL"])
    # Before the event loop runs, what would keep it from its work later (measured): reading the
    # list of public suffixes, 50 ms; a full collection of all that is imported, 100 ms each.
    site_of("example.org")
    gc.collect()
    gc.freeze()


def _redirects(meta: dict[str, Any]) -> tuple[Redirect, ...]:
    hops = zip(meta.get("redirect_urls", ()), meta.get("redirect_reasons", ()), strict=True)
    return tuple(Redirect(url=url, status=int(reason)) for url, reason in hops)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value.decode("latin-1"))
        for name in HEADERS_THAT_MATTER
        for value in response.headers.getlist(name)
    )


def _ip_address(response: Response) -> str | None:
    # Behind a proxy Scrapy knows only the address of the proxy.
    if response.ip_address is None or response.meta.get("proxy"):
        return None
    return str(response.ip_address)


def _elapsed(meta: dict[str, Any]) -> int:
    # The download itself where Scrapy measured it, without the polite wait before it.
    seconds = meta.get("download_latency") or time.monotonic() - meta["started"]
    return round(float(seconds) * 1000)
