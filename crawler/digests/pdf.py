"""Newsletters in PDF, by their text layer: lines, columns, what is set large, links by place."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive import extras
from archive.records import OutLink
from crawler.digests import lines
from crawler.digests.links import distinct, links_in_text, unwrapped
from crawler.digests.values import Block, Issue
from crawler.digests.word import UnreadableIssueError

_MOST_PAGES = 200
# A line further below the last than this share of its height begins a paragraph.
_PARAGRAPH_GAP = 0.75
_ADDRESS_GAP = 1.5
# Type larger than the running text by this factor is a heading.
_LARGER = 1.12
# The bands at the top and bottom of a page where headers and footers stand.
_MARGIN = 0.08
# Two columns: nothing crosses a strip this wide, in points, in the middle of the page.
_GUTTER = 8
_MIDDLE = (0.35, 0.65)
_SAME_LINE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    height: float
    size: float
    is_bold: bool
    in_margin: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Area:
    """A link and where it can be clicked."""

    link: OutLink
    page: int
    left: float
    right: float
    top: float
    bottom: float


def read_pdf(body: bytes, now: datetime) -> Issue:
    """An issue that came as PDF with a text layer.

    Raises:
        ConfigurationError: the reader of PDF files is not installed.
        UnreadableIssueError: it is no PDF, locked with a password, damaged, or has no text.
    """
    pdfplumber, errors = _library()
    try:
        with pdfplumber.open(io.BytesIO(body)) as document:
            pages = document.pages[:_MOST_PAGES]
            all_lines = [line for page in pages for line in _lines(page)]
            areas = [area for page in pages for area in _areas(page)]
            title = str((document.metadata or {}).get("Title") or "").strip() or None
    except errors as error:
        raise UnreadableIssueError(f"a PDF that cannot be read ({error})") from error
    if not all_lines:
        raise UnreadableIssueError("a PDF without a text layer: it was scanned, or holds pictures")
    return Issue(blocks=tuple(_blocks(_without_margins(all_lines), areas, now)), title=title)


def _library() -> tuple[Any, tuple[type[Exception], ...]]:
    pdfplumber, miner, wrapped = (
        extras.load(module, extra="digests", purpose="reading PDF files")
        for module in ("pdfplumber", "pdfminer.pdfexceptions", "pdfplumber.utils.exceptions")
    )
    own = (miner.PDFException, wrapped.PdfminerException)
    return pdfplumber, (*own, ValueError, KeyError, TypeError)


def _lines(page: Any) -> Iterator[_Line]:  # noqa: ANN401 - pdfplumber's own classes have no types
    words = page.extract_words(extra_attrs=["size", "fontname"], keep_blank_chars=False)
    for column in _columns(words, page.width):
        row: list[dict[str, Any]] = []
        for word in sorted(column, key=lambda one: (round(one["top"]), one["x0"])):
            if row and abs(word["bottom"] - row[0]["bottom"]) > _SAME_LINE:
                yield _line(row, page)
                row = []
            row.append(word)
        if row:
            yield _line(row, page)


def _columns(words: Sequence[dict[str, Any]], width: float) -> Iterator[list[dict[str, Any]]]:
    """The words of each column; what crosses the middle (a title over both) parts the page."""
    middle = _gutter(words, width)
    if middle is None:
        yield list(words)
        return
    across = [word for word in words if word["x0"] < middle < word["x1"]]
    bands = sorted({word["top"] for word in across})
    lower = [*bands, float("inf")]
    upper = [float("-inf"), *bands]
    for start, end in zip(upper, lower, strict=True):
        band = [word for word in words if start <= word["top"] < end]
        yield [word for word in band if word["x1"] <= middle or word in across]
        yield [word for word in band if word["x0"] >= middle and word not in across]


def _gutter(words: Sequence[dict[str, Any]], width: float) -> float | None:
    """Where the strip between two columns is, if there is one that hardly any word crosses."""
    best: tuple[int, float] | None = None
    for step in range(int(width * _MIDDLE[0]), int(width * _MIDDLE[1]), 4):
        crossing = sum(
            word["x0"] < step + _GUTTER / 2 and word["x1"] > step - _GUTTER / 2 for word in words
        )
        if best is None or crossing < best[0]:
            best = (crossing, float(step))
    if best is None or best[0] > len(words) * 0.02:
        return None
    left = sum(word["x1"] <= best[1] for word in words)
    right = sum(word["x0"] >= best[1] for word in words)
    # A page of short lines has an empty right half, and no columns.
    return best[1] if min(left, right) > len(words) * 0.25 else None


def _line(row: Sequence[dict[str, Any]], page: Any) -> _Line:  # noqa: ANN401 - see above
    row = sorted(row, key=lambda word: word["x0"])
    top, bottom = min(word["top"] for word in row), max(word["bottom"] for word in row)
    fonts = Counter[str]()
    for word in row:
        fonts["bold" if "bold" in word["fontname"].lower() else "plain"] += len(word["text"])
    return _Line(
        text=" ".join(word["text"] for word in row),
        page=page.page_number,
        left=row[0]["x0"],
        right=max(word["x1"] for word in row),
        top=top,
        bottom=bottom,
        height=bottom - top,
        size=round(max(word["size"] for word in row), 1),
        is_bold=fonts["bold"] > fonts["plain"],
        in_margin=bottom < page.height * _MARGIN or top > page.height * (1 - _MARGIN),
    )


def _areas(page: Any) -> Iterator[_Area]:  # noqa: ANN401 - see above
    for found in page.hyperlinks:
        url = unwrapped(str(found.get("uri") or ""))
        if url:
            yield _Area(
                link=OutLink(url=url, anchor=""),
                page=page.page_number,
                left=found["x0"],
                right=found["x1"],
                top=found["top"],
                bottom=found["bottom"],
            )


def _without_margins(all_lines: Sequence[_Line]) -> list[_Line]:
    """Without what stands in the margin of more than one page, or is a page number there."""
    shapes = Counter(_shape(line.text) for line in all_lines if line.in_margin)
    return [
        line
        for line in all_lines
        if not line.in_margin
        or not (shapes[_shape(line.text)] > 1 or lines.is_page_number(Block(text=line.text)))
    ]


def _shape(text: str) -> str:
    return "".join("0" if char.isdigit() else char for char in text.casefold())


def _blocks(all_lines: Sequence[_Line], areas: Sequence[_Area], now: datetime) -> Iterator[Block]:
    sizes: Counter[float] = Counter()
    for line in all_lines:
        sizes[line.size] += len(line.text)
    ordinary = max(sizes, key=lambda size: sizes[size], default=0.0)
    larger = sorted(size for size in sizes if size > ordinary * _LARGER)
    edges: dict[tuple[int, int], float] = {}
    for line in all_lines:
        edges[_column(line)] = max(edges.get(_column(line), 0), line.right)
    group: list[_Line] = []
    for line in all_lines:
        if group and not _goes_on(group, line, edges[_column(group[-1])], now):
            yield _block(group, areas, larger)
            group = []
        group.append(line)
    if group:
        yield _block(group, areas, larger)


def _column(line: _Line) -> tuple[int, int]:
    return line.page, round(line.left)


def _goes_on(group: Sequence[_Line], line: _Line, edge: float, now: datetime) -> bool:
    """Whether a line goes on with a paragraph, whose column reaches to `edge`."""
    before = group[-1]
    if (before.size, before.is_bold) != (line.size, line.is_bold):
        return False
    one, other = (
        Block(text=each.text, links=tuple(links_in_text(each.text))) for each in (before, line)
    )
    if _is_rest_of_address(before, line):
        return True
    begins = lines.numbered(other) and not _is_cut(group, line, edge)
    if begins or any(lines.date_of(each.text, now) for each in (one, other)):
        return False
    if lines.is_link_line(other) and not lines.is_label(before.text):
        return False
    if before.page != line.page or line.top < before.top:  # over the page, or to the next column
        return line.text[:1].islower() and not lines.ends_sentence(before.text)
    return line.top - before.bottom < before.height * _PARAGRAPH_GAP


def _is_cut(group: Sequence[_Line], line: _Line, edge: float) -> bool:
    """Whether the number that begins a line had no room in the sentence before, which it ends."""
    width = (line.right - line.left) * len(line.text.split(maxsplit=1)[0]) / len(line.text)
    had_no_room = group[-1].right + width > edge
    return had_no_room and lines.is_cut_by_number(group[0].text, group[-1].text, line.text)


def _is_rest_of_address(before: _Line, line: _Line) -> bool:
    # Broken at the edge of its column, an address goes on without a space in the next line.
    last = before.text.rsplit(" ", 1)[-1]
    is_near = 0 <= line.top - before.bottom < before.height * _ADDRESS_GAP
    return "://" in last and not last.endswith(">") and " " not in line.text and is_near


def _block(group: Sequence[_Line], areas: Sequence[_Area], larger: Sequence[float]) -> Block:
    text = group[0].text
    for line in group[1:]:
        text = _joined(text, line.text)
    size, is_bold = group[0].size, group[0].is_bold
    is_heading = len(text.split()) <= lines.LONGEST_HEADING
    rank = larger.index(size) + 2 if size in larger else int(is_bold)
    plain = links_in_text(text)
    under = (area.link for area in areas if any(_is_under(area, line) for line in group))
    return Block(text=text, links=distinct([*plain, *under]), rank=rank if is_heading else 0)


def _joined(text: str, more: str) -> str:
    # An address that was broken at the edge of the column goes on without a space.
    last = text.rsplit(" ", 1)[-1]
    if "://" in last and not last.endswith((">", ".", ",")) and " " not in more.strip():
        return text + more
    return f"{text} {more}"


def _is_under(area: _Area, line: _Line) -> bool:
    middle = (area.top + area.bottom) / 2
    return (
        area.page == line.page
        and line.top - 1 <= middle <= line.bottom + 1
        and area.left < line.right
        and area.right > line.left
    )
