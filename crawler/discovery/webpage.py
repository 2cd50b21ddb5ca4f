"""An HTML page as a tree, and the links in it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.discovery.decoding import html_as_utf8
from crawler.discovery.document import Unreadable, what_came
from crawler.discovery.gathering import absolute_url
from crawler.urls import same_site

_NOT_A_PAGE = {"a feed", "a sitemap", "JSON", "something that is not text", "an empty body"}
_LINK = re.compile(rb"<a\s", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class WebPage:
    """A parsed page; relative addresses in it are relative to `base`."""

    root: etree._Element
    url: str
    base: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Anchor:
    """One `a` element and the canonical address it leads to."""

    element: etree._Element
    url: str


def parse_page(body: bytes, content_type: str | None, url: str) -> WebPage:
    """Parse what came from an address; raises Unreadable when it is no web page."""
    page = html_as_utf8(body, content_type)
    came = what_came(page)
    if came in _NOT_A_PAGE or (came != "an HTML page" and not _LINK.search(page)):
        raise Unreadable(f"{came} came instead of a listing page")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root: etree._Element | None = etree.fromstring(page.replace(b"\x00", b""), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise Unreadable("HTML without any element came instead of a listing page")
    return WebPage(root=root, url=url, base=_base(root, url))


def anchors(elements: Iterable[etree._Element], page: WebPage) -> Iterator[Anchor]:
    """The elements that link to another web page, in their order."""
    here = absolute_url(page.url, page.url)
    for element in elements:
        url = absolute_url(element.get("href", ""), page.base)
        if url is not None and url != here:
            yield Anchor(element=element, url=url)


def words(element: etree._Element) -> str:
    """The text of an element and all within it, in one line; scripts and styles are no text."""
    pieces = (text for text in element.xpath(".//text()[not(parent::script or parent::style)]"))
    return " ".join(" ".join(pieces).split())


def _base(root: etree._Element, url: str) -> str:
    # A page may say what its addresses are relative to, but not that it stands on another site.
    declared = next((href for element in root.iter("base") if (href := element.get("href"))), None)
    base = absolute_url(declared, url) if declared else None
    return base if base and same_site(base, url) else url
