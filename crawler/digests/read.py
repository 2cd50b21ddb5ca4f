"""Which kind of file an issue is, and its reading; pure, for a worker process."""

import re
from datetime import datetime

from crawler.digests.mail import mails_of, read_mail
from crawler.digests.markup import read_html
from crawler.digests.pdf import read_pdf
from crawler.digests.plain import read_plain
from crawler.digests.values import Issue
from crawler.digests.word import UnreadableIssueError, read_word
from crawler.extraction.decode import decode_html, looks_binary

_HEADER = re.compile(
    rb"(?:received|return-path|delivered-to|mime-version|from|to|subject|date|message-id|content-[\w-]+|x-[\w-]+)"
    rb":[^\n]*\n(?:[ \t][^\n]*\n|[!-9;-~]+:[^\n]*\n)+",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<(?:!doctype html|html|body|table|div|p|h[1-6])\b", re.IGNORECASE)
_HEAD = 4096


def parts_of(body: bytes) -> tuple[bytes, ...]:
    """The issues in a file, each as bytes: the mails of an mbox, else the file itself."""
    if body.startswith(b"From ") and _HEADER.search(body[:_HEAD]):
        return tuple(mails_of(body))
    return (body,)


def read_issue(body: bytes, name: str, url: str | None, now: datetime) -> Issue:
    """The issue in a file. What the bytes are decides, not the name.

    `url` is the address they came from.

    Raises:
        UnreadableIssueError: it is no text, mail, HTML, PDF or Word file, or a damaged one.
        ConfigurationError: its format needs an extra that is not installed.
    """
    if not body.strip():
        raise UnreadableIssueError("an empty file")
    if body[:1024].lstrip().startswith(b"%PDF-"):
        return read_pdf(body, now)
    if body.startswith(b"PK\x03\x04"):
        return read_word(body, now)
    if kind := looks_binary(body):
        raise UnreadableIssueError(f"{kind}, and not a newsletter")
    if _HEADER.match(body.lstrip()[:_HEAD]):
        return read_mail(body, now)
    text = decode_html(body)
    if _MARKUP.search(text[:_HEAD]) or name.lower().endswith((".html", ".htm")):
        return read_html(text, url, now)
    return read_plain(text, now)
