"""What a page asks of those who keep it, and which agency it credits."""

import pytest

from archive.records import Article, Page
from crawler.extraction import extract
from crawler.extraction.wires import credited, of_credit, wire_credit

STORY = "<p>An invented council opened an invented helpline for parents in the town.</p>" * 9

PAID = '{"@type": "NewsArticle", "isAccessibleForFree": false}'


def article(head: str = "", first: str = "", last: str = "") -> Article:
    body = (
        f"<html><head><title>An invented helpline opens</title>{head}</head><body><article>"
        f"<p>{first}The invented mayor said so on Tuesday.</p>{STORY}{last}</article></body></html>"
    )
    read = extract(Page(url="https://news.example/story", body=body.encode()))
    assert isinstance(read, Article)
    return read


@pytest.mark.parametrize(
    ("head", "signals"),
    [
        ('<meta name="robots" content="index, follow">', ()),
        ('<meta name="ROBOTS" content="NOARCHIVE,max-snippet:-1">', ("noarchive",)),
        ('<meta name="robots" content="Max-Snippet: 160, index">', ("max-snippet:160",)),
        (
            '<meta name="robots" content="max-snippet:50, all, max-snippet:0">',
            ("max-snippet:0",),
        ),
        ('<meta name="robots" content="noai, noimageai">', ("noai", "noimageai")),
        ('<meta name="othersbot" content="noarchive">', ()),
        ('<meta name="tdm-reservation" content="1">', ("tdm-reservation",)),
        ('<meta name="tdm-reservation" content="0">', ()),
        (
            '<meta name="tdm-policy" content="/tdm.json">',
            ("tdm-policy https://news.example/tdm.json",),
        ),
        (
            '<link rel="license" href="https://licences.example/by/4.0/">',
            ("license https://licences.example/by/4.0/",),
        ),
        ('<link rel="license" href="http://[::1">', ()),
        (
            f'<script type="application/ld+json">{PAID}</script>',
            ("isAccessibleForFree: false",),
        ),
    ],
)
def test_reservations_and_licences_are_read(head: str, signals: tuple[str, ...]) -> None:
    long = STORY * 3  # Enough text not to be a paywall's first lines.
    assert article(head, last=long).signals == signals


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("Reuters", "Reuters"),
        ("Invented One, PA", "PA"),
        ("Associated Press in Invented Town", "AP"),
        ("Agence France-Presse", "AFP"),
        ("dpa/lni", "dpa"),
        ("Pa Invented", None),
        ("Apa Invented", None),
        ("Invented One", None),
    ],
)
def test_agencies_are_known_by_their_names(name: str, agency: str | None) -> None:
    assert credited(name) == agency


def test_a_dateline_names_the_agency() -> None:
    assert article(first="LONDON, March 3 (Reuters) - ").wire_credit == "Reuters"
    assert article(first="Berlin (dpa/lni) - ").wire_credit == "dpa"
    assert article(first="The invented group (PA) said no. ").wire_credit is None


def test_a_credit_line_names_the_agency_also_when_it_is_taken_out() -> None:
    last = "<p>The Associated Press contributed to this report.</p>"
    read = article(last=last)
    assert "Associated Press" not in read.text
    assert read.wire_credit == "AP"
    assert of_credit("Reporting by Invented One; Editing by Invented Two") is None
    assert wire_credit((), "", ["With files from Reuters"]) == "Reuters"
