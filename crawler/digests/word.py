"""Newsletters in Word's .docx: paragraphs and tables in order, headings, numbers of lists."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from archive import extras
from archive.errors import ConfigurationError
from archive.records import OutLink
from crawler.digests import lines
from crawler.digests.links import links_in_text, unwrapped
from crawler.digests.values import Block, Issue

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.styles import CT_Style
    from docx.oxml.text.paragraph import CT_P
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

# What a newsletter unpacks to is far less; a small file can claim gigabytes.
_LARGEST = 50_000_000
_TITLE_RANK = 10


class UnreadableIssueError(ConfigurationError):
    """The file is not what its name says, or too large to be a newsletter."""


def read_word(body: bytes, now: datetime) -> Issue:
    """An issue that came as .docx.

    Raises:
        ConfigurationError: the reader of Word files is not installed.
        UnreadableIssueError: it is no Word file, or a damaged one.
    """
    del now
    docx = extras.load("docx", extra="digests", purpose="reading Word files")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > _LARGEST:
            raise UnreadableIssueError(f"a Word file that unpacks to {size:,} bytes")
        document = docx.Document(io.BytesIO(body))
        blocks = tuple(_Reader(document).blocks())
    except (KeyError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise UnreadableIssueError(f"a Word file that cannot be read ({error})") from error
    title = " ".join((document.core_properties.title or "").split()) or None
    return Issue(blocks=blocks, title=title)


class _Reader:
    """One document; counts the numbers of its lists as Word does."""

    def __init__(self, document: "Document") -> None:
        self._document = document
        self._counts: Counter[tuple[int, int]] = Counter()

    def blocks(self) -> Iterator[Block]:
        """The blocks of the document, tables cell by cell."""
        yield from self._inside(self._document)

    def _inside(self, container: "Document | _Cell") -> Iterator[Block]:
        for inner in container.iter_inner_content():
            if hasattr(inner, "rows"):
                for row in inner.rows:
                    for cell in row.cells:
                        yield from self._inside(cell)
            else:
                yield from self._paragraph(inner)

    def _paragraph(self, paragraph: "Paragraph") -> Iterator[Block]:
        text = " ".join(paragraph.text.split())
        if not text:
            return
        number = self._number(paragraph)
        if number is not None:
            text = f"{number}. {text}"
        links = [
            OutLink(url=url, anchor=" ".join(link.text.split()))
            for link in paragraph.hyperlinks
            if (url := unwrapped(link.url)) is not None
        ]
        known = {link.url for link in links}
        links += [link for link in links_in_text(text) if link.url not in known]
        yield Block(text=text, links=tuple(links), rank=_rank(paragraph, text))

    def _number(self, paragraph: "Paragraph") -> int | None:
        """The number that Word draws before a paragraph of a numbered list; else None."""
        set_there = (_numbering(element) for element in _set_by(paragraph))
        numbering = next((found for found in set_there if found is not None), None)
        if numbering is None or not self._is_decimal(*numbering):
            return None
        identity, level = numbering
        self._counts[identity, level] += 1
        return self._counts[identity, level]

    def _is_decimal(self, identity: int, level: int) -> bool:
        numbering = self._document.part.numbering_part.element
        found = numbering.xpath(
            f"//w:abstractNum[@w:abstractNumId = //w:num[@w:numId='{identity}']"
            f"/w:abstractNumId/@w:val]/w:lvl[@w:ilvl='{level}']/w:numFmt/@w:val"
        )
        return bool(found) and found[0] == "decimal"


def _set_by(paragraph: "Paragraph") -> "Iterator[CT_P | CT_Style]":
    """What may say how a paragraph is numbered: itself, else its style and what that rests on."""
    yield paragraph.paragraph_format.element
    style = paragraph.style
    while style is not None:
        yield style.element
        style = style.base_style


def _numbering(element: "CT_P | CT_Style") -> tuple[int, int] | None:
    """The list that an element puts its text into, and at which level of it, from 0."""
    lists = element.xpath("./w:pPr/w:numPr/w:numId/@w:val")
    levels = element.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
    return (int(lists[0]), int(levels[0]) if levels else 0) if lists else None


def _rank(paragraph: "Paragraph", text: str) -> int:
    style = (paragraph.style.name or "").lower() if paragraph.style is not None else ""
    if style.startswith("heading "):
        return _TITLE_RANK - int(style.split()[-1]) if style.split()[-1].isdigit() else 1
    if style in {"title", "subtitle"}:
        return _TITLE_RANK
    runs = [run for run in paragraph.runs if run.text.strip()]
    is_bold = bool(runs) and all(run.bold for run in runs)
    return int(is_bold and len(text.split()) <= lines.LONGEST_HEADING)
