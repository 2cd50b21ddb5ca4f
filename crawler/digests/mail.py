"""Newsletters as mails: the part that a reader sees, the subject, the day it was sent."""

import email
import email.policy
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage

from crawler.dates import read_date
from crawler.digests.markup import read_html
from crawler.digests.plain import read_plain
from crawler.digests.values import Issue


def read_mail(body: bytes, now: datetime) -> Issue:
    """An issue that came as a mail (.eml); its HTML part when it has one, else its text."""
    message = email.message_from_bytes(body, policy=email.policy.default)
    part = message.get_body(("html", "plain"))
    text = _text(part) if isinstance(part, EmailMessage) else ""
    if part is not None and part.get_content_subtype() == "html":
        issue = read_html(text, None, now)
    else:
        issue = read_plain(text, now)
    subject = " ".join(str(message.get("subject") or "").split()) or None
    sent = read_date(str(message.get("date") or ""), now)
    warnings = (*issue.warnings, *(() if issue.blocks else ("the mail has no text",)))
    return Issue(blocks=issue.blocks, title=subject, date=sent, warnings=warnings)


def _text(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a charset that nobody knows
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def mails_of(body: bytes) -> Iterator[bytes]:
    """The mails of an mbox, in order; quoted "From " lines get their first letter back."""
    mail: list[bytes] = []
    is_after_empty = True
    for line in body.splitlines(keepends=True):
        if is_after_empty and line.startswith(b"From "):
            if mail:
                yield b"".join(mail)
            mail = []
        else:
            mail.append(
                line[1:] if line.lstrip(b">").startswith(b"From ") and line[:1] == b">" else line
            )
        is_after_empty = not line.strip()
    if b"".join(mail).strip():
        yield b"".join(mail)
