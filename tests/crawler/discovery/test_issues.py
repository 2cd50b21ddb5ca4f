"""A digest without a rule: the issues of a newsletter are found among the other links."""

from collections.abc import Callable

import pytest

from archive.records import LinkKind, Links

Read = Callable[..., Links]
URL = "https://council.example/e-safety/updates"
MENU = '<nav><a href="/bulletin/may-2024">Bulletin May 2024</a></nav>'


def issues(read: Read, html: str) -> list[str]:
    links = read(LinkKind.DIGEST, f"<html>{MENU}<main>{html}</main></html>".encode(), url=URL)
    assert {link.kind for link in links.links} <= {LinkKind.DIGEST}
    return [link.url.removeprefix("https://council.example/") for link in links.links]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/u/1">E safety Update, April 2019</a><a href="/u/2">E safety Update May 2019</a>',
        '<a href="/u/1">Newsletter No. 12</a><a href="/u/2">Newsletter No. 13</a>',
        '<a href="/u/1">Issue 4</a> <a href="/u/2">Issue 5</a>',
        '<h2>Our newsletters</h2><a href="/u/1">April 2019</a> <a href="/u/2">May 2019</a>',
        '<a href="/u/1">DSL bulletin, Spring 2024</a><a href="/u/2">DSL bulletin, Week 9 2024</a>',
        '<a href="/u/1">Infobrief Nr. 12</a><a href="/u/2">Infobrief Nr. 13</a>',
    ],
)
def test_links_that_say_of_when_they_are_are_the_issues(read: Read, html: str) -> None:
    others = (
        '<a href="/contact-the-team">Contact the whole team</a>'
        '<a href="/news/phones-in-schools">Phones in schools: what changes now</a>'
        '<a href="https://elsewhere.example/update-may-2019">Update May 2019</a>'
    )
    assert issues(read, html + others) == ["u/1", "u/2"]


def test_addresses_may_say_it_where_titles_do_not(read: Read) -> None:
    html = (
        '<a href="/e-safety/newsletter-2024-05">Read it</a>'
        '<a href="/e-safety/newsletter-2024-04.pdf">Read it (PDF)</a>'
        '<a href="/e-safety/policy">Our policy</a>'
    )
    assert issues(read, html) == ["e-safety/newsletter-2024-05", "e-safety/newsletter-2024-04.pdf"]


def test_a_page_without_issues_says_what_to_do(read: Read) -> None:
    links = read(LinkKind.DIGEST, b"<main><a href='/a'>About our team here</a></main>", url=URL)
    assert links.links == ()
    assert links.warnings == (
        (
            "no link on this page looks like an issue of a newsletter; "
            "a `links` or `pattern` rule can say which"
        ),
    )
