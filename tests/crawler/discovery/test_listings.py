import re
from collections.abc import Callable
from functools import partial

import pytest

from archive.records import FoundAs, LinkKind, Links
from crawler.discovery import Unreadable, listings

Read = Callable[..., Links]


@pytest.fixture
def listing(read: Read) -> Read:
    return partial(read, LinkKind.LISTING)


def shown(links: Links) -> list[tuple[int, str, str | None, str | None]]:
    return [(link.position, link.url, link.title, link.published) for link in links.links]


BLOG = [
    (
        1,
        "https://blog.example/news/game-chat-settings/",
        "Game chat settings every parent can change",
        "2024-06-03T08:30:00+01:00",
    ),
    (
        2,
        "https://blog.example/news/a-term-of-phone-free-lunch/",
        "A term of phone-free lunch: what changed",
        "2024-05-28",
    ),
]
CARDS = [
    (
        1,
        "https://charity.example/about-us/our-news/helpline-hears-more/",
        "Helpline hears more about AI pictures",
        "2024-06-12",
    ),
    (
        2,
        "https://charity.example/about-us/our-news/schools-week/",
        "Schools week returns with invented lessons",
        "2024-05-07",
    ),
    (
        3,
        "https://charity.example/about-us/our-news/wrapped/",
        "A card that is one big link",
        "2024-04-30",
    ),
]


def test_a_selector_names_the_articles_and_the_card_tells_title_and_date(
    listing: Read, page: Callable[[str], bytes]
) -> None:
    links = listing(page("blog.html"), url="https://blog.example/news/", links="h2.entry-title a")
    assert shown(links) == BLOG
    assert links.warnings == ()
    for link in links.links:
        assert (link.kind, link.found_in, link.found_as) == (
            LinkKind.ARTICLE,
            "https://blog.example/news/",
            FoundAs.LISTING_LINK,
        )


def test_a_selector_of_cards_means_the_first_link_in_each(
    listing: Read, page: Callable[[str], bytes]
) -> None:
    links = listing(page("blog.html"), url="https://blog.example/news/", links="article.post")
    assert shown(links) == BLOG


def test_a_pattern_names_the_articles_by_their_absolute_addresses(
    listing: Read, page: Callable[[str], bytes]
) -> None:
    links = listing(
        page("cards.html"),
        url="https://charity.example/about-us/our-news/",
        pattern=r"^https://charity\.example/about-us/our-news/[a-z-]+/$",
    )
    assert shown(links)[:3] == CARDS
    assert [link.title for link in links.links[3:]] == ["Short"]


def test_without_a_rule_furniture_files_and_other_sites_are_not_taken_for_articles(
    listing: Read, page: Callable[[str], bytes]
) -> None:
    blog = listing(page("blog.html"), url="https://blog.example/news/")
    assert shown(blog) == BLOG
    cards = listing(page("cards.html"), url="https://charity.example/about-us/our-news/")
    assert shown(cards) == CARDS


def test_dates_in_rows_lists_and_lines_belong_to_the_link_beside_them(
    listing: Read, page: Callable[[str], bytes]
) -> None:
    links = listing(page("rows.html"), url="https://gov.example/press/index.html")
    assert [(link.url.rpartition("/")[2], link.published) for link in links.links] == [
        ("first.html", "2024-06-03"),
        ("second.html", "2024-05-31"),
        ("third.html", "2024-05-02"),
        ("fourth.html", "2024-05-01"),
        ("fifth.html", "2024-04-30"),
    ]
    assert links.links[0].url == "https://gov.example/press/2024/first.html"


@pytest.mark.parametrize("next_page", ["rel", "a.next", "nav.pagination a"])
def test_the_next_page_comes_last_as_a_listing(
    listing: Read, page: Callable[[str], bytes], next_page: str
) -> None:
    links = listing(page("blog.html"), url="https://blog.example/news/", next_page=next_page)
    assert shown(links)[:2] == BLOG
    last = links.links[-1]
    assert (last.url, last.kind, last.found_as, last.position) == (
        "https://blog.example/news/page/2/",
        LinkKind.LISTING,
        FoundAs.LISTING_NEXT_PAGE,
        3,
    )


