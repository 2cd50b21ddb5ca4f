"""From a report to the source that is listed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.endings import Ending
from archive.errors import ConfigurationError
from archive.records import LinkKind
from crawler.discovery.sureness import Sureness
from crawler.gov_uk import gov_uk_search
from crawler.scouting.draft import Wishes, draft, free_id, gov_uk_source
from crawler.scouting.report import Attempt, Offer, Report, Sample, Worth
from crawler.source_file import parse_sources
from crawler.source_writing import entry
from crawler.sources import Discovery, Scope, SourceKind

FEED = Offer(
    kind=LinkKind.FEED,
    url="https://www.post.co.uk/feed",
    how="link rel=alternate",
    what="feed",
    count=20,
    newest="2026-11-20",
    worth=Worth.FEED,
)
LISTING = Offer(
    kind=LinkKind.LISTING,
    url="https://www.post.co.uk/news",
    how="the address itself",
    what="listing",
    count=12,
    newest=None,
    worth=Worth.SURE_LISTING,
    sureness=Sureness(share=0.9, because=()),
    pattern="/news/[^/?#]+/?$",
    next_page="https://www.post.co.uk/news?page=2",
)
REPORT = Report(
    asked="https://www.post.co.uk/news",
    final_url="https://www.post.co.uk/news",
    robots="allows it",
    crawl_delay=None,
    opt_outs=(),
    offers=(LISTING, FEED),
    samples=(),
    attempts=(),
    site_name=None,
    title="Latest news | The Invented Post",
    language="en-gb",
)


def test_the_best_place_is_listed_under_the_name_that_the_site_has() -> None:
    source = draft(REPORT, Wishes(), ())
    assert source.name == "The Invented Post"
    assert source.id == "the-invented-post"
    assert (source.country, source.language) == ("GB", "en-GB")
    assert source.homepage == "https://www.post.co.uk/news"
    assert source.discovery == (Discovery(kind=LinkKind.FEED, url=FEED.url),)
    assert parse_sources(entry(source), "s") == (source,)


def test_a_listing_is_written_with_the_rules_that_fit_it() -> None:
    source = draft(replace(REPORT, offers=(LISTING,)), Wishes(), ())
    (place,) = source.discovery
    assert (place.pattern, place.next_page, place.pages) == (LISTING.pattern, "auto", 2)
    assert parse_sources(entry(source), "s") == (source,)


def test_what_a_person_wishes_is_written() -> None:
    source = draft(REPORT, Wishes(id="x", name="Y", scope=Scope.FILTER), ())
    assert (source.id, source.name, source.scope) == ("x", "Y", Scope.FILTER)


def test_an_id_that_is_taken_is_not_given_again() -> None:
    assert draft(REPORT, Wishes(), ["the-invented-post"]).id == "the-invented-post-2"
    assert free_id("!!!", ()) == "source"
    assert free_id("A" * 99, ()) == "a" * 40


def sample(*signals: str) -> Sample:
    return Sample(url="https://www.post.co.uk/news/1", ending="article", signals=signals)


@pytest.mark.parametrize(
    ("said", "binds"),
    [
        ("noarchive", True),
        ("tdm-reservation", True),
        ("tdm-reservation header", True),
        ("isAccessibleForFree: false", True),
        ("X-Robots-Tag: noarchive", True),
        ("noai", False),
        ("noindex", False),
    ],
)
def test_what_all_articles_ask_for_keeps_links_only_and_says_why(said: str, binds: bool) -> None:
    source = draft(replace(REPORT, samples=(sample(said), sample(said, "noai"))), Wishes(), ())
    assert source.link_only == binds
    assert (source.reason == f"the site asks for it: {said}") == binds


def test_what_one_article_of_several_asks_for_is_left_to_the_crawl() -> None:
    samples = (sample("isAccessibleForFree: false"), sample())
    assert not draft(replace(REPORT, samples=samples), Wishes(), ()).link_only


def test_what_the_sites_own_file_reserves_keeps_links_only() -> None:
    said = "tdm-reservation of / (/.well-known/tdmrep.json)"
    source = draft(replace(REPORT, opt_outs=(said,), samples=(sample(),)), Wishes(), ())
    assert source.link_only
    assert source.reason == f"the site asks for it: {said}"


def test_where_nothing_was_found_there_is_nothing_to_list() -> None:
    problem = Attempt(url="u", how="h", ending=Ending.HTTP_403, detail="HTTP 403")
    with pytest.raises(ConfigurationError) as raised:
        draft(replace(REPORT, offers=(), problem=problem), Wishes(), ())
    assert "found no feed, sitemap or listing" in str(raised.value)
    assert "(http-403: HTTP 403)" in str(raised.value)


@pytest.mark.parametrize("tag", ["", "xx-yy-zz-1", "english", "de_AT"])
def test_a_language_is_written_only_when_it_is_one(tag: str) -> None:
    source = draft(replace(REPORT, language=tag or None), Wishes(), ())
    assert parse_sources(entry(source), "s") == (source,)


def test_a_search_of_gov_uk_is_listed_as_its_feed_with_its_licence() -> None:
    search = gov_uk_search("govuk:age-assurance@ofcom")
    assert search is not None
    source = gov_uk_source(search, Wishes(), ())
    assert source.id == "gov-uk-ofcom-age-assurance"
    assert (source.kind, source.licence) == (SourceKind.GOVERNMENT, "OGL-UK-3.0")
    assert source.discovery[0].url == search.feed
    assert parse_sources(entry(source), "s") == (source,)
