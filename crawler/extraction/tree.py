"""Text to one lxml tree, parsed once and shared by everything that reads the page."""

import re

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

# The end tags of body and html may be left out by the HTML standard, and libxml2 drops what
# follows an early one. Without them nothing can be lost.
_END_OF_PAGE = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)
# libxml2 stops for good at depth 256, in mid-article, when inline tags or divs are never closed.
_TOO_DEEP = "Excessive depth"
_INLINE_TAG = re.compile(
    rb"</?(?:b|big|center|em|font|i|small|span|strong|u)(?=[\s/>])[^>]*>", re.IGNORECASE
)
_BOX_TAG = re.compile(
    rb"<(/?)(?:article|aside|div|figure|main|section)(?=[\s/>])[^>]*>", re.IGNORECASE
)

_IN_HEAD = frozenset(
    {"title", "meta", "link", "script", "style", "base", "noscript", "template", "object"}
)
# XML cannot hold these, and lxml refuses them. In UTF-8: bytes are searched faster than text.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# One class for all elements: lxml.html asks Python for the class of every single one, which is a
# twentieth of the time of a page, and nothing here needs its classes for forms.
_LOOKUP = etree.ElementDefaultClassLookup(element=HtmlElement)

# What a reader never sees, or sees as something other than text: how a word is read (rt) is not
# part of it.
UNSEEN = (
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "audio", "video",
    "canvas", "rp", "rt", "rtc", "select", "datalist", "textarea", "link", "source", "path",
    "track", "map", "head",
)  # fmt: skip


def parse(text: str) -> HtmlElement | None:
    """The tree of a page, or None when there is no element in it.

    A page that nests deeper than libxml2 follows (in practice: hundreds of unclosed tags) is parsed
    again with its inline tags taken off and its boxes made paragraphs, so that no text is lost
    after the place where the parser gave up.
    """
    page = text.encode("utf-8", "ignore").translate(None, _CONTROLS)
    for character in _NO_CHARACTERS:
        page = page.replace(character, b"")
    page = _END_OF_PAGE.sub(b" ", page)
    tree, too_deep = _parse(page)
    if too_deep:
        flat = _BOX_TAG.sub(lambda tag: b"" if tag.group(1) else b"<p>", _INLINE_TAG.sub(b"", page))
        tree, _still_too_deep = _parse(flat)
    return tree


def _parse(page: bytes) -> tuple[HtmlElement | None, bool]:
    parser = lxml.html.HTMLParser(
        collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_LOOKUP)
    try:
        tree = lxml.html.document_fromstring(page, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, False
    _mend_head(tree)
    return tree, any(_TOO_DEEP in entry.message for entry in parser.error_log)


def _mend_head(tree: HtmlElement) -> None:
    # Where a page leaves out the tags of head and body, libxml2 takes elements that it does not
    # know (main, article, section) for part of the head.
    head = tree.find("head")
    stray = (
        next((child for child in head if child.tag not in _IN_HEAD), None)
        if head is not None
        else None
    )
    if head is None or stray is None:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    moved = [stray, *stray.itersiblings()]
    moved[-1].tail = f"{moved[-1].tail or ''}{body.text or ''}"
    body.text = None
    for place, child in enumerate(moved):
        body.insert(place, child)


def body_of(tree: HtmlElement) -> HtmlElement:
    """The body of the page, or the root where there is none."""
    body = tree.find("body")
    return tree if body is None else body


def strip_unseen(tree: HtmlElement) -> None:
    """Take out what no reader reads (scripts, styles, forms' choices), not the text after it."""
    etree.strip_elements(body_of(tree), *UNSEEN, with_tail=False)
