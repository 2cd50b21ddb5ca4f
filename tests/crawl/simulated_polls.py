"""Crawls at the times that stdin names, in one process; after each, what `health` says.

A line in is a time (ISO 8601); a line out is the JSON of `newsward health --json` at that time,
with the run's endings. The archive and sources.toml are those of the present folder. Requests,
archive and judgements are real: only the time is told.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_from_coro, maybe_deferred_to_future
from scrapy.utils.reactor import install_reactor

from archive.checkup import check_up
from archive.reading import ReadArchive
from crawler.commands.health import as_dict
from crawler.spiders.listed import ListedSpider

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


class Clock:
    """Tells the time that it was set to."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


async def crawl(process: CrawlerProcess, clock: Clock, line: str) -> dict[str, Any]:
    clock.now = datetime.fromisoformat(line.strip())
    crawler = process.create_crawler(ListedSpider)
    await maybe_deferred_to_future(process.crawl(crawler))
    session = crawler.spider.session
    if session.error:
        raise session.error
    with ReadArchive(Path("archive.db")) as reader:
        found = check_up(reader, clock.now)
    endings = (*session.summary.endings, *session.summary.discovery)
    return as_dict(found, list(found.sources)) | {
        "endings": {str(ending): count for ending, count in endings},
        "called": [one.slug for one in session.changes.called],
        "mended": [one.slug for one in session.changes.mended],
        "run": session.summary.run_id,
    }


def main() -> None:
    install_reactor(REACTOR)
    from twisted.internet import reactor  # noqa: PLC0415 - importing it earlier installs another

    clock = Clock()
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(
        {
            "NEWSWARD_CLOCK": clock,
            "NEWSWARD_ALLOW_PRIVATE": True,
            "NEWSWARD_PRINT_SUMMARY": False,
            "NEWSWARD_WORKERS": 0,
            "DOWNLOAD_DELAY": 0,
        },
        priority="cmdline",
    )
    process = CrawlerProcess(settings)

    errors: list[BaseException] = []

    async def polls() -> None:
        try:
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(json.dumps(await crawl(process, clock, line)), flush=True)  # noqa: T201 - its output
        except BaseException as error:  # noqa: BLE001 - raised again outside the event loop
            errors.append(error)
        finally:
            reactor.stop()

    reactor.callWhenRunning(lambda: deferred_from_coro(polls()))
    process.start(stop_after_crawl=False)
    if errors:
        raise errors[0]


if __name__ == "__main__":
    main()
