"""What a watch sends, as a mail, as the body of a webhook, as a feed: pure functions of values.

Of each record: title, source, date, link and an excerpt (`archive.excerpts`); of one whose source
or page allows no more, title, date and link.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Any

from archive.export_formats.feeds import as_atom
from archive.exported import ExportedRecord
from archive.periods import plain_date
from archive.watches.values import Message, Watch

# Base64 or quoted-printable as needed, and no line longer than a mail server takes.
_POLICY = SMTP.clone(max_line_length=78, cte_type="7bit")


def subject(message: Message) -> str:
    """What a message is about, in one line."""
    count = len(message.records)
    return f"newsward: {count} new for {message.watch.name}" + (
        f": {_line(message.records[0].title)}" if count == 1 else ""
    )


def as_text(message: Message) -> str:
    """A message as plain text."""
    paragraphs = [f"Watch {message.watch.name}: {message.watch.query}"]
    paragraphs += ["\n".join(_lines(record)) for record in message.records]
    paragraphs.append(_FOOTER.format(name=message.watch.name))
    return "\n\n".join(paragraphs) + "\n"


_FOOTER = "-- \nSent by newsward, once. `newsward watch remove {name}` ends it."


def _lines(record: ExportedRecord) -> Iterator[str]:
    yield _line(record.title)
    yield f"{_line(record.source_name)}, {plain_date(record.published)}"
    if record.link:
        yield record.link
    if record.excerpt:
        yield f"\u201c{record.excerpt}\u201d"


def _line(text: str) -> str:
    return " ".join(text.split())


def as_mail(message: Message, *, sender: str) -> EmailMessage:
    """A message as a mail with a text and an HTML part.

    Its Message-ID is the same at every try, so that a mailbox knows one that came before.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = subject(message)
    mail["From"] = sender
    mail["To"] = message.watch.destination.target
    mail["Date"] = format_datetime(datetime.fromisoformat(message.made_at))
    mail["Message-ID"] = f"<{message.token}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    # RFC 3834: no answering machine answers it.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(as_text(message))
    mail.add_alternative(_as_html(message), subtype="html")
    return mail


def _as_html(message: Message) -> str:
    items = "\n".join(_item(record) for record in message.records)
    name, query = escape(message.watch.name), escape(message.watch.query)
    footer = escape(_FOOTER.format(name=message.watch.name).removeprefix("-- \n"))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>'
        f"<body>\n<p>Watch <b>{name}</b>: {query}</p>\n<ul>\n{items}\n</ul>\n"
        f"<p><small>{footer}</small></p>\n</body></html>\n"
    )


def _item(record: ExportedRecord) -> str:
    quoted = f"<br>\n\u201c{escape(record.excerpt)}\u201d" if record.excerpt else ""
    title = escape(_line(record.title))
    if record.link:
        title = f'<a href="{escape(record.link)}">{title}</a>'
    return (
        f"<li><p>{title}<br>\n"
        f"{escape(_line(record.source_name))}, {plain_date(record.published)}{quoted}</p></li>"
    )


def as_json(message: Message) -> bytes:
    """A message as the body of a webhook; `text` is what chat services show."""
    told: dict[str, Any] = {
        "watch": message.watch.name,
        "query": message.watch.query,
        "id": message.token,
        "made_at": message.made_at,
        "text": as_text(message),
        "items": [_as_dict(record) for record in message.records],
    }
    return json.dumps(told).encode()


def _as_dict(record: ExportedRecord) -> dict[str, Any]:
    return {
        "record": record.id,
        "title": record.title,
        "source": record.source,
        "source_name": record.source_name,
        "published": record.published,
        "published_precision": record.published_precision,
        "url": record.link,
        "excerpt": record.excerpt or None,
    }


def as_feed(watch: Watch, records: Sequence[ExportedRecord], *, now: str) -> str:
    """The Atom feed of a watch (RFC 4287); `now` is when it last changed, ISO 8601 UTC."""
    return "".join(as_atom(records, title=f"newsward watch {watch.name}", now=now))
