"""tdmrep.json: what a host reserves of text and data mining, asked once a day.

W3C TDM Reservation Protocol. A file that cannot be had or read reserves nothing, as it says there.
"""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from archive.records import LinkKind
from crawler.middlewares.robots import is_robots_request
from crawler.middlewares.site_files import site_files_of
from crawler.opt_outs import Reservation, read_reservations, reservation_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.middlewares.site_files import SiteFiles

NAME = "tdmrep.json"
PATH = "/.well-known/tdmrep.json"
ASKED_AGAIN = timedelta(hours=24)
LIMIT = 512 * 1024
# Where in the meta of a request the rule stands that reserves its page.
RESERVED = "tdm_reserved"
_MARK = "tdmrep"


class ReservationsMiddleware:
    """Asks the host of each article for its tdmrep.json, and notes the rule that reserves it."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._answers: dict[str, asyncio.Task[tuple[Reservation, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build as Scrapy asks."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Note what the host of an article reserves, redirects included."""
        files = site_files_of(self._crawler.spider)
        claim = request.meta.get("claim")
        is_article = claim is not None and claim.kind is LinkKind.ARTICLE
        if files is None or not is_article or is_robots_request(request):
            return
        host = urlparse_cached(request).netloc
        if host not in self._answers:
            self._answers[host] = asyncio.ensure_future(self._rules(request, files))
        # Shielded: a page that is given up must not take the answer from the others.
        rules = await asyncio.shield(self._answers[host])
        request.meta[RESERVED] = reservation_of(rules, request.url)

    async def _rules(self, page: Request, files: "SiteFiles") -> tuple[Reservation, ...]:
        host = urlparse_cached(page).netloc
        copy = await asyncio.to_thread(files.site_file, host, NAME, within=ASKED_AGAIN)
        if copy is not None and files.is_young(copy, ASKED_AGAIN):
            return read_reservations(copy.body)
        status, body = await self._download(page)
        await asyncio.to_thread(files.keep_site_file, host, NAME, status, body)
        return read_reservations(body)

    async def _download(self, page: Request) -> tuple[int, bytes]:
        url = urlparse_cached(page)
        request = Request(
            f"{url.scheme}://{url.netloc}{PATH}",
            meta={
                _MARK: True,
                "listed_hosts": page.meta["listed_hosts"],
                "delay": page.meta.get("delay", 0.0),
                "download_maxsize": LIMIT,
                "dont_retry": True,
            },
            callback=NO_CALLBACK,
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception:  # noqa: BLE001 - whatever went wrong, the protocol asks to go on without
            return _NOT_READ, b""
        return response.status, response.body if response.status in range(200, 300) else b""


# Stands for an answer that could not be had, in the rows of what hosts say.
_NOT_READ = 499
