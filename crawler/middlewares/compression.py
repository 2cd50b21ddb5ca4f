"""Decompression with named endings: what unpacks to too much, and what does not unpack at all."""

import sys
import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped] # it ships no types
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest

from archive.endings import Ending
from crawler.network import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy.http import Request, Response

_CHUNK = 64 * 1024
# The checksum at the end is wrong while all the data before it is there: some servers' proxies do
# this to every page, and browsers show those.
_ONLY_THE_CHECKSUM = ("incorrect data check", "incorrect length check")


def is_whole(body: bytes, encoding: str) -> bool:
    """Whether a compressed body goes to its end; True for an encoding that cannot be judged.

    Raises what the decompressor raises when the body is not in that encoding. Output is thrown
    away chunk by chunk, so the memory needed does not depend on the body.
    """
    match encoding:
        case "gzip" | "x-gzip":
            return _inflates(body, zlib.MAX_WBITS | 16)
        case "deflate":
            # Either a zlib stream or, from old servers, a bare one: the first byte tells.
            bare = body[:1] and (body[0] & 0x0F) != zlib.DEFLATED
            return _inflates(body, -zlib.MAX_WBITS if bare else zlib.MAX_WBITS)
        case "br":
            return _unbrotlis(body)
        case "zstd":
            return _unzstds(body)
        case _:
            return True


def _inflates(body: bytes, window: int) -> bool:
    stream, rest = zlib.decompressobj(window), body
    try:
        while rest and not stream.eof:
            stream.decompress(rest, _CHUNK)
            rest = stream.unconsumed_tail
    except zlib.error as error:
        if any(harmless in str(error) for harmless in _ONLY_THE_CHECKSUM):
            return True
        raise
    return stream.eof


def _unbrotlis(body: bytes) -> bool:
    stream = brotli.Decompressor()
    more = stream.process(body, output_buffer_limit=_CHUNK)
    while more and not stream.is_finished():
        more = stream.process(b"", output_buffer_limit=_CHUNK)
    return bool(stream.is_finished())


def _unzstds(body: bytes) -> bool:
    stream = zstd.ZstdDecompressor()
    stream.decompress(body, _CHUNK)
    while not stream.eof and not stream.needs_input:
        stream.decompress(b"", _CHUNK)
    return stream.eof


class NamedCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's decompression, bounded by DOWNLOAD_MAXSIZE, that refuses instead of guessing.

    Scrapy hands on the first part of a compressed body that was cut off as if it were the page.
    """

    def process_response(  # type: ignore[override] # the spider argument is deprecated by Scrapy
        self, request: "Request", response: "Response"
    ) -> "Request | Response":
        """The unpacked response; raises `Refused` for a bomb and for a broken or cut-off body."""
        try:
            return self._unpacked(request, response)
        except IgnoreRequest:
            limit = request.meta.get("download_maxsize", self._max_size)
            ending, detail = Ending.TOO_LARGE, f"more than {limit} bytes when unpacked"
        except _UNPACKING_ERRORS as error:
            ending, detail = Ending.BROKEN_BODY, f"the body could not be unpacked: {error}"
        # Not above: what went wrong would be kept as the cause of ours, and with it the functions
        # that were at work and all that they had unpacked (measured: 80 bombs in a row, 570 MiB).
        raise Refused(ending, detail, response)

    def _unpacked(self, request: "Request", response: "Response") -> "Request | Response":
        encodings = _encodings(response)  # read first: Scrapy takes the header away
        unpacked = super().process_response(request, response)
        if "download_stopped" not in response.flags:
            _require_whole(response, encodings)
        return unpacked


_UNPACKING_ERRORS = (OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError)


def _encodings(response: "Response") -> list[str]:
    named = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
    return [name.strip().lower() for value in named for name in value.split(",")]


def _require_whole(response: "Response", encodings: list[str]) -> None:
    if len(encodings) != 1 or not response.body:
        return  # packed twice: what the outer layer gives is judged by whoever reads it
    if not is_whole(response.body, encodings[0]):
        raise EOFError("it ends in the middle")
