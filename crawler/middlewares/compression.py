"""Decompression with named endings: what unpacks to too much, and what does not unpack at all."""

import sys
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped] # it ships no types
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest

from archive.endings import Ending
from crawler.middlewares.bodies import bodies_of
from crawler.network import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

_CHUNK = 64 * 1024
# The checksum at the end is wrong while all the data before it is there: some servers' proxies do
# this to every page, and browsers show those.
_ONLY_THE_CHECKSUM = ("incorrect data check", "incorrect length check")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpacked:
    """What a compressed body would be: its bytes, and whether it goes to its end.

    `size` is what was asked for at most where there is more, or where it cannot be known.
    """

    size: int
    is_whole: bool


def measured(body: bytes, encoding: str, most: int) -> Unpacked:
    """How large a compressed body is, up to `most` bytes; whole if that cannot be judged.

    Raises what the decompressor raises when the body is not in that encoding. Output is thrown
    away chunk by chunk, so the memory needed does not depend on the body.
    """
    match encoding:
        case "gzip" | "x-gzip":
            return _inflated(body, zlib.MAX_WBITS | 16, most)
        case "deflate":
            # Either a zlib stream or, from old servers, a bare one: the first byte tells.
            bare = body[:1] and (body[0] & 0x0F) != zlib.DEFLATED
            return _inflated(body, -zlib.MAX_WBITS if bare else zlib.MAX_WBITS, most)
        case "br":
            return _unbrotlied(body, most)
        case "zstd":
            return _unzstded(body, most)
        case _:
            return Unpacked(size=most, is_whole=True)


def _inflated(body: bytes, window: int, most: int) -> Unpacked:
    stream, size, read = zlib.decompressobj(window), 0, 0
    try:
        while read < len(body) and not stream.eof and size < most:
            # A piece at a time: what is left of it is copied with each chunk.
            rest = body[read : read + _CHUNK]
            read += len(rest)
            while rest and not stream.unused_data and size < most:
                size += len(stream.decompress(rest, _CHUNK))
                rest = stream.unconsumed_tail
    except zlib.error as error:
        if any(harmless in str(error) for harmless in _ONLY_THE_CHECKSUM):
            return Unpacked(size=most, is_whole=True)
        raise
    is_followed = bool(stream.unused_data) or read < len(body)
    return _judged(size, most, is_whole=stream.eof, is_followed=is_followed)


def _unbrotlied(body: bytes, most: int) -> Unpacked:
    stream = brotli.Decompressor()
    more = stream.process(body, output_buffer_limit=_CHUNK)
    size = len(more)
    while more and not stream.is_finished() and size < most:
        more = stream.process(b"", output_buffer_limit=_CHUNK)
        size += len(more)
    return _judged(size, most, is_whole=bool(stream.is_finished()))


def _unzstded(body: bytes, most: int) -> Unpacked:
    stream = zstd.ZstdDecompressor()
    size = len(stream.decompress(body, _CHUNK))
    while not stream.eof and not stream.needs_input and size < most:
        size += len(stream.decompress(b"", _CHUNK))
    return _judged(size, most, is_whole=stream.eof, is_followed=bool(stream.unused_data))


def _judged(size: int, most: int, *, is_whole: bool, is_followed: bool = False) -> Unpacked:
    # Behind its end there may be another one, as large as it likes.
    if is_followed or size >= most:
        return Unpacked(size=most, is_whole=True)
    return Unpacked(size=size, is_whole=is_whole)


class NamedCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's decompression, bounded by DOWNLOAD_MAXSIZE, that refuses instead of guessing.

    Scrapy hands on the first part of a compressed body that was cut off as if it were the page.
    """

    def __init__(self, *, crawler: "Crawler") -> None:
        super().__init__(crawler=crawler)
        self._bodies = bodies_of(crawler)

    async def process_response(  # type: ignore[override] # Scrapy awaits it where it is a coroutine
        self, request: "Request", response: "Response"
    ) -> "Request | Response":
        """The unpacked response, as soon as there is room for it.

        Raises `Refused` for a bomb and for a broken or cut-off body.
        """
        limit = request.meta.get("download_maxsize", self._max_size)
        try:
            if size := _size_of(response, limit):
                await self._bodies.take(request, size)
            unpacked = super().process_response(request, response)
        except IgnoreRequest:
            ending, detail = Ending.TOO_LARGE, f"more than {limit} bytes when unpacked"
        except _UNPACKING_ERRORS as error:
            ending, detail = Ending.BROKEN_BODY, f"the body could not be unpacked: {error}"
        else:
            if size:
                self._bodies.settle(request, len(unpacked.body))
            return unpacked
        # Not above: what went wrong would be kept as the cause of ours, and with it the functions
        # that were at work and all that they had unpacked (measured: 80 bombs in a row, 570 MiB).
        self._bodies.forget(request)
        raise Refused(ending, detail, response)


_UNPACKING_ERRORS = (OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError)


def _encodings(response: "Response") -> list[str]:
    named = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
    return [name.strip().lower() for value in named for name in value.split(",")]


def _size_of(response: "Response", limit: int) -> int:
    """The bytes that a body unpacks to, one more than the limit if it is over it, 0 if it is plain.

    Raises EOFError for a body that was cut off, and what its decompressor raises.
    """
    encodings = _encodings(response)
    if not encodings or not response.body:
        return 0
    if len(encodings) != 1 or "download_stopped" in response.flags:
        return limit + 1  # packed twice: what the outer layer gives is judged by whoever reads it
    unpacked = measured(response.body, encodings[0], limit + 1)
    if not unpacked.is_whole:
        raise EOFError("it ends in the middle")
    return unpacked.size
