"""An issue with its items, from its bytes; pure, for a worker process."""

from datetime import datetime

from archive.endings import Ending
from archive.errors import ConfigurationError
from archive.records import Rejected
from crawler.digests.items import items_of
from crawler.digests.read import read_issue
from crawler.digests.values import ReadIssue
from crawler.extraction.decode import decode_html, looks_binary
from crawler.extraction.signals import read_signals
from crawler.extraction.tree import parse


def read_items(body: bytes, name: str, url: str | None, now: datetime) -> ReadIssue:
    """An issue with its items; for a worker process. `url` is where it was fetched, if it was.

    Raises:
        UnreadableIssueError: it is no text, mail, HTML, PDF or Word file, or a damaged one.
        ConfigurationError: its format needs an extra that is not installed.
    """
    issue = read_issue(body, name, url, now)
    signals = () if url is None else _signals(body, url)
    return ReadIssue(issue=issue, items=items_of(issue, now), signals=signals)


def read_page(body: bytes, url: str | None, now: datetime, name: str = "") -> ReadIssue | Rejected:
    """The issue in a file or at an address, or why it cannot be read; for a worker process."""
    try:
        return read_items(body, name, url, now)
    except ConfigurationError as error:
        return Rejected(ending=Ending.UNREADABLE, detail=str(error))


def _signals(body: bytes, url: str) -> tuple[str, ...]:
    if looks_binary(body) or body.lstrip()[:5] == b"%PDF-":
        return ()
    tree = parse(decode_html(body))
    return () if tree is None else read_signals(tree, url, free=None)
