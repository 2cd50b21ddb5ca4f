"""Bodies: bombs, cut and lying compression, lengths that lie, what never ends, media."""

import zlib

import brotli
from hostile_answers import (
    HEAD,
    MIB,
    PAGE,
    encoded,
    forever,
    gzipped,
    many,
    media,
    page,
    reset_after,
    silent,
    status,
    with_head,
    zeros_as_bare_deflate,
    zeros_as_brotli,
    zeros_as_deflate,
    zeros_as_gzip,
    zeros_as_zstd,
    zstd,
)
from hostile_case import FETCHED, Case, case

BOMBS = (
    case(
        "gzip-bomb",
        "200 MiB of zeros, packed with gzip",
        "too-large",
        lambda: encoded("gzip", zeros_as_gzip(200 * MIB)),
    ),
    case(
        "x-gzip-bomb",
        "the same under gzip's old name",
        "too-large",
        lambda: encoded("x-gzip", zeros_as_gzip(50 * MIB)),
    ),
    case(
        "brotli-bomb",
        "200 MiB of zeros, packed with brotli",
        "too-large",
        lambda: encoded("br", zeros_as_brotli(200 * MIB)),
    ),
    case(
        "zstd-bomb",
        "200 MiB of zeros, packed with zstd",
        "too-large",
        lambda: encoded("zstd", zeros_as_zstd(200 * MIB)),
    ),
    case(
        "deflate-bomb",
        "100 MiB of zeros, packed with deflate",
        "too-large",
        lambda: encoded("deflate", zeros_as_deflate(100 * MIB)),
    ),
    case(
        "bare-deflate-bomb",
        "the same without its wrapping, as old servers send it",
        "too-large",
        lambda: encoded("deflate", zeros_as_bare_deflate(100 * MIB)),
    ),
    case(
        "twice-packed-bomb",
        "a gzip bomb in gzip",
        "too-large",
        lambda: encoded("gzip, gzip", gzipped(zeros_as_gzip(200 * MIB))),
    ),
    case(
        "thrice-packed-bomb",
        "a gzip bomb in gzip in gzip",
        "too-large",
        lambda: encoded("gzip, gzip, gzip", gzipped(gzipped(zeros_as_gzip(200 * MIB)))),
    ),
    case(
        "mixed-bomb",
        "a brotli bomb in zstd in gzip",
        "too-large",
        lambda: encoded("br, zstd, gzip", gzipped(zstd.compress(zeros_as_brotli(100 * MIB)))),
    ),
    case(
        "bomb-in-parts",
        "100 gzip members of 2 MiB, one behind the other",
        "too-large",
        lambda: encoded("gzip", many(zeros_as_gzip(2 * MIB), 100)),
    ),
    case(
        "bomb-in-frames",
        "100 zstd frames of 2 MiB, one behind the other",
        "too-large",
        lambda: encoded("zstd", many(zeros_as_zstd(2 * MIB), 100)),
    ),
    case(
        "bomb-in-a-404",
        "a gzip bomb as the page of an error",
        "too-large",
        lambda: encoded("gzip", zeros_as_gzip(50 * MIB), "404 Not Found"),
    ),
    case(
        "bomb-in-a-redirect",
        "a gzip bomb as the body of a redirect to a good page",
        FETCHED,
        lambda: encoded("gzip", zeros_as_gzip(50 * MIB), "302 Found", "Location: //GOOD/"),
    ),
    case(
        "a-thousand-layers",
        "a body that claims to be packed a thousand times over",
        "broken-body",
        lambda: encoded(", ".join(["gzip"] * 1000), gzipped(PAGE)),
    ),
)

