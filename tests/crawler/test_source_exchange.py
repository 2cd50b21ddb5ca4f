from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigurationError
from archive.records import LinkKind
from crawler.scouting.draft import free_id
from crawler.shipped import shipped_sources
from crawler.source_exchange import COLUMNS, as_csv, from_csv, from_opml, switched
from crawler.sources import Discovery, Scope, Source, SourceKind

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "name,kind,country,lang,homepage,feed_or_listing,discovery,scope,evidence\n"


def make_id(name: str) -> str:
    return free_id(name, ())


def sources(text: str) -> list[Source]:
    return [row.source for row in from_csv(text, "f.csv", make_id)]


def test_a_row_of_a_candidate_list_becomes_a_source() -> None:
    text = HEAD + (
        '"GOV.UK - guidance (KCSIE, standards)",government,GB,en,https://www.gov.uk/search?x[]=a,'
        "https://www.gov.uk/search.atom?x%5B%5D=a,feed,filter,seen; answered 200\n"
    )
    assert sources(text) == [
        Source(
            id="gov-uk-guidance-kcsie-standards",
            name="GOV.UK - guidance (KCSIE, standards)",
            homepage="https://www.gov.uk/search?x[]=a",
            country="GB",
            language="en",
            kind=SourceKind.GOVERNMENT,
            scope=Scope.FILTER,
            evidence="seen; answered 200",
            discovery=(
                Discovery(kind=LinkKind.FEED, url="https://www.gov.uk/search.atom?x%5B%5D=a"),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("news section", "news"),
        ("industry news", "industry"),
        ("education press", "news"),
        ("research news", "research"),
        ("police/agency", "police"),
        ("inspectorate", "regulator"),
        ("hotline", "helpline"),
        ("civil liberties", "charity"),
        ("professional body", "education"),
        ("charity", "charity"),
        ("something else", "news"),
    ],
)
def test_who_speaks_is_understood_in_the_words_of_candidate_lists(said: str, kind: str) -> None:
    (source,) = sources(f"{HEAD}A,{said},,,https://a.example/,https://a.example/f,feed,all,\n")
    assert source.kind == kind


def test_every_fault_of_a_csv_is_told_with_its_line_and_nothing_is_taken() -> None:
    text = HEAD + (
        "A,news,GB,en,https://a.example/,https://a.example/f,feed,all,\n"
        "B,news,UK,en,https://b.example/,https://b.example/f,feed,all,\n"
        "C,news,GB,en,https://c.example/,c.example/f,feed,all,\n"
        ",news,GB,en,https://d.example/,https://d.example/f,feed,all,\n"
        "E,news,GB,en,https://e.example/,https://e.example/f,tv,all,\n"
        "F,news,GB,en,,,feed,all,\n"
    )
    with pytest.raises(ConfigurationError) as raised:
        sources(text)
    lines = str(raised.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"f.csv:{n}" for n in (3, 4, 5, 6, 7)]
    assert "country 'UK' is not a country code" in lines[0]
    assert 'Did you mean "https://c.example/f"?' in lines[1]


def test_a_csv_without_the_columns_names_them() -> None:
    with pytest.raises(ConfigurationError, match="no column name and no column feed_or_listing"):
        sources("title;url\nA;https://a.example/\n")


def test_the_shipped_list_goes_out_as_csv_and_comes_back_as_it_was() -> None:
    shipped = shipped_sources()
    text = "".join(as_csv(shipped))
    assert text.splitlines()[0] == ",".join(COLUMNS)
    # What has no column has its usual value again.
    plain = Source(id="", name="", homepage="", discovery=())
    lost = {key: getattr(plain, key) for key in ("every", "hosts", "drop", "delay", "checked")}
    assert sources(text) == [replace(source, **lost) for source in shipped]


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip)


