"""What a WARC record tells of an HTTP exchange: pure readings of records."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from warcio.statusandheaders import StatusAndHeadersParser

from archive.endings import Ending
from archive.records import Redirect, WarcPlace
from crawler.frontier import utc
from crawler.headers import HEADERS_THAT_MATTER
from crawler.ingestion.records import BrokenRecord, WarcRecord
from crawler.urls import canonical_url

# What pages are served as; an answer without a type may be one.
HTML = frozenset({"", "text/html", "application/xhtml+xml"})
# How crawlers rename the headers of encodings that they have undone: pywb and newsward; the
# crawlers of Common Crawl; Browsertrix.
RENAMED = ("x-archive-orig-", "x-crawl-", "x-orig-")
# A clock may be wrong by this much before its date is not believed.
FROM_TOMORROW = timedelta(days=1)
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class RecordEnding(StrEnum):
    """How a record can end that is no fetched page; docs/warc.md says what each means."""

    NO_EXCHANGE = "no-exchange"
    NO_WEB_ADDRESS = "no-web-address"
    NOT_A_GET = "not-a-get"
    REDIRECT = "redirect"
    A_LIST = "a-list"
    UNKNOWN_ADDRESS = "unknown-address"
    INGESTED_BEFORE = "ingested-before"
    UNRESOLVED_REVISIT = "unresolved-revisit"
    SEGMENTED = "segmented"
    BROKEN_RECORD = "broken-record"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A record that brings no page: how it ended, and what was seen where that says more."""

    offset: int
    ending: RecordEnding | Ending
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refers:
    """Which earlier exchange a revisit stands for; what is not declared is None."""

    record: str | None
    url: str | None
    fetched_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer to a GET of a web address, as a WARC holds it.

    `url` is canonical; `target` the address as it stands there. `headers` are those that matter.
    `payload` is what follows the HTTP header, with the `encodings` that it claims to have.
    `fault` says why the payload cannot be a whole page. A revisit has no payload and `refers`.
    """

    place: WarcPlace
    target: str
    url: str
    fetched_at: str
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes = b""
    is_chunked: bool = False
    encodings: tuple[str, ...] = ()
    ip_address: str | None = None
    location: str | None = None
    fault: str | None = None
    refers: Refers | None = None
    redirects: tuple[Redirect, ...] = ()

    @property
    def is_redirect(self) -> bool:
        """Whether it sends its reader elsewhere."""
        return self.status in _REDIRECTS and self.location is not None

    @property
    def is_page(self) -> bool:
        """Whether it brought, or stands for, a body."""
        return self.status == HTTPStatus.OK


def answers(
    records: Iterable[WarcRecord | BrokenRecord], file: str, *, now: datetime
) -> Iterator[Answer | LeftOut]:
    """Every record of a file, each once: as the answer that it holds, or as left out.

    The request that belongs to an answer stands beside it, before or after; when that is no GET,
    the answer is no page.
    """
    held: Answer | None = None
    last: WarcRecord | None = None
    for record in records:
        if isinstance(record, BrokenRecord):
            result: Answer | LeftOut = LeftOut(
                offset=record.offset, ending=RecordEnding.BROKEN_RECORD, why=record.why
            )
        else:
            if record.kind == "request" and held and _belongs(record, held):
                yield _by_method(record, held)
                held = None
            result = answer_of(record, file, now=now)
            if isinstance(result, Answer) and last and _belongs(last, result):
                result = _by_method(last, result)
            last = record if record.kind == "request" else None
        if held:
            yield held
            held = None
        if isinstance(result, Answer):
            held = result
        else:
            yield result
    if held:
        yield held


def answer_of(record: WarcRecord, file: str, *, now: datetime) -> Answer | LeftOut:
    """What a record holds; `now` is the time from whose morrow on a date is not believed."""
    if record.header("warc-segment-number") or record.kind == "continuation":
        return LeftOut(offset=record.offset, ending=RecordEnding.SEGMENTED)
    if record.kind not in {"response", "resource", "revisit"}:
        return LeftOut(offset=record.offset, ending=RecordEnding.NO_EXCHANGE)
    target = (record.header("warc-target-uri") or "").strip("<> ")
    url = canonical_url(target)
    if url is None:
        return LeftOut(offset=record.offset, ending=RecordEnding.NO_WEB_ADDRESS, why=target[:200])
    fetched_at = _date(record.header("warc-date"), now)
    if fetched_at is None:
        why = f"no date that can be: {(record.header('warc-date') or 'none')[:40]}"
        return LeftOut(offset=record.offset, ending=RecordEnding.BROKEN_RECORD, why=why)
    known_as = (record.header("warc-record-id") or f"{file}#{record.offset}").strip("<> ")
    place = WarcPlace(file=file, offset=record.offset, record=known_as)
    plain = Answer(
        place=place,
        target=target,
        url=url,
        fetched_at=fetched_at,
        status=int(HTTPStatus.OK),
        headers=(),
        ip_address=record.header("warc-ip-address"),
        fault=_fault(record),
    )
    if record.kind == "resource":
        return _resource(record, plain)
    return _with_http(record, plain)


def _with_http(record: WarcRecord, plain: Answer) -> Answer | LeftOut:
    refers = _refers(record) if record.kind == "revisit" else None
    if refers and not record.block:
        return replace(plain, refers=refers, status=_revisited(record, 200))
    status, end = _STATUS_LINE.match(record.block), _END_OF_HEAD.search(record.block)
    if status is None:
        why = "no HTTP answer: its block does not begin with a status"
        return LeftOut(offset=record.offset, ending=RecordEnding.BROKEN_RECORD, why=why)
    head = record.block[: end.end()] if end else record.block + b"\r\n\r\n"
    headers = _http_headers(head)
    named = dict(reversed(headers))
    return replace(
        plain,
        status=_revisited(record, int(status[1])) if refers else int(status[1]),
        headers=_that_matter(headers),
        payload=record.block[end.end() :] if end and not refers else b"",
        is_chunked="chunked" in named.get("transfer-encoding", "").lower(),
        encodings=_encodings(headers),
        location=named.get("location"),
        refers=refers,
    )


def _resource(record: WarcRecord, plain: Answer) -> Answer:
    declared = record.header("content-type")
    return replace(
        plain,
        headers=(("content-type", declared),) if declared else (),
        payload=record.block,
    )


def is_html(answer: Answer) -> bool:
    """Whether an answer says, or does not deny, that it is a page."""
    declared = next((value for name, value in answer.headers if name == "content-type"), "")
    return declared.partition(";")[0].partition(",")[0].strip().lower() in HTML


def _http_headers(head: bytes) -> list[tuple[str, str]]:
    parsed = StatusAndHeadersParser([], verify=False).parse(io.BytesIO(head))
    # HTTP/2 has pseudo-headers such as ":status", whose name is empty to a parser of HTTP/1.
    return [(name.lower(), value.strip()) for name, value in parsed.headers if name]


def _that_matter(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers that matter, those that were renamed under the name that they had."""
    original = [
        (name.removeprefix(prefix), value)
        for name, value in headers
        for prefix in RENAMED
        if name.startswith(prefix)
    ]
    renamed = {name for name, _ in original}
    kept = original + [(name, value) for name, value in headers if name not in renamed]
    return tuple(
        (wanted, value) for wanted in HEADERS_THAT_MATTER for name, value in kept if name == wanted
    )


