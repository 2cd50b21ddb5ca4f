"""A record goes under every form of its address, and from chains and pages of no record."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from takedowns import (
    FEED,
    NAME,
    NOW,
    SHORT,
    URL,
    bodies,
    decision,
    faults,
    query,
    raw,
    record_of,
)

from archive.database import open_archive
from archive.records import Article, FoundAs, OutLink, Redirect
from archive.seals import seal_everything
from archive.snapshots import Snapshots
from archive.statements import named
from archive.takedown import Action, redact
from archive.tombstones import alike, taken_down

SECURE = "https://www.blog.test/2026/invented-vandername-story/"
FORMS = [
    SECURE,
    "https://blog.test/2026/invented-vandername-story",
    "http://www.blog.test/2026/invented-vandername-story",
    "http://blog.test/2026/invented-vandername-story/",
]


def test_a_page_is_one_with_or_without_www_slash_and_encryption() -> None:
    assert {URL, *FORMS} < alike(URL)
    assert len(alike(URL)) == 8
    assert all(alike(form) == alike(URL) for form in FORMS)
    assert alike(SHORT) == {
        *("http://blog.test/?p=77", "http://www.blog.test/?p=77"),
        *("https://blog.test/?p=77", "https://www.blog.test/?p=77"),
    }
    others = ["http://blog.test/2026/", "http://news.blog.test/", "http://blog.test/?p=78"]
    assert not alike(URL) & {*others}
    for odd in ("digest-item:0a", "http://[::1", "", "ftp://blog.test/"):
        assert alike(odd) == {odd}


@pytest.fixture
def waiting(
    place: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> Path:
    """The page waits under another form of its address, and others came by it or link to it."""
    writer, snapshots = make_writer(place), Snapshots(place)
    found = writer.links(FoundAs.FEED_ENTRY, [SECURE, "http://blog.test/by", "http://blog.test/to"])
    feed = f"<link>{SECURE}</link>{NAME}".encode()
    writer.discover(FEED, found, now=NOW, digest=snapshots.keep(feed, now=NOW))
    query(place, "UPDATE frontier SET title_hint = ? WHERE url = ?", NAME, SECURE)
    link = OutLink(url=SECURE, anchor="there")
    plain = make_article("Plain", "An invented text of others.", links=(link,))
    writer.next_run(now=NOW)
    chain = tuple(
        Redirect(url=url, status=301) for url in ("http://blog.test/by", URL, "http://blog.test/x")
    )
    digest = snapshots.keep(b"<p>by", now=NOW)
    writer.fetch([("http://blog.test/by", plain)], now=NOW, redirects=chain, digest=digest)
    writer.close()
    snapshots.close()
    return place


def test_a_removal_goes_to_every_form_of_an_address_and_to_the_chains_of_others(
    waiting: Path,
) -> None:
    redact(waiting, record_of(waiting), decision(), now=NOW)
    assert not [form for form in (URL, *FORMS) if form.encode() in raw(waiting)]
    assert NAME.encode() not in raw(waiting)
    ((chain,),) = query(waiting, "SELECT redirects FROM fetches WHERE redirects IS NOT NULL")
    assert "http://blog.test/by" in chain
    assert "http://blog.test/x" in chain
    assert faults(waiting) == []


def test_no_form_of_an_address_that_was_taken_down_is_kept_again(
    waiting: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    redact(waiting, record_of(waiting), decision(), now=NOW)
    writer = make_writer(waiting)
    stored = writer.discover(FEED, writer.links(FoundAs.FEED_ENTRY, FORMS), now=NOW)
    assert stored.new_links == 0
    moved = "http://blog.test/moved"
    writer.next_run(now=NOW)
    query(waiting, "UPDATE frontier SET not_before = ? WHERE url = ?", NOW, FEED)
    writer.discover(FEED, writer.links(FoundAs.FEED_ENTRY, [moved]), now=NOW)
    story = make_article(f"{NAME} again", f"{NAME} is in this text.")
    assert writer.fetch([(moved, story)], now=NOW, final_url=FORMS[1], digest="a" * 64) == []
    with writer.archive.moment() as db:
        assert taken_down(db, [*FORMS, "http://blog.test/to"]) == {*FORMS}
    writer.close()


def test_each_form_names_the_record(place: Path) -> None:
    number = record_of(place)
    assert redact(place, FORMS[0], decision(Action.RESTRICT), now=NOW).article_id == number
    assert redact(place, FORMS[1], decision(Action.RELEASE), now=NOW).article_id == number
    assert redact(place, FORMS[2], decision(), now=NOW).article_id == number
    assert redact(place, FORMS[3], decision(), now=NOW).again


def test_what_waits_under_another_form_is_given_back_with_a_record(waiting: Path) -> None:
    state = "SELECT state, title_hint FROM frontier WHERE url = ?"
    redact(waiting, URL, decision(Action.RESTRICT), now=NOW)
    assert query(waiting, state, SECURE) == [("closed", None)]
    redact(waiting, URL, decision(Action.RELEASE), now=NOW)
    assert query(waiting, state, SECURE) == [("waiting", NAME)]
    assert faults(waiting) == []


def test_a_page_that_nothing_names_goes_with_any_takedown(place: Path) -> None:
    with Snapshots(place) as snapshots:
        # A crawl keeps a page before it commits what was read there, and may be killed between.
        lost = snapshots.keep(f"<p>{NAME}, as the page was on Monday".encode(), now=NOW)
        before = snapshots.digests()
    assert NAME.encode() in bodies(place)
    other = "http://blog.test/5"
    redact(place, other, decision(), now=NOW)
    with Snapshots(place, readonly=True) as snapshots:
        assert lost not in snapshots.digests()
        # What proves another record stays: of the others, and of the one that still is there.
        assert snapshots.digests() == before - {lost}
    assert faults(place) == []


def test_the_pages_of_a_restricted_record_are_named_by_what_is_packed(place: Path) -> None:
    number = record_of(place)
    own = {
        row[0]
        for row in query(
            place, "SELECT snapshot_digest FROM revisions WHERE article_id = ?", number
        )
    }
    redact(place, number, decision(Action.RESTRICT), now=NOW)
    # An exchange that came from elsewhere may not name them.
    for table in ("fetches", "frontier"):
        query(place, named("UPDATE {table} SET snapshot_digest = NULL", table=table))
    db = open_archive(place)
    seal_everything(db)
    db.close()
    redact(place, "http://blog.test/5", decision(), now=NOW)
    with Snapshots(place, readonly=True) as snapshots:
        assert own
        assert own <= snapshots.digests()


def shown_by_others(
    place: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article], said: str
) -> int:
    """Two more records: the page of one has these words beside its text, and in a link."""
    writer, snapshots = make_writer(place), Snapshots(place)
    urls = ["http://blog.test/beside", "http://blog.test/plain"]
    feed = snapshots.keep(b"an invented feed", now=NOW)
    writer.discover(FEED, writer.links(FoundAs.FEED_ENTRY, urls), now=NOW, digest=feed)
    for url, aside in zip(urls, (said, "Other news"), strict=True):
        made = make_article(
            f"Of {url}",
            f"An invented text, read at {url}.",
            removals=writer.removals(["Most read", aside, "Sign up"]),
            links=(OutLink(url=URL, anchor=aside),),
        )
        page = snapshots.keep(f"<p>{url}<li>{aside}".encode(), now=NOW)
        writer.next_run(now=NOW)
        (number,) = writer.fetch([(url, made)], now=NOW, digest=page)
    writer.close()
    snapshots.close()
    return int(number)


def test_a_title_goes_from_what_other_pages_show_beside_their_text(
    place: Path,
    texts: list[str],
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Article],
) -> None:
    title = f"{texts[14]} told"
    plain = shown_by_others(place, make_writer, make_article, f"3\n{title.upper()}\nOn Monday")
    done = redact(place, record_of(place), decision(), now=NOW)
    assert done.others == 1
    for content in (raw(place), bodies(place)):
        assert title.upper().encode() not in content
        assert title.encode() not in content
    removed = "SELECT text FROM removals JOIN articles ON articles.id = article_id WHERE url = ?"
    assert query(place, removed, "http://blog.test/beside") == [
        ("Most read\n\n3\n[redacted]\nOn Monday\n\nSign up",)
    ]
    kept = "SELECT snapshot_digest IS NOT NULL FROM revisions WHERE article_id >= ?"
    assert query(place, kept, plain - 1) == [(0,), (1,)]
    assert faults(place) == []


def test_a_title_of_a_word_or_three_is_nobodys(
    place: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> None:
    shown_by_others(place, make_writer, make_article, "News from schools")
    query(place, "UPDATE articles SET title = 'News from schools' WHERE url = ?", URL)
    assert redact(place, record_of(place), decision(), now=NOW).others == 0
    assert b"News from schools" in bodies(place)