def test_load_more_is_a_next_page_too_and_never_an_article(
    listing: Read, page: Callable[[str], bytes]
) -> None:
    links = listing(
        page("cards.html"),
        url="https://charity.example/about-us/our-news/",
        pattern="our-news/",
        next_page="a.load-more",
    )
    by_url = {link.url: link.kind for link in links.links}
    assert by_url["https://charity.example/about-us/our-news/?page=2"] is LinkKind.LISTING
    assert list(by_url.values()).count(LinkKind.LISTING) == 1


def test_the_last_page_and_a_next_page_elsewhere_lead_no_further(listing: Read) -> None:
    body = b'<main><a class="next" href="?">This very page</a></main>'
    assert listing(body, next_page="a.next", pattern="x", depth=1).links == ()
    elsewhere = b'<a rel="next" href="https://evil.example/page/2">Next</a><a href="/x">x</a>'
    links = listing(elsewhere, next_page="rel", pattern="x$")
    assert [link.kind for link in links.links] == [LinkKind.ARTICLE]
    assert links.warnings == (
        "the next page would be on another site: https://evil.example/page/2",
    )


def test_a_list_of_digests_leads_to_digests_on_all_its_pages(read: Read) -> None:
    body = b'<ul><li><a href="/updates/may">E safety update, May 2024</a></li></ul>'
    (first,) = read(LinkKind.DIGEST, body, pattern="updates").links
    assert (first.kind, first.found_as) == (LinkKind.DIGEST, FoundAs.LISTING_LINK)
    with pytest.raises(TypeError, match="read for its items"):
        read(LinkKind.DIGEST, body, depth=1, pattern="updates")


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "mailto:a@news.example",
        "tel:080011111",
        "ftp://news.example/a",
        "file:///etc/hostname",
        "#top",
        "",
        "?",
        "http://[::1",
        "//",
        "https://news.example/section/#comments",
    ],
)
def test_what_leads_to_no_other_web_page_is_no_link(listing: Read, href: str) -> None:
    body = f'<main><a href="{href}">Five words in a link</a></main>'.encode()
    assert listing(body, links="a", depth=1).links == ()


def test_the_same_address_twice_is_one_link_with_the_title_that_says_most(listing: Read) -> None:
    body = b"""<ul><li><a href="/a/b#x"><img src="x.jpg"></a><a href="/a/b">An invented title</a>
        <a href="/a/b?utm_source=list">Read more</a></li>
        <li><a href="/a/c">Read more</a></li></ul>"""
    links = listing(body, links="a")
    assert shown(links) == [
        (1, "https://news.example/a/b", "An invented title", None),
        (2, "https://news.example/a/c", None, None),
    ]


def test_a_base_on_another_site_is_not_believed(listing: Read) -> None:
    for base, url in [
        ("https://evil.example.net/x/", "https://example.org/section/a"),
        ("https://www.example.org/x/", "https://www.example.org/x/a"),
        ("javascript:alert(1)", "https://example.org/section/a"),
        ("../up/", "https://example.org/up/a"),
    ]:
        body = f'<base href="{base}"><a href="a">An invented title</a>'.encode()
        assert [
            link.url for link in listing(body, url="https://example.org/section/", links="a").links
        ] == [url]


@pytest.mark.parametrize(
    ("content_type", "encoding", "meta"),
    [
        ("text/html; charset=utf-8", "utf-8", ""),
        ("text/html", "utf-8", ""),
        (None, "utf-8", ""),
        ("text/html; charset=iso-8859-1", "cp1252", ""),
        ("text/html", "cp1252", ""),
        ("text/html", "iso-8859-2", '<meta charset="iso-8859-2">'),
        ("text/html", "utf-16", ""),
        ("text/html; charset=hex", "utf-8", ""),
        ("text/html; charset=no-such", "utf-8", ""),
    ],
)
def test_titles_are_decoded_as_declared_or_else_as_they_must_be(
    listing: Read, content_type: str | None, encoding: str, meta: str
) -> None:
    body = f'<html>{meta}<a href="/a">Café für Eltern</a></html>'.encode(encoding)
    (link,) = listing(body, content_type=content_type, links="a").links
    assert link.title == "Café für Eltern"