CUT = (
    case(
        "cut-gzip",
        "gzip data that breaks off",
        "broken-body",
        lambda: encoded("gzip", gzipped(PAGE)[:-500]),
    ),
    case(
        "cut-in-the-head",
        "gzip data that breaks off in its first ten bytes",
        "broken-body",
        lambda: encoded("gzip", gzipped(PAGE)[:7]),
    ),
    case(
        "cut-brotli",
        "brotli data that breaks off",
        "broken-body",
        lambda: encoded("br", brotli.compress(PAGE)[:-50]),
    ),
    case(
        "cut-zstd",
        "zstd data that breaks off",
        "broken-body",
        lambda: encoded("zstd", zstd.compress(PAGE)[:-500]),
    ),
    case(
        "cut-deflate",
        "deflate data that breaks off",
        "broken-body",
        lambda: encoded("deflate", zlib.compress(PAGE)[:-500]),
    ),
    case(
        "not-gzip",
        "plain text that says it is gzip",
        "broken-body",
        lambda: encoded("gzip", b"<p>Plain.</p>"),
    ),
    case(
        "not-brotli",
        "plain text that says it is brotli",
        "broken-body",
        lambda: encoded("br", b"<p>Plain.</p>"),
    ),
    case(
        "not-zstd",
        "plain text that says it is zstd",
        "broken-body",
        lambda: encoded("zstd", b"<p>Plain.</p>"),
    ),
    case(
        "not-deflate",
        "plain text that says it is deflate",
        "broken-body",
        lambda: encoded("deflate", b"<p>Plain.</p>"),
    ),
    case(
        "flipped-gzip",
        "gzip data that unpacks, with a checksum that does not fit",
        FETCHED,
        lambda: encoded("gzip", gzipped(PAGE)[:-8] + bytes(4) + gzipped(PAGE)[-4:]),
    ),
    case(
        "gzip-with-a-tail",
        "gzip data with rubbish behind its end",
        FETCHED,
        lambda: encoded("gzip", gzipped(PAGE) + b"\0" * 64),
    ),
)

