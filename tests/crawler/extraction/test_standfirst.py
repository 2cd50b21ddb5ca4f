"""The lines between headline and story belong to it, also where a class calls them a teaser."""

import pytest

from archive.records import Article, Page
from crawler.extraction import extract

LEAD = "Ein erfundener Rat hat am Dienstag eine erfundene Beratungsstelle für Eltern eröffnet."
STORY = "".join(
    f"<p>Der erfundene Absatz Nummer {i} erzählt von der Beratungsstelle und davon, was Eltern dort"
    " über Spiele und Telefone fragen können.</p>"
    for i in range(8)
)


def text_of(box: str, language: str = "de", head: str = "") -> str:
    body = (
        f'<html lang="{language}"><head><title>Erfundene Beratung für Eltern</title>{head}</head>'
        f"<body><header><h1>Erfundene Beratung für Eltern</h1>{box}</header>"
        f'<div class="article-body">{STORY}</div></body></html>'
    )
    page = Page(url="https://news.example/rat", body=body.encode())
    article = extract(page)
    assert isinstance(article, Article)
    return article.text


@pytest.mark.parametrize(
    "box",
    [
        f'<p class="teaser-text">{LEAD}</p>',
        f'<div class="teaser"><p>{LEAD}</p></div>',
        f'<div class="article-intro">{LEAD}</div>',
        f'<div class="story-lead"><p>{LEAD}</p></div>',
        f'<p class="chapo">{LEAD}</p>',
    ],
)
def test_a_standfirst_begins_the_text(box: str) -> None:
    assert text_of(box).startswith(LEAD)


def test_what_the_page_gives_as_its_description_is_a_standfirst_whatever_its_class() -> None:
    head = f'<meta name="description" content="{LEAD}">'
    assert text_of(f'<div class="x7"><p>{LEAD}</p></div>', head=head).startswith(LEAD)


@pytest.mark.parametrize(
    "box",
    [
        f'<div class="teaser"><a href="/andere">{LEAD}</a></div>',
        f'<aside class="intro"><p>{LEAD}</p></aside>',
        '<div class="teaser"><p>Mehr zum Thema</p></div>',
        f'<div class="lead-caption">{LEAD}</div>',
    ],
)
def test_links_asides_and_labels_between_headline_and_story_stay_out(box: str) -> None:
    assert text_of(box).startswith("Der erfundene Absatz Nummer 0")


def test_an_english_standfirst_is_the_description_and_not_the_text() -> None:
    box = f'<div class="teaser"><p>{LEAD}</p></div>'
    assert text_of(box, language="en").startswith("Der erfundene Absatz Nummer 0")
