"""Bodies wait for room: a transfer is paused, or not begun, while others fill the memory.

`crawler.room` decides; here those who wait are stopped and set going again.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary, ref

from scrapy import signals

from crawler.middlewares.rest import hosts_of
from crawler.room import EXPECTED, SIZE, Room

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request
    from twisted.internet.base import DelayedCall

    from archive.records import Claim

# Seconds by which a time-out is put off while reading is stopped: until others are done, which
# each of them is within limits of its own.
_FOR_LONG = 86_400.0


class Connection(Protocol):
    """What is needed of a transport of Twisted's."""

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        """Read no more."""

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        """Read on."""


class Tap:
    """Stops reading from a connection, and the clock of its time-out (`timer`) with it."""

    def __init__(self, connection: Connection, timer: "DelayedCall") -> None:
        self._connection = connection
        self._timer = timer
        self._seconds_left: float | None = None

    def close(self) -> None:
        """Read no more: the server waits, as it does for any slow reader."""
        if self._timer.active():
            self._seconds_left = self._timer.getTime() - self._timer.seconds()
            self._timer.delay(_FOR_LONG)
            self._connection.pauseProducing()

    def open(self) -> None:
        """Read on, if reading was stopped."""
        if self._seconds_left is not None and self._timer.active():
            self._timer.reset(self._seconds_left)
            self._connection.resumeProducing()
        self._seconds_left = None


class Bodies:
    """The bodies of one crawl, and how many transfers it has at a time."""

    def __init__(self, crawler: "Crawler") -> None:
        settings = crawler.settings
        # Weakly: the crawler is the key under which this is kept.
        self._crawler = ref(crawler)
        self._room = Room(settings.getint("NEWSWARD_BODY_ROOM") or SIZE)
        self._resume: dict[Hashable, Callable[[], None]] = {}
        self._transfers: dict[Request, Transfer] = {}
        self.most = settings.getint("DOWNLOAD_MAXSIZE") or self._room.size
        self.wire = asyncio.Semaphore(settings.getint("NEWSWARD_TRANSFERS") or 1)
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)
        crawler.signals.connect(self.forget, signal=signals.request_scheduled)

    async def begin(self, request: "Request") -> "Transfer":
        """Wait until an answer of the usual size may come."""
        await self.take(request, EXPECTED)
        transfer = Transfer(self, self._holder(request))
        self._transfers[request] = transfer
        return transfer

    def end(self, request: "Request", size: int) -> None:
        """A transfer is over; so many bytes of it stay with us."""
        self._transfers.pop(request, None)
        self.settle(request, size)

    async def take(self, request: "Request", more: int) -> None:
        """Wait until so many bytes more may be there."""
        holder, granted = self._holder(request), asyncio.Event()
        self.ask(holder, more, granted.set)
        try:
            await granted.wait()
        except asyncio.CancelledError:
            self.forget(request)
            raise

    def ask(self, holder: Hashable, more: int, resume: Callable[[], None]) -> None:
        """Ask for so many bytes more; `resume` is called when they are granted, it may be now."""
        self._resume[holder] = resume
        self._tell(self._room.ask(holder, more))

    def waits(self, holder: Hashable) -> bool:
        """Whether what was asked for is still to be granted."""
        return self._room.waits(holder)

    def settle(self, request: "Request", size: int) -> None:
        """So many bytes stay until the claim has ended; without a claim, for a moment only."""
        holder = self._holder(request)
        self._resume.pop(holder, None)
        self._tell(self._room.leave(holder) if holder is request else self._room.keep(holder, size))

    def forget(self, request: "Request") -> None:
        """What came of a request is gone: it is asked again, or failed."""
        self.settle(request, 0)

    def ended(self, claim: int) -> None:
        """What came of a claim, given by its number, is in the archive."""
        self._resume.pop(claim, None)
        self._tell(self._room.leave(claim))

    def bytes_received(self, data: bytes, request: "Request") -> None:
        """Count what comes."""
        if transfer := self._transfers.get(request):
            transfer.came(len(data))

    def _holder(self, request: "Request") -> Hashable:
        # Where nobody takes captures to their ending, nobody would say when a claim has ended.
        claim: Claim | None = request.meta.get("claim")
        crawler = self._crawler()
        if claim is None or crawler is None or hosts_of(crawler.spider) is None:
            return request
        return claim.frontier_id

    def _tell(self, granted: tuple[Hashable, ...]) -> None:
        for holder in granted:
            if resume := self._resume.pop(holder, None):
                resume()


class Transfer:
    """One answer on its way, which is stopped when it is larger than what it was given."""

    def __init__(self, bodies: Bodies, holder: Hashable) -> None:
        self._bodies = bodies
        self._holder = holder
        self._given = EXPECTED
        self._came = 0
        self._tap: Tap | None = None

    def begins(self, tap: Tap, declared: int | None) -> None:
        """The body begins; `declared` is its length in bytes if the server said it."""
        self._tap = tap
        self._need(declared or 0)

    def came(self, more: int) -> None:
        """So many bytes more have come; what outgrows all that is known of it may be the most."""
        self._came += more
        if self._came > self._given:
            self._need(self._bodies.most)

    def _need(self, size: int) -> None:
        allowed = min(size, self._bodies.most)  # of a longer one no more is read
        if allowed <= self._given or self._tap is None:
            return
        more, self._given = allowed - self._given, allowed
        tap = self._tap
        self._bodies.ask(self._holder, more, tap.open)
        if self._bodies.waits(self._holder):
            tap.close()


_BODIES: "WeakKeyDictionary[Crawler, Bodies]" = WeakKeyDictionary()


def bodies_of(crawler: "Crawler") -> Bodies:
    """The bodies of a crawl: one for both of its download handlers and all of its middlewares."""
    if crawler not in _BODIES:
        _BODIES[crawler] = Bodies(crawler)
    return _BODIES[crawler]
