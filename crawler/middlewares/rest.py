"""Rest: a host that asks for a pause gets it, and one that does not answer is left alone.

What the pauses are is decided in `crawler.hosts`; here it is seen who answers, and who is due.
"""

import asyncio
from typing import TYPE_CHECKING, Protocol, Self

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from archive.endings import Ending
from crawler.network import Refused

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

    from crawler.hosts import Hosts

# No connection, or none that brought an answer. A body that breaks is an answer.
_SILENCE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
_SILENT_ENDINGS = frozenset({Ending.ROBOTS_UNAVAILABLE, Ending.DNS, Ending.CONNECTION})


class Session(Protocol):
    """What is needed of a crawl's session."""

    hosts: "Hosts"


def hosts_of(spider: "Spider | None") -> "Hosts | None":
    """What the crawl of a spider knows of its hosts; None for a spider without a session."""
    session: Session | None = getattr(spider, "session", None)
    return None if session is None else session.hosts


async def wait_for_turn(spider: "Spider | None", request: "Request") -> None:
    """Wait out a short pause of the host; raises `Refused` when it is at rest.

    Called when the request would be sent: many have waited in the queue of their host since, and
    what was known when they entered it is old.
    """
    hosts = hosts_of(spider)
    if hosts is None:
        return
    if state := hosts.at_rest(request.url):
        raise Refused(Ending.HOST_RESTS, f"{state.host} rests until {state.until}: {state.reason}")
    if pause := hosts.pause_left(request.url):
        await asyncio.sleep(pause)


def note_answer(spider: "Spider | None", request: "Request", response: "Response") -> None:
    """Tell `Hosts` of an answer, before the next request of its host is on its way."""
    hosts = hosts_of(spider)
    if hosts is not None:
        headers = {"retry-after": value} if (value := _retry_after(response)) else {}
        hosts.answered(request.url, response.status, headers)


class RestMiddleware:
    """Tells `Hosts` of every silence, once the guard has said that the host may be asked at all."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build as Scrapy asks."""
        return cls(crawler)

    def process_exception(self, request: "Request", exception: Exception) -> None:
        """Note a silence."""
        hosts = hosts_of(self._crawler.spider)
        is_silent = isinstance(exception, _SILENCE) or (
            isinstance(exception, Refused) and exception.ending in _SILENT_ENDINGS
        )
        if hosts is not None and is_silent:
            hosts.silent(request.url)


def _retry_after(response: "Response") -> str | None:
    value = response.headers.get("Retry-After")
    return None if value is None else value.decode("latin-1")
