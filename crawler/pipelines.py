"""Hands each capture to the flow, counts each ending."""

import asyncio
import logging
from typing import Self, cast

from scrapy.crawler import Crawler

from archive.endings import Ending
from archive.errors import ArchiveUnavailableError
from archive.records import Capture, Fetch
from crawler.spiders.listed import ListedSpider

logger = logging.getLogger(__name__)


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
            ending = await self._handle(spider, item)
            self.crawler.stats.inc_value(f"newsward/ending/{ending}")
        except ArchiveUnavailableError as error:
            spider.give_up(error)
        finally:
            spider.ended()
        return item

    async def _handle(self, spider: ListedSpider, item: Capture) -> Ending:
        loop = asyncio.get_running_loop()
        session = spider.session
        try:
            stored = await loop.run_in_executor(session.threads, session.handle, item)
        except ArchiveUnavailableError:
            raise
        except Exception:
            # The border: our own mistake on one page is counted, logged and kept for a person.
            logger.exception("our own mistake on %s", item.claim.url)
            failed = Capture(claim=item.claim, fetch=_as_internal(item.fetch))
            stored = await loop.run_in_executor(session.threads, session.handle, failed)
        return stored.ending


def _as_internal(fetch: Fetch) -> Fetch:
    return Fetch(
        url=fetch.url,
        final_url=fetch.final_url,
        fetched_at=fetch.fetched_at,
        status=fetch.status,
        redirects=fetch.redirects,
        headers=fetch.headers,
        elapsed_ms=fetch.elapsed_ms,
        ending=Ending.INTERNAL,
        detail="a mistake of newsward; the log has its traceback",
    )
