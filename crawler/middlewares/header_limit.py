"""Scrapy's handler for http and https with what it lacks: limits, pauses, a look at the end.

A limit on headers while they come: Scrapy and Twisted have one on lines, none on their number.

Measured without it: an endless head on loopback filled 1.7 GB in four seconds. The gate in
`content_type.py` looks at headers only when all of them are there.
"""

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.exceptions import DownloadFailedError
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import ConnectionLost
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.http import _IdentityTransferDecoder
from twisted.web.iweb import UNKNOWN_LENGTH

from archive.endings import Ending
from crawler.memory import give_back
from crawler.middlewares.bodies import Bodies, Tap, Transfer, bodies_of
from crawler.middlewares.content_type import MOST_HEADER_BYTES
from crawler.middlewares.pace import count_from_now
from crawler.middlewares.rest import note_answer, wait_for_turn
from crawler.network import Refused, causes

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import HTTP11ClientProtocol
    from twisted.web._newclient import Request as TwistedRequest
    from twisted.web.iweb import IResponse

# The piece in which the head ends may hold the beginning of the body: Twisted reads 64 KiB.
_MOST = MOST_HEADER_BYTES + 64 * 1024


class _LimitedProtocol(_LenientHTTP11ClientProtocol):
    """Counts what comes before the body, and hangs up when it is too much."""

    _head_bytes = 0

    def request(self, request: "TwistedRequest") -> "Deferred[IResponse]":
        """Begin to count anew: a connection serves several requests."""
        self._head_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Read on, unless the head has become too long."""
        if self._parser is not None and self._parser.state in {STATUS, HEADER}:
            self._head_bytes += len(data)
            if self._head_bytes > _MOST:
                flood = Refused(Ending.BROKEN_BODY, "a flood of headers")
                self._giveUp(Failure(flood))  # type: ignore[no-untyped-call] # Twisted has no types here
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call] # Twisted has no types here

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's name
        """Take a body without a length for whole only when the server ended it in good order.

        Twisted does so after a reset too: half of a robots.txt, say, would stand for all its rules.
        A TLS connection that ends without a goodbye is no reset: some servers always do that.
        """
        body = getattr(self._parser, "bodyDecoder", None)
        if isinstance(body, _IdentityTransferDecoder) and isinstance(reason.value, ConnectionLost):
            # Of a length that is known Twisted looks whether all of it came.
            body.contentLength = 1 if body.contentLength is None else body.contentLength
        super().connectionLost(reason)  # type: ignore[no-untyped-call] # as above


class _LimitedFactory(_LenientHTTP11ClientFactory):
    """Builds connections that count."""

    def buildProtocol(self, addr: "IAddress | None") -> "HTTP11ClientProtocol":  # noqa: N802, ARG002 - Twisted's
        """One connection."""
        return _LimitedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call] # as above


class _MeteredAgent(_ScrapyAgent):
    """Scrapy's agent, which tells a transfer of its body before it comes."""

    def __init__(self, transfer: Transfer, **named: Any) -> None:  # noqa: ANN401 - what Scrapy's agent takes
        super().__init__(**named)
        self._transfer = transfer

    def _cb_bodyready(self, txresponse: Any, request: "Request") -> Any:  # noqa: ANN401 - Twisted has no types here
        result = super()._cb_bodyready(txresponse, request)
        if self._txresponse is not None:  # there is a body, and it is wanted
            length = txresponse.length
            tap = Tap(txresponse._transport, self._timeout_cl)  # noqa: SLF001 - as Scrapy itself stops it
            self._transfer.begins(tap, None if length is UNKNOWN_LENGTH else length)
        return result


class LimitedHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, with limits on headers and on all bodies together.

    For DOWNLOAD_HANDLERS.
    """

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        give_back()  # before there are threads, and bodies
        self._pool._factory = _LimitedFactory  # noqa: SLF001 - how Scrapy puts its own one in

    async def download_request(self, request: "Request") -> "Response":
        """Download as Scrapy does; raises `Refused` for a flood of headers and a host at rest."""
        await wait_for_turn(self.crawler.spider, request)
        try:
            bodies = bodies_of(self.crawler)
            async with bodies.wire:
                response = await self._download(request, bodies)
        except DownloadFailedError as error:
            for cause in causes(error):
                if isinstance(cause, Refused):
                    raise cause from error
            raise
        finally:
            count_from_now(self.crawler, request)
        note_answer(self.crawler.spider, request, response)
        return response

    async def _download(self, request: "Request", bodies: Bodies) -> "Response":
        size = 0
        try:
            transfer = await bodies.begin(request)
            # As Scrapy's handler does it, with another agent.
            agent = _MeteredAgent(
                transfer,
                contextFactory=self._contextFactory,
                bindAddress=self._bind_address,
                pool=self._pool,
                maxsize=self._default_maxsize,
                warnsize=self._default_warnsize,
                fail_on_dataloss=self._fail_on_dataloss,
                crawler=self.crawler,
                tls_verbose_logging=self._tls_verbose_logging,
            )
            with wrap_twisted_exceptions():
                response = await maybe_deferred_to_future(agent.download_request(request))
            size = len(response.body)
            return response
        finally:
            bodies.end(request, size)