LENGTHS = (
    case(
        "declared-huge",
        "a body that is declared as a terabyte",
        "too-large",
        lambda: with_head(b"Content-Length: 999999999999\r\n\r\nx"),
    ),
    case(
        "declared-beyond-numbers",
        "a length of 400 digits",
        "too-large",
        lambda: with_head(b"Content-Length: " + b"9" * 400 + b"\r\n\r\nx"),
    ),
    case(
        "cut-body",
        "a length that is too long: the body ends before it",
        "broken-body",
        lambda: with_head(b"Content-Length: 999\r\n\r\n<p>Half"),
    ),
    case(
        "short-length",
        "a length that is too short: what lies behind it is not read",
        FETCHED,
        lambda: with_head(b"Content-Length: 30\r\n\r\n" + PAGE),
    ),
    case(
        "two-lengths",
        "two lengths that differ",
        "connection",
        lambda: with_head(b"Content-Length: 3\r\nContent-Length: 5\r\n\r\n<p>Ha"),
    ),
    case(
        "negative-length",
        "a length below zero",
        "connection",
        lambda: with_head(b"Content-Length: -1\r\n\r\n<p>Ha"),
    ),
    case(
        "length-in-words",
        "a length that is no number",
        "connection",
        lambda: with_head(b"Content-Length: many\r\n\r\n<p>Ha"),
    ),
    case(
        "length-and-chunks",
        "a length and chunks at once, as request smugglers send them",
        FETCHED,
        lambda: with_head(
            b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>A\r\n0\r\n\r\n"
        ),
    ),
    case(
        "cut-chunks",
        "chunks that end before the last one",
        "broken-body",
        lambda: with_head(b"Transfer-Encoding: chunked\r\n\r\n5\r\n<p>Ha\r\n"),
    ),
    case(
        "chunk-of-no-size",
        "a chunk whose size is no number",
        "broken-body",
        lambda: with_head(b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<p>Ha\r\n0\r\n\r\n"),
    ),
    case(
        "chunk-below-zero",
        "a chunk with a size below zero",
        "broken-body",
        lambda: with_head(b"Transfer-Encoding: chunked\r\n\r\n-5\r\n<p>Ha\r\n0\r\n\r\n"),
    ),
    case(
        "chunk-with-a-long-name",
        "a chunk whose size line goes on for a megabyte",
        "broken-body",
        lambda: with_head(
            b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * MIB + b"\r\n<p>Ha\r\n0\r\n\r\n"
        ),
    ),
    case(
        "endless-trailers",
        "headers without end behind the last chunk",
        "broken-body",
        lambda: forever(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: 1\r\n" * 999),
        seconds=4.0,
    ),
    case(
        "unknown-transfer",
        "a transfer encoding that nobody knows",
        "connection",
        lambda: with_head(b"Transfer-Encoding: rot13\r\n\r\n<p>Ha"),
    ),
    case(
        "no-length",
        "a body that ends where the connection does",
        FETCHED,
        lambda: with_head(b"\r\n<p>All of it.</p>"),
    ),
    case(
        "reset-in-the-body",
        "a connection that is reset in the middle of the body",
        "broken-body",
        lambda: reset_after(HEAD + b"Content-Length: 999\r\n\r\n<p>Half"),
    ),
    case(
        "reset-without-length",
        "a body without a length, and a reset in its middle",
        "broken-body",
        lambda: reset_after(HEAD + b"\r\n<p>Half"),
    ),
)

ENDLESS = (
    case(
        "endless-body",
        "a body without end",
        "too-large",
        lambda: forever(HEAD + b"\r\n", b"x" * 65536),
    ),
    case(
        "endless-chunks",
        "a body without end, in chunks",
        "too-large",
        lambda: forever(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"
        ),
    ),
    case(
        "endless-gzip",
        "a gzip stream without end",
        "too-large",
        lambda: forever(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzipped(PAGE) * 50),
    ),
    case(
        "drip-body",
        "a body of one byte in a tenth of a second",
        "timeout",
        lambda: forever(HEAD + b"Content-Length: 9999\r\n\r\n", b"x", 0.1),
        seconds=1.0,
    ),
    case(
        "drip-chunks",
        "a chunk of one byte in a tenth of a second",
        "timeout",
        lambda: forever(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.1),
        seconds=1.0,
    ),
    case("silent", "no answer at all", "timeout", lambda: silent, seconds=1.0),
    case(
        "silent-after-the-head",
        "a good head, and then nothing",
        "timeout",
        lambda: lambda exchange: (exchange.send(HEAD + b"\r\n"), silent(exchange))[0],
        seconds=1.0,
    ),
)

_KINDS = {
    "image": "image/png",
    "drawing": "image/svg+xml",
    "shouted-image": "IMAGE/JPEG ; name=a.html",
    "video": "video/mp4",
    "audio": "audio/mpeg",
    "stream": "application/vnd.apple.mpegurl",
    "font": "font/woff2",
    "pdf": "application/pdf",
    "archive": "application/zip",
    "document": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "program": "application/x-msdownload",
    "script": "text/javascript",
    "binary": "application/octet-stream",
    "parts": "multipart/x-mixed-replace; boundary=frame",
}


def _media(name: str, content_type: str) -> Case:
    does = f"500 MiB declared as `{content_type}`"
    return case(name, does, "media", lambda: media(content_type))


MEDIA = tuple(_media(name, content_type) for name, content_type in _KINDS.items())

HARMLESS = (
    case(
        "attachment",
        "a page that calls itself a download",
        FETCHED,
        lambda: page('Content-Disposition: attachment; filename="../../etc/passwd"'),
    ),
    case(
        "image-404",
        "an error whose page is an image",
        "http-404",
        lambda: status("404 Not Found", "Content-Type: image/png", body=b"\x89PNG" * 1000),
    ),
    case("honest-gzip", "a whole page in gzip", FETCHED, lambda: encoded("gzip", gzipped(PAGE))),
    case(
        "honest-brotli",
        "a whole page in brotli",
        FETCHED,
        lambda: encoded("br", brotli.compress(PAGE)),
    ),
    case(
        "honest-zstd", "a whole page in zstd", FETCHED, lambda: encoded("zstd", zstd.compress(PAGE))
    ),
)
