"""A payload as it stands in a WARC, brought to the bytes that a browser would show.

Some crawlers keep transfer and content encodings, some undo them and keep the headers that name
them, some rename those. So a header is believed only as far as the bytes bear it out.
"""

import re
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence

import brotli  # type: ignore[import-untyped] # it ships no types

from archive.endings import Ending

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Bytes; what a crawl takes of a page at most.
LARGEST_PAGE = 10 * 1024 * 1024
_CHUNK = 64 * 1024
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


class Undecodable(Exception):  # noqa: N818 - it is the outcome of one page, not an error of ours
    """A payload cannot be brought to a page: the ending that says why, and what was seen."""

    def __init__(self, ending: Ending, detail: str) -> None:
        super().__init__(ending, detail)
        self.ending = ending
        self.detail = detail


def decoded(payload: bytes, *, is_chunked: bool, encodings: Sequence[str]) -> bytes:
    """The payload without its transfer and content encodings; in bounded memory.

    Raises:
        Undecodable: it is cut off or damaged, or too large when unpacked.
    """
    body = _joined(payload) if is_chunked else payload
    for encoding in reversed(encodings):
        body = _unpacked(body, encoding)
    if len(body) > LARGEST_PAGE:
        raise Undecodable(Ending.TOO_LARGE, f"more than {LARGEST_PAGE // 1024**2} MiB")
    return body


def _joined(payload: bytes) -> bytes:
    """The chunks of RFC 9112, 7.1, as one; what has no chunks stays as it is."""
    parts: list[bytes] = []
    at = 0
    while line := _SIZE_LINE.match(payload, at):
        size = int(line[1], 16)
        if size == 0:
            return b"".join(parts)
        part = payload[line.end() : line.end() + size]
        parts.append(part)
        if len(part) < size:
            break
        at = line.end() + size
        at += 2 if payload[at : at + 2] == b"\r\n" else 1
    if not parts:
        return payload
    raise Undecodable(Ending.BROKEN_BODY, "its last chunk is missing")


def _unpacked(body: bytes, encoding: str) -> bytes:
    unpack = _UNPACK.get(encoding)
    if unpack is None:
        return body
    try:
        out, is_whole = unpack(body)
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        if _is_markup(body):  # unpacked by the crawler, which kept the header
            return body
        detail = f"the body could not be unpacked: {error}"
        raise Undecodable(Ending.BROKEN_BODY, detail) from error
    if len(out) > LARGEST_PAGE:
        detail = f"more than {LARGEST_PAGE} bytes when unpacked"
        raise Undecodable(Ending.TOO_LARGE, detail)
    if not is_whole:
        if _is_markup(body):
            return body
        raise Undecodable(Ending.BROKEN_BODY, "the body could not be unpacked: it is cut off")
    return out


def _is_markup(body: bytes) -> bool:
    return body[:_CHUNK].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _inflated(body: bytes, window: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(window)
    out = stream.decompress(body, LARGEST_PAGE + 1)
    return out, stream.eof


def _ungzipped(body: bytes) -> tuple[bytes, bool]:
    return _inflated(body, zlib.MAX_WBITS | 16)


def _undeflated(body: bytes) -> tuple[bytes, bool]:
    # Either a zlib stream or, from old servers, a bare one: the first byte tells.
    is_bare = body[:1] and (body[0] & 0x0F) != zlib.DEFLATED
    return _inflated(body, -zlib.MAX_WBITS if is_bare else zlib.MAX_WBITS)


def _unbrotlied(body: bytes) -> tuple[bytes, bool]:
    stream = brotli.Decompressor()
    out = bytearray(stream.process(body, output_buffer_limit=_CHUNK))
    more = bytes(out)
    while more and not stream.is_finished() and len(out) <= LARGEST_PAGE:
        more = stream.process(b"", output_buffer_limit=_CHUNK)
        out += more
    return bytes(out), stream.is_finished()


def _unzstded(body: bytes) -> tuple[bytes, bool]:
    stream = zstd.ZstdDecompressor()
    out = stream.decompress(body, LARGEST_PAGE + 1)
    return out, stream.eof


_UNPACK: Mapping[str, Callable[[bytes], tuple[bytes, bool]]] = {
    "gzip": _ungzipped,
    "x-gzip": _ungzipped,
    "deflate": _undeflated,
    "br": _unbrotlied,
    "zstd": _unzstded,
}
