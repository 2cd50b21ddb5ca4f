"""Every way in which Scrapy and Twisted say that nothing came, as one named ending."""

import zlib
from gzip import BadGzipFile

from scrapy import exceptions as scrapy_errors
from scrapy.core.downloader.handlers.http11 import TunnelError
from twisted.internet import defer
from twisted.internet import error as twisted_errors
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed
from twisted.web.error import Error as WebError

from archive.endings import Ending
from crawler.network import Refused, certificate_fault

# First match wins: what is more precise stands above what is more general.
_ENDINGS: tuple[tuple[tuple[type[BaseException], ...], Ending, str], ...] = (
    (
        (
            scrapy_errors.DownloadTimeoutError,
            twisted_errors.TimeoutError,
            twisted_errors.TCPTimedOutError,
            TimeoutError,
        ),
        Ending.TIMEOUT,
        "the server did not finish in time",
    ),
    (
        (scrapy_errors.CannotResolveHostError, twisted_errors.DNSLookupError),
        Ending.DNS,
        "the host name could not be resolved",
    ),
    (
        # Scrapy cancels a download for one reason: DOWNLOAD_MAXSIZE.
        (scrapy_errors.DownloadCancelledError, defer.CancelledError),
        Ending.TOO_LARGE,
        "the body is over the size limit",
    ),
    (
        (scrapy_errors.ResponseDataLossError, BadGzipFile, EOFError, zlib.error),
        Ending.BROKEN_BODY,
        "the body was cut off",
    ),
    (
        (scrapy_errors.UnsupportedURLSchemeError, scrapy_errors.NotSupported),
        Ending.REFUSED_ADDRESS,
        "only http and https are fetched",
    ),
    (
        (scrapy_errors.DownloadConnectionRefusedError, twisted_errors.ConnectionRefusedError),
        Ending.CONNECTION,
        "the connection was refused",
    ),
    (
        (TunnelError,),
        Ending.CONNECTION,
        "the proxy opened no tunnel",
    ),
    (
        (
            scrapy_errors.DownloadFailedError,
            ResponseFailed,
            WebError,
            twisted_errors.ConnectError,
            twisted_errors.ConnectionClosed,
            twisted_errors.ConnectingCancelledError,
            ConnectionError,
            OSError,
        ),
        Ending.CONNECTION,
        "the connection broke",
    ),
)


def ending_of(failure: Failure | BaseException) -> tuple[Ending, str]:
    """The ending of a request that brought no response, with one line of detail.

    What is in no table is our own mistake: `internal`, with the name of the exception.
    """
    error = failure.value if isinstance(failure, Failure) else failure
    if error is None:
        return Ending.INTERNAL, "a failure without an exception"
    if isinstance(error, Refused):
        return error.ending, error.detail
    if fault := certificate_fault(error):
        return Ending.CERTIFICATE, fault
    for kinds, ending, meaning in _ENDINGS:
        if isinstance(error, kinds):
            return ending, _with_reason(meaning, error)
    return Ending.INTERNAL, _with_reason(type(error).__name__, error)


def _with_reason(meaning: str, error: BaseException) -> str:
    reason = " ".join(str(error).split())
    return f"{meaning}: {reason}"[:_LONGEST] if reason else meaning


# Characters of detail that stay readable in one row of a table.
_LONGEST = 300
