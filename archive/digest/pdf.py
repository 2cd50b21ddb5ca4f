"""An issue as a PDF: text alone, with an outline, links that work and page numbers."""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from archive import extras
from archive.digest.rendering import Style, route_line, web_address
from archive.digest.setting import Role, paragraphs, set_on, sound
from archive.digest.values import Issue
from archive.errors import ConfigurationError
from archive.topics.entities import ReportRoute

if TYPE_CHECKING:
    from fpdf import FPDF

# A font of one's own, and where systems have one with more letters than the fonts of every PDF.
OWN_FONT = "digest.ttf"
_FONTS = (
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf"),
    Path("/System/Library/Fonts/Supplemental/Arial Unicode.ttf"),
    Path("C:/Windows/Fonts/arial.ttf"),
)
# What the fonts that every reader of PDF files has can write.
_LETTERS = "windows-1252"
_MARGIN = 20
_INDENT = 6
# Of text: its size in points, its colour, and millimetres from line to line for a point.
_TEXT_SIZE, _HELP_SIZE, _SMALL_SIZE = 10.5, 9.5, 8.0
_BLACK, _GREY, _BLUE = (26, 26, 26), (90, 90, 90), (31, 78, 121)
_LINE = 0.48
_HEADINGS = {0: 18.0, 1: 14.0, 2: 11.5}
_SPACE_ABOVE = {0: 0, 1: 6, 2: 4}
_SPACE_BELOW = 2.2
# A heading is not left alone at the end of a page: so many millimetres stand below it.
_TOGETHER = 30


def as_pdf(issue: Issue, style: Style, *, now: datetime, folder: Path | None = None) -> bytes:
    """An issue as PDF, in the font `digest.ttf` of `folder` if there is one.

    Raises:
        ConfigurationError: fpdf2 is not installed, the font is none, or no font at hand has the
            letters of the issue.
    """
    paper = _Paper(_font(issue, folder))
    paper.head(issue, now)
    set_on(paper, issue, style)
    return paper.packed()


def _font(issue: Issue, folder: Path | None) -> Path | None:
    """The font file to take; None for the one that every reader of PDF files has."""
    own = folder / OWN_FONT if folder else None
    beyond = _beyond(issue)
    if own and own.exists():
        fonts = [own]
    elif beyond:
        fonts = [font for font in _FONTS if font.exists()]
    else:
        return None
    missing = beyond
    for font in fonts:
        missing = "".join(char for char in beyond if ord(char) not in _letters(font))
        if not missing:
            return font
    raise ConfigurationError(
        f"No font at hand has these letters of the issue: {missing[:20]} Put one that has them, as"
        f" {OWN_FONT}, into a folder, and name the folder in NEWSWARD_TEMPLATES."
    )


def _letters(font: Path) -> frozenset[int]:
    """The letters that a font file has, by their numbers in Unicode."""
    fonts = _library("fontTools.ttLib")
    try:
        return frozenset(fonts.TTFont(io.BytesIO(font.read_bytes())).getBestCmap() or ())
    except (fonts.TTLibError, OSError) as error:
        raise ConfigurationError(f"{font}: this is no font ({error}).") from error


def _beyond(issue: Issue) -> str:
    said = [issue.title, issue.introduction, issue.notice]
    said += [name for name, _ in issue.sections]
    said += [word for source in issue.sources for word in (source.name, source.licence)]
    said += [route_line(route) for route in issue.routes]
    for item in issue.items:
        said += [item.title, item.extract, item.note, *item.topics]
        said += [one.source for one in item.also]
    return "".join(sorted({char for char in sound("".join(said)) if not _is_common(char)}))


def _is_common(char: str) -> bool:
    try:
        char.encode(_LETTERS)
    except UnicodeEncodeError:
        return False
    return True


