"""What trafilatura takes for the article, told by the marks that come out of it.

The only module that imports trafilatura.
"""

import copy
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura.settings import MANUALLY_CLEANED, MANUALLY_STRIPPED, Document, Extractor

from crawler.extraction.blocks import HEADINGS, Block, Mark
from crawler.extraction.prune import PROSE_WORDS

VERSION = f"trafilatura {trafilatura.__version__}"

# Thresholds of the coverage guard and the rescue, tuned on 181 + 71 news pages: characters of text
# and shares of the page's long paragraphs.
_SHORT = 400
_JUDGEABLE = 600
_LOW_COVERAGE = 0.6
_BETTER_BY = 0.25
_DUMP_FACTOR, _DUMP_FLOOR = 2.5, 1500
_SPLIT_SHARE, _SPLIT_CHARACTERS = 0.25, 800
_SPLIT_WORDS = 13
_SPLIT_GAIN = 1.2
_LINKED = 0.5
_MENU = 0.9

# What trafilatura takes off every page, its furniture included; left to it are forms and figures,
# which it sometimes keeps. The full run gets the page with all of it: its rescues measure what they
# found against the whole page, and a few sites write articles into an aside.
_DROPPED = tuple(sorted(set(MANUALLY_CLEANED) - {"form", "figure"}))

_EMBED = re.compile(r"twitter-|tweet|instagram-media", re.IGNORECASE)
_EMBED_BOX = re.compile(r"tweet|twitter|social|embed|widget", re.IGNORECASE)
_EMBED_DEPTH = 4
_NO_PART = re.compile(
    r"comment|related|teaser|card|promo|footer|sidebar|quote|caption", re.IGNORECASE
)


def free_embeds(body: HtmlElement) -> None:
    """Make quoted posts plain quotes: trafilatura drops what looks like a social widget."""
    for quote in body.iter("blockquote"):
        if not _EMBED.search(quote.get("class", "")):
            continue
        quote.attrib.pop("class")
        for box in list(quote.iterancestors())[:_EMBED_DEPTH]:
            if box.tag in {"body", "article", "main"}:
                break
            if _EMBED_BOX.search(f"{box.get('class', '')} {box.get('id', '')}"):
                box.attrib.pop("class", None)
                box.attrib.pop("id", None)


def article_nodes(tree: HtmlElement, blocks: Sequence[Block], mark: Mark) -> frozenset[int]:
    """The indexes of the text nodes that belong to the article.

    `tree` carries the marks of `read_blocks` and may be changed. The fast run is trusted unless it
    is short, misses long paragraphs or dumps the page; then the full run is asked. Bodies that a
    site splits over several boxes of one class are put together and read again.
    """
    whole_page = copy.copy(tree)
    long = _long_paragraphs(blocks)
    _shrink(tree)
    _drop_menus(mark, blocks, long)
    kept = _run(tree, mark, fast=True)
    if _doubtful(kept, blocks, long):
        kept = _better(kept, _run(whole_page, mark, fast=False), blocks, long)
    missing = _missing(kept, long)
    whole = _size(long)
    if _size(missing) > max(_SPLIT_SHARE * whole, _SPLIT_CHARACTERS) and _merge_parts(
        tree, mark, {node.index for block in missing for node in block.nodes}
    ):
        merged = _run(tree, mark, fast=True)
        if _text_size(merged, blocks) > _SPLIT_GAIN * _text_size(kept, blocks):
            kept |= merged
    return kept


def _shrink(tree: HtmlElement) -> None:
    """Take off what trafilatura would take off after it has copied the page three times."""
    etree.strip_elements(tree, *_DROPPED, with_tail=False)
    etree.strip_tags(tree, *MANUALLY_STRIPPED)


