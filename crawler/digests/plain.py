"""Plain text as blocks: paragraphs, hard-wrapped lines joined, heading and link lines apart."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from archive.records import OutLink
from crawler.digests import lines
from crawler.digests.links import links_in_text, unwrapped
from crawler.digests.values import Block, Issue

# A text is hard-wrapped when its longer lines end near one width, at most this many characters.
_WIDEST_WRAP = 100
_NEAR_THE_EDGE = 0.75
_HEADING = re.compile(r"^(#{1,6} [^\n]+)$", re.MULTILINE)
_HEADING_LINE = re.compile(r"(?P<signs>#{1,6}) (?P<title>[^\n]+?)[ #]*")
_LINK = re.compile(r"!?\[(?P<anchor>[^\]\n]*)\]\(<?(?P<url>https?://[^\s<>]+?)>?\)")
_EMPHASIS = re.compile(
    r"(?<![\w*])(?P<signs>\*{1,3}|_{1,3})(?P<words>[^\s*_][^*_]*?)(?P=signs)(?!\w)"
)
# What Markdown escapes in running text, and so our own updates: a "\<" is a "<".
_ESCAPED = re.compile(r"\\([\\<])")
_QUOTE = re.compile(r"^[ >]*>[ ]?", re.MULTILINE)
_MOSTLY_QUOTED = 0.5
_WHITE = re.compile(r"[^\S\n]+")


def read_plain(text: str, now: datetime) -> Issue:
    """An issue that came as text."""
    tidy = _WHITE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n"))
    tidy = _ESCAPED.sub(r"\1", _unquoted(tidy))
    if _HEADING.search(tidy):
        return _read_markdown(tidy, now)
    blocks = [
        Block(text=paragraph, links=tuple(links_in_text(paragraph)))
        for paragraph in _paragraphs(tidy, now)
    ]
    return Issue(blocks=tuple(block for block in blocks if block.text))


def _read_markdown(text: str, now: datetime) -> Issue:
    """An issue in Markdown: headings, emphasis and links lose their signs."""
    blocks: list[Block] = []
    for part in _HEADING.split(text):
        if found := _HEADING_LINE.fullmatch(part):
            blocks.append(_block(found["title"], rank=7 - len(found["signs"])))
        else:
            blocks += map(_block, _paragraphs(part, now))
    return Issue(blocks=tuple(block for block in blocks if block.text))


def _paragraphs(text: str, now: datetime) -> Iterator[str]:
    """The paragraphs of a text, each on one line."""
    parts = [
        [line.strip() for line in part.split("\n") if line.strip()]
        for part in re.split(r"\n[ \n]*\n", text)
    ]
    width = _wrap_width([line for part in parts for line in part])
    for part in parts:
        yield from _joined(part, width, now)


def _block(text: str, *, rank: int = 0) -> Block:
    links = [
        OutLink(url=url, anchor=found["anchor"])
        for found in _LINK.finditer(text)
        if (url := unwrapped(found["url"])) is not None
    ]
    plain = _EMPHASIS.sub(r"\g<words>", _LINK.sub(r"\g<anchor>", text)).strip()
    known = {link.url for link in links}
    links += [link for link in links_in_text(plain) if link.url not in known]
    return Block(text=plain, links=tuple(links), rank=rank)


def _unquoted(text: str) -> str:
    """The text of a mail that was forwarded, without the signs of quoting before its lines."""
    full = [line for line in text.split("\n") if line.strip()]
    quoted = sum(line.lstrip().startswith(">") for line in full)
    return _QUOTE.sub("", text) if full and quoted >= len(full) * _MOSTLY_QUOTED else text


def _wrap_width(all_lines: Sequence[str]) -> int | None:
    """The width at which lines were broken; None when each line is a paragraph of its own."""
    longest = max((len(line) for line in all_lines if "://" not in line), default=0)
    return longest if 0 < longest <= _WIDEST_WRAP else None


def _joined(paragraph: Sequence[str], width: int | None, now: datetime) -> Iterator[str]:
    current: list[str] = []
    for line in paragraph:
        if current and not _goes_on(current, line, width, now):
            yield " ".join(current)
            current = []
        current.append(line)
    if current:
        yield " ".join(current)


def _goes_on(before: Sequence[str], line: str, width: int | None, now: datetime) -> bool:
    """Whether a line goes on with the sentence of the lines before."""
    joined = " ".join(before)
    if width is None or _stands_alone(line, now) or _stands_alone(joined, now):
        return False
    if lines.numbered(Block(text=line)):
        had_no_room = len(before[-1]) + 1 + len(line.split(maxsplit=1)[0]) > width
        return had_no_room and lines.is_cut_by_number(before[0], before[-1], line)
    is_full = len(joined) >= width * _NEAR_THE_EDGE or len(joined.split()) > lines.SHORT_LINE
    return is_full or line[:1].islower()


def _stands_alone(line: str, now: datetime) -> bool:
    block = Block(text=line, links=tuple(links_in_text(line)))
    return (
        lines.date_of(line, now) is not None
        or lines.is_link_line(block)
        or lines.is_page_number(block)
    )
