"""Hands each capture to the flow, counts each ending."""

import asyncio
from typing import TYPE_CHECKING, Self, cast

from scrapy.crawler import Crawler

from archive.errors import ArchiveUnavailableError
from archive.records import Capture
from crawler.middlewares.bodies import bodies_of

if TYPE_CHECKING:
    from crawler.spiders.listed import ListedSpider


class FlowPipeline:
    """Runs the flow in a thread, so that the event loop never waits for a disk or a worker."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's door."""
        return cls(crawler)

    async def process_item(self, item: Capture) -> Capture:
        """Take a capture to its ending. Nothing that goes wrong with one page stops another."""
        spider = cast("ListedSpider", self.crawler.spider)
        try:
            loop, session = asyncio.get_running_loop(), spider.session
            stored = await loop.run_in_executor(session.threads, session.handle, item)
            self.crawler.stats.inc_value(f"newsward/ending/{stored.ending}")
        except ArchiveUnavailableError as error:
            spider.give_up(error)
        finally:
            bodies_of(self.crawler).ended(item.claim.frontier_id)
            spider.ended()
        return item
