"""Boxes that say in their class or id that they are not the article."""

import re
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from crawler.extraction.blocks import Block, Box
from crawler.source_values import is_xpath

# Whole tokens of a class or id, by what they say. Names that sites also give to content (paywall,
# promo, byline, credit, advert, disclaimer) are missing on purpose: they cost articles.
_TOKENS = {
    "newsletter": ("newsletter", "news-letter", "signup", "sign-up", "subscribe", "subscription"),
    "donate": ("donate",),
    "related": (
        "related", "relatedlinks", "recirc", "recirculation", "readmore", "read-more", "see-also",
        "also-read", "most-read", "mostread", "most-popular", "trending", "teaser", "outbrain",
        "taboola", "syndicated", "jp-relatedposts", "related-posts", "relatedposts",
    ),
    "share": ("share", "sharing", "sharebar", "social-share", "addthis", "sharedaddy"),
    "author": ("author-bio", "about-author"),
    "furniture": (
        "cookie", "consent", "breadcrumb", "post-tags", "comment-form", "respond", "inline-ad",
        "skip", "toolbar", "rollover",
    ),
}  # fmt: skip
_RULE = {token: name for name, tokens in _TOKENS.items() for token in tokens}
_NAMES = re.compile(
    r"(?:^|[\s_-])(" + "|".join(sorted(_RULE, key=len, reverse=True)) + r")(?=$|[\s_-])"
)
DROP = "source:drop"
NARROW = "source:narrow"
_BOXES = ("div", "section", "aside", "ul", "figure")

# A box with more than this share of the page's prose is the page, whatever its class says.
MAX_PROSE = 0.2
# From this many words on a block without many links is prose.
PROSE_WORDS = 21
LINKED = 0.5
_ARTICLE = 2


def prose(block: Block) -> int:
    """How many characters of prose a block holds: a paragraph, or long text without many links."""
    short = "p" not in block.inside and block.text.count(" ") < PROSE_WORDS - 1
    return 0 if short or block.link_share >= LINKED else len(block.text)


def long_paragraphs(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that are prose by their length and their links."""
    return [
        block
        for block in blocks
        if block.text.count(" ") >= PROSE_WORDS - 1 and block.link_share < LINKED
    ]


def size_of(blocks: Iterable[Block]) -> int:
    """How many characters blocks have."""
    return sum(len(block.text) for block in blocks)


def suspects(body: HtmlElement) -> dict[HtmlElement, str]:
    """The boxes whose class or id names them as furniture, each with its rule, in page order."""
    found = {}
    for box in body.iter(*_BOXES):
        names = f"{box.get('class', '')} {box.get('id', '')}".lower()
        token = _NAMES.search(names) if len(names) > 1 else None
        if token:
            found[box] = f"class:{_RULE[token.group(1)]}"
    return found


def dropped(body: HtmlElement, xpaths: Iterable[str]) -> dict[HtmlElement, str]:
    """The elements within the body that the source's own XPaths select, with their rule."""
    return dict.fromkeys(_selected(body, xpaths), DROP)


def _selected(body: HtmlElement, xpaths: Iterable[str]) -> list[HtmlElement]:
    # A wrong XPath raises lxml's XPathError; what selects text, attributes or the body selects
    # nothing.
    root = body.getroottree()
    found: dict[HtmlElement, None] = {}
    for xpath in filter(is_xpath, xpaths):
        selected = root.xpath(xpath)
        for element in selected if isinstance(selected, list) else []:
            if isinstance(element, HtmlElement) and body in element.iterancestors():
                found[element] = None
    return list(found)


def narrowed(body: HtmlElement, xpaths: Iterable[str]) -> list[HtmlElement]:
    """The outermost elements that the source's XPaths for its articles select, in their order.

    None are no reason to lose a page: its layout may be an older or a newer one.
    """
    found = _selected(body, xpaths)
    held = set(found)
    return [box for box in found if held.isdisjoint(box.iterancestors())]


def within(boxes: Sequence[Box], articles: Iterable[HtmlElement]) -> list[bool]:
    """For each box whether it is one of the `articles` or stands in one."""
    wanted = set(articles)
    known: list[bool] = []
    for box in boxes:
        known.append(box.element in wanted or (box.parent >= 0 and known[box.parent]))
    return known


def guilty(blocks: Sequence[Block], count: int) -> set[int]:
    """Which of `count` suspects to take off: not the headline's, nor those that hold an article.

    An article is much of the page's prose, or two long paragraphs without many links.
    """
    held, long = [0] * count, [0] * count
    spared = set()
    for block in blocks:
        for suspect in block.suspects:
            size = prose(block)
            held[suspect] += size
            long[suspect] += size > 0 and block.text.count(" ") >= PROSE_WORDS - 1
            if "h1" in block.inside:
                spared.add(suspect)
    limit = MAX_PROSE * sum(map(prose, blocks))
    return {
        number for number in range(count) if held[number] <= limit and long[number] < _ARTICLE
    } - spared
