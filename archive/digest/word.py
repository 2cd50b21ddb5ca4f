"""An issue as a Word file: real headings, real links, a running header."""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive import extras
from archive.digest.rendering import Style, route_line, web_address
from archive.digest.setting import Role, paragraphs, set_on, sound
from archive.digest.values import Issue
from archive.errors import ConfigurationError
from archive.topics.entities import ReportRoute

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_LINK_COLOUR = "1F4E79"
_STYLES = {Role.QUOTE: "Quote", Role.POINT: "List Bullet"}
# A Word file of one's own whose styles are used; what it says is not.
TEMPLATE = "digest.docx"


def as_word(issue: Issue, style: Style, *, now: datetime, folder: Path | None = None) -> bytes:
    """An issue as .docx, with the styles of `digest.docx` in `folder` if there is one.

    Raises:
        ConfigurationError: python-docx is not installed, or the template is no Word file.
    """
    paper = _Paper(folder)
    paper.head(issue, now)
    set_on(paper, issue, style)
    return paper.packed()


class _Paper:
    """A document that is being written."""

    def __init__(self, folder: Path | None) -> None:
        self._docx = docx = extras.load("docx", extra="digests", purpose="writing Word files")
        template = folder / TEMPLATE if folder else None
        try:
            own = str(template) if template and template.exists() else None
            self._document: Document = docx.Document(own)
        except (KeyError, ValueError, OSError) as error:
            raise ConfigurationError(f"{template}: this is no Word file ({error}).") from error
        if not own:
            # The library's own page is that of North America.
            section = self._document.sections[0]
            section.page_width, section.page_height = docx.shared.Mm(210), docx.shared.Mm(297)
        if own:
            for child in list(self._document.element.body):
                if not child.tag.endswith("}sectPr"):
                    self._document.element.body.remove(child)

    def head(self, issue: Issue, now: datetime) -> None:
        """The title, what the file says of itself, and the introduction."""
        about = self._document.core_properties
        about.title, about.author, about.comments = sound(issue.title), "", ""
        about.created = about.modified = now.replace(tzinfo=None)
        self.heading(issue.title, 0)
        for paragraph in paragraphs(issue.introduction):
            self.say(paragraph)

    def running(self, text: str) -> None:
        """The header of every page."""
        header = self._document.sections[0].header
        header.paragraphs[0].text = sound(text)

    def heading(self, text: str, level: int) -> None:
        """A heading; level 0 is the title."""
        style = f"Heading {level}" if level else "Title"
        self._document.add_paragraph(sound(text), style=self._known(style))

    def say(
        self, text: str, *, role: Role = Role.TEXT, link: tuple[str, str] | None = None
    ) -> None:
        """A paragraph, with a link behind its words."""
        style = self._known(_STYLES.get(role))
        paragraph = self._document.add_paragraph(sound(text), style=style)
        if link:
            self._link(paragraph, *link)

    def help(self, routes: Sequence[ReportRoute], announced: str) -> None:
        """Where to report or find help."""
        if routes:
            self.say(announced)
        for route in routes:
            link = (route.url, route.url) if route.url else None
            self.say(f"{route_line(route)} ", role=Role.POINT, link=link)

    def _known(self, style: str | None) -> str | None:
        # A template of one's own need not have every style.
        return style if style in {one.name for one in self._document.styles} else None

    def _link(self, paragraph: "Paragraph", words: str, url: str) -> None:
        docx = self._docx
        run = paragraph.add_run(sound(words))
        run.underline = True
        run.font.color.rgb = docx.shared.RGBColor.from_string(_LINK_COLOUR)
        if not web_address(url):
            return
        target = paragraph.part.relate_to(web_address(url), _LINK, is_external=True)
        link = docx.oxml.OxmlElement("w:hyperlink")
        link.set(docx.oxml.ns.qn("r:id"), target)
        link.append(run.font.element)
        paragraph.paragraph_format.element.append(link)

    def packed(self) -> bytes:
        """The file."""
        packed = io.BytesIO()
        self._document.save(packed)
        return packed.getvalue()
