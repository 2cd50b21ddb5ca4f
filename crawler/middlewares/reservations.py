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
# A reservation is not lifted by a host that fails.
LAST_GOOD = timedelta(days=30)
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
        has_text = claim is not None and (claim.kind is LinkKind.ARTICLE or claim.is_issue)
        if files is None or not has_text or is_robots_request(request):
            return
        host = urlparse_cached(request).netloc
        if host not in self._answers:
            self._answers[host] = asyncio.ensure_future(self._rules(request, files))
        # Shielded: a page that is given up must not take the answer from the others.
        rules = await asyncio.shield(self._answers[host])
        request.meta[RESERVED] = reservation_of(rules, request.url)

    async def _rules(self, page: Request, files: "SiteFiles") -> tuple[Reservation, ...]:
        host = urlparse_cached(page).netloc
        copy = await asyncio.to_thread(files.site_file, host, NAME, within=LAST_GOOD)
        if copy is not None and files.is_young(copy, ASKED_AGAIN):
            return read_reservations(copy.body)
        answer = await self._download(page)
        if answer is None:
            # For this crawl nothing is reserved; the next one asks again. The last copy stands in.
            return read_reservations(copy.body) if copy is not None else ()
        await asyncio.to_thread(files.keep_site_file, host, NAME, *answer)
        return read_reservations(answer[1])

    async def _download(self, page: Request) -> tuple[int, bytes] | None:
        """Status and body, None when the host did not say whether there is such a file."""
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
            return None
        if response.status in range(400, 500):
            return response.status, b""
        return (response.status, response.body) if response.status in range(200, 300) else None
