"""A crawl of given addresses in a process of its own: `child.py PLAN.json`, results on stdout."""

import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.records import Claim, LinkKind
from crawler.spiders.failures import ending_of


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


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict({"SPIDER_MODULES": [], "ITEM_PIPELINES": {}}, priority="cmdline")
    settings.setdict(plan["settings"], priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    results: list[dict[str, Any]] = []
    process.crawl(PlannedSpider, plan=plan, results=results)
    process.start()
    json.dump({"results": results, "peak_mib": peak_mib()}, sys.stdout)


def peak_mib() -> float:
    """The most memory this process has held, MiB; 0 where the system does not say (no /proc)."""
    # Not getrusage: its figure lives on through exec, so it would be at least that of the test
    # process which started this one.
    with contextlib.suppress(FileNotFoundError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


main()
