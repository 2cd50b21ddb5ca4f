"""The links that stand in the text of an article: to other reports, to studies, to the law."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import urljoin

from archive.records import OutLink
from crawler.extraction.blocks import Block, plain
from crawler.extraction.table import Cell, kept
from crawler.urls import MAX_LENGTH, canonical_url, host_of, names_media

# No article has more; a page that does is a directory or an attack.
MOST = 500
# Never linked, whoever links to them, as media of any kind are not: what is not on the open web.
_HIDDEN = (".onion", ".i2p")


def links_of(cells: Iterable[Cell], page_url: str) -> tuple[OutLink, ...]:
    """The links of the kept text in its order, each address with each wording once.

    Absolute against the address that answered, never against what the page calls its base: a page
    may say anything. Only http(s), never to the page itself.
    """
    here = canonical_url(page_url)
    found: dict[OutLink, None] = {}
    for cell in kept(cells):
        text = " ".join(cell.text.split())
        for href, anchor in _anchors(cell.block):
            url = _address(href, page_url)
            # What was cut from the block took its links along.
            if url is not None and url != here and anchor and anchor in text:
                found.setdefault(OutLink(url=url, anchor=anchor))
        if len(found) >= MOST:
            break
    return tuple(found)[:MOST]


def _anchors(block: Block) -> Iterator[tuple[str, str]]:
    whole = " ".join(block.text.split())
    for href, nodes in groupby(block.nodes, key=lambda node: node.link):
        if href is None:
            continue
        parts = [node.text for node in nodes]
        # White space alone between two pieces of a link is no node of its own.
        close, apart = (" ".join(plain(glue.join(parts)).split()) for glue in ("", " "))
        yield href, close if close in whole else apart


def _address(href: str, page_url: str) -> str | None:
    if not href.strip() or len(href) > MAX_LENGTH:
        return None
    try:
        joined = urljoin(page_url, href.strip())
    except ValueError:  # brackets that hold no address
        return None
    url = canonical_url(joined)
    if url is None or names_media(url):
        return None
    host = host_of(url).partition(":")[0]
    return None if host.endswith(_HIDDEN) else url
