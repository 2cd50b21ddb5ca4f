"""Sitemaps: rows, news rows, indexes and plain lists of addresses, gzip-compressed or not."""

import io
import zlib
from collections.abc import Iterable, Iterator, Sized
from datetime import datetime
from itertools import islice

from lxml import etree

from archive.records import FoundAs, LinkKind, Links
from crawler.discovery.decoding import xml_as_utf8
from crawler.discovery.document import (
    DiscoveryDocument,
    Unreadable,
    breaks_off_within,
    declares_entities,
    local_name,
    what_came,
)
from crawler.discovery.gathering import Place, Row, counted, gather, newest, with_warnings

# sitemaps.org allows 50,000 rows and 50 MB a file, unpacked; an index may name as many sitemaps.
MOST_ROWS = 50_000
MOST_BYTES = 50_000_000
# Ours: an index of ever new indexes took 7,827 requests in 100 s from a parser without this limit.
MOST_CHILDREN = 50
DEEPEST = 3

_ROW_NAMES = {"urlset": "url", "sitemapindex": "sitemap"}
_GZIP = b"\x1f\x8b"
_PIECE = 1 << 20
_GZIP_WINDOW = zlib.MAX_WBITS | 16


def read_sitemap(document: DiscoveryDocument, now: datetime) -> Links:
    """The rows of a sitemap as links to articles, those of an index as links to sitemaps.

    At most 50,000 rows or the newest 50 sitemaps of an index, none below depth 3. Raises
    Unreadable when the body is no sitemap.
    """
    body, cut = _unpacked(document.body)
    if _is_xml(body):
        links = _xml(xml_as_utf8(body, document.content_type), document, now)
    else:
        links = _addresses(body, document.url, now)
    return with_warnings(links, *cut)


def _xml(body: bytes, document: DiscoveryDocument, now: datetime) -> Links:
    if declares_entities(body):
        raise Unreadable("XML that declares its own entities came instead of a sitemap")
    row_name = _ROW_NAMES.get(_root_name(body) or "")
    if row_name is None:
        raise Unreadable(f"{what_came(body)} came instead of a sitemap")
    elements = islice(_elements(body, row_name), MOST_ROWS + 1)
    rows = [_row(element, document.url) for element in elements]
    warnings: tuple[str, ...] = ()
    if breaks_off_within(body, row_name):
        rows = rows[:-1]
        warnings = ("the sitemap breaks off within a row, which is left out",)
    if row_name == "sitemap":
        links = _children(rows[:MOST_ROWS], document, now)
    else:
        links = _pages(rows[:MOST_ROWS], document.url, now)
    return with_warnings(_first(rows, links), *warnings)


def _first(rows: Sized, links: Links) -> Links:
    return (
        with_warnings(links, f"only the first {MOST_ROWS:,} rows read")
        if len(rows) > MOST_ROWS
        else links
    )


def _pages(rows: Iterable[Row], url: str, now: datetime) -> Links:
    place = Place(url=url, kind=LinkKind.ARTICLE, found_as=FoundAs.SITEMAP_ROW, now=now)
    return gather(rows, place)


def _children(rows: list[Row], document: DiscoveryDocument, now: datetime) -> Links:
    if document.depth >= DEEPEST:
        below = f"{counted(len(rows), 'sitemap')} below depth {DEEPEST} not followed"
        return Links(links=(), warnings=(below,))
    place = Place(
        url=document.url, kind=LinkKind.SITEMAP, found_as=FoundAs.SITEMAP_INDEX_ROW, now=now
    )
    return newest(gather(rows, place), MOST_CHILDREN)


def _unpacked(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The body without its gzip wrapping, and warnings when not all of it could be had."""
    warnings: tuple[str, ...] = ()
    if body.startswith(_GZIP):
        body, warnings = _gunzipped(body)
    if len(body) > MOST_BYTES:
        return body[:MOST_BYTES], (f"only the first {MOST_BYTES // 10**6} MB read",)
    return body, warnings


def _gunzipped(packed: bytes) -> tuple[bytes, tuple[str, ...]]:
    unpacked = bytearray()
    while packed.startswith(_GZIP) and len(unpacked) <= MOST_BYTES:
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            packed = _unpack_member(member, packed, unpacked)
        except zlib.error as error:
            if not unpacked:
                raise Unreadable("broken gzip data came instead of a sitemap") from error
            return bytes(unpacked), ("the gzip data is broken: read up to there",)
        if not packed and not member.eof:
            return bytes(unpacked), ("the gzip data is cut off: read up to there",)
    return bytes(unpacked), ()


def _unpack_member(member: "zlib._Decompress", packed: bytes, unpacked: bytearray) -> bytes:
    """Add what one member of a gzip file holds, up to the limit; the bytes that follow it."""
    while packed and len(unpacked) <= MOST_BYTES:
        unpacked += member.decompress(packed, _PIECE)
        if member.eof:
            return member.unused_data
        packed = member.unconsumed_tail
    return packed


def _is_xml(body: bytes) -> bool:
    return body.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    )


def _addresses(body: bytes, url: str, now: datetime) -> Links:
    lines = (line.strip() for line in io.StringIO(body.decode("utf-8-sig", errors="replace")))
    rows = [Row(address=line, base="") for line in lines if line]
    if not rows or not (rows[0].address or "").startswith(("http://", "https://")):
        raise Unreadable(f"{what_came(body)} came instead of a sitemap")
    return _first(rows, _pages(rows[:MOST_ROWS], url, now))


def _elements(body: bytes, name: str | None) -> Iterator[etree._Element]:
    # Nothing outside the document is read and no entity resolved, however it is declared.
    parsed = etree.iterparse(
        io.BytesIO(body.lstrip()),
        encoding="utf-8",
        events=("end",) if name else ("start",),
        tag=f"{{*}}{name}" if name else None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    try:
        for _, element in parsed:
            yield element
            _forget(element)
    except etree.XMLSyntaxError:  # past mending: what was read before it stands
        return


def _forget(element: etree._Element) -> None:
    # A sitemap of 50 MB must not become a tree of 500 MB.
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _root_name(body: bytes) -> str | None:
    root = next(_elements(body, None), None)
    return None if root is None else local_name(root)


def _row(element: etree._Element, url: str) -> Row:
    return Row(
        address=element.findtext("{*}loc"),
        base=url,
        title=element.findtext("{*}news/{*}title"),
        published=element.findtext("{*}news/{*}publication_date"),
        modified=element.findtext("{*}lastmod"),
    )
