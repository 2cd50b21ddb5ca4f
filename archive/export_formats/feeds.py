"""Atom of records and OPML of sources: what feed readers take."""

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from archive.exported import ExportedRecord, ExportedSource

# What XML 1.0 (section 2.2) has no way to write, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_atom(records: Iterable[ExportedRecord], *, title: str, now: str) -> Iterator[str]:
    """An Atom feed (RFC 4287) with one entry a record; `now` is when it is made, ISO 8601 UTC.

    The feed keeps its id as long as its title stays: what a reader has read is known as read.
    """
    feed_id = uuid.uuid5(uuid.NAMESPACE_URL, f"newsward:{title}").urn
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{_text(title)}</title>\n<id>{feed_id}</id>\n<updated>{now}</updated>\n"
        "<author><name>newsward</name></author>\n"
    )
    for record in records:
        yield _entry(record)
    yield "</feed>\n"


def _entry(record: ExportedRecord) -> str:
    published = _moment(record.published)
    # RFC 4287, 4.1.2: an entry has a link or a content.
    content = record.text or (None if record.link else record.excerpt or record.title)
    lines = [
        f"<title>{_text(record.title)}</title>",
        f"<id>{_text(record.url)}</id>",
        *([f"<link href={_attribute(record.link)}/>"] if record.link else []),
        f"<updated>{_moment(record.modified) or published or record.first_seen_at}</updated>",
        *([f"<published>{published}</published>"] if published else []),
        *(
            f"<author><name>{_text(name)}</name></author>"
            for name in record.authors or (record.source_name,)
        ),
        f"<source><id>newsward:{_text(record.source)}</id>",
        f"<title>{_text(record.source_name)}</title>",
        f"<updated>{record.first_seen_at}</updated></source>",
        *(f"<category term={_attribute(topic)}/>" for topic in record.topics),
        *([f"<summary>{_text(record.excerpt)}</summary>"] if record.excerpt else []),
        *([f"<content>{_text(content)}</content>"] if content else []),
    ]
    return "<entry>\n" + "\n".join(lines) + "\n</entry>\n"


def _moment(moment: str | None) -> str | None:
    """An ISO 8601 date as RFC 3339 wants it: to the second, with a zone; UTC if none is known."""
    # A year or a month begins on its first day.
    whole = (moment or "") + "-01-01"[max(0, len(moment or "") - 4) :]
    try:
        at = datetime.fromisoformat(whole)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat(timespec="seconds")


def as_opml(sources: Iterable[ExportedSource], *, title: str, now: str) -> Iterator[str]:
    """OPML 2.0: the feeds of the sources; a source without one is a link to its front page."""
    at = datetime.fromisoformat(now).strftime("%a, %d %b %Y %H:%M:%S GMT")
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n'
        f"<head><title>{_text(title)}</title><dateCreated>{at}</dateCreated></head>\n<body>\n"
    )
    for source in sources:
        name = _attribute(source.name)
        address = _attribute(source.homepage)
        if source.feed is None:
            yield f'<outline type="link" text={name} url={address}/>\n'
        else:
            feed = _attribute(source.feed)
            yield (
                f'<outline type="rss" text={name} title={name} xmlUrl={feed} htmlUrl={address}/>\n'
            )
    yield "</body>\n</opml>\n"


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))
