"""Pages that ask whether we are a person are told from pages that merely brought no article."""

import pytest

from archive.endings import Ending
from archive.records import Article, LinkKind, Page, Rejected
from crawler.discovery import DiscoveryDocument
from crawler.extraction import extract
from crawler.reading import read_links
from crawler.sources import Discovery

# Invented, in the forms that walls before many sites send.
CHALLENGES = {
    "cloudflare": "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
    "older cloudflare": "<title>Attention Required! | Cloudflare</title><h1>One more step</h1>",
    "datadome": "<title>news.example</title><script src='https://ct.captcha-delivery.com/c.js'>"
    "</script><p>Please enable JS and disable any ad blocker</p>",
    "imperva": "<title></title><iframe>Request unsuccessful. Incapsula incident ID: 1-2</iframe>",
    "perimeterx": "<title>Access to this page has been denied</title><div id='px-captcha'></div>",
    "akamai": "<title>Access Denied</title><p>Reference #18.1 https://errors.edgesuite.net/1</p>",
    "distil": "<title>Pardon Our Interruption</title><p>Something about your browser.</p>",
    "plain": "<title>Are you a robot?</title><p>Type the words that you see.</p>",
}
each = pytest.mark.parametrize("markup", CHALLENGES.values(), ids=CHALLENGES)


@each
def test_in_the_place_of_an_article_it_is_named(markup: str) -> None:
    result = extract(Page(url="https://news.example/1", body=markup.encode()))
    assert isinstance(result, Rejected)
    assert result.ending is Ending.CAPTCHA


@each
def test_in_the_place_of_a_feed_it_is_named(markup: str) -> None:
    document = DiscoveryDocument(
        kind=LinkKind.FEED,
        url="https://news.example/feed",
        body=markup.encode(),
        content_type=None,
        rules=Discovery(kind=LinkKind.FEED, url="https://news.example/feed"),
    )
    result = read_links(document)
    assert isinstance(result, Rejected)
    assert result.ending is Ending.CAPTCHA


@pytest.mark.parametrize(
    "markup",
    [
        "<title>News</title>Short.<script src='/cdn-cgi/challenge-platform/scripts/jsd/m.js'>",
        "<title>News</title><script src='/_Incapsula_Resource?SWJIYLWA=1'></script><p>Short.</p>",
        "<title>Puzzles are hard for children</title><p>Short.</p>",
    ],
)
def test_what_good_pages_carry_too_is_no_sign(markup: str) -> None:
    result = extract(Page(url="https://news.example/1", body=markup.encode()))
    assert isinstance(result, Rejected)
    assert result.ending is not Ending.CAPTCHA


def test_an_article_about_captchas_is_an_article() -> None:
    texts = [
        f"In invented study {n}, pupils took {n + 20} seconds to prove that they were no robots,"
        " and half of them asked a parent for help with the pictures of traffic lights."
        for n in range(12)
    ]
    markup = (
        "<html lang=en><title>Are you a robot? What a captcha asks of children</title><article>"
        "<h1>Are you a robot? What a captcha asks of children</h1>"
        f"{''.join(f'<p>{text}</p>' for text in texts)}</article></html>"
    )
    assert isinstance(extract(Page(url="https://news.example/1", body=markup.encode())), Article)
