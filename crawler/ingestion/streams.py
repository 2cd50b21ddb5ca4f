"""The bytes of a WARC file, read once and forward, gzip or not, however large.

Readers of WARC stop without a word at a torn gzip member, as a crawler leaves one that was killed
and went on in the same file. Here what is torn is said, and the next sound record is found.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Protocol

GZIP = b"\x1f\x8b"
CHUNK = 64 * 1024
# How far the beginning of a record is unpacked to see that it is one.
_PROBE = 256
_BEGINNING = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|WARC/[01]\.\d+\r?\n[\w-]+:")


class Readable(Protocol):
    """What is needed of a file."""

    def read(self, count: int, /) -> bytes:
        """Read up to so many bytes."""

    def seek(self, offset: int, /) -> int:
        """Go to a byte."""


class Torn(Exception):  # noqa: N818 - it is the state of a file, not an error of ours
    """What is read ends too soon, or is not what it should be; `str` says what was seen."""


class RawBytes:
    """A file as chunks, some of which can be given back. `offset` is where the next one begins."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._kept = b""
        self.offset = 0

    def read(self) -> bytes:
        """The next chunk; empty at the end."""
        data, self._kept = self._kept or self._file.read(CHUNK), b""
        self.offset += len(data)
        return data

    def give_back(self, data: bytes) -> None:
        """Let what was read last be read again."""
        self._kept = data + self._kept
        self.offset -= len(data)

    def is_packed(self) -> bool | None:
        """Whether gzip begins here; None at the end of the file."""
        data = self.read()
        while data and len(data) < len(GZIP) and (more := self.read()):
            data += more
        self.give_back(data)
        return data.startswith(GZIP) if data else None

    def find_record(self, after: int) -> bool:
        """Go to the next place behind `after` where a record begins; False when there is none."""
        self._file.seek(after)
        self._kept, self.offset = b"", after
        window = self._more(b"")
        while window:
            for found in _BEGINNING.finditer(window):
                start = window[found.start() :]
                if not start.startswith(GZIP) or _unpacks_to_a_record(start):
                    self.give_back(start)
                    return True
            kept = window[-_PROBE:]
            more = self._more(kept)
            window = b"" if more == kept else more
        return False

    def _more(self, kept: bytes) -> bytes:
        # A beginning that the end of a chunk cuts is looked at again with the next chunk.
        return kept + self.read()


def _unpacks_to_a_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, 8).startswith(b"WARC/")
    except zlib.error:
        return False


class Stretch:
    """One gzip member, or all that follows in a file that is not packed: bytes to take in order.

    Raises `Torn` when the member is cut off or damaged. Memory is that of what is taken.
    """

    def __init__(self, raw: RawBytes, *, packed: bool) -> None:
        self.start = raw.offset
        self.is_packed = packed
        self._chunks = _unpacked(raw) if packed else iter(raw.read, b"")
        self._buffer = bytearray()
        self._taken = 0

    @property
    def record_offset(self) -> int:
        """Where in the file the record begins whose first byte is the next to take."""
        return self.start if self.is_packed else self.start + self._taken

    def take(self, count: int) -> bytes:
        """Take so many bytes; fewer at the end."""
        self._fill(count)
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._taken += len(data)
        return data

    def skip(self, count: int) -> int:
        """Take so many bytes and keep none; how many there were."""
        left = count
        while left and (data := self.take(min(left, CHUNK))):
            left -= len(data)
        return count - left

    def take_until(self, mark: re.Pattern[bytes], most: int) -> bytes:
        """Take up to and with the mark.

        Raises:
            Torn: it does not come within `most` bytes.
        """
        wanted = CHUNK
        while True:
            grew = self._fill(wanted)
            if found := mark.search(self._buffer, 0, most):
                return self.take(found.end())
            if not grew or wanted > most:
                raise Torn("its WARC header has no end")
            wanted += CHUNK

    def skip_line_ends(self) -> int:
        """Take the line ends that follow a record; how many bytes they were."""
        count = 0
        while self._fill(1) and self._buffer[0] in b"\r\n":
            count += len(self.take(1))
        return count

    def peek(self, count: int) -> bytes:
        """The next bytes, not taken; fewer at the end."""
        self._fill(count)
        return bytes(self._buffer[:count])

    def _fill(self, count: int) -> bool:
        while len(self._buffer) < count:
            data = next(self._chunks, b"")
            if not data:
                return False
            self._buffer += data
        return True


def _unpacked(raw: RawBytes) -> Iterator[bytes]:
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    packed = b""
    try:
        while not member.eof:
            packed = member.unconsumed_tail or raw.read()
            if not packed:
                raise Torn("the file ends in the middle of it")
            # Bounded, so that what unpacks to gigabytes needs no more than a chunk.
            if data := member.decompress(packed, CHUNK):
                yield data
    except zlib.error as error:
        raise Torn(f"its gzip is damaged: {error}") from error
    raw.give_back(member.unused_data)
