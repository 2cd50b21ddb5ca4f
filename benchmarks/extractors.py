"""One extractor in a process of its own: pages in on stdin, what it found out on stdout.

    PYTHON benchmarks/extractors.py NAME

`extraction.py` starts it, with the Python that has the extractor. It needs nothing but the standard
library and the one extractor, because extractors do not all live together in one environment.

Every line in and out is one JSON object. No extractor may use the network: an attempt raises an
error within the extractor and is counted.
"""

import contextlib
import gzip
import importlib
import importlib.metadata
import json
import os
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

# Seconds of one page, after which the kernel ends the process.
TIME_LIMIT = 60
_NETWORK = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([-\w]{2,40})""", re.IGNORECASE)
_PRESCAN = 4096
_BLOCKS = (
    "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol",
    "p", "pre", "section", "table", "td", "th", "tr", "ul",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What an extractor found; None for what it did not find."""

    text: str = ""
    title: str | None = None
    authors: list[str] | None = None
    date: str | None = None


Extract = Callable[[bytes, str], Found]


def newsward() -> Extract:
    """This project: text, metadata and the receipts; a page that the quality gate refuses is ""."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    records = importlib.import_module("archive.records")
    extraction = importlib.import_module("crawler.extraction")

    def extract(body: bytes, url: str) -> Found:
        article = extraction.extract(records.Page(url=url, body=body))
        if isinstance(article, records.Rejected):
            return Found()
        return Found(
            text=article.text,
            title=article.title,
            authors=list(article.authors),
            date=article.published,
        )

    return extract


def _trafilatura(**options: object) -> Extract:
    library = importlib.import_module("trafilatura")

    def extract(body: bytes, url: str) -> Found:
        document = library.bare_extraction(
            body, url=url, include_comments=False, with_metadata=True, **options
        )
        if document is None:
            return Found()
        return Found(
            text=document.text or "",
            title=document.title,
            authors=(document.author or "").split("; "),
            date=document.date,
        )

    return extract


def trafilatura() -> Extract:
    """Its default without reader comments, with metadata."""
    return _trafilatura()


def trafilatura_fast() -> Extract:
    """The same without its fallbacks."""
    return _trafilatura(fast=True)


def trafilatura_precision() -> Extract:
    """The same with its preference for precision."""
    return _trafilatura(favor_precision=True)


def newspaper4k() -> Extract:
    """Its article parser, told not to fetch images."""
    library = importlib.import_module("newspaper")

    def extract(body: bytes, url: str) -> Found:
        article = library.Article(url, fetch_images=False)
        article.download(input_html=_decoded(body))
        article.parse()
        return Found(
            text=article.text,
            title=article.title,
            authors=list(article.authors),
            date=_iso(article.publish_date),
        )

    return extract


def news_please() -> Extract:
    """Its library mode, told not to fetch images."""
    library = importlib.import_module("newsplease").NewsPlease

    def extract(body: bytes, url: str) -> Found:
        article = library.from_html(_decoded(body), url=url, fetch_images=False)
        return Found(
            text=article.maintext or "",
            title=article.title,
            authors=list(article.authors or []),
            date=_iso(article.date_publish),
        )

    return extract


def readability_lxml() -> Extract:
    """Its summary as text, a line for each block element, its short title and its author."""
    library = importlib.import_module("readability")
    html = importlib.import_module("lxml.html")

    def extract(body: bytes, url: str) -> Found:
        document = library.Document(_decoded(body), url=url)
        summary = html.document_fromstring(document.summary())
        for element in summary.iter(*_BLOCKS):
            element.tail = f"\n{element.tail or ''}"
        author = document.author()
        return Found(
            text=summary.text_content(),
            title=document.short_title(),
            authors=[] if author in {None, "[no-author]"} else [author],
        )

    return extract


def goose3() -> Extract:
    """Its defaults, which fetch no images."""
    goose = importlib.import_module("goose3").Goose()

    def extract(body: bytes, url: str) -> Found:
        article = goose.extract(url=url, raw_html=_decoded(body))
        return Found(
            text=article.cleaned_text or "",
            title=article.title,
            authors=list(article.authors or []),
            date=_iso(article.publish_datetime_utc or article.publish_date),
        )

    return extract


def resiliparse() -> Extract:
    """Its main-content text and the page's title; it looks for neither authors nor dates."""
    extraction = importlib.import_module("resiliparse.extract.html2text")
    html = importlib.import_module("resiliparse.parse.html")
    encoding = importlib.import_module("resiliparse.parse.encoding")

    def extract(body: bytes, _url: str) -> Found:
        tree = html.HTMLTree.parse_from_bytes(body, encoding.detect_encoding(body))
        text = extraction.extract_plain_text(
            tree, main_content=True, alt_texts=False, comments=False, list_bullets=False
        )
        return Found(text=text, title=tree.title)

    return extract


