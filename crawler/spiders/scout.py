"""The scout: asks single addresses as the crawl would ask them, and archives nothing."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.settings import Settings

from archive.records import Capture, Claim, Fetch, LinkKind, Redirect
from crawler.frontier import utc
from crawler.scouting.asking import Asker, Robots
from crawler.spiders.failures import ending_of

_NO_REQUESTS: tuple[Request, ...] = ()
Job = Callable[[Asker], Awaitable[None]]


class ScoutSpider(scrapy.Spider):
    """Runs one job that asks for addresses, through every middleware of the crawl.

    Args:
        job: what to do; the spider closes when it is done.
    """

    name = "scout"

    def __init__(self, job: Job, **named: Any) -> None:  # noqa: ANN401 - Scrapy's own arguments
        super().__init__(**named)
        self.job = job
        self.error: BaseException | None = None
        self.done = False
        self._robots: dict[str, Robots] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **named: Any) -> "ScoutSpider":  # noqa: ANN401 - as above
        """Build as Scrapy asks, and listen to what robots.txt says."""
        spider: ScoutSpider = super().from_crawler(crawler, *args, **named)
        crawler.signals.connect(spider.robots_parsed, signal=signals.robots_parsed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Do the job; no request goes through the scheduler."""
        try:
            await self.job(self)
            self.done = True
        except Exception as error:  # noqa: BLE001 - raised again by `run_scout`, outside the reactor
            self.error = error
        for request in _NO_REQUESTS:
            yield request

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Remember what a robots.txt says beside its rules."""
        # Scrapy's parsers do not tell of sitemaps; Protego, which they wrap, does.
        parsed = getattr(robotparser, "rp", None)
        agent = self.settings["ROBOTSTXT_USER_AGENT"] or self.settings["USER_AGENT"]
        self._robots[_host(request.url)] = Robots(
            sitemaps=tuple(getattr(parsed, "sitemaps", ())),
            crawl_delay=robotparser.crawl_delay(agent),
        )

    def robots(self, url: str) -> Robots | None:
        """What robots.txt of the host said; None when it was not read."""
        return self._robots.get(_host(url))

    async def ask(self, url: str, kind: LinkKind, sites: frozenset[str]) -> Capture:
        """What came, whatever it is."""
        now = utc(datetime.now(UTC))
        claim = Claim(
            frontier_id=0,
            source_id=0,
            source="scout",
            url=url,
            kind=kind,
            depth=0,
            tries=0,
            found_at=now,
        )
        request = Request(
            url,
            callback=NO_CALLBACK,
            meta={"claim": claim, "listed_hosts": sites, "delay": 0.0, "asked_at": now},
        )
        started = time.monotonic()
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - every way in which nothing came has its ending
            return _failed(claim, request, error, started)
        return _came(claim, response, started)


def run_scout(job: Job, settings: dict[str, Any]) -> bool:
    """Run a job in this process, to its end or to Ctrl-C; whether it came to its end.

    Once in a process: Scrapy's reactor cannot be started again. Raises what the job raised.
    """
    project = Settings()
    project.setmodule("crawler.settings", priority="project")
    project.update({"ITEM_PIPELINES": {}, **settings}, priority="cmdline")
    process = CrawlerProcess(project)
    crawler = process.create_crawler(ScoutSpider)
    failures: list[Any] = []
    process.crawl(crawler, job=job).addErrback(failures.append)
    process.start()
    if failures:
        raise failures[0].value
    spider = crawler.spider
    if not isinstance(spider, ScoutSpider):
        return False
    if spider.error is not None:
        raise spider.error
    return spider.done


def _came(claim: Claim, response: Response, started: float) -> Capture:
    request = response.request
    fetch = Fetch(
        url=claim.url,
        final_url=response.url,
        fetched_at=claim.found_at,
        status=response.status,
        redirects=_redirects(request.meta if request is not None else {}),
        headers=_headers(response),
        elapsed_ms=_milliseconds(started),
    )
    return Capture(claim=claim, fetch=fetch, body=response.body)


def _failed(claim: Claim, request: Request, error: Exception, started: float) -> Capture:
    ending, detail = ending_of(error)
    response = getattr(error, "response", None)
    fetch = Fetch(
        url=claim.url,
        final_url=request.url,
        fetched_at=claim.found_at,
        status=getattr(response, "status", None),
        headers=_headers(response) if response is not None else (),
        elapsed_ms=_milliseconds(started),
        ending=ending,
        detail=detail,
    )
    return Capture(claim=claim, fetch=fetch)


def _redirects(meta: dict[str, Any]) -> tuple[Redirect, ...]:
    hops = zip(meta.get("redirect_urls", ()), meta.get("redirect_reasons", ()), strict=True)
    return tuple(Redirect(url=url, status=int(reason)) for url, reason in hops)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