@pytest.mark.parametrize(
    ("body", "came"),
    [
        (b"", "an empty body"),
        (b"  ", "an empty body"),
        (b"<?xml version='1.0'?><rss version='2.0'/>", "a feed"),
        (b"<urlset></urlset>", "a sitemap"),
        (b'{"html": "<a href=x>"}', "JSON"),
        (b"Just a moment...", "plain text"),
        (b"<response/>", "some other XML"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "something that is not text"),
    ],
)
def test_what_is_no_web_page_is_named(listing: Read, body: bytes, came: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        listing(body)
    assert str(refusal.value) == f"{came} came instead of a listing page"


NO_ARTICLE = b"<html><body><p>Nothing here</p><a href='/'>Home</a></body></html>"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"links": "h2 a"}, "the source's links = 'h2 a' select no link on this page"),
        ({"pattern": "/x/"}, "the source's pattern = '/x/' fits no link on this page"),
    ],
)
def test_a_rule_that_fits_no_link_of_the_first_page_is_named(
    listing: Read, rules: dict[str, str], said: str
) -> None:
    with pytest.raises(Unreadable, match=re.escape(said)):
        listing(NO_ARTICLE, **rules)
    # A next page is no article: the layout may be new all the same.
    with pytest.raises(Unreadable, match=re.escape(said)):
        listing(b"<a rel='next' href='/news?page=2'>Next</a>", next_page="rel", **rules)
    last = listing(NO_ARTICLE, depth=1, **rules)
    assert (last.links, last.warnings) == ((), (said,)), "a page behind the last one is none"


def test_a_page_without_an_article_says_what_to_do(listing: Read) -> None:
    links = listing(NO_ARTICLE)
    assert links.links == ()
    (warning,) = links.warnings
    assert warning.startswith("no link on this page looks like an article; a `links` or `pattern`")


@pytest.mark.parametrize("rules", [{"links": "a["}, {"pattern": "("}, {"next_page": "::x"}])
def test_a_rule_that_cannot_be_used_is_named(listing: Read, rules: dict[str, str]) -> None:
    ((name, value),) = rules.items()
    with pytest.raises(Unreadable) as refusal:
        listing(b"<a href='/x'>x</a>", **rules)
    assert f"{name} = {value!r} is no" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_page_of_ten_thousand_links_gives_the_first_two_thousand(listing: Read) -> None:
    body = "".join(
        f'<li><a href="/news/{n}">An invented title here</a></li>' for n in range(10_000)
    )
    links = listing(f"<main><ul>{body}</ul></main>".encode())
    assert len(links.links) == listings.MOST_LINKS
    assert links.warnings[-1] == "only the first 2,000 of 10,000 links taken"


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 50_000 + b'<a href="/section/x/y">Five words in a link</a>',
        b"<a href=/section/x/y>" * 10_000,
        b'<a href="/section/x/y" ' + b"".join(b"a%d=1 " % n for n in range(20_000)) + b">x</a>",
        b"<table>" * 3_000 + b"<a href=/section/1>a b c d</a>",
        b"<a href='/section/x'>" + b"word " * 400_000 + b"</a>",
        b"<ul>" + b"<li><a href='/section/same'>One two three four</a>" * 8_000,
        b"<p>" + b"<a href='/section/same'>One two three four</a> 3 June 2024 " * 5_000,
    ],
    ids=["deep", "nested", "attributes", "tables", "long", "same", "flat"],
)
def test_a_hostile_page_ends_in_good_time(listing: Read, body: bytes) -> None:
    assert len(listing(body, links="a", depth=1).links) <= 1
    assert len(listing(body).links) <= 1
