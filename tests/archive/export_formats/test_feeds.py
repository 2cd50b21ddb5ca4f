import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import feedparser
import pytest
from atom_schema import faults
from hypothesis import given
from hypothesis import strategies as st

from archive.export_formats.feeds import as_atom, as_opml
from archive.exported import ExportedRecord, ExportedSource

MakeRecord = Callable[..., ExportedRecord]
NOW = "2026-11-22T05:26:03Z"
ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def atom(*records: ExportedRecord, title: str = "E-safety news") -> str:
    return "".join(as_atom(records, title=title, now=NOW))


def test_a_feed_reader_reads_what_the_record_says(make_record: MakeRecord) -> None:
    read = feedparser.parse(atom(make_record(), make_record(id=8, url="http://gazette.test/2")))
    assert not read.bozo
    first, second = read.entries
    assert first.title == make_record().title
    assert first.link == first.id == "http://gazette.test/one?a=1&b=%7Bx%7D"
    assert first.published == "2026-11-20T09:30:00+00:00"
    assert [author.name for author in first.authors] == ["A. Writer", "Desk and Sons"]
    assert first.summary == "This invented text begins here…"
    assert first.source.title == "The Quay Gazette"
    assert second.link == "http://gazette.test/2"


def test_a_feed_is_what_atom_demands_and_what_is_not_is_said(make_record: MakeRecord) -> None:
    sound = atom(
        make_record(topics=("sextortion",), authors=()),
        make_record(id=8, url="http://gazette.test/2", published=None, text=None, excerpt=None),
    )
    assert faults(sound.encode()) == []
    assert faults(atom().encode()) == []
    for what, wrong in (
        (f"<updated>{NOW}</updated>", ""),
        (NOW, "2026-11-22"),
        ("<title>E-safety news</title>", "<title type='markdown'>E-safety news</title>"),
        ("<id>http://gazette.test/2</id>", "<id>2</id>"),
        ('<link href="http://gazette.test/2"/>', ""),
        ("<author><name>newsward</name></author>", "<author>newsward</author>"),
        ("</entry>", "<pubDate>today</pubDate></entry>"),
    ):
        assert what in sound
        assert faults(sound.replace(what, wrong).encode()), what


def test_an_item_of_a_newsletter_leads_to_its_issue_or_has_its_words(
    make_record: MakeRecord,
) -> None:
    item, issue = "digest:0123456789abcdef#item-1", "http://letter.test/issues/1"
    text = atom(
        make_record(url=item, issue=issue), make_record(id=8, url=f"{item}0", issue="update.eml")
    )
    assert faults(text.encode()) == []
    first, second = feedparser.parse(text).entries
    assert (first.id, first.link) == (item, issue)
    assert "content" not in first
    assert 'href="digest:' not in text
    assert second.content[0].value == make_record().excerpt


def test_topics_are_categories(make_record: MakeRecord) -> None:
    (entry,) = feedparser.parse(atom(make_record(topics=("sextortion", "a&b")))).entries
    assert [tag.term for tag in entry.tags] == ["sextortion", "a&b"]


@pytest.mark.parametrize(
    ("published", "moment"),
    [
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("2026-11", "2026-11-01T00:00:00+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("2026-11-20T09:30+01:00", "2026-11-20T09:30:00+01:00"),
        (None, None),
        ("soon", None),
    ],
)
def test_every_entry_has_the_times_that_atom_demands(
    published: str | None, moment: str | None, make_record: MakeRecord
) -> None:
    entry = ET.fromstring(atom(make_record(published=published))).find(f"{ATOM}entry")  # noqa: S314 - our own
    assert entry is not None
    assert entry.findtext(f"{ATOM}published") == moment
    updated = entry.findtext(f"{ATOM}updated")
    assert updated == (moment or "2026-11-22T05:26:03Z")
    assert RFC_3339.fullmatch(updated or "")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=20))
def test_whatever_a_title_holds_the_feed_is_xml(title: str, query: str) -> None:
    made = ExportedRecord(
        id=1,
        title=title,
        url="http://gazette.test/?a=<&b='\"",
        source="gazette",
        source_name=title,
        published=None,
        published_precision=None,
        modified=None,
        authors=(title,),
        language=None,
        word_count=1,
        licence=None,
        first_seen_at=NOW,
        excerpt=title,
        text=title,
    )
    feed = ET.fromstring(atom(made, title=query).encode(errors="replace"))  # noqa: S314 - our own
    assert len(feed.findall(f"{ATOM}entry")) == 1


def test_a_feed_keeps_its_id_as_long_as_its_title() -> None:
    ids = [ET.fromstring(atom(title=title)).findtext(f"{ATOM}id") for title in "aab"]  # noqa: S314 - our own
    assert ids[0] == ids[1] != ids[2]


def test_opml_lists_feeds_and_links_sources_that_have_none() -> None:
    sources = [
        ExportedSource(
            slug="a",
            name='A & "B" <c>',
            homepage="http://a.test/?x=1&y=2",
            language="en",
            feed="http://a.test/feed?x=1&y=2",
        ),
        ExportedSource(
            slug="b", name="Harbour", homepage="http://b.test/", language=None, feed=None
        ),
    ]
    opml = ET.fromstring("".join(as_opml(sources, title="Sources", now=NOW)))  # noqa: S314 - our own
    first, second = opml.findall("body/outline")
    assert (opml.get("version"), opml.findtext("head/title")) == ("2.0", "Sources")
    assert opml.findtext("head/dateCreated") == "Sun, 22 Nov 2026 05:26:03 GMT"
    assert first.attrib == {
        "type": "rss",
        "text": 'A & "B" <c>',
        "title": 'A & "B" <c>',
        "xmlUrl": "http://a.test/feed?x=1&y=2",
        "htmlUrl": "http://a.test/?x=1&y=2",
    }
    assert second.attrib == {"type": "link", "text": "Harbour", "url": "http://b.test/"}
