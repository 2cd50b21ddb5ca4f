import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Article, OutLink, Page
from crawler.extraction import extract
from crawler.extraction.outlinks import MOST

URL = "https://gazette.test/news/one"
# Invented, as the page says.
PROSE = "This page is invented for a test, and its prose is long enough to be taken for an article."


def page(*paragraphs: str) -> Article:
    body = "".join(f"<p>{PROSE} Part {number}.</p>" for number in range(6))
    body += "".join(f"<p>{PROSE} {paragraph}</p>" for paragraph in paragraphs)
    html = (
        "<html><head><title>Invented schools try a button</title></head><body>"
        '<nav><ul><li><a href="/home">Home page</a></li><li><a href="/a">About us</a></li></ul>'
        f"</nav><article><h1>Invented schools try a button</h1>{body}</article>"
        '<footer><a href="https://other.test/terms">Terms of use</a></footer></body></html>'
    )
    article = extract(Page(url=URL, body=html.encode()))
    assert isinstance(article, Article), article
    return article


def links(*paragraphs: str) -> list[tuple[str, str]]:
    return [(link.url, link.anchor) for link in page(*paragraphs).links]


def test_links_of_the_text_are_kept_absolute_with_their_words_in_order() -> None:
    assert links(
        'It follows <a href="../reports/2026?utm_source=x#top">an <b>earlier</b> report</a>.',
        'The <a href="https://law.test/act">act</a> and <a href="//study.test/">a study</a> agree.',
    ) == [
        ("https://gazette.test/reports/2026", "an earlier report"),
        ("https://law.test/act", "act"),
        ("https://study.test/", "a study"),
    ]


@pytest.mark.parametrize(
    "href",
    [
        *("", "#part", URL, "javascript:alert(1)", "mailto:desk@gazette.test", "tel:+44"),
        *("data:text/html,x", "ftp://gazette.test/x", "file:///etc/passwd", "http://[::bad"),
        *("/pictures/one.JPG", "https://film.test/a.mp4?x=1", "http://hidden.onion/page"),
    ],
)
def test_what_is_no_link_to_a_text_on_the_open_web_is_left_out(href: str) -> None:
    assert links(f'See <a href="{href}">these words</a> of it.') == []


def test_links_outside_the_article_are_none_of_its_links() -> None:
    assert links() == []


def test_a_base_that_the_page_declares_moves_no_link() -> None:
    html = (
        '<html><head><base href="https://evil.test/"><title>Invented schools try it</title></head>'
        "<body><article><h1>Invented schools try it</h1>"
        + "".join(f"<p>{PROSE} Part {number}.</p>" for number in range(6))
        + f'<p>{PROSE} It <a href="/two">goes on</a>.</p></article></body></html>'
    )
    article = extract(Page(url=URL, body=html.encode()))
    assert isinstance(article, Article)
    assert article.links == (OutLink(url="https://gazette.test/two", anchor="goes on"),)


def test_one_address_under_the_same_words_is_one_link() -> None:
    again = 'See <a href="/two">part two</a>.'
    assert links(again, again) == [("https://gazette.test/two", "part two")]


def test_a_page_of_links_without_end_keeps_some() -> None:
    many = " ".join(f'{PROSE} <a href="/{n}">word {n}</a>' for n in range(2 * MOST))
    assert len(page(many).links) == MOST


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=20)), max_size=5))
def test_whatever_is_linked_each_link_is_a_web_address_and_its_words_stand_in_the_text(
    made: list[tuple[str, str]],
) -> None:
    quoted = [
        f'<a href="{href.replace(chr(34), "")}">{words.replace("<", "")}</a>'
        for href, words in made
    ]
    article = page(" and ".join(quoted))
    text = " ".join(article.text.split())
    for link in article.links:
        assert link.url.startswith(("http://", "https://"))
        assert link.anchor in text
