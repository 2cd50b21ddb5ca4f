"""Writing WARC (ISO 28500, version 1.1): the exchanges of records, for preservation.

What stands in a record is what the archive kept: the exact body with its content encoding undone,
and the headers that matter. The status line and the request are written anew from what is known.
Encodings that were undone, and the length before, are named as pywb names them (`X-Archive-Orig-`).
"""

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.exchange_rows import Exchange

VERSION = "1.1"
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/"
# What no longer holds of a body whose content encoding was undone.
_OF_THE_SENT_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_ABOUT = (
    "Pages of records of a newsward archive. Bodies are exact, with their content encoding undone;"
    " of the response headers those that newsward keeps are here; status lines, redirects and"
    " requests are written from the address, the status and the time that were kept."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A response, redirect or revisit that was written: what an index of the file says of it."""

    url: str
    date: str
    offset: int
    length: int
    status: int | None
    mime: str
    digest: str


class WarcFile:
    """A WARC file being written, one gzip member a record.

    Args:
        out: where to; only written to, in order.
        now: the time of writing, ISO 8601 UTC.
        written: called with each record that an index should name.
    """

    def __init__(
        self, out: BinaryIO, *, now: str, written: Callable[[Written], object] = lambda _: None
    ) -> None:
        self._out = _Counting(out)
        self._writer = WARCWriter(self._out, gzip=True, warc_version=VERSION)
        self._now = now
        self._written = written

    def info(self, *, program: str, about: str) -> None:
        """Say what wrote the file and what is in it."""
        record = self._writer.create_warcinfo_record(
            None,
            {
                "software": program,
                "format": f"WARC File Format {VERSION}",
                "isPartOf": about,
                "description": _ABOUT,
            },
        )
        record.rec_headers.replace_header("WARC-Date", self._now)
        record.rec_headers.replace_header("WARC-Record-ID", _record_id("warcinfo", self._now))
        self._writer.write_record(record)

    def exchanges(self, exchanges: list[Exchange], body_of: Callable[[str], bytes]) -> int:
        """Write the exchanges of one record, by time; how many pages (full bodies) these are.

        A body that came again at the same address is a revisit of the first; a 304 is one of the
        last body, and is left out when there is none before it.
        """
        first: dict[tuple[str, str], Exchange] = {}
        last: dict[str, Exchange] = {}
        pages = 0
        for exchange in exchanges:
            self._redirects(exchange)
            digest = exchange.snapshot_digest
            if digest is None:
                if before := last.get(exchange.final_url):
                    self._revisit(exchange, before, "server-not-modified")
                continue
            before = first.setdefault((exchange.final_url, digest), exchange)
            if before is exchange:
                pages += 1
                self._response(exchange, body_of(digest))
            else:
                self._revisit(exchange, before, "identical-payload-digest")
            last[exchange.final_url] = before
        return pages

    def _response(self, exchange: Exchange, body: bytes) -> None:
        headers = _headers(exchange, len(body))
        digest = f"sha256:{exchange.snapshot_digest}"
        about = self._about("response", exchange.final_url, exchange.fetched_at)
        about["WARC-Payload-Digest"] = digest
        if exchange.ip_address:
            about["WARC-IP-Address"] = exchange.ip_address
        record = self._writer.create_warc_record(
            exchange.final_url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=headers,
            warc_headers_dict=about,
        )
        self._write(record, exchange.final_url, exchange.fetched_at, exchange.status)
        self._request(exchange.final_url, exchange.fetched_at)

    def _revisit(self, exchange: Exchange, before: Exchange, profile: str) -> None:
        about = self._about("revisit", exchange.final_url, exchange.fetched_at)
        about["WARC-Refers-To"] = _record_id("response", before.final_url, before.fetched_at)
        if exchange.ip_address:
            about["WARC-IP-Address"] = exchange.ip_address
        record = self._writer.create_revisit_record(
            exchange.final_url,
            f"sha256:{before.snapshot_digest}",
            before.final_url,
            before.fetched_at,
            # Of a 304 its profile says all: given its headers, viewers answer 304 to everyone.
            http_headers=_headers(exchange, None) if exchange.snapshot_digest else None,
            warc_headers_dict=about,
        )
        record.rec_headers.replace_header("WARC-Profile", _REVISIT + profile)
        status = exchange.status if exchange.snapshot_digest else None
        self._write(record, exchange.final_url, exchange.fetched_at, status)
        self._request(exchange.final_url, exchange.fetched_at, of="revisit")

    def _redirects(self, exchange: Exchange) -> None:
        chain = [*(hop.url for hop in exchange.redirects), exchange.final_url]
        for hop, target in zip(exchange.redirects, chain[1:], strict=True):
            headers = [("Location", target), ("Content-Length", "0")]
            record = self._writer.create_warc_record(
                hop.url,
                "response",
                payload=io.BytesIO(b""),
                length=0,
                http_headers=StatusAndHeaders(_status_line(hop.status), headers, "HTTP/1.1"),
                warc_headers_dict=self._about("response", hop.url, exchange.fetched_at),
            )
            self._write(record, hop.url, exchange.fetched_at, hop.status)
            self._request(hop.url, exchange.fetched_at)

    def _request(self, url: str, date: str, *, of: str = "response") -> None:
        parts = urlsplit(url)
        asked = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        about = self._about("request", url, date)
        about["WARC-Concurrent-To"] = _record_id(of, url, date)
        record = self._writer.create_warc_record(
            url,
            "request",
            http_headers=StatusAndHeaders(f"{asked} HTTP/1.1", [("Host", parts.netloc)], "GET"),
            warc_headers_dict=about,
        )
        self._writer.write_record(record)

    def _about(self, kind: str, url: str, date: str) -> dict[str, str]:
        return {"WARC-Record-ID": _record_id(kind, url, date), "WARC-Date": date}

    def _write(self, record: Any, url: str, date: str, status: int | None) -> None:  # noqa: ANN401 - warcio has no types
        start = self._out.count
        self._writer.write_record(record)
        mime = "warc/revisit"
        if record.rec_type != "revisit":
            mime = record.http_headers.get_header("content-type", "").partition(";")[0]
        self._written(
            Written(
                url=url,
                date=date,
                offset=start,
                length=self._out.count - start,
                status=status,
                mime=mime.strip() or "unk",
                digest=record.rec_headers.get_header("WARC-Payload-Digest"),
            )
        )


class _Counting:
    """What is written, passed on and counted."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.count = 0

    def write(self, data: bytes) -> int:
        self.count += len(data)
        return self._out.write(data)

    def flush(self) -> None:
        """Leave it to whoever opened the file."""


def _headers(exchange: Exchange, length: int | None) -> StatusAndHeaders:
    named = [
        (f"X-Archive-Orig-{name}" if name in _OF_THE_SENT_BODY else name, value)
        for name, value in exchange.headers
    ]
    if length is not None:
        named.append(("Content-Length", str(length)))
    return StatusAndHeaders(_status_line(exchange.status), named, "HTTP/1.1")


def _status_line(status: int) -> str:
    known = status in set(HTTPStatus)
    return f"{status} {HTTPStatus(status).phrase}" if known else str(status)


def _record_id(*facts: str) -> str:
    """The same for the same exchange in every export, so that ingesting two of them is like one."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(('newsward', *facts)))}>"
