"""Answers that sites of the hostile web give: routes, made of what they send."""

import gzip
import socket
import struct
import time
import zlib
from functools import cache

import brotli
from hostile_web import HTML, Exchange, Route

try:
    from compression import zstd
except ImportError:  # before Python 3.14
    from backports import zstd

MIB = 1024 * 1024
GZIP_HEAD = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
# A whole page, long enough that its compressed form can be cut in the middle.
PAGE = "".join(f"<p>Invented sentence number {n * n}.</p>" for n in range(2000)).encode()


def _zeros(size: int) -> bytes:
    """Zeros as raw deflate: one packed MiB again and again, which packs gigabytes in no time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return packed * (size // MIB) + packer.flush()


@cache
def zeros_as_gzip(size: int) -> bytes:
    check = 0
    for _ in range(size // MIB):
        check = zlib.crc32(bytes(MIB), check)
    return GZIP_HEAD + _zeros(size) + struct.pack("<II", check, size)


def zeros_as_deflate(size: int) -> bytes:
    # Adler-32 of zeros: the first sum stays 1, the second counts them.
    return b"\x78\xda" + _zeros(size) + struct.pack(">HH", size % 65_521, 1)


def zeros_as_bare_deflate(size: int) -> bytes:
    return _zeros(size)


@cache
def zeros_as_brotli(size: int) -> bytes:
    packer = brotli.Compressor(quality=4)
    parts = [packer.process(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*parts, packer.finish()])


def zeros_as_zstd(size: int) -> bytes:
    packer = zstd.ZstdCompressor()
    parts = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


def many(pack: bytes, times: int) -> bytes:
    return pack * times


def encoded(name: str, body: bytes, status: str = "200 OK", *headers: str) -> Route:
    named = (*headers, HTML, f"Content-Encoding: {name}")
    return lambda exchange: exchange.answer(status, *named, body=body)


def media(content_type: str, body: bytes = b"\x89PNG" * 4096) -> Route:
    """The head of something that is not text; its body only for who still waits for it."""

    def send(exchange: Exchange) -> None:
        exchange.start(f"Content-Type: {content_type}", f"Content-Length: {500 * MIB}")
        if not exchange.until_they_leave():
            exchange.send(body)

    return send


def status(line: str, *headers: str, body: bytes = b"") -> Route:
    return lambda exchange: exchange.answer(line, *headers, body=body)


def page(*headers: str, body: bytes = b"<title>Invented</title><p>An invented page.") -> Route:
    return lambda exchange: exchange.answer("200 OK", *headers, HTML, body=body)


def raw(data: bytes) -> Route:
    return lambda exchange: exchange.send(data)


def with_head(lines: bytes) -> Route:
    """A 200 with these further lines of head, and what stands behind them."""
    return raw(HEAD + lines)


def redirect(location: str, line: str = "302 Found") -> Route:
    return lambda exchange: exchange.answer(line, f"Location: {location}")


def forever(first: bytes, piece: bytes, pause: float = 0.0) -> Route:
    def send(exchange: Exchange) -> None:
        exchange.send(first)
        while True:
            exchange.send(piece)
            time.sleep(pause)

    return send


def silent(exchange: Exchange) -> None:
    exchange.until_they_leave()


def reset_after(data: bytes) -> Route:
    """Break the connection as a crash does, with a reset instead of an end."""

    def send(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.connection.close()

    return send


def onward(exchange: Exchange) -> None:
    exchange.answer("302 Found", f"Location: {exchange.path}x")


def onward_query(exchange: Exchange) -> None:
    path, _, query = exchange.path.partition("?")
    exchange.answer("302 Found", f"Location: {path}?{query}x")


def only_with_cookie(exchange: Exchange) -> None:
    """Send everyone in a circle who does not bring back the cookie."""
    if "cookie" in exchange.headers:
        exchange.page()
    else:
        exchange.answer("302 Found", f"Location: {exchange.path}", "Set-Cookie: seen=1")


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
