"""What binds whoever keeps a page, and what does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Article, Capture, Claim, Fetch, LinkKind
from archive.topics.rules import shipped_rules
from archive.topics.subject import subject_of
from archive.topics.words import Told
from crawler.opt_outs import (
    link_only,
    read_reservations,
    reservation_of,
    rights_of,
    robots_directives,
)

URL = "https://gazette.test/news/1"


def capture(
    *headers: tuple[str, str], reserved: str | None = None, kind: LinkKind = LinkKind.ARTICLE
) -> Capture:
    claim = Claim(
        frontier_id=1,
        source_id=1,
        source="gazette",
        url=URL,
        kind=kind,
        depth=1,
        tries=0,
        found_at="2026-11-22T10:00:00Z",
    )
    fetch = Fetch(
        url=URL,
        final_url=URL,
        fetched_at="2026-11-22T10:00:00Z",
        status=200,
        headers=headers,
        robots="robots.txt allows it",
        reserved=reserved,
    )
    return Capture(claim=claim, fetch=fetch)


@pytest.mark.parametrize(
    ("signals", "headers", "file_rule", "reserved"),
    [
        (["noarchive"], [], None, ["noarchive (page)"]),
        (["nocache"], [], None, ["nocache (page)"]),
        (["tdm-reservation"], [], None, ["tdm-reservation (page)"]),
        (["isAccessibleForFree: false"], [], None, ["isAccessibleForFree: false (page)"]),
        ([], [("x-robots-tag", "noarchive")], None, ["noarchive (header)"]),
        ([], [("x-robots-tag", "nofollow, NoArchive")], None, ["noarchive (header)"]),
        ([], [("tdm-reservation", "1")], None, ["tdm-reservation (header)"]),
        ([], [], "/news/*", ["tdm-reservation (tdmrep.json: /news/*)"]),
        ([], [("tdm-reservation", "0")], None, []),
        ([], [("x-robots-tag", "googlebot: noarchive")], None, []),
        (["noai", "nosnippet", "license https://x.test/by"], [], None, []),
        ([], [("x-robots-tag", "max-snippet: 20, noindex")], None, []),
    ],
)
def test_one_signal_of_a_page_its_headers_or_its_site_is_enough(
    signals: list[str], headers: list[tuple[str, str]], file_rule: str | None, reserved: list[str]
) -> None:
    rights = rights_of(capture(*headers, reserved=file_rule), signals)
    assert list(rights.reserved) == reserved
    assert rights.robots == "robots.txt allows it"


def test_signals_that_bind_nobody_are_noted_with_where_they_stood() -> None:
    rights = rights_of(capture(("x-robots-tag", "noindex")), ["noai"])
    assert rights.signals == ("page: noai", "header: noindex")


def test_a_list_is_not_reserved_for_what_is_kept_of_it_are_links() -> None:
    feed = capture(("x-robots-tag", "noarchive"), reserved="/", kind=LinkKind.FEED)
    assert rights_of(feed, ()).reserved == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("newsward: noarchive", ("noarchive",)),
        ("googlebot: noarchive, nosnippet", ()),
        ("max-snippet: 020, max-image-preview: large", ("max-snippet:20",)),
        ("max-snippet:-1", ()),
        ("newsward: max-snippet:0", ("max-snippet:0",)),
        ("googlebot: max-snippet:0", ()),
        ("otherbot: noindex, newsward: noarchive", ("noarchive",)),
        ("unavailable_after: 25 Jun 2027 15:00:00 GMT, noarchive", ("noarchive",)),
        ("all", ()),
        ("", ()),
        (",,:,", ()),
    ],
)
def test_what_a_header_says_to_another_robot_is_not_for_us(
    value: str, said: tuple[str, ...]
) -> None:
    assert robots_directives(capture(("x-robots-tag", value)).fetch) == said


def rules(*pairs: tuple[str, object]) -> bytes:
    return json.dumps([{"location": at, "tdm-reservation": value} for at, value in pairs]).encode()


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (rules(("/", 1)), "/"),
        (rules(("/news/*", "1")), "/news/*"),
        (rules(("/news/1$", 1)), "/news/1$"),
        (rules(("/news/$", 1)), None),
        (rules(("/*s/*$", 1)), "/*s/*$"),
        (rules(("/*/1$", 1)), "/*/1$"),
        (rules(("/*x$", 1)), None),
        (rules(("/news*news/1", 1)), None),
        (rules(("/other/", 1)), None),
        (rules(("/", 1), ("/news/", 0)), None),
        (rules(("/", 0), ("/news/", 1)), "/news/"),
        (b"[]", None),
        (b"{}", None),
        (b"<html>not here</html>", None),
        (b'[{"location": 3, "tdm-reservation": 1}, "x", null]', None),
        (b"[" * 100_000, None),
        (rules(("/" + "*a" * 5000 + "b", 1)), None),
    ],
)
def test_the_longest_rule_of_a_tdmrep_json_that_fits_an_address_decides(
    written: bytes, rule: str | None
) -> None:
    assert reservation_of(read_reservations(written), URL) == rule


@given(st.binary(max_size=300))
def test_no_tdmrep_json_is_an_error(body: bytes) -> None:
    assert reservation_of(read_reservations(body), URL) is None


@given(st.lists(st.tuples(st.text("/ab*$", max_size=12), st.sampled_from([0, 1]))))
def test_a_path_is_judged_whatever_the_patterns(pairs: list[tuple[str, object]]) -> None:
    rule = reservation_of(read_reservations(rules(*pairs)), URL)
    assert rule is None or (rule, 1) in pairs


def test_of_a_reserved_article_title_date_and_language_are_kept() -> None:
    article = Article(
        title="An invented title",
        text="An invented body.",
        removals=(),
        extractor="test",
        authors=("A. Writer",),
        published="2026-11-20",
        published_precision="day",
        description="An invented standfirst.",
        language="en",
    )
    kept = link_only(article)
    assert (kept.title, kept.published, kept.language) == ("An invented title", "2026-11-20", "en")
    assert not any((kept.text, kept.description, kept.authors, kept.links, kept.removals))


def test_of_a_reserved_article_topics_are_kept_without_a_sentence_of_it() -> None:
    title, text = (
        "An invented sextortion case",
        "A gang on Instagram got 31 nudes of invented pupils.",
    )
    subject = subject_of(Told(title=title, text=text), shipped_rules())
    whole = Article(title=title, text=text, removals=(), extractor="test", subject=subject)
    assert subject.statistics
    kept = link_only(whole).subject
    assert kept is not None
    assert [tag.topic for tag in kept.decision.tags] == [tag.topic for tag in subject.decision.tags]
    assert "sextortion" in [tag.topic for tag in kept.decision.tags]
    assert "Instagram" in [mention.entity.name for mention in kept.mentions]
    assert "A gang" in repr(subject)
    assert "A gang" not in repr(kept)
