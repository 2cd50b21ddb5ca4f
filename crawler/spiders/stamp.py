"""Asks a timestamp authority (RFC 3161, section 3.4) once, behind the address guard."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.errors import ConfigurationError
from crawler.urls import site_of

# An answer with its certificates has about 6 kB.
MOST_BYTES = 256 * 1024
_OK = 200
_MIDDLEWARES = "DOWNLOADER_MIDDLEWARES"
_GUARD = "crawler.middlewares.guard.GuardMiddleware"


class StampSpider(scrapy.Spider):
    """Posts one request; `answer` is what came, or `problem` says why nothing did."""

    name = "stamp"

    def __init__(self, url: str, body: bytes, **named: Any) -> None:  # noqa: ANN401 - Scrapy's own arguments
        super().__init__(**named)
        self.url = url
        self.body = body
        self.answer: bytes | None = None
        self.problem = "no answer came"

    async def start(self) -> AsyncIterator[Request]:
        """Ask once: a redirect would lead elsewhere than the person said."""
        yield Request(
            self.url,
            method="POST",
            body=self.body,
            headers={
                "Content-Type": "application/timestamp-query",
                "Accept": "application/timestamp-reply",
            },
            meta={"listed_hosts": frozenset({site_of(urlsplit(self.url).hostname or "")})},
            callback=self.parse,
            errback=self.failed,
        )

    def parse(self, response: Response, **_named: Any) -> None:  # noqa: ANN401 - Scrapy's own arguments
        """Take the answer; whether it proves anything is judged elsewhere."""
        if response.status == _OK:
            self.answer = response.body
        else:
            self.problem = f"it answered with status {response.status}"

    def failed(self, failure: Failure) -> None:
        """Remember why nothing came."""
        self.problem = " ".join(str(failure.value).split()) or type(failure.value).__name__


def ask(url: str, request: bytes, *, allow_private: bool = False) -> bytes:
    """The answer of the authority at `url` to a request, as it came.

    Once in a process: Scrapy's reactor cannot be started again.

    Raises:
        ConfigurationError: the address is refused, or no answer came from there.
    """
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(
        {
            # Of what stands between a crawl and the net, the guard alone: no robots.txt says who
            # may ask for timestamps, and an answer is no text.
            _MIDDLEWARES: {
                name: place if name == _GUARD else None
                for name, place in settings.getdict(_MIDDLEWARES).items()
            },
            "ITEM_PIPELINES": {},
            "DOWNLOAD_MAXSIZE": MOST_BYTES,
            "NEWSWARD_ALLOW_PRIVATE": allow_private,
            "LOG_LEVEL": "CRITICAL",
        },
        priority="cmdline",
    )
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(StampSpider)
    process.crawl(crawler, url=url, body=request)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, StampSpider) or spider.answer is None:
        problem = spider.problem if isinstance(spider, StampSpider) else "no answer came"
        raise ConfigurationError(
            f"{url}: {problem}. Try again, or carry the request there yourself: --request FILE."
        )
    return spider.answer
