import gzip
import pickle
import random
from collections.abc import Callable
from html import escape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import LinkKind, Links
from crawler.discovery import DiscoveryDocument, Unreadable, discover
from crawler.sources import Discovery
from crawler.urls import canonical_url

Read = Callable[..., Links]
Page = Callable[[str], bytes]
URL = "https://news.example/section/"

KINDS = {
    "rss.xml": LinkKind.FEED,
    "atom.xml": LinkKind.FEED,
    "rdf.xml": LinkKind.FEED,
    "feed.json": LinkKind.FEED,
    "sitemap.xml": LinkKind.SITEMAP,
    "news-sitemap.xml": LinkKind.SITEMAP,
    "sitemap-index.xml": LinkKind.SITEMAP,
    "blog.html": LinkKind.LISTING,
    "cards.html": LinkKind.LISTING,
    "rows.html": LinkKind.LISTING,
}

HREFS = st.one_of(
    st.sampled_from(
        ["/a", "/a#b", "/a?utm_source=x", "b/c", "../d", "javascript:x", "http://[", ""]
    ),
    st.from_regex(r"(https?://[a-z]{1,3}\.org)?/[a-z0-9?=&#%:./-]{0,12}", fullmatch=True),
)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
DATES = st.sampled_from(
    ["", "2024-06-03", "Mon, 03 Jun 2024 10:00:00 BST", "2999-01-01", "1711929600", "soon"]
)
ENTRIES = st.lists(st.tuples(HREFS, TEXTS, DATES), max_size=12)


def as_feed(entries: list[tuple[str, str, str]]) -> bytes:
    items = "".join(
        f"<item><link>{escape(href)}</link><title>{escape(text)}</title>"
        f"<pubDate>{date}</pubDate></item>"
        for href, text, date in entries
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def as_sitemap(entries: list[tuple[str, str, str]]) -> bytes:
    rows = "".join(
        f"<url><loc>{escape(href)}</loc><lastmod>{date}</lastmod></url>"
        for href, _, date in entries
    )
    return f"<urlset>{rows}</urlset>".encode()


def as_listing(entries: list[tuple[str, str, str]]) -> bytes:
    rows = "".join(
        f'<li><a href="{escape(href)}">{escape(text)}</a> <time>{date}</time></li>'
        for href, text, date in entries
    )
    return f"<html><ul>{rows}</ul></html>".encode()


FORMS = {
    LinkKind.FEED: as_feed,
    LinkKind.SITEMAP: as_sitemap,
    LinkKind.LISTING: as_listing,
}


@given(ENTRIES, st.sampled_from(sorted(FORMS)))
def test_every_link_is_canonical_once_and_in_the_order_of_the_document(
    read: Read, entries: list[tuple[str, str, str]], kind: LinkKind
) -> None:
    # A rule that fits no link is told of the first page of a listing only.
    rules = {"pattern": "", "depth": 1} if kind is LinkKind.LISTING else {}
    links = read(kind, FORMS[kind](entries), url=URL, **rules).links
    urls = [link.url for link in links]
    assert [canonical_url(url) for url in urls] == urls
    assert len(set(urls)) == len(urls)
    assert all(one.position < two.position for one, two in pairwise(links))
    assert all(1 <= link.position <= len(entries) for link in links)
    assert {link.found_in for link in links} <= {URL}
    again = FORMS[kind]([(link.url, link.title or "", link.published or "") for link in links])
    once_more = read(kind, again, url=URL, **rules).links
    assert [link.url for link in once_more] == urls
    assert [link.title for link in once_more] == [link.title for link in links]


def read_or_refusal(read: Read, kind: LinkKind, body: bytes, **how: str | None) -> Links | str:
    try:
        links = read(kind, body, **how)
    except Unreadable as refusal:
        return str(refusal)
    return links


def check(outcome: Links | str) -> None:
    said = [outcome] if isinstance(outcome, str) else outcome.warnings
    assert all(line and line.isprintable() for line in said)
    urls = [] if isinstance(outcome, str) else [link.url for link in outcome.links]
    assert [canonical_url(url) for url in urls] == urls


@given(st.binary(max_size=300), st.sampled_from(sorted(FORMS)), st.none() | st.text(max_size=20))
def test_any_bytes_give_links_or_say_what_came(
    read: Read, body: bytes, kind: LinkKind, content_type: str | None
) -> None:
    check(read_or_refusal(read, kind, body, content_type=content_type))


def mutated(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(changed) or 1), chance.randint(1, 40)
        piece = changed[at : at + length]
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = piece * chance.randint(1, 5)
            case 3:
                changed[at:at] = chance.choice(
                    [
                        b"<",
                        b"&#xD800;",
                        b"]]>",
                        b"\x00",
                        b"<![CDATA[",
                        b"<!DOCTYPE x [",
                        b"\xff\xfe",
                    ]
                )
            case _:
                changed[chance.randrange(len(changed) or 1) :] = piece
    return bytes(changed)


def reads_or_refuses(read: Read, page: Page, name: str, seeds: range) -> None:
    kind, original = KINDS[name], page(name)
    for seed in seeds:
        chance = random.Random(f"{name} {seed}")
        body = mutated(original, chance)
        if kind is LinkKind.SITEMAP and chance.random() < 0.3:
            body = mutated(gzip.compress(original), chance)
        check(read_or_refusal(read, kind, body, url=URL))


@pytest.mark.parametrize("name", KINDS)
def test_damaged_documents_give_links_or_are_refused(read: Read, page: Page, name: str) -> None:
    reads_or_refuses(read, page, name, range(200))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", KINDS)
def test_many_damaged_documents_give_links_or_are_refused(
    read: Read, page: Page, name: str
) -> None:
    reads_or_refuses(read, page, name, range(200, 5000))


def pickled(value: object) -> object:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own value, a line ago


@pytest.mark.parametrize("name", KINDS)
def test_what_goes_to_a_worker_and_comes_back_pickles(page: Page, name: str) -> None:
    kind = KINDS[name]
    document = DiscoveryDocument(
        kind=kind,
        url=URL,
        body=page(name),
        content_type="text/xml",
        rules=Discovery(kind=kind, url=URL, pattern="."),
        depth=0,
    )
    assert pickled(document) == document
    links = discover(document)
    assert pickled(links) == links


def test_a_refusal_comes_back_from_a_worker_as_what_it_is(read: Read) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(LinkKind.FEED, b"<html>")
    back = pickled(refusal.value)
    assert isinstance(back, Unreadable)
    assert isinstance(back, ValueError)
    assert str(back) == "an HTML page came instead of a feed"


def test_an_article_is_not_read_for_links(read: Read) -> None:
    with pytest.raises(TypeError, match="extracted"):
        read(LinkKind.ARTICLE, b"<html>")


def test_without_a_moment_given_dates_are_judged_by_the_clock() -> None:
    body = as_feed([("/a", "A title", "2999-01-01"), ("/b", "A title", "2020-01-01")])
    document = DiscoveryDocument(
        kind=LinkKind.FEED,
        url=URL,
        body=body,
        content_type=None,
        rules=Discovery(kind=LinkKind.FEED, url=URL),
    )
    assert [link.published for link in discover(document).links] == [None, "2020-01-01"]
