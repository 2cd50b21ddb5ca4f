"""A spider that fetches what a plan names and notes how each ended."""

import time
from collections.abc import AsyncIterator
from ipaddress import IPv4Network, ip_network
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.records import Claim, LinkKind
from crawler import network
from crawler.middlewares.robots import is_robots_request
from crawler.spiders.failures import ending_of

# Seconds for what is not meant to run out of time: no machine is so busy.
PATIENCE = 60.0


class Patience:
    """Gives each site the seconds that the plan has for it.

    Its robots.txt too where that is what never ends; elsewhere a busy machine may take its time.
    """

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Patience":
        return cls(crawler.settings.getdict("TEST_SECONDS"))

    def process_request(self, request: Request) -> None:
        host = request.url.split("/")[2].partition(":")[0]
        is_told = host.startswith("robots-") or not is_robots_request(request)
        seconds = self._seconds.get(host, PATIENCE) if is_told else PATIENCE
        request.meta["download_timeout"] = seconds


class PlannedSpider(scrapy.Spider):
    """Fetches what the plan names and notes how each ended."""

    name = "planned"
    plan: dict[str, Any]
    results: list[dict[str, Any]]

    async def start(self) -> AsyncIterator[Request]:
        for number, wanted in enumerate(self.plan["requests"]):
            claim = Claim(
                frontier_id=number,
                source_id=1,
                source="test",
                url=wanted["url"],
                kind=LinkKind(wanted.get("kind", "article")),
                depth=0,
                tries=0,
                found_at="2026-01-01T00:00:00Z",
                etag=wanted.get("etag"),
                last_modified=wanted.get("last_modified"),
            )
            meta = {"claim": claim, "listed_hosts": frozenset(self.plan["listed_hosts"])}
            meta["delay"] = wanted.get("delay", 0.0)
            try:
                yield Request(claim.url, self.parse, errback=self.failed, meta=meta)
            except ValueError as error:  # Scrapy itself does not take it for an address
                self.note(claim, ending="not-a-request", detail=str(error))

    def parse(self, response: Response, **_: object) -> None:
        body = response.body
        self.note(
            response.meta["claim"],
            status=response.status,
            final_url=response.url,
            size=len(body),
            text=body[:200].decode("latin-1"),
        )

    def failed(self, failure: Failure) -> None:
        ending, detail = ending_of(failure)
        claim = failure.request.meta["claim"]  # type: ignore[attr-defined] # set by Scrapy
        response = getattr(failure.value, "response", None)
        self.note(claim, ending=ending, detail=detail, status=getattr(response, "status", None))

    def note(self, claim: Claim, **what: object) -> None:
        self.results.append({"url": claim.url, "at": time.monotonic(), **what})


def _without(blocks: tuple[IPv4Network, ...], plays_public: list[str]) -> tuple[IPv4Network, ...]:
    """The blocks without an address of this machine that plays a public one in the test."""
    for number in map(ip_network, plays_public):
        inside = [block for block in blocks if number.subnet_of(block)]
        outside = [block for block in blocks if block not in inside]
        blocks = (*outside, *(part for block in inside for part in block.address_exclude(number)))
    return blocks


def crawl(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Run the plan to its end; a setting that is a table adds to the project's own."""
    network._NOT_PUBLIC_V4 = _without(network._NOT_PUBLIC_V4, plan["plays_public"])
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    own = {
        "SPIDER_MODULES": [],
        "ITEM_PIPELINES": {},
        "TEST_SECONDS": plan["seconds"],
        **plan["settings"],
    }
    middlewares = {**settings.getdict("DOWNLOADER_MIDDLEWARES"), Patience: 10}
    own["DOWNLOADER_MIDDLEWARES"] = middlewares | own.get("DOWNLOADER_MIDDLEWARES", {})
    settings.setdict(own, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    results: list[dict[str, Any]] = []
    process.crawl(PlannedSpider, plan=plan, results=results)
    process.start()
    return results
