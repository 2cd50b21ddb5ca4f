"""One run of `crawl.py` in a process of its own: `crawl_child.py PLAN`; figures on stdout.

PLAN is JSON. `{"run": "crawl", "settings": …, "hours": …}` is a whole crawl as `newsward crawl`
does it, with the clock put forward; `{"run": "fetch", "urls": …}` fetches with our settings and
reads nothing; `{"run": "bare", "urls": …}` is a Scrapy without any of our parts but the resolver;
`{"run": "trafilatura", "files": …}` reads pages and fetches nothing.
"""

import asyncio
import contextlib
import gzip
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BEAT = 0.005


class Heartbeat:
    """Notes how late the event loop comes to a task that wants to run every 5 ms.

    `blocked` is the processor time that the thread of the loop used between two beats: what kept
    it busy, without what a busy machine took from it.
    """

    def __init__(self) -> None:
        self.late: list[float] = []
        self.blocked: list[float] = []

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Heartbeat":  # noqa: ANN401 - Scrapy has no types
        """Scrapy's door."""
        from scrapy import signals  # noqa: PLC0415

        beat = cls()
        crawler.heartbeat = beat
        crawler.signals.connect(beat.opened, signal=signals.spider_opened)
        return beat

    def opened(self) -> None:
        """Begin."""
        self.started = time.monotonic()
        self._task = asyncio.ensure_future(self.beat())

    def stop(self) -> None:
        """End, before what a crawl does when all is in the archive."""
        self.seconds = time.monotonic() - self.started
        self._task.cancel()

    async def beat(self) -> None:
        """Sleep, and note how long it was."""
        while True:
            wall, busy = time.monotonic(), time.thread_time()
            await asyncio.sleep(BEAT)
            self.late.append(time.monotonic() - wall - BEAT)
            self.blocked.append(time.thread_time() - busy)

    def figures(self) -> dict[str, float]:
        """Milliseconds."""
        late, blocked = sorted(self.late), sorted(self.blocked)
        return {
            "beats": len(late),
            "late_ms_p99": late[len(late) * 99 // 100] * 1000,
            "late_ms_most": late[-1] * 1000,
            "late_over_50ms": sum(each > LIMIT for each in late),
            "blocked_ms_p99": blocked[len(blocked) * 99 // 100] * 1000,
            "blocked_ms_most": blocked[-1] * 1000,
            "blocked_over_50ms": sum(each > LIMIT for each in blocked),
        }


LIMIT = 0.050


def crawl(plan: dict[str, Any]) -> dict[str, Any]:
    """A whole crawl, as `newsward crawl` does it."""
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415
    from scrapy.settings import Settings  # noqa: PLC0415

    from crawler.spiders.listed import ListedSpider  # noqa: PLC0415

    class Timed(ListedSpider):
        def close_session(self, reason: str) -> None:
            crawler.heartbeat.stop()
            kept = time.process_time()
            super().close_session(reason)
            figures["cpu_at_its_end"] = time.process_time() - kept

    figures: dict[str, Any] = {}
    forward = timedelta(hours=plan.get("hours", 0))
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    own = {"NEWSWARD_PRINT_SUMMARY": False, "EXTENSIONS": {Heartbeat: 1}}
    own["NEWSWARD_CLOCK"] = lambda: datetime.now(UTC) + forward
    settings.setdict({**plan["settings"], **own}, priority="cmdline")
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Timed)
    process.crawl(crawler)
    process.start()
    summary = crawler.spider.session.summary
    endings = {str(name): count for name, count in (*summary.endings, *summary.discovery)}
    beat = crawler.heartbeat
    return {**figures, "seconds": beat.seconds, "endings": endings, "loop": beat.figures()}


def _spider(urls: list[str], meta: dict[str, Any]) -> Any:  # noqa: ANN401 - Scrapy has no types
    import scrapy  # noqa: PLC0415

    class Fetching(scrapy.Spider):
        name = "fetching"
        pages = 0

        async def start(self) -> Any:  # noqa: ANN401 - as above
            self.busy, self.wall = time.process_time(), time.monotonic()
            for url in urls:
                yield scrapy.Request(url, meta=dict(meta), dont_filter=True)

        def parse(self, response: Any, **_: object) -> None:  # noqa: ANN401 - as above
            Fetching.pages += bool(response.body)

        def closed(self, _reason: str) -> None:
            figures["cpu"] = time.process_time() - self.busy
            figures["seconds"] = time.monotonic() - self.wall
            figures["pages"] = Fetching.pages

    figures: dict[str, Any] = {}
    return Fetching, figures


def fetch(plan: dict[str, Any]) -> dict[str, Any]:
    """Our settings and middlewares, and no reading; or, for `bare`, none of them."""
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415
    from scrapy.settings import Settings  # noqa: PLC0415

    settings = Settings()
    polite = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS": 32, "LOG_LEVEL": "WARNING"}
    polite |= {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "TELNETCONSOLE_ENABLED": False}
    # What else resolves `*.localhost` on every system.
    polite |= {"TWISTED_DNS_RESOLVER": "crawler.network.PublicOnlyResolver"}
    polite |= {"NEWSWARD_ALLOW_PRIVATE": True}
    meta: dict[str, Any] = {}
    if plan["run"] == "fetch":
        settings.setmodule("crawler.settings", priority="project")
        polite |= {"ITEM_PIPELINES": {}, "SPIDER_MODULES": []}
        hosts = {url.split("/")[2].partition(":")[0] for url in plan["urls"]}
        meta = {"listed_hosts": frozenset(hosts), "delay": 0.0}
    settings.setdict(polite, priority="cmdline")
    spider, figures = _spider(plan["urls"], meta)
    process = CrawlerProcess(settings)
    process.crawl(spider)
    process.start()
    return figures


def trafilatura(plan: dict[str, Any]) -> dict[str, Any]:
    """Run trafilatura with metadata alone, on bytes that lie in memory."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - in this run only

    pages = [Path(file).read_bytes() for file in plan["files"]]
    pages = [gzip.decompress(page) if page[:2] == b"\x1f\x8b" else page for page in pages]
    for page in pages[:3]:  # what it loads once
        bare_extraction(page, with_metadata=True, include_comments=False)
    busy, wall = time.process_time(), time.monotonic()
    for page in pages:
        with contextlib.suppress(Exception):
            bare_extraction(page, with_metadata=True, include_comments=False)
    return {
        "cpu": time.process_time() - busy,
        "seconds": time.monotonic() - wall,
        "pages": len(pages),
    }


RUNS = {"crawl": crawl, "fetch": fetch, "bare": fetch, "trafilatura": trafilatura}


def main() -> None:
    """Run the plan."""
    plan = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    figures = RUNS[plan["run"]](plan)
    Path(plan["answer"]).write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":  # workers import this module
    main()