def _drop_menus(mark: Mark, blocks: Sequence[Block], long: Sequence[Block]) -> None:
    """Take off the boxes before the first and after the last prose that hold only links.

    Headings may stand between the links, not the page's headline. These are menus and lists of
    other articles, on most pages the better half of the elements.
    """
    if not long:
        return
    first, last = long[0].nodes[0].index, long[-1].nodes[-1].index
    _body, _start, size = mark.spans[-1]
    links, others = bytearray(size), bytearray(size)
    for block in blocks:
        is_far = not first <= block.nodes[0].index <= last and "h1" not in block.inside
        if is_far and block.link_share >= _MENU:
            kind = links
        elif is_far and block.tag in HEADINGS:
            continue
        else:
            kind = others
        for node in block.nodes:
            kind[node.index] = 1
    links_before = list(itertools.accumulate(links, initial=0))
    others_before = list(itertools.accumulate(others, initial=0))
    gone = size
    for element, start, end in reversed(mark.spans[:-1]):  # What ends later comes first.
        if (
            start < gone
            and others_before[end] == others_before[start]
            and links_before[end] > links_before[start]
            and element.getparent() is not None
        ):
            element.drop_tree()
            gone = start


def _run(tree: HtmlElement, mark: Mark, *, fast: bool) -> frozenset[int]:
    # The output format "xml" only spares trafilatura the writing of text that nobody reads here.
    options = Extractor(
        fast=fast, comments=False, links=True, with_metadata=False, output_format="xml"
    )
    document = trafilatura.bare_extraction(tree, options=options)
    if not isinstance(document, Document):
        return frozenset()
    return frozenset(mark.read("".join(document.body.itertext())))


def _long_paragraphs(blocks: Iterable[Block]) -> list[Block]:
    return [
        block
        for block in blocks
        if block.text.count(" ") >= PROSE_WORDS - 1 and block.link_share < _LINKED
    ]


def _size(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _text_size(kept: frozenset[int], blocks: Iterable[Block]) -> int:
    return sum(len(node.text) for block in blocks for node in block.nodes if node.index in kept)


def _missing(kept: frozenset[int], long: Iterable[Block]) -> list[Block]:
    return [block for block in long if not any(node.index in kept for node in block.nodes)]


def _coverage(kept: frozenset[int], long: Sequence[Block]) -> float:
    return 1.0 - _size(_missing(kept, long)) / max(_size(long), 1)


def _doubtful(kept: frozenset[int], blocks: Sequence[Block], long: Sequence[Block]) -> bool:
    size, whole = _text_size(kept, blocks), _size(long)
    return (
        size < _SHORT
        or (whole > _JUDGEABLE and _coverage(kept, long) < _LOW_COVERAGE)
        or size > _DUMP_FACTOR * whole + _DUMP_FLOOR
    )


def _better(
    fast: frozenset[int], full: frozenset[int], blocks: Sequence[Block], long: Sequence[Block]
) -> frozenset[int]:
    fast_size, full_size = _text_size(fast, blocks), _text_size(full, blocks)
    if fast_size < _SHORT:
        return full if full_size > fast_size else fast
    if _coverage(full, long) > _coverage(fast, long) + _BETTER_BY:
        return full
    dumped = fast_size > _DUMP_FACTOR * _size(long) + _DUMP_FLOOR
    return full if dumped and _SHORT < full_size < fast_size else fast


def _merge_parts(tree: HtmlElement, mark: Mark, missing: set[int]) -> bool:
    # Boxes of one class that hold the missing paragraphs are parts of one body.
    parts: dict[tuple[str, str], list[HtmlElement]] = defaultdict(list)
    for paragraph in tree.iter("p"):
        box = paragraph.getparent()
        if box is None or box.tag not in {"div", "section"} or not box.get("class"):
            continue
        key = (box.tag, box.get("class", ""))
        long_enough = len((paragraph.text_content() or "").split()) >= _SPLIT_WORDS
        if long_enough and not _NO_PART.search(key[1]) and box not in parts[key]:
            parts[key].append(box)
    merged = False
    for boxes in parts.values():
        sizes = [(len(text), bool(missing.intersection(mark.read(text))))
                 for text in ("".join(box.itertext()) for box in boxes)]  # fmt: skip
        absent = sum(size for size, is_missing in sizes if is_missing)
        if len(boxes) > 1 and absent >= _SPLIT_SHARE * sum(size for size, _missing in sizes):
            for box in boxes[1:]:
                boxes[0].extend(list(box))
            merged = True
    return merged
