"""Newsletters in HTML, pages and mails: block by block, in the order in which they are read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from lxml.html import HtmlElement

from archive.records import OutLink
from crawler.digests import lines
from crawler.digests.links import links_in_text, unwrapped
from crawler.digests.values import Block, Issue
from crawler.extraction.tree import parse, strip_unseen

_HEADINGS = {f"h{level}": 7 - level for level in range(1, 7)}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
        address article aside blockquote body caption center dd details div dl dt fieldset
        figcaption figure footer form header hr li main nav ol p pre section summary table tbody td
        tfoot th thead tr ul
        """,
    )
).union(_HEADINGS)
_BOLD = frozenset({"b", "strong"})
_SKIPPED = frozenset({"script", "style", "template", "noscript", "title", "head", "svg", "nav"})
_FRAME = frozenset({"aside", "form", "button", "dialog", "nav"})
_FRAME_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
_DEEPEST = 400
_CELLS = frozenset({"td", "th"})
_SIDE_BY_SIDE = 2


@dataclass(kw_only=True, slots=True)
class _Line:
    """One line as it is gathered."""

    parts: list[str] = field(default_factory=list)
    links: list[OutLink] = field(default_factory=list)
    letters: int = 0
    bold: int = 0


def read_html(text: str, url: str | None, now: datetime) -> Issue:
    """An issue that came as HTML; `url` is its address, for links without a host."""
    tree = parse(text)
    if tree is None:
        return Issue(blocks=(), warnings=("there is nothing in it",))
    title = " ".join((tree.findtext(".//title") or "").split()) or None
    strip_unseen(tree)
    reader = _Reader(url)
    reader.read(tree if url is None else _main_part(tree), rank=0, is_bold=False, depth=0)
    return Issue(blocks=tuple(_tidied(reader.blocks(), now)), title=title)


def _by_columns(element: HtmlElement) -> list[HtmlElement] | None:
    """The cells of a table column by column, where its rows hold items side by side; else None.

    So it is when there are titles in all cells of one row and none in those of the next.
    """
    if element.tag not in {"table", "tbody"}:
        return None
    rows = [[cell for cell in row if cell.tag in _CELLS] for row in element if row.tag == "tr"]
    width = len(rows[0]) if rows else 0
    if width < _SIDE_BY_SIDE or len(rows) < _SIDE_BY_SIDE or {len(row) for row in rows} != {width}:
        return None
    titled = [sum(_has_heading(cell) for cell in row) for row in rows]
    if titled[0] != width or set(titled) != {0, width}:
        return None
    starts = [at for at, count in enumerate(titled) if count]
    ends = [*starts[1:], len(rows)]
    return [
        rows[at][column]
        for start, end in zip(starts, ends, strict=True)
        for column in range(width)
        for at in range(start, end)
    ]


def _has_heading(cell: HtmlElement) -> bool:
    return any(True for _ in cell.iter(*_HEADINGS))


def _main_part(tree: HtmlElement) -> HtmlElement:
    """What a site has of its own on a page, without what stands on all of its pages.

    Mails have none of these elements, or lay their text out with them.
    """
    for element in [one for one in tree.iter() if isinstance(one.tag, str)]:
        in_body = getattr(element.getparent(), "tag", None) == "body"
        is_frame = in_body and element.tag in {"header", "footer"}
        is_frame = is_frame or element.tag in _FRAME or element.get("role") in _FRAME_ROLES
        if is_frame and element.getparent() is not None:
            element.drop_tree()
    mains = [one for one in tree.iter("main") if one.text_content().strip()]
    return mains[0] if len(mains) == 1 else tree


class _Reader:
    """Walks a tree and breaks it into lines."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._lines: list[tuple[_Line, int]] = []
        self._line = _Line()
        self._rank = 0
        self._pictures: set[str] = set()

    def blocks(self) -> Iterator[Block]:
        """What was read."""
        self._end()
        for line, rank in self._lines:
            text = " ".join("".join(line.parts).split())
            if not text or (text in self._pictures and self._is_linked_by_words(line)):
                continue
            is_bold = line.bold > 0 and line.bold >= line.letters * 0.9
            own = rank or int(is_bold and len(text.split()) <= lines.LONGEST_HEADING)
            plain = [
                link for link in links_in_text(text) if link.url not in {x.url for x in line.links}
            ]
            yield Block(text=text, links=(*line.links, *plain), rank=own)

    def _is_linked_by_words(self, line: _Line) -> bool:
        """Whether words lead where this picture leads, too: then it only shows the article."""
        return any(
            link.url == line.links[0].url and link.anchor not in self._pictures
            for other, _ in self._lines
            for link in other.links
        )

    def _end(self) -> None:
        if self._line.parts:
            self._lines.append((self._line, self._rank))
            self._line = _Line()

    def _say(self, text: str | None, *, is_bold: bool) -> None:
        if text:
            self._line.parts.append(text)
            letters = sum(char.isalnum() for char in text)
            self._line.letters += letters
            self._line.bold += letters if is_bold else 0

    def read(self, element: HtmlElement, *, rank: int, is_bold: bool, depth: int) -> None:
        """Read an element and what follows it within its parent."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED or depth > _DEEPEST:
            return
        is_block = tag in _BLOCKS
        if is_block or tag == "br":
            self._end()
            self._rank = rank
        rank = _HEADINGS.get(tag, rank)
        self._rank = rank if is_block else self._rank
        is_bold = is_bold or tag in _BOLD
        self._say(element.text, is_bold=is_bold)
        for child in _by_columns(element) or element:
            self.read(child, rank=rank, is_bold=is_bold, depth=depth + 1)
            self._say(child.tail, is_bold=is_bold)
        if tag == "a":
            self._link(element)
        if is_block:
            self._end()

    def _link(self, element: HtmlElement) -> None:
        anchor = " ".join(element.text_content().split())
        address = urljoin(self._url or "", element.get("href", "").strip())
        url = unwrapped(address)
        if url and anchor:
            self._line.links.append(OutLink(url=url, anchor=anchor))
        elif url and (picture := next(element.iter("img"), None)) is not None:
            self._picture(url, " ".join((picture.get("alt") or "").split()))

    def _picture(self, url: str, alt: str) -> None:
        """A button drawn as a picture reads as its words, a picture without words as its address.

        Else its link would go to whatever text stands next.
        """
        label = alt if lines.is_label(alt) else url
        self._pictures.add(label)
        self._end()
        self._line.links.append(OutLink(url=url, anchor=label))
        self._say(label, is_bold=False)
        self._end()


def _tidied(blocks: Iterator[Block], now: datetime) -> Iterator[Block]:
    """Lines of one paragraph that were only broken for the eye are joined again."""
    before: Block | None = None
    for block in blocks:
        if before and _belong_together(before, block, now):
            before = Block(
                text=f"{before.text} {block.text}",
                links=(*before.links, *block.links),
                rank=before.rank,
            )
            continue
        if before:
            yield before
        before = block
    if before:
        yield before


def _belong_together(before: Block, block: Block, now: datetime) -> bool:
    if before.rank != block.rank or lines.ends_sentence(before.text):
        return False
    if any(lines.date_of(one.text, now) or lines.is_link_line(one) for one in (before, block)):
        return False
    return block.text[:1].islower()
