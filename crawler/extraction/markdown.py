"""An article as Markdown that reads, everywhere, as the text it was."""

import re
from collections.abc import Iterator

from archive.records import BLOCK_SEPARATOR, Article

# What CommonMark would take for a mark anywhere in a line, and at the start of one.
_ANYWHERE = re.compile(r"([\\`*_\[\]<>&~|])")
_HEAD = re.compile(r"^(#{1,6}(?=\s|$)|[-+=](?=\s|[-+=]|$))")
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def markdown(article: Article, url: str) -> str:
    """The title as a heading, byline and address below it, then the text block by block."""
    facts = [", ".join(article.authors), article.published or "", article.site_name or ""]
    byline = " · ".join(escaped(fact) for fact in facts if fact)
    head = [f"# {escaped(article.title)}", *([byline] if byline else []), f"<{_address(url)}>"]
    return "\n\n".join([*head, *_blocks(article.text)]) + "\n"


def escaped(text: str) -> str:
    """A text on one line in which Markdown finds no mark."""
    line = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    return _NUMBER.sub(r"\1\\\2", _HEAD.sub(r"\\\1", line))


def _blocks(text: str) -> Iterator[str]:
    for block in text.split(BLOCK_SEPARATOR):
        yield "\\\n".join(escaped(line) for line in block.splitlines())


def _address(url: str) -> str:
    return re.sub(r"[\s<>]", lambda found: f"%{ord(found.group()):02X}", url)