class _Paper:
    """A document that is being written."""

    def __init__(self, font: Path | None) -> None:
        self._pdf: FPDF = _library("fpdf").FPDF(format="A4")
        self._family, self._running = "Helvetica", ""
        if font:
            self._family = "Own"
            for weight in ("", "B"):
                self._pdf.add_font(self._family, weight, font)
        self._pdf.core_fonts_encoding = _LETTERS
        self._pdf.set_margin(_MARGIN)
        self._pdf.set_auto_page_break(auto=True, margin=_MARGIN)

    def head(self, issue: Issue, now: datetime) -> None:
        """The title, what the file says of itself, and the introduction."""
        self._pdf.set_title(sound(issue.title))
        self._pdf.set_lang("en")
        self._pdf.set_creation_date(now)
        self._pdf.add_page()
        self.heading(issue.title, 0)
        for paragraph in paragraphs(issue.introduction):
            self.say(paragraph)

    def running(self, text: str) -> None:
        """The header of every page, and its number below: known only when all are written."""
        self._running = sound(text)

    def heading(self, text: str, level: int) -> None:
        """A heading; level 0 is the title."""
        pdf, size = self._pdf, _HEADINGS[level]
        if pdf.will_page_break(_TOGETHER):
            pdf.add_page()
        elif level:
            pdf.ln(_SPACE_ABOVE[level])
        if level:
            pdf.start_section(sound(text), level=level - 1, strict=False)
        self._type(size, _BLUE if level < max(_HEADINGS) else _BLACK, bold=True)
        self._paragraph(text, size)
        pdf.ln(_SPACE_BELOW)

    def say(
        self, text: str, *, role: Role = Role.TEXT, link: tuple[str, str] | None = None
    ) -> None:
        """A paragraph, with a link behind its words."""
        self._say(text, role, link, _TEXT_SIZE)

    def help(self, routes: Sequence[ReportRoute], announced: str) -> None:
        """Where to report or find help."""
        if not routes:
            return
        self._say(announced, Role.TEXT, None, _HELP_SIZE)
        for route in routes:
            link = (route.url, route.url) if route.url else None
            self._say(f"{route_line(route)} ", Role.POINT, link, _HELP_SIZE)

    def packed(self) -> bytes:
        """The file, with the running header and the number on each page."""
        pdf, pages = self._pdf, self._pdf.page
        pdf.set_auto_page_break(auto=False)
        for page in range(1, pages + 1):
            pdf.page = page
            self._type(_SMALL_SIZE, _GREY)
            pdf.set_xy(_MARGIN, _MARGIN / 2)
            pdf.cell(0, 4, self._running)
            pdf.set_xy(_MARGIN, pdf.h - _MARGIN / 2)
            pdf.cell(0, 4, f"Page {page} of {pages}", align="R")
        return bytes(pdf.output())

    def _say(self, text: str, role: Role, link: tuple[str, str] | None, size: float) -> None:
        pdf = self._pdf
        indent = 0 if role is Role.TEXT else _INDENT
        self._type(size, _BLACK)
        if role is Role.POINT:
            pdf.set_x(_MARGIN + _INDENT / 2)
            pdf.write(size * _LINE, "• ")
        pdf.set_left_margin(_MARGIN + indent)
        pdf.set_x(_MARGIN + indent)
        pdf.write(size * _LINE, sound(text))
        if link:
            self._link(*link, size)
        pdf.set_left_margin(_MARGIN)
        pdf.ln(size * _LINE + _SPACE_BELOW)

    def _link(self, words: str, url: str, size: float) -> None:
        self._type(size, _BLUE, underlined=bool(web_address(url)))
        self._pdf.write(size * _LINE, sound(words), link=web_address(url))

    def _paragraph(self, text: str, size: float) -> None:
        self._pdf.write(size * _LINE, sound(text))
        self._pdf.ln(size * _LINE)

    def _type(
        self,
        size: float,
        colour: tuple[int, int, int],
        *,
        bold: bool = False,
        underlined: bool = False,
    ) -> None:
        style = f"{'B' if bold else ''}{'U' if underlined else ''}"
        self._pdf.set_font(self._family, style, size)
        self._pdf.set_text_color(*colour)


def _library(module: str) -> ModuleType:
    return extras.load(module, extra="digests", purpose="writing PDF files")