@given(name=CELLS.filter(bool), reason=CELLS, evidence=CELLS, flags=st.tuples(*[st.booleans()] * 2))
def test_any_words_survive_the_way_through_a_csv(
    name: str, reason: str, evidence: str, flags: tuple[bool, bool]
) -> None:
    source = Source(
        id="a",
        name=name,
        homepage="https://a.example/",
        reason=reason or None,
        evidence=evidence or None,
        enabled=flags[0],
        link_only=flags[1],
        discovery=(
            Discovery(kind=LinkKind.LISTING, url="https://a.example/news", pattern="/a,'\""),
            Discovery(kind=LinkKind.FEED, url="https://a.example/feed"),
        ),
    )
    assert sources("".join(as_csv([source]))) == [source]


@pytest.mark.parametrize("name", ["=1+1", "@SUM(1)", "\uff1d1+1"])
def test_a_name_that_a_spreadsheet_would_run_is_stopped(name: str) -> None:
    source = Source(id="a", name=name, homepage="https://a.example/", discovery=())
    assert f"'{name}" in "".join(as_csv([source]))


def test_the_feeds_of_an_opml_are_taken_from_all_its_folders() -> None:
    body = b"""<?xml version="1.0"?><opml version="2.0"><body>
      <outline text="Folder"><outline type="rss" text="A &amp; B" xmlUrl="https://a.example/f"
        htmlUrl="https://www.a.example/news"/></outline>
      <outline text="No feed" url="https://b.example/"/>
      <outline title=" C  D " xmlUrl="https://c.example/f"/></body></opml>"""
    rows = from_opml(body, "r.opml", make_id)
    assert [(r.source.id, r.source.name, r.source.homepage, r.line) for r in rows] == [
        ("a-b", "A & B", "https://www.a.example/news", 3),
        ("c-d", "C D", "https://c.example/", 5),
    ]
    assert {place.kind for row in rows for place in row.source.discovery} == {LinkKind.FEED}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<opml><outline xmlUrl='ftp://a/'/></opml>", "r.opml:1: xmlUrl 'ftp://a/' is not a web"),
        (b"<opml><outline", "r.opml: not valid XML"),
        (b"<rss version='2.0'/>", "r.opml: no OPML: its first element is rss"),
    ],
)
def test_what_is_no_opml_is_named(body: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        from_opml(body, "r.opml", make_id)
    assert str(raised.value).startswith(said)


def test_an_opml_cannot_read_our_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://secret.example/")
    body = (
        f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{secret.as_uri()}">]><opml><body>'
        '<outline text="&x;" xmlUrl="https://a.example/f">&x;</outline></body></opml>'
    ).encode()
    try:
        names = [row.source.name for row in from_opml(body, "r.opml", make_id)]
    except ConfigurationError as refusal:
        names = [str(refusal)]
    assert "secret.example" not in " ".join(names)


LISTED = Source(
    id="a",
    name="A",
    homepage="https://a.example/",
    discovery=(Discovery(kind=LinkKind.FEED, url="https://a.example/f"),),
)


@pytest.mark.parametrize(
    ("evidence", "enable", "enabled", "link_only"),
    [
        ("address seen in public material", True, True, False),
        ("address seen in public material", False, False, False),
        ("unverified; same pattern", True, False, False),
        ("seen; paywall: link-only", True, True, True),
        ("seen; metered", True, True, True),
        ("seen; an honest bot may be refused; leave off by default", True, False, False),
        ("seen; WAF answers 403 to an honest bot agent", True, False, False),
        ("seen; press-releases/rss.xml 403 noted there", True, True, False),
        (None, True, True, False),
    ],
)
def test_what_is_imported_is_off_unless_it_may_be_on_and_says_why(
    evidence: str | None, enable: bool, enabled: bool, link_only: bool
) -> None:
    source = switched(replace(LISTED, evidence=evidence), enable=enable)
    assert (source.enabled, source.link_only) == (enabled, link_only)
    assert bool(source.reason) == (not enabled or link_only)


def test_what_its_list_had_switched_off_stays_off() -> None:
    assert not switched(replace(LISTED, enabled=False), enable=True).enabled
