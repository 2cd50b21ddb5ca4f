"""Which exchanges settle a matter, and which links are followed."""

from dataclasses import replace

import pytest

from archive.endings import Ending
from archive.records import (
    Capture,
    Claim,
    DiscoveredLink,
    Fetch,
    FoundAs,
    LinkKind,
    Links,
    Redirect,
)
from crawler.admission import admit, rules_for, settle
from crawler.sources import Discovery, Source

NEWS = Discovery(kind=LinkKind.LISTING, url="https://example.org/news/", links="a.n", pages=2)
BLOG = Discovery(kind=LinkKind.LISTING, url="https://example.org/blog/", links="a.b")
SOURCE = Source(
    id="charity",
    name="Charity (invented)",
    homepage="https://example.org/",
    discovery=(NEWS, BLOG),
    hosts=("cdn.example.net",),
)


def claim(url: str = "https://example.org/news/", depth: int = 0) -> Claim:
    return Claim(
        frontier_id=1,
        source_id=1,
        source="charity",
        url=url,
        kind=LinkKind.LISTING,
        depth=depth,
        tries=0,
        found_at="2026-11-22T10:00:00Z",
    )


def link(
    url: str, kind: LinkKind = LinkKind.ARTICLE, found_as: FoundAs = FoundAs.LISTING_LINK
) -> DiscoveredLink:
    return DiscoveredLink(
        url=url, kind=kind, found_in="https://example.org/news/", found_as=found_as, position=1
    )


def admitted(*links: DiscoveredLink, depth: int = 0) -> tuple[list[str], tuple[str, ...]]:
    result = admit(Links(links=links), SOURCE, claim(depth=depth))
    return [found.url for found in result.links], result.warnings


def capture(status: int | None, *, body: bytes = b"<p>x</p>", **fetch: object) -> Capture:
    url = "https://example.org/news/1"
    values = {"url": url, "final_url": url, "fetched_at": "2026-11-22T10:00:00Z"} | fetch
    return Capture(claim=claim(), fetch=Fetch(status=status, **values), body=body)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (304, Ending.NOT_MODIFIED),
        (401, Ending.HTTP_401),
        (403, Ending.HTTP_403),
        (451, Ending.HTTP_403),
        (404, Ending.HTTP_404),
        (410, Ending.HTTP_410),
        (418, Ending.HTTP_4XX),
        (429, Ending.HTTP_429),
        (503, Ending.HTTP_5XX),
        (999, Ending.HTTP_5XX),
        (204, Ending.HTTP_OTHER),
        (302, Ending.HTTP_OTHER),
    ],
)
def test_every_status_but_200_settles_the_matter_by_name(status: int, ending: Ending) -> None:
    settled = settle(capture(status))
    assert settled is not None
    assert settled.ending is ending


def test_a_body_with_status_200_is_read() -> None:
    assert settle(capture(200)) is None


def test_an_empty_body_is_not() -> None:
    settled = settle(capture(200, body=b" \n "))
    assert settled is not None
    assert settled.ending is Ending.TOO_SHORT


def test_a_redirect_to_the_front_page_is_a_soft_404() -> None:
    hop = (Redirect(url="https://example.org/news/1", status=302),)
    settled = settle(capture(200, final_url="https://example.org/", redirects=hop))
    assert settled is not None
    assert settled.ending is Ending.SOFT_404


def test_what_the_exchange_settled_stays_settled() -> None:
    settled = settle(capture(200, ending=Ending.TIMEOUT, detail="30 s"))
    assert settled is not None
    assert (settled.ending, settled.detail) == (Ending.TIMEOUT, "30 s")


def test_only_listed_hosts_are_followed_and_the_rest_is_counted() -> None:
    urls, warnings = admitted(
        link("https://www.example.org/news/1"),
        link("https://cdn.example.net/2"),
        link("https://example.com/3"),
        link("mailto:someone@example.org"),
    )
    assert urls == ["https://www.example.org/news/1", "https://cdn.example.net/2"]
    assert warnings == (
        "1 links left out: to hosts that are not listed",
        "1 links left out: no web address",
    )


def test_links_are_known_by_their_canonical_form_once() -> None:
    urls, _ = admitted(
        link("HTTPS://example.org/news/1?utm_source=x#top"), link("https://example.org/news/1")
    )
    assert urls == ["https://example.org/news/1"]


def test_the_front_page_and_the_lists_themselves_are_no_articles() -> None:
    assert admitted(link("https://example.org/"), link(BLOG.url))[0] == []


def test_further_pages_of_a_listing_are_followed_as_far_as_the_source_says() -> None:
    further = link("https://example.org/news/?page=2", LinkKind.LISTING, FoundAs.LISTING_NEXT_PAGE)
    assert admitted(further, depth=0)[0] == [further.url]
    urls, warnings = admitted(further, depth=1)
    assert (urls, warnings) == ([], ("1 links left out: too deep",))


def test_a_further_page_is_read_by_the_rules_of_its_own_listing() -> None:
    assert rules_for(SOURCE, claim("https://example.org/blog/?page=2", depth=1)) is BLOG
    assert rules_for(SOURCE, claim("https://example.org/news/?page=2", depth=1)) is NEWS


def test_a_further_page_of_a_list_of_digests_stays_one() -> None:
    issues = Discovery(kind=LinkKind.DIGEST, url="https://example.org/issues/", links="a")
    source = replace(SOURCE, discovery=(issues,))
    assert rules_for(source, claim("https://example.org/issues/?page=2", depth=1)) is issues
