"""Heads are read as warcio reads them."""

import io

from hypothesis import example, given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeadersParser

from crawler.ingestion.heads import read_head

LINES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [
            b"Content-Type: text/html",
            b"Content-Type : text/html ",
            b" gone on",
            b"\tand on ",
            b"no colon",
            b": no name",
            b":status: 200",
            b"",
            b" ",
            b"X-Name: caf\xe9",
            b"X-Name: caf\xc3\xa9\x85",
            b"A: b\x0bc\x1e",
        ]
    ),
)


@given(st.lists(LINES, max_size=8), st.sampled_from([b"\r\n", b"\n"]))
@example([b" gone on", b"Content-Type: text/html"], b"\r\n")
@example([b"no colon", b" gone on", b"A: b", b" c"], b"\n")
def test_a_head_is_read_as_warcio_reads_it(lines: list[bytes], end: bytes) -> None:
    head = end.join([b"HTTP/1.1 200 OK", *lines, b"", b""])
    theirs = StatusAndHeadersParser([], verify=False).parse(io.BytesIO(head))
    first, headers = read_head(head)
    assert headers == theirs.headers
    assert first == "HTTP/1.1 200 OK"
