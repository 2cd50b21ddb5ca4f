"""Which of a page's titles is its headline: pages whose loudest title is not."""

import json
from collections.abc import Callable

import pytest

from crawler.extraction.metadata import Metadata
from crawler.extraction.titles import is_site, without_site

Read = Callable[..., Metadata]

STORY = "An invented council buys phones for its schools"
SEARCH = "Phones for schools: what an invented council did"


def declared(headline: str = "", social: str = "", tag: str = "", site: str = "") -> str:
    parts = []
    if headline:
        claim = {"@type": "NewsArticle", "headline": headline}
        parts.append(f'<script type="application/ld+json">{json.dumps(claim)}</script>')
    if social:
        parts.append(f'<meta property="og:title" content="{social}">')
    if tag:
        parts.append(f"<title>{tag}</title>")
    if site:
        parts.append(f'<meta property="og:site_name" content="{site}">')
    return "".join(parts)


@pytest.mark.parametrize(
    "crumbs",
    [
        f"<nav><a href='/'>Home</a><h1>{SEARCH}</h1></nav>",
        f"<ul><li><a href='/'>Home</a></li><li><a href='/n'>News</a></li><li><h1>{SEARCH}</h1>",
        f"<div><a href='/'>Home</a> | <a href='/n'>News</a> | <h1>{SEARCH}</h1></div>",
    ],
)
def test_an_h1_at_the_end_of_breadcrumbs_is_no_headline(read: Read, crumbs: str) -> None:
    for head in (declared(STORY, SEARCH, SEARCH), declared(SEARCH, STORY, SEARCH)):
        assert read(head, f"{crumbs}<h2>{STORY}</h2>").title == STORY


def test_an_h1_under_the_link_of_its_section_is_the_headline(read: Read) -> None:
    body = f"<header><a href='/tech'>Technology</a><h1>{STORY}</h1></header>"
    assert read(declared(tag=f"{STORY} | News"), body).title == STORY


@pytest.mark.parametrize(
    "teaser",
    [
        "<h3><a href='/another'>{}</a></h3>",
        "<a href='https://news.example/another'><h3>{}</h3></a>",
        "<aside><h2>{}</h2></aside>",
        "<footer><h2>{}</h2></footer>",
    ],
)
def test_what_stands_in_a_teaser_is_no_headline_of_the_page(read: Read, teaser: str) -> None:
    # The social title of this page is that under which it is teased beside itself.
    social = "You will not believe what this council bought"
    body = f"<h1>{STORY}</h1>{teaser.format(social)}"
    assert read(declared(STORY, social, STORY), body).title == STORY


@pytest.mark.parametrize("address", ["/story", "https://news.example/story", "story#top"])
def test_a_heading_that_links_to_its_own_page_is_the_headline(read: Read, address: str) -> None:
    body = f"<h1><a href='/'>Invented Notes</a></h1><h2><a href='{address}'>{STORY}</a></h2>"
    assert read(declared(tag=f"Invented Notes \u00bb {STORY}"), body).title == STORY


@pytest.mark.parametrize("tag", [f"{STORY} | Invented Notes", f"Invented Notes \u00ab {STORY}"])
def test_of_a_title_tag_that_is_all_there_is_the_part_that_a_heading_shows(
    read: Read, tag: str
) -> None:
    body = f"<h1>Invented Notes</h1><h2>{STORY}</h2>"
    assert read(declared(tag=tag), body).title == STORY


def test_a_label_that_jsonld_and_social_tags_agree_on_stays(read: Read) -> None:
    labelled = f"Invented town: {STORY}"
    body = f"<h1>{STORY}</h1>"
    assert read(declared(labelled, labelled), body).title == labelled
    assert read(declared(social=labelled), body).title == STORY


def test_of_two_labels_before_one_story_neither_is_part_of_it(read: Read) -> None:
    body = f"<h1>Phones in class - {STORY}</h1>"
    assert read(declared(social=f"Invented town: {STORY}"), body).title == STORY


@pytest.mark.parametrize("end", ["...", "\u2026", " \u2026"])
def test_a_headline_that_was_cut_off_is_made_whole(read: Read, end: str) -> None:
    head = declared(headline=STORY[:30] + end, social="Phones in an invented town")
    assert read(head, f"<h1>{STORY}</h1>").title == STORY


@pytest.mark.parametrize(
    "heading",
    [
        "<h1><style>.a{color:red}</style>An invented council buys phones for its schools</h1>",
        "<h1>An invented council<br>buys phones for its schools</h1>",
        "<h1><div>An invented council</div><div>buys phones for its schools</div></h1>",
        "<h1>An invented coun\u00adcil buys phones <!-- x -->for its schools</h1>",
    ],
)
def test_a_heading_is_what_readers_see_of_it(read: Read, heading: str) -> None:
    assert read(declared(tag="News"), heading).title == STORY


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        (f"{STORY} - news.example", STORY),
        (f"{STORY} | News Example", STORY),
        (f"{STORY} | The Invented Sun", STORY),
        (f"{STORY} | Invented Sun Online", STORY),
        ("Minister goes - Invented Sunak resigns", "Minister goes - Invented Sunak resigns"),
        (f"{STORY} - Invented Sun inquiry told", f"{STORY} - Invented Sun inquiry told"),
    ],
)
def test_a_site_is_known_by_its_names_and_its_domain(title: str, bare: str) -> None:
    assert without_site(title, ["The Invented Sun", "news.example", "news"]) == bare


def test_nothing_is_the_name_of_a_site_without_one() -> None:
    assert not is_site("News", "")
    assert not is_site("", "The Example")
    assert without_site(STORY, ["", ""]) == STORY


def test_a_heading_that_was_never_closed_is_no_headline(read: Read) -> None:
    body = f"<h2>{STORY}</h2><h1>{'<div>An invented menu. </div>' * 2000}"
    assert read(declared(tag=f"{STORY} | News"), body).title == STORY
