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
from trafilatura.external import try_readability
from trafilatura.settings import MANUALLY_CLEANED, MANUALLY_STRIPPED, Document, Extractor

from crawler.extraction.blocks import HEADINGS, Block, Box, Mark
from crawler.extraction.prune import long_paragraphs, size_of

VERSION = f"trafilatura {trafilatura.__version__}"

# Thresholds of the coverage guard and the rescue, tuned on 181 + 71 news pages: characters of text
# and shares of the page's long paragraphs.
_SHORT = 400
_JUDGEABLE = 600
_LOW_COVERAGE = 0.6
_BETTER_BY = 0.25
_MUCH_MORE = 2
_DUMP_FACTOR, _DUMP_FLOOR = 2.5, 1500
_SPLIT_SHARE, _SPLIT_CHARACTERS = 0.25, 800
_SPLIT_WORDS = 13
_SPLIT_GAIN = 1.2
_MENU = 0.9

# What trafilatura takes off every page, its furniture included; left to it are forms and figures,
# which it sometimes keeps. Readability gets the page with all of it: a few sites write articles
# into an aside.
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


def article_nodes(
    tree: HtmlElement, blocks: Sequence[Block], boxes: Sequence[Box], mark: Mark
) -> frozenset[int]:
    """The indexes of the text nodes that belong to the article.

    `tree` carries the marks and may be changed. The fast run is trusted unless it is short, misses
    long paragraphs or dumps the page; then readability is asked. Bodies that a site splits over
    several boxes of one class are put together and read again.
    """
    whole_page = copy.copy(tree)
    long = long_paragraphs(blocks)
    _shrink(tree)
    _drop_menus(boxes, blocks, long)
    kept = _run(tree, mark)
    if _doubtful(kept, blocks, long):
        kept = _better(kept, _second_opinion(whole_page, mark), blocks, long)
    missing = _missing(kept, long)
    whole = size_of(long)
    if size_of(missing) > max(_SPLIT_SHARE * whole, _SPLIT_CHARACTERS) and _merge_parts(
        tree, mark, {node.number for block in missing for node in block.nodes}
    ):
        merged = _run(tree, mark)
        if _text_size(merged, blocks) > _SPLIT_GAIN * _text_size(kept, blocks):
            kept |= merged
    return kept


def _shrink(tree: HtmlElement) -> None:
    """Take off what trafilatura would take off after it has copied the page three times."""
    etree.strip_elements(tree, *_DROPPED, with_tail=False)
    etree.strip_tags(tree, *MANUALLY_STRIPPED)


def _drop_menus(boxes: Sequence[Box], blocks: Sequence[Block], long: Sequence[Block]) -> None:
    """Take off the boxes before the first and after the last prose that hold only links.

    Headings may stand between the links, not the page's headline. These are menus and lists of
    other articles, on most pages the better half of the elements.
    """
    if not long:
        return
    first, last = long[0].nodes[0].number, long[-1].nodes[-1].number
    size = boxes[0].end
    links, others = bytearray(size), bytearray(size)
    for block in blocks:
        is_far = not first <= block.nodes[0].number <= last and "h1" not in block.inside
        if is_far and block.link_share >= _MENU:
            kind = links
        elif is_far and block.tag in HEADINGS:
            continue
        else:
            kind = others
        for node in block.nodes:
            kind[node.number] = 1
    links_before = list(itertools.accumulate(links, initial=0))
    others_before = list(itertools.accumulate(others, initial=0))
    gone = 0
    for box in boxes[1:]:  # Outer ones come before those within.
        if (
            box.start >= gone
            and others_before[box.end] == others_before[box.start]
            and links_before[box.end] > links_before[box.start]
            and box.element.getparent() is not None
        ):
            box.element.drop_tree()
            gone = box.end


def _run(tree: HtmlElement, mark: Mark) -> frozenset[int]:
    # The output format "xml" only spares trafilatura the writing of text that nobody reads here.
    options = Extractor(
        fast=True, comments=False, links=True, with_metadata=False, output_format="xml"
    )
    document = trafilatura.bare_extraction(tree, options=options)
    if not isinstance(document, Document):
        return frozenset()
    return frozenset(mark.read("".join(document.body.itertext())))


def _second_opinion(tree: HtmlElement, mark: Mark) -> frozenset[int]:
    """What readability finds, as trafilatura calls it; it scores boxes and knows no names of sites.

    All that trafilatura's full run adds to its fast one, save justext, which loads the stop words
    of a hundred languages and changed nothing for the better on 708 pages.
    """
    found = try_readability(tree)
    etree.strip_elements(found, *MANUALLY_CLEANED, with_tail=False)
    return frozenset(mark.read("".join(found.itertext())))


def _text_size(kept: frozenset[int], blocks: Iterable[Block]) -> int:
    return sum(len(node.text) for block in blocks for node in block.nodes if node.number in kept)


def _missing(kept: frozenset[int], long: Iterable[Block]) -> list[Block]:
    return [block for block in long if not any(node.number in kept for node in block.nodes)]


def _coverage(kept: frozenset[int], long: Sequence[Block]) -> float:
    return 1.0 - size_of(_missing(kept, long)) / max(size_of(long), 1)


def _doubtful(kept: frozenset[int], blocks: Sequence[Block], long: Sequence[Block]) -> bool:
    size, whole = _text_size(kept, blocks), size_of(long)
    return (
        size < _SHORT
        or (whole > _JUDGEABLE and _coverage(kept, long) < _LOW_COVERAGE)
        or size > _DUMP_FACTOR * whole + _DUMP_FLOOR
    )


def _better(
    fast: frozenset[int], other: frozenset[int], blocks: Sequence[Block], long: Sequence[Block]
) -> frozenset[int]:
    fast_size, size = _text_size(fast, blocks), _text_size(other, blocks)
    if fast_size < _SHORT:
        return other if size > fast_size else fast
    if size > _MUCH_MORE * fast_size and (
        _coverage(other, long) > _coverage(fast, long) + _BETTER_BY
    ):
        return other
    dumped = fast_size > _DUMP_FACTOR * size_of(long) + _DUMP_FLOOR
    return other if dumped and _SHORT < size < fast_size else fast


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