def _encodings(headers: list[tuple[str, str]]) -> tuple[str, ...]:
    # What was packed for the way comes last, so it is undone first.
    named = [
        value
        for kind in ("content-encoding", "transfer-encoding")
        for name, value in headers
        if name == kind
    ]
    return tuple(part.strip().lower() for value in named for part in value.split(","))


def _date(value: str | None, now: datetime) -> str | None:
    try:
        moment = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return utc(moment) if moment <= now + FROM_TOMORROW else None


def _fault(record: WarcRecord) -> str | None:
    if cut := record.header("warc-truncated"):
        return f"the WARC says that the body was cut off ({cut[:40]})"
    return None


def _refers(record: WarcRecord) -> Refers:
    named = record.header("warc-refers-to")
    url = record.header("warc-refers-to-target-uri") or record.header("warc-target-uri") or ""
    date = record.header("warc-refers-to-date")
    return Refers(
        record=named.strip("<> ") if named else None,
        url=canonical_url(url.strip("<> ")),
        fetched_at=_date(date, datetime.max.replace(tzinfo=UTC) - 2 * FROM_TOMORROW),
    )


def _revisited(record: WarcRecord, status: int) -> int:
    # Whichever status a crawler repeats there: the profile says what the server did.
    if "not-modified" in (record.header("warc-profile") or ""):
        return int(HTTPStatus.NOT_MODIFIED)
    return status


def _belongs(request: WarcRecord, answer: Answer) -> bool:
    concurrent = (request.header("warc-concurrent-to") or "").strip("<> ")
    if concurrent:
        return concurrent == answer.place.record
    return (request.header("warc-target-uri") or "").strip("<> ") == answer.target


def _by_method(request: WarcRecord, answer: Answer) -> Answer | LeftOut:
    method = request.block.split(b" ", 1)[0]
    if method == b"GET":
        return answer
    why = method[:10].decode("latin-1")
    return LeftOut(offset=answer.place.offset, ending=RecordEnding.NOT_A_GET, why=why)
