from collections.abc import Callable
from functools import partial

import pytest

from archive.records import FoundAs, LinkKind, Links

Read = Callable[..., Links]
URL = "https://news.example/section/"


@pytest.fixture
def auto(read: Read) -> Read:
    # Behind the first page a rule may fit no link: here only what comes next counts.
    return partial(read, LinkKind.LISTING, pattern="^$", next_page="auto", depth=1)


def next_page(links: Links) -> str | None:
    found = [link.url for link in links.links if link.found_as is FoundAs.LISTING_NEXT_PAGE]
    return found[0].removeprefix("https://news.example") if found else None


@pytest.mark.parametrize(
    ("html", "leads_to"),
    [
        ('<link rel="next" href="/section/page/2">', "/section/page/2"),
        ('<a rel="nofollow next" href="?page=2">2</a>', "/section/?page=2"),
        ('<a href="?page=2">Load more</a>', "/section/?page=2"),
        ('<a href="?page=2">Next page »</a>', "/section/?page=2"),
        ('<a href="/section/page/2/">Older posts</a>', "/section/page/2/"),
        ('<a href="/section/2" aria-label="Next"><svg></svg></a>', "/section/2"),
        ('<a href="?seite=2">Weitere Meldungen</a>', "/section/?seite=2"),
        ('<a href="?p=1">Suivant</a>', "/section/?p=1"),
        ('<button data-url="/section/?page=2">Show more articles</button>', "/section/?page=2"),
        ('<a href="#" data-href="/section/more">Load more</a>', "/section/more"),
        ('<div hx-get="/section/fragment/2">Load more</div>', "/section/fragment/2"),
        ('<a href="?page=3">3</a><a href="?page=2">2</a>', "/section/?page=2"),
        ('<a href="/section/page/2/">2</a>', "/section/page/2/"),
        ("<button>Load more</button>", None),
        ('<a href="#">Load more</a>', None),
        ('<a href="/other/?page=2">2</a>', None),
        ('<a href="/section/next-steps-for-schools">Next steps for schools</a>', None),
        ('<a href="https://elsewhere.example/2">Next</a>', None),
        ("<p>The end</p>", None),
    ],
)
def test_what_looks_like_the_next_page_is_found_without_a_rule(
    auto: Read, html: str, leads_to: str | None
) -> None:
    body = f"<html><body><a href='/'>Home</a>{html}</body></html>".encode()
    assert next_page(auto(body, url=URL)) == leads_to


def test_from_page_two_it_leads_to_page_three_and_not_back(auto: Read) -> None:
    body = b'<a href="?page=1">1</a><a href="?page=3">3</a><a href="?page=4">4</a>'
    assert next_page(auto(body, url=f"{URL}?page=2")) == "/section/?page=3"
    body = b'<a href="/section/page/1/">1</a><a href="/section/page/3/">3</a>'
    assert next_page(auto(body, url=f"{URL}page/2/")) == "/section/page/3/"
    assert next_page(auto(b'<a href="?page=1">1</a>', url=f"{URL}?page=2")) is None


def test_a_button_that_a_selector_names_may_keep_its_address_for_a_script(read: Read) -> None:
    body = b'<html><button class="more" data-next-url="/section/?page=2">More</button>'
    links = read(LinkKind.LISTING, body, url=URL, pattern="^$", next_page="button.more", depth=1)
    assert next_page(links) == "/section/?page=2"
