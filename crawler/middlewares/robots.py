"""robots.txt as RFC 9309 means it: a site whose robots.txt cannot be read is not crawled now."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest, StopDownload
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from archive.endings import Ending
from crawler.middlewares.site_files import site_files_of
from crawler.network import Refused, certificate_fault

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

# RFC 9309, 2.4: a copy may be used for 24 hours. One younger than half of that is not asked for
# again; an older one stands in while robots.txt cannot be read.
NOT_ASKED_AGAIN = timedelta(hours=12)
LAST_GOOD = timedelta(hours=24)
NAME = "robots.txt"
# RFC 9309, 2.5: a crawler must read at least 500 KiB and may ignore the rest.
LIMIT = 512 * 1024
_MARK = "robots_txt"
# Where in the meta of a request it is said what robots.txt said of it.
DECISION = "robots_decision"


def is_robots_request(request: Request) -> bool:
    """Whether this is our own request for a robots.txt, or a redirect of one."""
    return bool(request.meta.get(_MARK))


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks each host for its robots.txt once a run and keeps to the answer for the whole run.

    A copy that an earlier run kept is used for 12 hours, and for 24 when no other can be had.
    2xx: its first 512 KiB are obeyed. 4xx: there is none, all is allowed. 5xx, 429, no answer, an
    endless redirect: `Refused(ROBOTS_UNAVAILABLE)` for every page of that host (RFC 9309, 2.3.1).
    A host that cannot be found, is not public or has a bad certificate is refused as just that.
    """

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._maxsize = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._answers: dict[str, asyncio.Task[Answer]] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build as Scrapy asks, and listen to what arrives."""
        middleware = super().from_crawler(crawler)
        crawler.signals.connect(middleware.bytes_received, signal=signals.bytes_received)
        return middleware

    async def robot_parser(self, request: Request) -> "RobotParser | None":
        """The rules of the host of this request; raises `Refused` when they cannot be had."""
        host = urlparse_cached(request).netloc
        if host not in self._answers:
            self._answers[host] = asyncio.ensure_future(self._ask(request))
        # Shielded: a page that is given up must not take the answer from the others.
        answer = await asyncio.shield(self._answers[host])
        if isinstance(answer, Refused):
            raise Refused(answer.ending, answer.detail)
        request.meta[DECISION] = f"The {NAME} of {host} ({answer.told}) allows it"
        return answer.parser

    def process_request_2(self, rp: "RobotParser | None", request: Request) -> None:
        """Raise `Refused` for a page that robots.txt asks us to leave alone."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            detail = f"robots.txt of {urlparse_cached(request).netloc} asks us not to"
            raise Refused(Ending.ROBOTS_DISALLOWED, detail) from error

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop reading a robots.txt after its first 512 KiB."""
        if is_robots_request(request):
            request.meta["robots_bytes"] = request.meta.get("robots_bytes", 0) + len(data)
            if request.meta["robots_bytes"] >= LIMIT:
                raise StopDownload(fail=False)

    def process_response(self, request: Request, response: "Response") -> "Response":
        """Give a robots.txt, before it is unpacked, the limit that its download lacks."""
        if is_robots_request(request):
            request.meta["download_maxsize"] = self._maxsize
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Once robots.txt has led elsewhere, a failure there says nothing of the page's host."""
        if is_robots_request(request) and request.meta.get("redirect_times"):
            detail = f"robots.txt leads to {request.url}: {_reason(exception)}"
            raise Refused(Ending.ROBOTS_UNAVAILABLE, detail) from exception

    async def _ask(self, page: Request) -> "Answer":
        """The copy that is young enough, else the answer of the host, else the last good copy."""
        files = site_files_of(self.crawler.spider)
        host = urlparse_cached(page).netloc
        copy = None
        if files is not None:
            copy = await asyncio.to_thread(files.site_file, host, NAME, within=LAST_GOOD)
        if files is not None and copy is not None and files.is_young(copy, NOT_ASKED_AGAIN):
            return await self._rules_of(copy.status, copy.body, page, f"read {copy.fetched_at}")
        answer = await self._download(page)
        if isinstance(answer, Refused):
            if copy is None or answer.ending is not Ending.ROBOTS_UNAVAILABLE:
                return answer
            told = f"read {copy.fetched_at}; not readable now"
            return await self._rules_of(copy.status, copy.body, page, told)
        status, body = answer
        if files is not None:
            await asyncio.to_thread(files.keep_site_file, host, NAME, status, body)
        return await self._rules_of(status, body, page, "asked in this crawl")

    async def _download(self, page: Request) -> "tuple[int, bytes] | Refused":
        url = urlparse_cached(page)
        request = Request(
            f"{url.scheme}://{url.netloc}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            # Not compressed, so that the first 512 KiB are the first 512 KiB; no limit on a
            # declared length, because reading ends long before it.
            headers={"Accept-Encoding": "identity"},
            meta={_MARK: True, "dont_obey_robotstxt": True, "download_maxsize": 0},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, there are no rules to go by
            return _unreadable(url.netloc, error)
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status == _TOO_MANY or response.status not in {*_OK, *_NONE}:
            detail = f"robots.txt answered {response.status}"
            return Refused(Ending.ROBOTS_UNAVAILABLE, detail)
        return response.status, response.body[:LIMIT] if response.status in _OK else b""

    async def _rules_of(self, status: int, body: bytes, page: Request, told: str) -> "Rules":
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, body)
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=page
        )
        there = "" if status in _OK else f"there is none, status {status}; "
        return Rules(parser=parser, told=there + told)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a robots.txt says, and how we know, in words."""

    parser: "RobotParser"
    told: str


Answer = Rules | Refused

# What says something of the answer alone, and nothing of the host's pages.
_OF_THE_FILE = frozenset({Ending.BROKEN_BODY, Ending.TOO_LARGE})
_OK, _NONE = range(200, 300), range(400, 500)
_TOO_MANY = 429


def _unreadable(host: str, error: Exception) -> Refused:
    if isinstance(error, Refused) and error.response is None and error.ending not in _OF_THE_FILE:
        return Refused(error.ending, error.detail)
    if isinstance(error, CannotResolveHostError):
        return Refused(Ending.DNS, f"{host} could not be resolved")
    if certificate := certificate_fault(error):
        return Refused(Ending.CERTIFICATE, certificate)
    return Refused(Ending.ROBOTS_UNAVAILABLE, f"robots.txt of {host}: {_reason(error)}")


def _reason(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.detail
    return " ".join(str(error).split()) or type(error).__name__
