"""The records of a WARC file (ISO 28500), one after the other, in constant memory.

What cannot be read has its place among them and stops nothing.
"""

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from crawler.ingestion.streams import RawBytes, Readable, Stretch, Torn

# Kinds of record whose block is read; of all others only the header is.
READ = frozenset({"response", "resource", "revisit", "request"})
# Bytes of a block that are held: the largest page that a crawl takes, its header and chunk sizes.
LARGEST_BLOCK = 11 * 1024 * 1024
LARGEST_HEADER = 64 * 1024
BEGINNING = b"WARC/"
END_OF_RECORD = len(b"\r\n\r\n")
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
# What a crawler that was killed amid a header leaves: what follows must not be read as its own.
_ANOTHER = re.compile(rb"WARC/[01]\.\d+\r?\n[\w-]+:")
_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "md5": hashlib.md5}


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcRecord:
    """One record: `offset` is the place of it, or of its gzip member, in the file.

    `block` is empty for the kinds that are not read, and cut at `LARGEST_BLOCK`; `length` is what
    the record declares.
    """

    offset: int
    kind: str
    headers: tuple[tuple[str, str], ...]
    block: bytes
    length: int

    @property
    def is_cut(self) -> bool:
        """Whether the block is longer than what is held of it."""
        return len(self.block) < self.length

    def header(self, name: str) -> str | None:
        """The first value of a header of the record, by lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenRecord:
    """A place where no record could be read, and what was seen there."""

    offset: int
    why: str


def read_records(file: Readable) -> Iterator[WarcRecord | BrokenRecord]:
    """Every record of a WARC file, packed record by record, as a whole, or not at all.

    A record is given only when all of it is there: its length leads to the next record or to the
    end, its gzip checksum and, where it declares one that we know, its block digest are right.
    """
    raw = RawBytes(file)
    while (packed := raw.is_packed()) is not None:
        stretch = Stretch(raw, packed=packed)
        offset = stretch.record_offset
        try:
            stretch.skip_line_ends()
            while stretch.peek(1):
                offset = stretch.record_offset
                yield _checked(_record(stretch, offset))
        except Torn as torn:
            yield BrokenRecord(offset=offset, why=str(torn))
            if not raw.find_record(offset + 1):
                return


def _record(stretch: Stretch, offset: int) -> WarcRecord:
    if stretch.peek(len(BEGINNING)) != BEGINNING:
        raise Torn("no WARC record begins here")
    head = stretch.take_until(_END_OF_HEADER, LARGEST_HEADER)
    if _ANOTHER.search(head, 1):
        raise Torn("its WARC header breaks off, and the next record begins")
    headers = _headers(head)
    named = dict(reversed(headers))
    kind, length = named.get("warc-type", "").lower(), named.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise Torn("its WARC header declares no length")
    size = int(length)
    block = stretch.take(min(size, LARGEST_BLOCK)) if kind in READ else b""
    rest = size - len(block)
    if stretch.skip(rest) < rest or (kind in READ and len(block) < min(size, LARGEST_BLOCK)):
        raise Torn(f"the file ends before its {size:,} bytes do")
    # Two line ends, says the standard; some crawlers write fewer, and none is sure of its length.
    ends = stretch.skip_line_ends()
    behind = stretch.peek(len(BEGINNING))
    record = WarcRecord(offset=offset, kind=kind, headers=headers, block=block, length=size)
    is_astray = behind not in {b"", BEGINNING}
    if is_astray and (ends < END_OF_RECORD or not _has_its_digest(record)):
        raise Torn("its length does not lead to its end")
    return record


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    try:
        parsed = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0", "WARC/0."]).parse(io.BytesIO(head))
    except (StatusAndHeadersParserException, EOFError) as error:
        raise Torn(f"its WARC header cannot be read: {error}") from error
    return tuple((name.lower(), value.strip()) for name, value in parsed.headers)


def _checked(record: WarcRecord) -> WarcRecord | BrokenRecord:
    if _has_its_digest(record):
        return record
    return BrokenRecord(offset=record.offset, why="its block does not have the digest it declares")


def _has_its_digest(record: WarcRecord) -> bool:
    """Whether the block has the digest that the record declares, or none is declared."""
    algorithm, _, declared = (record.header("warc-block-digest") or "").partition(":")
    if algorithm.lower() not in _DIGESTS or not declared or record.is_cut:
        return True
    # As hexadecimal or, as is usual, in base 32; the standard names no algorithm and no spelling.
    digest = _DIGESTS[algorithm.lower()](record.block, usedforsecurity=False).digest()
    spellings = {digest.hex(), base64.b32encode(digest).decode().lower()}
    return declared.lower() in spellings or _decoded(declared) == digest


def _decoded(declared: str) -> bytes | None:
    try:
        return base64.b64decode(declared, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
