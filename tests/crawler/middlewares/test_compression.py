"""How large a compressed body is, and whether it goes to its end."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from archive.endings import Ending
from crawler.middlewares.compression import NamedCompressionMiddleware, Unpacked, measured
from crawler.network import Refused


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}
MIB = 1024 * 1024
BROKEN = (OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError)


@pytest.mark.parametrize("name", PACKERS)
@given(body=st.binary(max_size=300), times=st.sampled_from([1, 1000]))
def test_what_was_packed_is_whole_and_as_large_as_it_was(
    name: str, body: bytes, times: int
) -> None:
    encoding, pack = PACKERS[name]
    told = measured(pack(body * times), encoding, MIB)
    assert told == Unpacked(size=len(body) * times, is_whole=True)


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("size", [300_000, 300_001, 5 * MIB])
def test_no_more_is_told_than_was_asked_for(name: str, size: int) -> None:
    encoding, pack = PACKERS[name]
    assert measured(pack(bytes(size)), encoding, 300_000) == Unpacked(size=300_000, is_whole=True)


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_what_goes_on_behind_its_end_may_be_of_any_size(name: str) -> None:
    encoding, pack = PACKERS[name]
    assert measured(pack(b"first") + pack(b"second"), encoding, 1000).size == 1000


@pytest.mark.parametrize("name", PACKERS)
@given(data=st.data())
def test_what_was_cut_is_not(name: str, data: st.DataObject) -> None:
    encoding, pack = PACKERS[name]
    body = data.draw(st.binary(min_size=1, max_size=300))
    packed = pack(body * data.draw(st.sampled_from([1, 1000])))
    # The last bytes may hold nothing but a checksum.
    cut = packed[: data.draw(st.integers(min_value=1, max_value=len(packed) - 1))]
    try:
        whole = measured(cut, encoding, MIB).is_whole
    except BROKEN:
        return
    assert not whole


def test_a_wrong_checksum_behind_a_whole_body_is_forgiven() -> None:
    packed = bytearray(gzip.compress(b"An invented sentence. " * 100))
    packed[-8:] = bytes(8)
    assert measured(bytes(packed), "gzip", MIB).is_whole


def test_a_body_broken_in_the_middle_is_not_forgiven() -> None:
    packed = bytearray(gzip.compress(bytes(range(256)) * 100))
    packed[20:60] = b"\xff" * 40
    with pytest.raises(zlib.error):
        measured(bytes(packed), "gzip", MIB)


def test_an_encoding_that_nobody_knows_is_not_judged() -> None:
    assert measured(b"anything", "compress", MIB).is_whole


HARMFUL: dict[str, tuple[str, Callable[[], bytes], Ending]] = {
    "a gzip bomb": ("gzip", lambda: gzip.compress(bytes(20 * MIB), 1), Ending.TOO_LARGE),
    "a brotli bomb": ("br", lambda: brotli.compress(bytes(20 * MIB), quality=1), Ending.TOO_LARGE),
    "a zstd bomb": ("zstd", lambda: zstd.compress(bytes(20 * MIB)), Ending.TOO_LARGE),
    "a deflate bomb": ("deflate", lambda: zlib.compress(bytes(20 * MIB)), Ending.TOO_LARGE),
    "not packed at all": ("gzip", lambda: bytes(9 * MIB), Ending.BROKEN_BODY),
    "cut off": ("gzip", lambda: gzip.compress(bytes(9 * MIB), 1)[:-20], Ending.BROKEN_BODY),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_failure_holds_neither_what_came_nor_what_was_unpacked(name: str) -> None:
    encoding, pack, ending = HARMFUL[name]
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 10 * MIB})
    middleware = NamedCompressionMiddleware.from_crawler(crawler)
    headers = {"Content-Encoding": encoding, "Content-Type": "text/html"}
    url = "https://news.example/"
    tracemalloc.start()
    try:
        response = Response(url, headers=headers, body=pack())
        with pytest.raises(Refused) as told:
            asyncio.run(middleware.process_response(Request(url), response))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told.value.ending is ending, "it was there still, with its traceback"
    # What else the process holds by then is counted, too; a body would be 9 MiB and more.
    assert held < 4 * MIB
