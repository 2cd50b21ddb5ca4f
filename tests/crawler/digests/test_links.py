"""The address behind what mailing services and mail filters make of a link."""

from urllib.parse import quote

import pytest

from archive.records import OutLink
from crawler.digests.links import distinct, links_in_text, unwrapped

TRUE = "https://gazette.example/news/one?id=7"


@pytest.mark.parametrize(
    "wrapped",
    [
        TRUE,
        f"{TRUE}&utm_source=mail&utm_medium=email",
        f"https://clicks.example/track?u={quote(TRUE, safe='')}&id=99",
        f"https://eur03.safelinks.protection.outlook.com/?url={quote(TRUE, safe='')}&data=05%7C02",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__gazette.example_news_one-3Fid-3D7&d=x",
        f"https://urldefense.com/v3/__{TRUE}__;!!x!y$",
        f"https://urldefense.com/v3/__{TRUE.replace('//', '/')}__;!!x!y$",
        "https://clicks.example/a?url="
        + quote(f"https://safe.example/b?target={quote(TRUE, safe='')}", safe=""),
    ],
    ids=["plain", "marked", "tracker", "outlook", "proofpoint", "defense", "one slash", "twice"],
)
def test_the_address_that_was_meant_comes_out(wrapped: str) -> None:
    assert unwrapped(wrapped) == TRUE


@pytest.mark.parametrize(
    "own",
    [
        "https://gazette.example/login?redirect=https://gazette.example/news/2",
        f"https://gazette.example/{'a-long-headline-' * 15}?u=https://other.example/1",
        "https://gazette.example/search?q=children",
    ],
)
def test_a_page_that_carries_an_address_for_another_end_stays_itself(own: str) -> None:
    assert unwrapped(own) == own


def test_what_is_no_address_of_the_web_is_no_link() -> None:
    assert [unwrapped(url) for url in ("mailto:a@b.example", "#top", "javascript:x()")] == [
        None
    ] * 3


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("See https://gazette.example/a.", "https://gazette.example/a"),
        ("(https://gazette.example/a)", "https://gazette.example/a"),
        ("https://gazette.example/a_(b)", "https://gazette.example/a_(b)"),
        ("<https://gazette.example/a.>", "https://gazette.example/a."),
        ("at www.gazette.example/a, they say", "http://www.gazette.example/a"),
    ],
)
def test_signs_behind_an_address_in_a_text_do_not_belong_to_it(text: str, url: str) -> None:
    assert [link.url for link in links_in_text(text)] == [url]


def test_of_one_address_the_words_are_kept_and_not_the_address() -> None:
    told = [OutLink(url=TRUE, anchor=anchor) for anchor in (TRUE, "the article", "the rest")]
    assert distinct(told) == (told[1],)