# What an extractor does not look for, so that it cannot be wrong about it.
LACKS = {
    "readability-lxml": frozenset({"date"}),
    "resiliparse": frozenset({"authors", "date"}),
}
# Name, the distribution that brings it, and what makes it ready.
EXTRACTORS: dict[str, tuple[str, Callable[[], Extract]]] = {
    "newsward": ("newsward", newsward),
    "trafilatura": ("trafilatura", trafilatura),
    "trafilatura-fast": ("trafilatura", trafilatura_fast),
    "trafilatura-precision": ("trafilatura", trafilatura_precision),
    "newspaper4k": ("newspaper4k", newspaper4k),
    "news-please": ("news-please", news_please),
    "readability-lxml": ("readability-lxml", readability_lxml),
    "goose3": ("goose3", goose3),
    "resiliparse": ("resiliparse", resiliparse),
}


def _iso(date: object) -> str | None:
    return date.isoformat() if isinstance(date, datetime) else (str(date) if date else None)


def _decoded(body: bytes) -> str:
    # For extractors that take text: what a careful caller would hand them.
    declared = _CHARSET.search(body, 0, _PRESCAN)
    for codec in ("utf-8-sig", declared.group(1).decode("ascii") if declared else "cp1252"):
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            return body.decode(codec)
    return body.decode("cp1252", "replace")


class _NetworkError(OSError):
    """An extractor asked for the network, which it does not get."""


@dataclass(slots=True)
class _Door:
    attempts: int = 0

    def refuse(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in _NETWORK:
            self.attempts += 1
            raise _NetworkError(event)


def peak_megabytes() -> float | None:
    """The most memory that this process has held so far; None where that is not told."""
    try:
        import resource  # noqa: PLC0415 - there is no such module on Windows
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def answer(extract: Extract, page: dict[str, Any]) -> dict[str, Any]:
    """What an extractor found on a page, the CPU seconds it took, and the error that it raised."""
    body = gzip.decompress(Path(page["path"]).read_bytes())
    error = None
    if hasattr(signal, "alarm"):
        signal.alarm(TIME_LIMIT)
    start = time.process_time()
    try:
        found = extract(body, page["url"])
    except Exception as raised:  # noqa: BLE001 - whatever a peer raises is one page without text
        found, error = Found(), f"{type(raised).__name__}: {raised}"[:200]
    seconds = time.process_time() - start
    if hasattr(signal, "alarm"):
        signal.alarm(0)
    return asdict(found) | {"seconds": seconds, "error": error}


def _pages() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


def main(name: str) -> None:
    """Answer the pages of stdin until it ends; the first line out says who answers."""
    # What a library prints must not get between the answers.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    warnings.simplefilter("ignore")
    distribution, prepare = EXTRACTORS[name]
    door = _Door()
    sys.addaudithook(door.refuse)

    def reply(message: dict[str, Any]) -> None:
        replies.write(json.dumps(message) + "\n")
        replies.flush()

    try:
        extract = prepare()
        version = "" if name == "newsward" else importlib.metadata.version(distribution)
    except ImportError as error:
        reply({"missing": str(error), "distribution": distribution})
        return
    reply({"version": version})
    for page in _pages():
        found = answer(extract, page)
        reply(found | {"network": door.attempts, "peak_mb": peak_megabytes()})


if __name__ == "__main__":
    main(sys.argv[1])
