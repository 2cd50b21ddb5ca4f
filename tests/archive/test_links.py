"""Links out of texts, and provenance as a person reads it in plain SQL."""

from dataclasses import replace
from pathlib import Path

import pytest
from commits import (
    ARTICLE,
    FEED,
    LATER,
    PAGE,
    begin,
    claim_all,
    discover,
    outcome,
    query,
    store,
)

from archive.endings import Ending
from archive.exchange_rows import exchanges
from archive.permissions import Rights
from archive.provenance import provenance_sentences
from archive.reading import ReadArchive
from archive.records import DiscoveredLink, FoundAs, LinkKind, OutLink, Redirect
from archive.store import Archive
from archive.views import LinkView

REPORT = "https://report.test/2026"
SECOND = "http://gazette.test/two"
LINKED = replace(
    ARTICLE,
    links=(OutLink(url=REPORT, anchor="a report"), OutLink(url=SECOND, anchor="said before")),
)


def links(path: Path) -> tuple[LinkView, ...]:
    with ReadArchive(path) as reader:
        return reader.record(1).links


def test_links_stand_with_their_text_in_order(archive: Archive, path: Path) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    store(archive, run_id, LINKED)
    assert links(path) == (
        LinkView(url=REPORT, anchor="a report", record=None),
        LinkView(url=SECOND, anchor="said before", record=None),
    )
    assert query(path, "SELECT position, to_url FROM links") == [(1, REPORT), (2, SECOND)]


def test_a_link_leads_to_its_record_once_that_is_archived(archive: Archive, path: Path) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE, SECOND)
    claims = claim_all(archive, run_id)
    for url, article in ((PAGE, LINKED), (SECOND, replace(ARTICLE, title="Another, invented"))):
        archive.commit(outcome(run_id, claims[url], article=article, record_url=url))
    assert [link.record for link in links(path)] == [None, 2]


def test_a_link_to_an_address_that_led_to_a_record_leads_there(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE, SECOND)
    claims = claim_all(archive, run_id)
    moved = "http://gazette.test/moved"
    other = replace(ARTICLE, title="Another, invented")
    archive.commit(outcome(run_id, claims[SECOND], article=other, record_url=moved))
    archive.commit(outcome(run_id, claims[PAGE], article=LINKED, record_url=PAGE))
    assert query(path, "SELECT to_article_id FROM links WHERE to_url = ?", SECOND) == [(1,)]


