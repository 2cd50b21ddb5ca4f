"""What a page says of its article: the most specific claim wins, none is believed blindly."""

import json
from datetime import UTC, datetime

import pytest

from archive.records import Page
from crawler.extraction import authors
from crawler.extraction.metadata import Metadata, read_metadata
from crawler.extraction.titles import without_site
from crawler.extraction.tree import parse

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://news.example/story"
MONTHLY = "https://news.example/2024/03/story"


def read(head: str = "", body: str = "", url: str = URL, **hints: str) -> Metadata:
    tree = parse(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>")
    assert tree is not None
    return read_metadata(tree, Page(url=url, body=b"", **hints), NOW)  # type: ignore[arg-type] # hints are text


def jsonld(*objects: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(list(objects))}</script>'


SITE = {"@type": "WebPage", "headline": "All of the site", "datePublished": "2001-01-01"}
STORY = {
    "@type": "NewsArticle",
    "headline": "An invented headline",
    "datePublished": "2024-03-01T09:30:00+01:00",
    "dateModified": "2024-03-02",
    "author": [{"@type": "Person", "name": "Invented One"}, "Invented Two"],
    "description": "An invented dek",
    "publisher": {"name": "The Example"},
    "isAccessibleForFree": "False",
}


def test_the_most_specific_object_speaks_for_the_article_wherever_it_stands() -> None:
    for objects in ((SITE, STORY), (STORY, SITE), ({"@graph": [SITE, {"@graph": [STORY]}]},)):
        found = read(jsonld(*objects))
        assert found.title == "An invented headline"
        assert found.published == "2024-03-01T09:30:00+01:00"
        assert found.modified == "2024-03-02"
        assert found.authors == ("Invented One", "Invented Two")
        assert found.description == "An invented dek"
        assert found.site_name == "The Example"
        assert found.claims.free is False


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "null",
        "[[[[]]]]",
        '"text"',
        "[" * 5000,
        '{"@type": "NewsArticle", "headline": {}}',
        "1e999",
    ],
)
def test_broken_jsonld_is_passed_over(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script><title>Invented title</title>'
    assert read(head).title == "Invented title"


def test_jsonld_in_a_comment_or_with_line_breaks_in_its_text_is_read() -> None:
    text = '<!-- {"@type": "Article", "headline": "An invented\nheadline"} -->'
    found = read(f'<script type="application/ld+json">{text}</script>')
    assert found.title == "An invented headline"


@pytest.mark.parametrize(
    ("title", "site", "bare"),
    [
        ("An invented title | The Example", "The Example", "An invented title"),
        ("An invented title - Example", "The Example", "An invented title"),
        ("The Example: An invented title", "The Example", "The Example: An invented title"),
        ("Example \u2013 An invented title", "Example", "An invented title"),
        ("Phones - and what they do | The Example", "The Example", "Phones - and what they do"),
        ("Phones - and what they do", "The Example", "Phones - and what they do"),
        ("An invented title", "", "An invented title"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(title: str, site: str, bare: str) -> None:
    assert without_site(title, [site]) == bare


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>From the tag</title>", "", "From the tag"),
        ("<title>From the tag</title>", "<h1>From the headline</h1>", "From the headline"),
        ('<meta property="og:title" content="From a tag">', "<h1>Short</h1>", "From a tag"),
        ('<meta property="og:title" content="Caf&amp;eacute; life">', "", "Caf\u00e9 life"),
        ("", "", ""),
    ],
)
def test_the_title_is_taken_from_where_it_is_best(head: str, body: str, title: str) -> None:
    assert read(head, body).title == title


TALE = "\u8a71" * 9
SEO = jsonld({"@type": "NewsArticle", "headline": "Phones: what an invented council did"})


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        # Two against one: the h1 that the social tag repeats.
        (SEO + '<meta property="og:title" content="An invented council buys phones">',
         "<h1>An invented council buys phones</h1>", "An invented council buys phones"),
        # The title for search engines in the breadcrumbs, the headline in an h2.
        (SEO + '<meta property="og:title" content="The phones of an invented council">',
         "<h1>Phones: what an invented council did</h1><h2>The phones of an invented council</h2>",
         "The phones of an invented council"),
        # One sign alone is not enough.
        (SEO + '<meta property="og:title" content="You will not believe this council">',
         "<h1>Phones: what an invented council did</h1>", "Phones: what an invented council did"),
        # A label before the title that another place gives without it.
        ('<meta property="og:title" content="An invented council buys phones">',
         "<h1>Invented town: An invented council buys phones</h1>",
         "An invented council buys phones"),
        # A name behind it that no tag declares.
        ('<meta property="og:title" content="An invented council buys phones \u2013 IN">',
         "<h1>An invented council buys phones</h1>", "An invented council buys phones"),
        (f'<meta property="og:title" content="{TALE}\uff1a\u67b6">', f"<h1>{TALE}</h1>", TALE),
    ],
)  # fmt: skip
def test_the_headline_is_what_the_page_shows_to_readers(head: str, body: str, title: str) -> None:
    assert read(head, body).title == title


def test_a_title_may_come_from_the_feed_when_the_page_has_none() -> None:
    assert read(title_hint="From the feed").title == "From the feed"


