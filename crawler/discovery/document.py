"""What discovery is given to read, and how it refuses."""

import re
from dataclasses import dataclass

from lxml import etree

from archive.records import LinkKind
from crawler.sources import Discovery


class Unreadable(ValueError):  # noqa: N818 - named as its ending is: it says what came, not what we did wrong
    """The bytes are not the feed, sitemap or listing page that the source promises.

    `str(error)` is one line: what came instead.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscoveryDocument:
    """One fetched feed, sitemap or listing page, and the rules of the source for reading it.

    `url` is the address that answered, after redirects. `rules` is the discovery entry of the
    source by way of which the document was found. `depth` is 0 for the address in that entry, 1
    for what was found there, and so on.
    """

    kind: LinkKind
    url: str
    body: bytes
    content_type: str | None
    rules: Discovery
    depth: int = 0


_TEXT_STARTS = (
    ((b"<!doctype html", b"<html", b"<head", b"<body"), "an HTML page"),
    ((b"<rss", b"<feed", b"<rdf:rdf"), "a feed"),
    ((b"<urlset", b"<sitemapindex"), "a sitemap"),
    ((b"{", b"["), "JSON"),
)
_XML_ROOTS = (
    ((b"<html",), "an HTML page"),
    ((b"<rss", b"<feed", b"<rdf:rdf"), "a feed"),
    ((b"<urlset", b"<sitemapindex"), "a sitemap"),
)
_HEAD = 2048


def what_came(body: bytes) -> str:
    """What a body looks like, in words that finish "… came instead of a feed"."""
    head = body[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not head:
        return "an empty body"
    starts = (name for marks, name in _TEXT_STARTS if head.startswith(marks))
    if name := next(starts, None):
        return name
    if head.startswith(b"<"):
        roots = (name for marks, name in _XML_ROOTS if any(mark in head for mark in marks))
        return next(roots, "some other XML")
    if b"\x00" in head:
        return "something that is not text"
    return "an HTML page" if b"</" in head else "plain text"


_TAIL = 1 << 20
_ASIDES = ((b"<!--", b"-->"), (b"<?", b"?>"))


def declares_entities(body: bytes) -> bool:
    """Whether XML declares entities of its own: never needed here, and the way of all bombs."""
    at = body.find(b"<")
    while at >= 0 and not body[at + 1 : at + 2].isalpha():  # until the first element
        if body.startswith(b"<!ENTITY", at):
            return True
        end = next((end for start, end in _ASIDES if body.startswith(start, at)), b"")
        after = body.find(end, at + 2)
        at = body.find(b"<", after) if after >= 0 else -1
    return False


def breaks_off_within(body: bytes, *names: str) -> bool:
    """Whether XML ends before its last element of these names does.

    Parsers close such an element themselves, and half an address is a wrong address.
    """
    tail = body[-_TAIL:]
    either = "|".join(names).encode()
    tags = re.findall(rb"<(/?)(?:[\w.-]+:)?(?:" + either + rb")\b(?![^<>]*/>)", tail)
    return bool(tags) and tags[-1] == b""


def local_name(element: etree._Element) -> str:
    """The name of an XML element without its namespace, or without a prefix that names none."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
