"""Records of WARC files, from whatever bytes there are."""

import gzip
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
import warcs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.endings import Ending
from crawler.ingestion.answers import RecordEnding
from crawler.ingestion.bodies import LARGEST_PAGE, Undecodable, decoded
from crawler.ingestion.records import BrokenRecord, WarcRecord, read_records

RECORDS = [warcs.response(f"{warcs.SITE}/{n}", warcs.page(n, sentences=2)) for n in range(4)]


@settings(max_examples=50)
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda before, after: before + RECORDS[0] + after + gzip.compress(RECORDS[1]),
            st.binary(max_size=40),
            st.binary(max_size=40),
        ),
    )
)
def test_any_bytes_are_read_to_their_end_without_an_error(data: bytes) -> None:
    found = list(read_records(io.BytesIO(data)))
    assert [one.offset for one in found] == sorted(one.offset for one in found)
    assert all(isinstance(one, BrokenRecord) or one.length >= 0 for one in found)


@example(broken=0, place=0.25, packed=False, cut=True, byte=1)
@settings(max_examples=40)
@given(
    broken=st.integers(0, 3),
    place=st.floats(0.01, 0.99),
    packed=st.booleans(),
    cut=st.booleans(),
    byte=st.integers(1, 255),
)
def test_a_flipped_byte_or_a_cut_in_one_record_harms_no_other(
    broken: int, place: float, packed: bool, cut: bool, byte: int
) -> None:
    members = [gzip.compress(one, mtime=0) if packed else one for one in RECORDS]
    harmed = bytearray(members[broken])
    at = int(place * len(harmed))
    if cut:
        del harmed[at:]
    else:
        harmed[at] ^= byte
    members[broken] = bytes(harmed)
    found = list(read_records(io.BytesIO(b"".join(members))))
    blocks = {one.block for one in found if isinstance(one, WarcRecord)}
    whole = [list(read_records(io.BytesIO(one))) for one in RECORDS]
    others = {
        one.block
        for number, (one,) in enumerate(whole)
        if number != broken and isinstance(one, WarcRecord)
    }
    assert others <= blocks


@pytest.mark.parametrize("step", range(4))
def test_a_record_cut_anywhere_lends_its_header_to_no_other(step: int) -> None:
    """A page under the address of another would be a proof of what never was."""
    sound = list(read_records(io.BytesIO(RECORDS[1])))
    for at in range(1 + step, len(RECORDS[0]) - len(b"\r\n\r\n"), 4):
        found = list(read_records(io.BytesIO(RECORDS[0][:at] + RECORDS[1])))
        assert isinstance(found[0], BrokenRecord), at
        assert [replace(one, offset=0) for one in found[1:]] == sound, at


@settings(max_examples=30)
@given(body=st.binary(max_size=100), data=st.data())
def test_chunks_of_any_size_are_joined(body: bytes, data: st.DataObject) -> None:
    chunks, rest = b"", body
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        chunks += b"%x;note=1\r\n%s\r\n" % (size, rest[:size])
        rest = rest[size:]
    assert decoded(chunks + b"0\r\n\r\n", is_chunked=True, encodings=()) == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_markup_that_claims_an_encoding_it_does_not_have_stays_as_it_is(encoding: str) -> None:
    page = warcs.page(1)
    assert decoded(page, is_chunked=True, encodings=[encoding]) == page


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@settings(max_examples=40)
@given(body=st.binary(max_size=60))
def test_any_bytes_are_a_page_or_have_an_ending(encoding: str, body: bytes) -> None:
    try:
        ending = None if decoded(body, is_chunked=False, encodings=[encoding]) is not None else ""
    except Undecodable as error:
        ending = error.ending
    assert ending in {None, Ending.BROKEN_BODY}


def test_what_unpacks_to_too_much_is_refused() -> None:
    bomb = gzip.compress(b"<" + b" " * (LARGEST_PAGE + 1))
    with pytest.raises(Undecodable) as refused:
        decoded(bomb, is_chunked=False, encodings=["gzip"])
    assert refused.value.ending is Ending.TOO_LARGE


def test_the_documentation_explains_every_ending_of_a_record() -> None:
    text = (Path(__file__).parents[3] / "docs/warc.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([a-z-]+) \|", text, re.MULTILINE)[1:] == list(RecordEnding)