@pytest.mark.parametrize(
    ("head", "body", "url", "date", "precision", "source"),
    [
        (jsonld(STORY), "", URL, "2024-03-01T09:30:00+01:00", "second", "json-ld"),
        ('<meta property="article:published_time" content="2024-03-01T09:30Z">', "", URL,
         "2024-03-01T09:30+00:00", "minute", "meta"),
        ("", '<time datetime="2024-03-01">1 March</time>', URL,
         "2024-03-01", "day", "time element"),
        ("", "", "https://news.example/2024/03/01/story", "2024-03-01", "day", "url"),
        ("", "", "https://news.example/2024/mar/01/story", "2024-03-01", "day", "url"),
        ("", "", "https://news.example/2024/03/story", "2024-03", "month", "url"),
        ('<meta name="date" content="2024-03">', "", URL, "2024-03", "month", "meta"),
        ('<meta name="date" content="2999-01-01">', "", URL, None, None, None),
        ('<meta name="date" content="1970-01-01">', "", URL, None, None, None),
        ('<meta name="date" content="2024-13-45">', "", URL, None, None, None),
        ('<meta name="date" content="2024-03-01T10:00:00 BST">', "", URL,
         "2024-03-01T10:00:00+01:00", "second", "meta"),
    ],
)  # fmt: skip
def test_dates_say_how_precise_they_are_and_where_they_were_read(
    head: str, body: str, url: str, date: str | None, precision: str | None, source: str | None
) -> None:
    found = read(head, body, url)
    assert found.published == date
    assert (found.published_precision, found.published_source) == (precision, source)


def test_the_hint_of_the_feed_is_used_before_guessing() -> None:
    found = read(published_hint="2024-03-01T09:30:00+00:00")
    assert (found.published, found.published_source) == ("2024-03-01T09:30:00+00:00", "link hint")


@pytest.mark.parametrize(
    ("hint", "date", "source"),
    [
        ("2024-03-01T09:30:00+00:00", "2024-03-01T09:30:00+00:00", "link hint"),
        ("2024-04-01", "2024-03", "url"),
        ("", "2024-03", "url"),
    ],
)
def test_a_month_in_the_address_stays_one_unless_the_feed_knows_the_day(
    hint: str, date: str, source: str
) -> None:
    found = read(body="<p>In March 2024.</p>", url=MONTHLY, published_hint=hint)
    assert (found.published, found.published_source) == (date, source)
    assert found.published_precision == ("month" if source == "url" else "second")


@pytest.mark.parametrize(
    ("claim", "url"),
    [
        ("/other", "https://news.example/other"),
        ("https://else.example/a", "https://else.example/a"),
        ("javascript:alert(1)", None),
        ("file:///etc/hostname", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_a_canonical_claim_is_an_address_of_the_web_or_none(claim: str, url: str | None) -> None:
    assert read(f'<link rel="canonical" href="{claim}">').canonical_url == url


def test_the_base_of_the_page_does_not_change_its_claims() -> None:
    head = '<base href="https://victim.example/"><link rel="canonical" href="/a">'
    assert read(head).canonical_url == "https://news.example/a"


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Invented One", ["Invented One"]),
        ("by Invented One and Invented Two", ["Invented One", "Invented Two"]),
        (
            "Invented One, Invented Two & Invented Three",
            ["Invented One", "Invented Two", "Invented Three"],
        ),
        ("Lastname, Firstname", ["Firstname Lastname"]),
        ("Invented One, Technology correspondent", ["Invented One"]),
        ("Invented One, Jr.", ["Invented One, Jr."]),
        ("PA Media", ["PA Media"]),
        ("Reuters, AFP", ["Reuters", "AFP"]),
        ("Euronews", ["Euronews"]),
        ("Von Erfundene Eins und Erfundene Zwei", ["Erfundene Eins", "Erfundene Zwei"]),
        ("Invented One invented@news.example", ["Invented One"]),
        ("https://www.facebook.com/invented", []),
        ("admin", []),
        ("", []),
        ("Invented One; Invented One", ["Invented One"]),
        ("Invented One, news.example", ["Invented One"]),
        ("news.example", ["news.example"]),
    ],
)
def test_bylines_become_names(byline: str, names: list[str]) -> None:
    assert list(authors.names([byline])) == names


def test_a_person_named_elsewhere_is_believed_before_the_site_as_its_own_author() -> None:
    own = {
        "@type": "Article",
        "author": {"name": "The Example"},
        "publisher": {"name": "The Example"},
    }
    person = '<meta name="author" content="Invented Person">'
    assert read(jsonld(own) + person).authors == ("Invented Person",)
    assert read(jsonld(own)).authors == ("The Example",)


def test_an_agency_shown_elsewhere_is_no_person() -> None:
    own = {
        "@type": "Article",
        "author": {"name": "Example staff"},
        "publisher": {"name": "Example"},
    }
    box = '<a rel="author">Associated Press in Invented Town</a>'
    assert read(jsonld(own), box).authors == ("Example staff",)


@pytest.mark.parametrize(
    ("box", "names"),
    [
        ('<p class="article__author">By Invented One</p>', ("Invented One",)),
        ('<div class="byline-2 byline"><span>Invented One</span> <span>Other Two</span></div>',
         ("Invented One", "Other Two")),
        ('<div class="byline"><p>Invented One has written on schools since 2010.</p></div>',
         ()),
        ('<meta name="twitter:misc:Written by" content="Invented One">', ("Invented One",)),
    ],
)  # fmt: skip
def test_a_byline_that_is_only_shown_is_read(box: str, names: tuple[str, ...]) -> None:
    assert read(body=box).authors == names


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("de_DE", "de"), ("EN", "en"), ("", None), ("x", None), ("english", None)],
)
def test_the_language_is_its_primary_tag(tag: str, language: str | None) -> None:
    assert read(f'<meta name="language" content="{tag}">').language == language