def test_a_revision_has_its_own_links_and_the_older_text_keeps_its(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    store(archive, run_id, LINKED)
    archive.finish_run(run_id, status="finished", now=LATER)
    edited = replace(LINKED, text=LINKED.text + " It grew.", links=LINKED.links[:1])
    assert store(archive, begin(archive), edited) is Ending.REVISED
    assert [link.url for link in links(path)] == [REPORT]
    assert query(path, "SELECT revision_id, count(*) FROM links GROUP BY 1") == [(1, 2), (2, 1)]


def words(path: Path, step: str) -> list[object]:
    rows = query(
        path,
        "SELECT sentence FROM provenance_in_words WHERE article_id = 1 AND step = ? ORDER BY at",
        step,
    )
    return [sentence for (sentence,) in rows]


def test_each_step_to_a_record_is_a_sentence_in_plain_sql(archive: Archive, path: Path) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    claim = claim_all(archive, run_id)[PAGE]
    result = outcome(
        run_id,
        claim,
        article=replace(ARTICLE, canonical_url="http://gazette.test/claimed"),
        record_url="http://gazette.test/there",
    )
    fetch = replace(
        result.fetch,
        final_url="http://gazette.test/there",
        redirects=(Redirect(url=PAGE, status=301),),
        headers=(("content-type", "text/html"), ("x-robots-tag", "noarchive")),
    )
    archive.commit(replace(result, fetch=fetch))
    assert words(path, "found") == [
        f'Found as entry 1 of the feed {FEED}, titled "Entry 1".',
        f"The address {PAGE} led here (status 301).",
    ]
    (fetched,) = words(path, "fetched")
    assert fetched == (
        f"Fetched from http://gazette.test/there with status 200 after 1 redirect, in run {run_id}"
        " (crawl): new. The robots.txt of its host allowed it. Its headers say: x-robots-tag:"
        f" noarchive. Kept as it came: snapshot sha256 {'d' * 64}."
    )
    (read,) = words(path, "read")
    assert str(read).startswith(
        "Read as revision 1 (first text) by newsward 0.1.0: 14 words added, 0 removed; text sha256 "
    )
    assert words(path, "dated") == ["Dated 2026-11-20, read from: json-ld."]
    assert words(path, "claimed") == [
        "The page calls itself http://gazette.test/claimed: a claim, not checked."
    ]


@pytest.mark.parametrize(
    ("found_as", "said"),
    [
        (FoundAs.FEED_ENTRY, "as entry 7 of the feed http://place.test/there"),
        (FoundAs.SITEMAP_ROW, "as row 7 of the sitemap http://place.test/there"),
        (FoundAs.LISTING_LINK, "as link 7 of the page http://place.test/there"),
        (FoundAs.DIGEST_ITEM, "as item 7 of the digest http://place.test/there"),
        (FoundAs.BY_HAND, "by http://place.test/there"),
    ],
)
def test_whatever_kind_of_place_a_link_was_found_in_is_named_with_its_position(
    archive: Archive, path: Path, found_as: FoundAs, said: str
) -> None:
    run_id = begin(archive)
    link = DiscoveredLink(
        url=PAGE,
        kind=LinkKind.ARTICLE,
        found_in="http://place.test/there",
        found_as=found_as,
        position=7,
    )
    feed = claim_all(archive, run_id)[FEED]
    archive.commit(outcome(run_id, feed, ending=Ending.READ, links=(link,)))
    store(archive, run_id, ARTICLE)
    (found,) = words(path, "found")
    assert str(found).endswith(f"{said}.")
    with ReadArchive(path) as reader:
        assert said in provenance_sentences(reader.record(1))[0]


def test_what_robots_txt_said_and_what_the_page_asked_is_a_sentence_in_plain_sql(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    rights = Rights(
        robots="the invented robots.txt allows /news",
        signals=("noimageai (meta)", "tdm-reservation: 1 (header)"),
        reserved=("tdm-reservation: 1 (header)",),
    )
    claim = claim_all(archive, run_id)[PAGE]
    linked = replace(ARTICLE, text="")
    archive.commit(
        outcome(run_id, claim, article=linked, record_url=PAGE, link_only=True, rights=rights)
    )
    (fetched,) = words(path, "fetched")
    assert (
        " the invented robots.txt allows /news. The page or its site says: noimageai (meta);"
        " tdm-reservation: 1 (header). Only title, date and link are kept, because of:"
        " tdm-reservation: 1 (header)."
    ) in str(fetched)


def test_one_record_is_asked_for_by_index(archive: Archive, path: Path) -> None:
    del archive
    plan = query(path, "EXPLAIN QUERY PLAN SELECT * FROM provenance_in_words WHERE article_id = 1")
    scanned = [str(row[3]) for row in plan if str(row[3]).startswith("SCAN")]
    assert [table for table in scanned if "json_each" not in table] == []


def test_every_visit_of_a_record_is_shown_newest_first(archive: Archive, path: Path) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    store(archive, run_id, ARTICLE)
    archive.finish_run(run_id, status="finished", now=LATER)
    store(archive, begin(archive), ARTICLE)
    with ReadArchive(path) as reader:
        assert [visit.ending for visit in reader.record(1).visits] == ["unchanged", "new"]


def test_an_address_that_leads_to_another_article_each_day_is_where_each_was_found(
    archive: Archive, path: Path
) -> None:
    latest, pages = f"{PAGE}/latest", [f"{PAGE}/monday", f"{PAGE}/tuesday"]
    discover(archive, begin(archive), latest)
    for day, page in enumerate(pages):
        run_id = begin(archive)
        article = replace(ARTICLE, title=f"Invented day {day}", text=f"{ARTICLE.text} Day {day}.")
        result = outcome(run_id, claim_all(archive, run_id)[latest], article=article)
        moved = (Redirect(url=latest, status=302),)
        fetch = replace(result.fetch, final_url=page, redirects=moved)
        digest = str(day) * 64
        archive.commit(replace(result, fetch=fetch, record_url=page, snapshot_digest=digest))
    with ReadArchive(path) as reader:
        records = [reader.record(page) for page in pages]
    for day, record in enumerate(records):
        assert (record.found[0].relation, record.found[0].place) == ("feed entry", FEED)
        assert [visit.snapshot_digest for visit in record.visits] == [str(day) * 64]
        with archive.transaction() as db:
            handed_on = exchanges(db, record.id)
        assert [exchange.final_url for exchange in handed_on] == [pages[day]]
