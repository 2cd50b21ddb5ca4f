"""The article of a page whose boxes make it plain, read off its blocks.

On three pages of four almost all prose stands in boxes of one kind. There the article is what
stands around that prose, and nobody else needs to be asked; on the others the answer is None.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crawler.extraction.blocks import HEADINGS, Block, Box
from crawler.extraction.prune import LINKED, long_paragraphs, prose, size_of

# Thresholds, chosen on 708 pages of news, blogs and magazines. Characters of prose that a page
# needs to be judged; the share of it that must stand outside furniture, and in boxes of one kind;
# the share that makes a box the article.
_LEAST = 600
_OUTSIDE = 0.5
_ONE_KIND = 0.8
_ARTICLE = 0.9
# Boxes of one class that hold more than this share of the paragraphs are no furniture, whatever
# they are called; reader comments may be longer than the article.
_SPARED, _SPARED_COMMENTS = 0.3, 0.8
# Lines that are links: of a list of short lines, of a short paragraph.
_LINKS = 0.8
_SHORT_LIST, _SHORT_LINE = 300, 60
_LEAD_WORDS = 10

_WHOLE = frozenset({"article", "main"})
_CONTAINERS = frozenset({"div", "section", "article", "main", "td", "body"})
_LISTS = frozenset({"ul", "ol", "dl", "menu", "body"})
_TEXTUAL = frozenset({"p", "li", "table", "blockquote", "pre"})
_NO_ARTICLE = frozenset({"aside", "nav", "footer", "form", "button", "dialog", "figcaption"})
_NAMED = re.compile(
    r"(?:^|[\s])shar|share|social|sociable|viral|newsletter|syndication|promo|recommend|related"
    r"|next-|-stories|most-popular|more-on|teaser|outbrain|taboola|criteo|paid-?content|widget"
    r"|(?:^|[\s_-])ads?(?:$|[\s_-])|dfpad|premium-|cookie|consent|permission|modal|overlay"
    r"|message-container|sidebar|banner|bread-?crumb|button|toolbar|menu|footer|(?:^|[\s_-])nav"
    r"|navbar|navigation|subnav|options|expand|slide|viewport|carousel|gallery|lightbox|caption"
    r"|attachment|embed|author(?!i)|byline|(?:^|[\s_-])meta|timestamp|rating|user-info|user-profile"
    r"|-icon|article-infos|\btags\b|tag-list|(?:^|\s)reply-|hidden|(?:^|[\s_-])hide|noprint"
    r"|notloaded|obfuscated|blurred|akismet|nocomments|suggest"
)
_COMMENTS = re.compile(r"(?:^|[\s_-])comments?(?:$|[\s_-])|comment-?list|comol|disqus|dsq-")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


def article_nodes(blocks: Sequence[Block], boxes: Sequence[Box]) -> frozenset[int] | None:
    """The indexes of the text nodes that belong to the article, or None where it is not plain.

    `blocks` are those of the page without the boxes that were taken off it.
    """
    long = long_paragraphs(blocks)
    all_prose = size_of(long)
    if all_prose < _LEAST:
        return None
    furniture = _Furniture(blocks, boxes)
    told = [block for block in long if not furniture.holds(block.box)]
    weight = _weights(((block, len(block.text)) for block in told), boxes)
    if weight[0] < max(_LEAST, _OUTSIDE * all_prose) or not _is_of_one_kind(told, boxes):
        return None
    # Outer boxes come before inner ones, and no two boxes side by side hold so much.
    article = boxes[max(n for n, size in enumerate(weight) if size >= _ARTICLE * weight[0])]
    first = _first(blocks, boxes, article)
    within = [
        block
        for block in blocks
        if first <= block.nodes[0].number < article.end
        and (block.nodes[0].number >= article.start or _is_lead(block))
        and not furniture.holds(block.box)
        and ("figure" not in block.inside or {"blockquote", "table"} & block.inside)
    ]
    text = _Text(boxes, frozenset(_form(block.box, boxes) for block in told), within)
    return frozenset(node.number for block in within if text.has(block) for node in block.nodes)


def _first(blocks: Iterable[Block], boxes: Sequence[Box], article: Box) -> int:
    """Where the text can begin: behind the headline that stands above the article's own box."""
    around = article
    while around.parent >= 0 and around.tag not in _WHOLE:
        around = boxes[around.parent]
    headlines = (
        block.nodes[-1].number + 1
        for block in blocks
        if "h1" in block.inside and around.start <= block.nodes[0].number < article.start
    )
    return max(headlines, default=article.start) if around.tag in _WHOLE else article.start


