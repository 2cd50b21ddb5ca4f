"""An issue as the readers of each format give it, and the items found in it."""

from dataclasses import dataclass

from archive.records import BLOCK_SEPARATOR, OutLink


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A paragraph, heading or line of an issue, white space single, with the links in it.

    `rank` is 0 for running text and higher for what is set as a heading, the highest the largest.
    """

    text: str
    links: tuple[OutLink, ...] = ()
    rank: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One issue: its blocks in reading order, and what it says of itself.

    `title` is the subject of a mail or the title of a document, `date` when it was sent, ISO 8601.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    date: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole issue; the offsets of items count its characters."""
        return BLOCK_SEPARATOR.join(block.text for block in self.blocks)


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestItem:
    """One item of an issue.

    `number` is the one printed, else None; `position` counts from 1. `date` is as precise as
    `date_precision` says (`day`, `month`). `start` and `end` are the characters of the issue's
    text from the first of its title to the last of its links. `warnings` say what is uncertain.
    """

    position: int
    number: int | None
    title: str
    date: str | None
    date_precision: str | None
    text: str
    links: tuple[OutLink, ...]
    start: int
    end: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadIssue:
    """An issue with its items, and what its page asks of those who keep it."""

    issue: Issue
    items: tuple[DigestItem, ...]
    signals: tuple[str, ...] = ()
