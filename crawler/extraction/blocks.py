"""The table: every block of text that a reader could see on the page, in order.

Each text node carries an index. Whoever judges the page (the class prune, trafilatura, the junk
rules) judges nodes and blocks of this list, so that what is kept and what is removed always add up
to the page.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml.html import HtmlElement

# Elements that stand in a line of text; every other one begins and ends a block.
INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s",
        "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
        "amp-link", "picture", "img", "br", "td", "th",
    }
)  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONTEXT = HEADINGS | {
    "article", "aside", "blockquote", "button", "figcaption", "figure", "footer", "form", "header",
    "li", "main", "nav", "p", "pre", "table",
}  # fmt: skip
_IMAGES = frozenset({"img", "picture", "amp-img", "figure"})
_STRONG = frozenset({"b", "strong"})
_CELLS = frozenset({"td", "th"})
_TELLING = _STRONG | _CELLS | {"a", "br"}
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000\u1680]+")
_LINES = re.compile(r" ?\n[ \n]*")
# Marks that change the direction or the look of text and none of its words.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)


class Node(NamedTuple):
    """One text node: its index on the page, its text as written, the address it links to.

    A named tuple, for a page has hundreds and a frozen dataclass takes three times as long to make.
    """

    number: int
    text: str
    link: str | None
    strong: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One block of text as a reader sees it.

    `tag` is the element that made it a block, `inside` the telling elements around it, `names` the
    class and id of the nearest two elements, `suspects` the numbers of the suspected elements
    around it, `home` the number of the element that holds that of the block, `beside_image` whether
    an image stands right before or after it, `box` the number of its own element among the boxes
    of the layout.
    """

    tag: str
    text: str
    nodes: tuple[Node, ...]
    inside: frozenset[str]
    names: str
    suspects: tuple[int, ...]
    home: int
    beside_image: bool
    box: int = 0

    @property
    def link_share(self) -> float:
        """How much of the text is link text, by characters without white space."""
        linked = total = 0
        for node in self.nodes:
            size = len(node.text) - node.text.count(" ")
            total += size
            linked += size if node.link is not None else 0
        return linked / total if total else 0.0

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses that the block links to, as written."""
        return tuple(dict.fromkeys(node.link for node in self.nodes if node.link is not None))


def plain(text: str) -> str:
    """Text with single spaces and line breaks, without invisible characters, else as written."""
    if "\n" not in text:  # The usual case, at a fifth of the time.
        flat = " ".join(text.split())
        if flat.isprintable():
            return flat
    return _LINES.sub("\n", _SPACES.sub(" ", _INVISIBLE.sub("", text))).strip()


@dataclass(slots=True)
class Box:
    """An element that makes blocks: its parent's number, and the indexes of its text nodes.

    `start` is the first of them, `end` the one after the last.
    """

    tag: str
    element: HtmlElement
    parent: int
    start: int
    end: int
    known_as: tuple[str, str] | None = None

    @property
    def names(self) -> str:
        """The class and the id, in lower case."""
        return (self.known_as or self._known())[0]

    @property
    def kind(self) -> str:
        """The class in lower case, or the id where there is none."""
        return (self.known_as or self._known())[1]

    def _known(self) -> tuple[str, str]:
        # Most boxes hold no block, nor does any box in them.
        get = self.element.get
        classes, name = get("class", "").lower(), get("id", "").lower()
        self.known_as = (f"{classes} {name}".strip(), classes or name)
        return self.known_as


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """All blocks of a page in order, and the boxes that they stand in, outer before inner.

    `places` says of every text node the element it stands in, or right behind (True).
    """

    blocks: list[Block]
    boxes: list[Box]
    places: list[tuple[HtmlElement, bool]]


def read_blocks(body: HtmlElement, suspects: Collection[HtmlElement] = ()) -> Layout:
    """All blocks of the body; the tree is left as it is.

    `suspects` are the elements that may be taken off the page; their numbers are their places.
    """
    reader = _Reader({element: number for number, element in enumerate(suspects)})
    reader.read(body)
    reader.end_block()
    return Layout(blocks=reader.finished(), boxes=reader.boxes, places=reader.places)


class Mark:
    """How an index is written into a text, so that it can be found again behind trafilatura.

    Three characters of an alphabet of symbols: printable, no letters or digits, unchanged by
    Unicode normalisation, and none of them on the page.
    """

    # First character, number of characters, and the beginnings of their UTF-8 forms: a search in
    # bytes takes a fifth of the time of one in text.
    _ALPHABETS = (
        (0x2800, 256, re.compile(rb"\xe2[\xa0-\xa3]")),
        (0x1D800, 512, re.compile(rb"\xf0\x9d[\xa0-\xa7]")),
    )
    _DIGITS = 3

    def __init__(self, page: str) -> None:
        written = page.encode("utf-8", "replace")
        self._first, self._size, _pattern = next(
            (alphabet for alphabet in self._ALPHABETS if not alphabet[2].search(written)),
            self._ALPHABETS[-1],
        )
        digit = f"[{chr(self._first)}-{chr(self._first + self._size - 1)}]"
        self._mark = re.compile(f"{digit}{{{self._DIGITS}}}")
        self._digits = [chr(self._first + value) for value in range(self._size)]

    def write(self, index: int) -> str:
        """The mark for an index."""
        rest, low = divmod(index, self._size)
        high, middle = divmod(rest, self._size)
        return self._digits[low] + self._digits[middle] + self._digits[high]

    def read(self, text: str) -> Iterator[int]:
        """The indexes that are marked in a text."""
        for found in self._mark.finditer(text):
            yield sum(
                (ord(digit) - self._first) * self._size**place
                for place, digit in enumerate(found.group())
            )

    def set(self, places: list[tuple[HtmlElement, bool]]) -> None:
        """Mark every text node of a page with its index, which is its place in `places`.

        Behind its leading white space: trafilatura trims what stands before a word.
        """
        for index, (element, is_tail) in enumerate(places):
            text = (element.tail if is_tail else element.text) or ""
            words = text.lstrip()
            marked = f"{text[: len(text) - len(words)]}{self.write(index)}{words}"
            # A numeric reference can smuggle in characters that lxml reads and will not take back.
            is_safe = text.strip(" \t\n\r").isprintable()
            storable = marked if is_safe else _INVISIBLE.sub("", marked)
            if is_tail:
                element.tail = storable
            else:
                element.text = storable


@dataclass(slots=True)
class _Reader:
    suspects: dict[HtmlElement, int]
    blocks: list[Block] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    places: list[tuple[HtmlElement, bool]] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    box: int = -1
    inside: frozenset[str] = frozenset()
    links: list[str | None] = field(default_factory=list)
    suspected: list[int] = field(default_factory=list)
    strong: int = 0
    images: set[int] = field(default_factory=set)

    def read(self, element: HtmlElement) -> None:
        """The blocks of an element: its text, then each child and the text behind it.

        Three calls a level: the parser nests no deeper than Python recurses.
        """
        number = self.suspects.get(element) if self.suspects else None
        if number is not None:
            self.end_block()
            self.suspected.append(number)
        tag = str(element.tag)
        if tag in _IMAGES:
            self._see_image()
        if tag not in INLINE:
            self._read_box(tag, element)
        elif tag in _TELLING:
            self._open_inline(tag, element)
            self._read_content(element)
            self._close_inline(tag)
        else:
            self._read_content(element)
        if number is not None:
            self.end_block()
            self.suspected.pop()

    def _read_content(self, element: HtmlElement) -> None:
        text = element.text
        if text:
            self._take(text, element, is_tail=False)
        for child in element:
            if child.text or len(child):
                self.read(child)
            else:
                self._pass(str(child.tag))
            tail = child.tail
            if tail:
                self._take(tail, child, is_tail=True)

    def _pass(self, tag: str) -> None:
        """What an empty element says: a third of a page's elements are empty."""
        if tag in _IMAGES:
            self._see_image()
        if tag in INLINE:
            if tag == "br":
                self._break()
            elif tag in _CELLS and self.nodes:
                self.pieces.append(" | ")
        elif self.pieces:
            self.end_block()

    def _see_image(self) -> None:
        self.images.add(len(self.blocks) + bool(self.nodes))

    def _open_inline(self, tag: str, element: HtmlElement) -> None:
        if tag == "br":
            self._break()
        elif tag == "a":
            self.links.append(element.get("href", ""))
        elif tag in _STRONG:
            self.strong += 1
        elif tag in _CELLS and self.nodes:
            self.pieces.append(" | ")

    def _close_inline(self, tag: str) -> None:
        if tag == "a":
            self.links.pop()
        elif tag in _STRONG:
            self.strong -= 1

    def _read_box(self, tag: str, element: HtmlElement) -> None:
        if self.pieces:
            self.end_block()
        box = Box(tag, element, self.box, len(self.places), 0)
        self.box, around = len(self.boxes), self.box
        self.boxes.append(box)
        inside = self.inside
        if tag in _CONTEXT:
            self.inside = inside | {tag}
        self._read_content(element)
        if self.pieces:
            self.end_block()
        self.inside = inside
        self.box = around
        box.end = len(self.places)

    def _take(self, text: str, element: HtmlElement, *, is_tail: bool) -> None:
        if text.isspace():
            if self.pieces:
                self.pieces.append(" ")
            return
        if "\n" in text and "pre" not in self.inside:
            text = text.replace("\n", " ")
        link = self.links[-1] if self.links else None
        self.nodes.append(Node(len(self.places), text, link, self.strong > 0))
        self.places.append((element, is_tail))
        self.pieces.append(text)

    def _break(self) -> None:
        while self.pieces and self.pieces[-1] == " ":
            self.pieces.pop()
        if self.pieces and self.pieces[-1] == "\n":
            self.end_block()  # Two line breaks in a row are how old pages write a paragraph.
        elif self.pieces:
            self.pieces.append("\n")

    def end_block(self) -> None:
        """What was read since the last end is a block, unless it is empty."""
        if not self.pieces:  # No node without a piece.
            return
        if self.nodes:
            text = plain("".join(self.pieces)).strip(" |")
            if text:
                self.blocks.append(self._block(text))
            self.nodes = []
        self.pieces = []

    def _block(self, text: str) -> Block:
        own = self.boxes[self.box]
        home = own.parent
        outer = self.boxes[home].names if home >= 0 else ""
        return Block(
            tag=own.tag,
            text=text,
            nodes=tuple(self.nodes),
            inside=self.inside,
            names=f"{outer} {own.names}".strip() if own.names else outer,
            suspects=tuple(self.suspected),
            home=max(home, 0),
            beside_image=len(self.blocks) in self.images,
            box=self.box,
        )

    def finished(self) -> list[Block]:
        """The blocks; an image that stands before block n also stands after block n - 1."""
        for position in self.images:
            if 0 < position <= len(self.blocks):
                before = self.blocks[position - 1]
                self.blocks[position - 1] = replace(before, beside_image=True)
        return self.blocks