def _is_lead(block: Block) -> bool:
    # The first paragraph in a box of its own, beside dates, bylines and captions.
    return (
        block.tag == "p"
        and block.text.count(" ") >= _LEAD_WORDS - 1
        and block.text.endswith(".")
        and not block.links
    )


def _weights(sizes: Iterable[tuple[Block, int]], boxes: Sequence[Box]) -> list[int]:
    """What each box holds, within all boxes in it."""
    weight = [0] * len(boxes)
    for block, size in sizes:
        weight[block.box] += size
    for number in range(len(boxes) - 1, 0, -1):
        if weight[number]:
            weight[boxes[number].parent] += weight[number]
    return weight


def _is_of_one_kind(told: Iterable[Block], boxes: Sequence[Box]) -> bool:
    sizes: dict[object, int] = defaultdict(int)
    for block in told:
        number = block.box
        if boxes[number].tag not in _CONTAINERS:
            number = max(boxes[number].parent, 0)
        box = boxes[number]
        sizes[(box.tag, box.kind) if box.kind else number] += len(block.text)
    return max(sizes.values()) >= _ONE_KIND * sum(sizes.values())


def _form(number: int, boxes: Sequence[Box]) -> tuple[str, str, str]:
    box = boxes[number]
    return box.tag, box.kind, boxes[max(box.parent, 0)].kind


@dataclass(slots=True)
class _Furniture:
    """Which boxes are none of the article by their element, class or style."""

    boxes: Sequence[Box]
    weight: list[int]
    of_kind: dict[str, int]
    known: dict[int, bool] = field(default_factory=lambda: {0: False})

    def __init__(self, blocks: Iterable[Block], boxes: Sequence[Box]) -> None:
        self.boxes = boxes
        self.weight = _weights(((block, prose(block)) for block in blocks), boxes)
        self.of_kind = defaultdict(int)
        for box, size in zip(boxes, self.weight, strict=True):
            if size:
                self.of_kind[box.kind] += size
        self.known = {0: False}

    def holds(self, number: int) -> bool:
        known = self.known.get(number)
        if known is None:
            box = self.boxes[number]
            known = self.known[number] = (
                box.tag in _NO_ARTICLE
                or self._is_named(box)
                or self._is_hidden(number)
                or self.holds(box.parent)
            )
        return known

    def _is_named(self, box: Box) -> bool:
        if not box.names:
            return False
        share = self.of_kind.get(box.kind, 0) / max(self.weight[0], 1)
        return (share < _SPARED and bool(_NAMED.search(box.names))) or (
            share < _SPARED_COMMENTS and bool(_COMMENTS.search(box.names))
        )

    def _is_hidden(self, number: int) -> bool:
        get = self.boxes[number].element.get
        return self.weight[number] < _SPARED * self.weight[0] and (
            get("aria-hidden") == "true" or bool(_HIDDEN.search(get("style", "")))
        )


@dataclass(slots=True)
class _Text:
    """Which blocks of the article's box are its text, by their element and their links.

    Text without an element of its own counts where it stands as the prose does (`forms`).
    """

    boxes: Sequence[Box]
    forms: frozenset[tuple[str, str, str]]
    lists: dict[int, tuple[float, int]]

    def __init__(
        self,
        boxes: Sequence[Box],
        forms: frozenset[tuple[str, str, str]],
        blocks: Iterable[Block],
    ) -> None:
        self.boxes, self.forms, self.lists = boxes, forms, {}
        for block in blocks:
            if "li" in block.inside:
                number, size = self._list_of(block), len(block.text)
                linked, whole = self.lists.get(number, (0.0, 0))
                self.lists[number] = linked + size * block.link_share, whole + size

    def has(self, block: Block) -> bool:
        if "li" in block.inside:
            linked, whole = self.lists[self._list_of(block)]
            return whole >= _SHORT_LIST or linked <= _LINKS * whole
        if HEADINGS & block.inside:
            return True
        share = block.link_share
        if _TEXTUAL & block.inside:
            return share <= _LINKS or len(block.text) >= _SHORT_LINE
        if _form(block.box, self.boxes) in self.forms:
            return share <= _LINKS
        return bool(long_paragraphs([block])) and share <= LINKED

    def _list_of(self, block: Block) -> int:
        number = block.box
        while self.boxes[number].tag not in _LISTS and number > 0:
            number = self.boxes[number].parent
        return number
