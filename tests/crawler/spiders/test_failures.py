"""Every exception that reaches the spider has a named ending."""

import gzip
import inspect
import zlib

import pytest
from scrapy import exceptions
from twisted.internet import error
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from archive.endings import Ending
from crawler.network import Refused
from crawler.spiders.failures import ending_of

CASES = [
    (Refused(Ending.MEDIA, "declared as image/png"), Ending.MEDIA),
    (exceptions.DownloadTimeoutError("took longer"), Ending.TIMEOUT),
    (error.TCPTimedOutError(), Ending.TIMEOUT),
    (error.TimeoutError(), Ending.TIMEOUT),
    (TimeoutError(), Ending.TIMEOUT),
    (exceptions.CannotResolveHostError("x"), Ending.DNS),
    (error.DNSLookupError("x"), Ending.DNS),
    (exceptions.DownloadCancelledError("over"), Ending.TOO_LARGE),
    (exceptions.ResponseDataLossError(), Ending.BROKEN_BODY),
    (gzip.BadGzipFile("no gzip"), Ending.BROKEN_BODY),
    (zlib.error("no zlib"), Ending.BROKEN_BODY),
    (EOFError(), Ending.BROKEN_BODY),
    (exceptions.UnsupportedURLSchemeError("ftp"), Ending.REFUSED_ADDRESS),
    (exceptions.NotSupported("ftp"), Ending.REFUSED_ADDRESS),
    (exceptions.DownloadConnectionRefusedError("x"), Ending.CONNECTION),
    (exceptions.DownloadFailedError("x"), Ending.CONNECTION),
    (error.ConnectionLost(), Ending.CONNECTION),
    (error.ConnectionDone(), Ending.CONNECTION),
    (error.NoRouteError(), Ending.CONNECTION),
    (ResponseFailed([Failure(error.ConnectionLost())]), Ending.CONNECTION),
    (ConnectionResetError(), Ending.CONNECTION),
    (KeyError("bug"), Ending.INTERNAL),
]


@pytest.mark.parametrize(("failure", "ending"), CASES)
def test_it_has_its_ending_as_an_exception_and_as_a_failure(
    failure: Exception, ending: Ending
) -> None:
    assert ending_of(failure)[0] is ending
    assert ending_of(Failure(failure)) == ending_of(failure)


def test_an_unknown_exception_is_our_own_mistake_and_keeps_its_name() -> None:
    assert ending_of(KeyError("bug")) == (Ending.INTERNAL, "KeyError: 'bug'")


def test_the_detail_is_one_short_line() -> None:
    _, detail = ending_of(exceptions.DownloadFailedError("first\nsecond\n" + "x" * 1000))
    assert "\n" not in detail
    assert len(detail) <= 300


def test_no_download_error_of_scrapy_is_unknown() -> None:
    # A new version of Scrapy may bring a new one: this says so.
    downloads = [
        kind
        for name, kind in inspect.getmembers(exceptions, inspect.isclass)
        if name.endswith("Error") and name != "UsageError"
    ]
    assert len(downloads) >= 7
    assert [kind for kind in downloads if ending_of(kind("x"))[0] is Ending.INTERNAL] == []
