"""The list that ships: one test an entry, and what must hold of the whole."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from itertools import groupby
from urllib.parse import urlsplit

import pytest

from archive.records import LinkKind
from crawler.source_file import parse_sources
from crawler.source_values import is_loopback
from crawler.sources import Source, SourceKind, listed_sites
from crawler.urls import canonical_url, host_of, site_of

TEXT = files("crawler").joinpath("sources.toml").read_text(encoding="utf-8")
SOURCES = parse_sources(TEXT, "crawler/sources.toml")
LANGUAGES = {"GB": "en", "IE": "en", "US": "en", "CA": "en", "AU": "en", "NZ": "en", "EU": "en"}
LANGUAGES |= {"INT": "en", "DE": "de", "FR": "fr", "ES": "es", "IT": "it", "NL": "nl", "NO": "no"}
LANGUAGES |= {"BR": "pt"}
each = pytest.mark.parametrize("source", SOURCES, ids=[source.id for source in SOURCES])


def addresses(source: Source) -> list[str]:
    return [source.homepage, *(place.url for place in source.discovery)]


@each
def test_an_entry_has_public_addresses_in_the_form_in_which_we_know_them(source: Source) -> None:
    assert len(source.discovery) == 1
    for url in addresses(source):
        parts = urlsplit(url)
        assert parts.scheme == "https", url
        assert parts.username is None
        assert parts.port is None
        assert not is_loopback(parts.hostname or "")
        assert "." in (parts.hostname or "")
        assert "." in site_of(host_of(url)), "a registered domain, no bare suffix"
    (place,) = source.discovery
    assert canonical_url(place.url) == place.url, "a feed is asked under the very address it says"
    assert listed_sites(source)


@each
def test_an_entry_says_where_it_was_seen_and_why_it_is_not_read_whole(source: Source) -> None:
    assert source.evidence
    assert bool(source.reason) == (not source.enabled or source.link_only)
    assert source.checked is None, "nothing was checked where this list was put together"
    if source.enabled:
        assert source.evidence.startswith("seen in public material")


@each
def test_an_entry_has_a_country_and_its_language(source: Source) -> None:
    assert source.country is not None
    assert source.language is not None
    assert source.language.partition("-")[0] == LANGUAGES[source.country]


def test_no_two_entries_ask_the_same_address() -> None:
    asked = [place.url for source in SOURCES for place in source.discovery]
    assert len(set(asked)) == len(asked)
    names = [source.name for source in SOURCES]
    assert len(set(names)) == len(names)


def test_the_list_is_whole_and_grouped_by_country() -> None:
    assert len(SOURCES) == 169
    groups = [country for country, _ in groupby(SOURCES, key=lambda source: source.country)]
    assert len(set(groups)) == len(groups), "a country has one place in the file"
    by_kind = Counter(source.discovery[0].kind for source in SOURCES)
    assert by_kind == {
        LinkKind.FEED: 93,
        LinkKind.LISTING: 61,
        LinkKind.SITEMAP: 13,
        LinkKind.DIGEST: 2,
    }
    assert {source.kind for source in SOURCES} == set(SourceKind)


def test_what_is_known_to_refuse_or_was_not_seen_is_off_and_what_is_paid_keeps_links() -> None:
    by_id = {source.id: source for source in SOURCES}
    for name in ("rte", "irish-news", "belfast-telegraph", "mirror", "daily-mail", "telegraph"):
        assert not by_id[name].enabled
    for name in ("telegraph", "new-york-times-technology", "le-monde", "irish-times", "i-paper"):
        assert by_id[name].link_only
    unseen = [source for source in SOURCES if (source.evidence or "").startswith("not seen")]
    assert len(unseen) == 31
    assert not any(source.enabled for source in unseen)


def test_the_list_says_that_it_was_not_checked() -> None:
    assert "it was not checked live" in TEXT
