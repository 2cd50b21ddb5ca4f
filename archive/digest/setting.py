"""The order of an issue on paper: what a Word file and a PDF say, one after the other."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol

from archive.digest.rendering import Style
from archive.digest.values import Issue, Item
from archive.periods import plain_date
from archive.topics.entities import ReportRoute


class Role(StrEnum):
    """What a paragraph is."""

    TEXT = "text"
    QUOTE = "quote"
    POINT = "point"


class Paper(Protocol):
    """A document that is being written, from its first page to its last."""

    def running(self, text: str) -> None:
        """The header of every page."""

    def heading(self, text: str, level: int) -> None:
        """A heading; level 0 is the title."""

    def say(
        self, text: str, *, role: Role = Role.TEXT, link: tuple[str, str] | None = None
    ) -> None:
        """A paragraph; behind its text, a link: its words and its address."""

    def help(self, routes: Sequence[ReportRoute], announced: str) -> None:
        """Where to report or find help."""


def set_on(paper: Paper, issue: Issue, style: Style) -> None:
    """All of an issue below its title and introduction."""
    if style is Style.UPDATE:
        _set_update(paper, issue)
    else:
        _set_digest(paper, issue)


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text that a person typed, each on one line."""
    for paragraph in text.split("\n\n"):
        if words := paragraph.split():
            yield " ".join(words)


def sound(text: str) -> str:
    """A text that is to be set, without control characters: neither XML nor a font has a place."""
    return "".join(char for char in text if char.isprintable())


def _set_update(paper: Paper, issue: Issue) -> None:
    paper.running("E safety Update")
    paper.help(issue.routes, "To report something or find help:")
    sources = "; ".join(f"{one.name} ({one.licence})" for one in issue.sources)
    paper.say(f"Sources: {sources}.")
    paper.say(issue.notice)
    for item in issue.items:
        paper.heading(f"{item.number}. {item.title}", 2)
        if item.record.published:
            paper.say(plain_date(item.record.published))
        _set_text(paper, item, quoted_as=Role.TEXT)
        paper.say("Link: ", link=(item.record.source_name, item.record.url))


def _set_digest(paper: Paper, issue: Issue) -> None:
    paper.running(issue.title)
    paper.heading("Contents", 1)
    for section, items in issue.sections:
        paper.say(section)
        for item in items:
            paper.say(f"{item.number}. {item.title}", role=Role.POINT)
    for section, items in issue.sections:
        paper.heading(section, 1)
        for item in items:
            _set_item(paper, item)
    paper.heading("Sources", 1)
    for source in issue.sources:
        paper.say(f"{source.name} ({source.licence})", role=Role.POINT)
    paper.say(issue.notice)


def _set_item(paper: Paper, item: Item) -> None:
    paper.heading(f"{item.number}. {item.title}", 2)
    _set_text(paper, item, quoted_as=Role.QUOTE)
    date = plain_date(item.record.published)
    paper.say(f"{date}, ", link=(item.record.source_name, item.record.url))
    if item.topics:
        paper.say(f"Topics: {', '.join(item.topics)}")
    for at, one in enumerate(item.also):
        paper.say("Also covered by: " if not at else "and by: ", link=(one.source, one.url))
    paper.help(item.routes, "Report or find help:")


def _set_text(paper: Paper, item: Item, *, quoted_as: Role) -> None:
    if item.extract:
        paper.say(item.extract, role=quoted_as)
    for paragraph in paragraphs(item.note):
        paper.say(paragraph)
