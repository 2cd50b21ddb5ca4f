"""WARC files as several crawlers write them, of invented pages."""

import gzip
import hashlib
import io
import random
import uuid
from base64 import b32encode
from collections.abc import Sequence
from pathlib import Path

from source_lists import listed

WORDS = """
pupils teachers parents school platform report setting account message screen weekend
survey study lesson council charity helpline phone game profile privacy advice support
""".split()
DATE = "2026-03-02T10:00:00Z"
SITE = "http://gazette.test"
SOURCES = listed("gazette", "The Gazette", SITE)


def page(number: int, extra: str = "", sentences: int = 12) -> bytes:
    """An invented article with furniture."""
    rng = random.Random(number)
    texts = [
        f"In invented case {number}-{n} the {' '.join(rng.choices(WORDS, k=14))} were counted."
        for n in range(sentences)
    ]
    told = "".join(f"<p>{text}</p>" for text in [*texts, extra, f"Text {number} is invented."])
    return (
        f"<!doctype html><html lang='en'><head><title>Invented story {number}</title>"
        "<meta property='article:published_time' content='2026-03-01T09:00:00+00:00'></head>"
        "<body><nav><ul><li><a href='/'>Home</a></li></ul></nav><main><article>"
        f"<h1>Invented story {number}</h1>{told}</article></main></body></html>"
    ).encode()


def record_id(name: str) -> str:
    """The same WARC-Record-ID for the same name."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"


def record(kind: str, url: str, block: bytes, **named: str) -> bytes:
    """One record; names have `_` for `-`, and without `WARC-`: `record_id`, `refers_to`, ..."""
    headers = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": DATE,
        "WARC-Record-ID": record_id(f"{kind} {url} {named.get('date', '')}"),
        "WARC-Block-Digest": f"sha1:{b32encode(hashlib.sha1(block).digest()).decode()}",  # noqa: S324 - as WARC has it
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    for name, value in named.items():
        plain = {"content_type": "Content-Type", "content_length": "Content-Length"}
        headers[plain.get(name) or _warc_name(name)] = value
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return b"WARC/1.1\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"


def _warc_name(name: str) -> str:
    short = {"record_id": "WARC-Record-ID", "ip_address": "WARC-IP-Address"}
    return short.get(name) or "WARC-" + "-".join(
        part.upper() if part == "uri" else part.capitalize() for part in name.split("_")
    )


def answer(body: bytes, *, status: str = "HTTP/1.1 200 OK", **headers: str) -> bytes:
    """The block of a response: names of headers have `_` for `-`."""
    named = {"content_type": "text/html; charset=utf-8"} | headers
    if "transfer_encoding" not in headers:
        named["content_length"] = str(len(body))
    lines = "".join(f"{n.replace('_', '-')}: {v}\r\n" for n, v in named.items() if v)
    return f"{status}\r\n{lines}\r\n".encode() + body


def response(url: str, body: bytes, **named: str) -> bytes:
    """A response record with a page."""
    return record("response", url, answer(body), **named)


def request(url: str, of: str = "response", method: str = "GET", **named: str) -> bytes:
    """The request record of a response record of the same address and date."""
    block = f"{method} / HTTP/1.1\r\nhost: gazette.test\r\n\r\n".encode()
    answered = record_id(f"{of} {url} {named.get('date', '')}")
    return record(
        "request",
        url,
        block,
        concurrent_to=answered,
        content_type="application/http; msgtype=request",
        **named,
    )


def write(path: Path, records: Sequence[bytes], *, packed: bool = True) -> list[int]:
    """Write a file, each record a gzip member of its own; where each begins."""
    out, offsets = io.BytesIO(), []
    for one in records:
        offsets.append(out.tell())
        out.write(gzip.compress(one, mtime=0) if packed else one)
    path.write_bytes(out.getvalue())
    return offsets
