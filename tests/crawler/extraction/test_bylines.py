"""Who wrote it: bylines in JSON-LD, meta tags and boxes, and names that are somebody else's."""

import json
from collections.abc import Callable

import pytest

from crawler.extraction import authors
from crawler.extraction.metadata import Metadata
from crawler.extraction.wires import agency

Read = Callable[..., Metadata]


def graph(*objects: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": objects})}</script>'


def test_an_author_may_be_named_elsewhere_in_the_graph(read: Read) -> None:
    story = {"@type": "Article", "headline": "An invented story", "author": {"@id": "#one"}}
    person = {"@type": "Person", "@id": "#one", "name": "Invented One"}
    other = {"@type": "Person", "@id": "#two", "name": "Invented Two"}
    assert read(graph(other, story, person)).authors == ("Invented One",)
    assert read(graph(story | {"author": [{"@id": "#two"}, {"@id": "#one"}]}, person, other)
                ).authors == ("Invented Two", "Invented One")  # fmt: skip
    assert read(graph(story)).authors == ()


def test_a_graph_that_names_itself_ends(read: Read) -> None:
    story = {"@type": "Article", "@id": "#a", "author": {"@id": "#b"}}
    assert read(graph(story, {"@id": "#b", "name": {"@id": "#b"}})).authors == ()


def test_the_meta_tag_may_have_more_authors_than_jsonld(read: Read) -> None:
    story = graph({"@type": "NewsArticle", "author": {"name": "Invented One"}})
    more = '<meta name="author" content="Invented One, Invented Two">'
    assert read(story + more).authors == ("Invented One", "Invented Two")
    desk = '<meta name="author" content="The news desk">'
    assert read(story + desk).authors == ("Invented One",)


@pytest.mark.parametrize(
    "box",
    [
        '<div id="comments"><span class="author">Invented Reader</span></div>',
        '<li class="comment"><cite class="author"><a rel="author">Invented Reader</a></cite></li>',
        '<div class="teaser"><span class="author">By Another Writer</span></div>',
        '<span class="teaser-footer__author">By Another Writer</span>',
        '<div class="related"><a rel="author">Another Writer</a></div>',
        '<aside><a rel="author">Another Writer</a></aside>',
        '<footer><a rel="author">Maker of Sites</a></footer>',
        '<form><p class="comment-form-author">Your Name</p></form>',
        '<p class="author">Invented One has written on schools and phones since 2010.</p>',
        '<p class="byline">Editor: <a>Invented Editor</a>, on air at 10.45 on Tuesday morning</p>',
    ],
)
def test_names_of_others_are_no_authors(read: Read, box: str) -> None:
    assert read(body=box).authors == ()
    own = '<p class="byline">By Invented One</p>'
    assert read(body=box + own).authors == ("Invented One",)


@pytest.mark.parametrize(
    ("box", "names"),
    [
        ('<article><footer><span class="author vcard">Invented One</span></footer></article>',
         ("Invented One",)),
        ('<p class="byline"><a rel="author">Invented One</a> and <a rel="author">Other Two</a></p>',
         ("Invented One", "Other Two")),
        ('<ul><li class="authors__list-item">von Erfundene Eins</li><li>5. November</li></ul>',
         ("Erfundene Eins",)),
        ('<div class="byline">By <span class="author">Invented One</span> 3 March, 4:45pm</div>',
         ("Invented One",)),
        ('<span class="author vcard">Euronews</span>', ("Euronews",)),
        ('<span itemprop="author"><span itemprop="name">Invented One</span></span>',
         ("Invented One",)),
        ("<ul><li>Von: <a>Erfundene Eins</a>, <a>Erfundene Zwei</a></li></ul>",
         ("Erfundene Eins", "Erfundene Zwei")),
        ("<li><strong>Autorin/Autor</strong> Erfundene Eins</li>", ("Erfundene Eins",)),
        ("<p>By Invented One</p>", ("Invented One",)),
        ("<p>By the numbers: what schools spend</p>", ()),
        ("<p>By Monday</p>", ()),
        ("<p>Von Anfang an war das erfunden.</p>", ()),
    ],
)  # fmt: skip
def test_bylines_that_are_only_shown(read: Read, box: str, names: tuple[str, ...]) -> None:
    assert read(body=box).authors == names


def test_of_two_boxes_far_apart_only_the_first_is_the_byline(read: Read) -> None:
    far = "<p>An invented paragraph that is long enough to be no line of names.</p>" * 5
    body = (
        f'<div><p class="byline">By Invented One</p>{far}<p class="byline">By Other Two</p></div>'
    )
    assert read(body=body).authors == ("Invented One",)


def test_a_person_in_the_text_comes_before_the_site_in_the_tag(read: Read) -> None:
    site = '<meta name="author" content="Invented Waves (www.news.example)">'
    assert read(site, "<p>By Invented One</p>").authors == ("Invented One",)
    assert read(site).authors == ("Invented Waves",)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("View all posts by Invented One", ["Invented One"]),
        ("Alle Beitr\u00e4ge von Erfundene Eins \u2192", ["Erfundene Eins"]),
        ("Published by Invented One", ["Invented One"]),
        ("Author: Invented One", ["Invented One"]),
        ("Ver\u00f6ffentlicht von Erfundene Eins", ["Erfundene Eins"]),
        ("No Author", []),
        ("PA, PA Media", ["PA"]),
        ("Associated Press; AP", ["Associated Press"]),
        ("Reuters and reuters", ["Reuters"]),
        ("Invented One, PA", ["Invented One", "PA"]),
        ("Redaktion", ["Redaktion"]),
        ("Invented One in Invented Town", ["Invented One"]),
        ("Invented One For Newsonline", ["Invented One"]),
        ("National Society for the Prevention of Cruelty to Children",
         ["National Society for the Prevention of Cruelty to Children"]),
        ("Invented One with AFP", ["Invented One", "AFP"]),
        ("Invented One/Reuters", ["Invented One", "Reuters"]),
        ("dpa/lni", ["dpa/lni"]),
        ("By Invented One Technology reporter", ["Invented One"]),
        ("PA Political Editor", ["PA Political Editor"]),
        ("Invented One, Chief Executive", ["Invented One"]),
        ("Invented One and agencies", ["Invented One"]),
        ("Posted by Invented One on 3 May 2021", ["Invented One"]),
        ("Invented One (@invented)", ["Invented One"]),
        ("Invented One AND Invented Two", ["Invented One", "Invented Two"]),
        ("Invented One &amp; Invented Two", ["Invented One", "Invented Two"]),
    ],
)  # fmt: skip
def test_words_around_names_go_and_agencies_come_once(byline: str, names: list[str]) -> None:
    assert list(authors.names([byline])) == names


def test_an_agency_is_known_by_its_whole_name() -> None:
    assert agency("PA Media") == agency("Press Association") == "PA"
    assert agency("Invented One, PA") is None
