"""Saved pages: from a file to what extraction makes of it, as one line of JSON."""

import gzip
import io
import json
import zlib
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from archive.endings import Ending, Group
from archive.records import Article, Page, Rejected
from crawler.extraction.article import extract

# Bytes; the crawl takes no larger body either.
LARGEST_PAGE = 10 * 1024 * 1024
ARTICLE = "article"
_GZIP = b"\x1f\x8b"
# What some readers of lines take for the end of one; `json` leaves them as they are.
_LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class InputEnding(StrEnum):
    """How a page of a batch can end before there is a page."""

    NO_FILE = "no-file"
    BAD_LINE = "bad-line"


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedPage:
    """A page in a file: `id` is what its owner calls it, any value of JSON."""

    id: object
    path: Path
    url: str
    content_type: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLine:
    """What became of a page: how it ended, and all that is known of it as one line of JSON."""

    ending: str
    json: str

    @property
    def is_article(self) -> bool:
        """Whether the page became an article."""
        return self.ending == ARTICLE

    @property
    def is_failure(self) -> bool:
        """Whether it could not be read; a page that is no article was read."""
        if self.is_article:
            return False
        return self.ending in set(InputEnding) or Ending(self.ending).group is Group.FAILED


def read_body(file: BinaryIO) -> bytes | Rejected:
    """The bytes of a page, unpacked where they are gzip; refused when cut off or too large.

    Raises:
        OSError: the file cannot be read.
    """
    body = file.read(LARGEST_PAGE + 1)
    if body.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                body = packed.read(LARGEST_PAGE + 1)
        except (OSError, EOFError, zlib.error) as error:
            return Rejected(ending=Ending.BROKEN_BODY, detail=f"gzip: {error}")
    if len(body) > LARGEST_PAGE:
        detail = f"more than {LARGEST_PAGE // 1024**2} MiB"
        return Rejected(ending=Ending.TOO_LARGE, detail=detail)
    return body


def read_saved(saved: SavedPage) -> PageLine:
    """What extraction makes of a page in a file; every page and every file has an ending."""
    try:
        with saved.path.open("rb") as file:
            body = read_body(file)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        why = getattr(error, "strerror", None) or str(error)
        return ended(saved.id, InputEnding.NO_FILE, f"{saved.path}: {why}", url=saved.url)
    if isinstance(body, Rejected):
        return ended(saved.id, body.ending, body.detail, url=saved.url)
    result = extract(Page(url=saved.url, body=body, content_type=saved.content_type))
    return _line(as_dict(result, url=saved.url, page_id=saved.id))


def ended(page_id: object, ending: str, detail: str, *, url: str | None = None) -> PageLine:
    """The line of a page that is no article."""
    return _line(_no_article(page_id, str(ending), detail, url))


def as_dict(result: Article | Rejected, *, url: str, page_id: object) -> dict[str, object]:
    """A result for programs: the same keys whatever the ending, which is `article` or its name."""
    if isinstance(result, Rejected):
        return _no_article(page_id, str(result.ending), result.detail, url)
    return {
        "id": page_id,
        "url": url,
        "title": result.title,
        "authors": list(result.authors),
        "published": result.published,
        "modified": result.modified,
        "description": result.description,
        "site_name": result.site_name,
        "language": result.language,
        "text": result.text,
        "removals": [asdict(removal) for removal in result.removals],
        "ending": ARTICLE,
        "detail": None,
        "published_precision": result.published_precision,
        "published_source": result.published_source,
        "canonical_url": result.canonical_url,
        "wire_credit": result.wire_credit,
        "signals": result.signals,
        "links": result.links,
        "extractor": result.extractor,
    }


def _no_article(page_id: object, ending: str, detail: str, url: str | None) -> dict[str, object]:
    empty = Article(title="", text="", removals=(), extractor="")
    keys = as_dict(empty, url="", page_id=None)
    nothing: dict[str, object] = dict.fromkeys(keys) | {"authors": [], "removals": []}
    return nothing | {"id": page_id, "url": url, "ending": ending, "detail": detail or None}


def json_line(value: object) -> str:
    """A value as JSON on one line, whatever a reader takes for the end of a line."""
    line = json.dumps(value, ensure_ascii=False)
    for char, escape in _LINE_ENDS.items():
        line = line.replace(char, escape)
    try:
        line.encode()
    except UnicodeEncodeError:  # half a character, which only escapes can carry
        return json.dumps(value)
    return line


def _line(page: dict[str, object]) -> PageLine:
    return PageLine(ending=str(page["ending"]), json=json_line(page))
