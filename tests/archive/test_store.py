"""What one commit does, and what it never does."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from commits import (
    ARTICLE,
    FEED,
    LATER,
    NOW,
    PAGE,
    SOURCE,
    begin,
    claim_all,
    discover,
    one,
    outcome,
    query,
    store,
)

from archive.endings import Ending
from archive.records import Fetch, FrontierState, NextVisit, Redirect
from archive.statements import select
from archive.store import Archive


def test_a_new_article_arrives_with_its_removals_revision_and_provenance(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    assert store(archive, run_id, ARTICLE) is Ending.NEW
    assert query(path, "SELECT title, url, revision, authors FROM articles") == [
        (ARTICLE.title, PAGE, 1, "A. Writer")
    ]
    assert query(path, "SELECT position, part, rule, text FROM removals") == [
        (2, "block", "share", "Share this")
    ]
    assert query(
        path,
        "SELECT relation, place, position, article_id FROM provenance WHERE place = ?",
        FEED,
    ) == [("feed entry", FEED, 1, 1)]
    assert query(path, "SELECT snapshot_digest, reason FROM revisions") == [
        ("d" * 64, "first text")
    ]
    assert one(path, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'buttons'") == 1


def test_an_unchanged_visit_writes_no_article_and_no_index_row(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    store(archive, run_id, ARTICLE)
    before = query(path, "SELECT * FROM articles"), query(path, "SELECT * FROM articles_fts_data")
    archive.finish_run(run_id, status="finished", now=NOW)
    assert store(archive, begin(archive), ARTICLE) is Ending.UNCHANGED
    assert (
        query(path, "SELECT * FROM articles"),
        query(path, "SELECT * FROM articles_fts_data"),
    ) == before
    assert one(path, "SELECT count(*) FROM revisions") == 1


def test_a_changed_text_becomes_a_revision_and_the_old_one_stays(
    archive: Archive, path: Path
) -> None:
    first = begin(archive)
    discover(archive, first, PAGE)
    store(archive, first, ARTICLE)
    edited = replace(ARTICLE, text=ARTICLE.text.replace("40 times", "44 times"))
    assert store(archive, begin(archive), edited) is Ending.REVISED
    assert one(path, "SELECT body FROM articles") == edited.text
    assert query(path, "SELECT revision, words_added, words_removed FROM revisions") == [
        (1, 14, 0),
        (2, 1, 1),
    ]
    assert one(path, "SELECT body FROM revisions WHERE revision = 1") == ARTICLE.text


def test_a_thin_refetch_never_replaces_good_text(archive: Archive, path: Path) -> None:
    first = begin(archive)
    discover(archive, first, PAGE)
    store(archive, first, ARTICLE)
    thin = replace(ARTICLE, text="Please accept cookies.")
    assert store(archive, begin(archive), thin) is Ending.THIN_REFETCH
    assert one(path, "SELECT body FROM articles") == ARTICLE.text
    assert one(path, "SELECT etag FROM frontier WHERE url = ?", PAGE) == '"v1"'


BAD_ANSWERS = (
    *(Ending.CAPTCHA, Ending.LOGIN, Ending.SOFT_404, Ending.BROKEN_BODY, Ending.EXTRACTION_CRASH),
    *(Ending.HTTP_404, Ending.HTTP_5XX),
)


def texts_of(path: Path) -> list[list[tuple[object, ...]]]:
    tables = ("articles", "revisions", "removals", "links")
    return [query(path, select("*", table, order="id")) for table in tables]


def test_no_failed_or_hostile_refetch_takes_anything_from_a_record(
    archive: Archive, path: Path
) -> None:
    discover(archive, begin(archive), PAGE)
    store(archive, begin(archive), ARTICLE)
    kept = texts_of(path)
    for ending in BAD_ANSWERS:
        run_id = begin(archive)
        claim = claim_all(archive, run_id)[PAGE]
        stored = archive.commit(outcome(run_id, claim, ending=ending, snapshot_digest="e" * 64))
        assert stored.ending is ending
        assert texts_of(path) == kept, ending


def test_the_same_text_under_the_address_that_both_call_canonical_is_one_record(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    twin = PAGE + "?page=print"
    discover(archive, run_id, PAGE, twin)
    claims = claim_all(archive, run_id)
    canonical = replace(ARTICLE, canonical_url=PAGE)
    endings = [
        archive.commit(
            outcome(run_id, claims[url], article=canonical, record_url=url, canonical_claim=PAGE)
        ).ending
        for url in (PAGE, twin)
    ]
    assert endings == [Ending.NEW, Ending.KNOWN_ELSEWHERE]
    assert one(path, "SELECT count(*) FROM articles") == 1
    assert ("also at", twin) in query(path, "SELECT relation, place FROM provenance")


def test_a_copy_on_another_site_that_names_the_original_canonical_never_replaces_it(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    copy = "http://copycat.test/one"
    discover(archive, run_id, copy, PAGE)
    claims = claim_all(archive, run_id)
    claimed = replace(ARTICLE, canonical_url=PAGE)
    # The flow believes a claim only inside one registered domain, so none is believed here.
    for url in (copy, PAGE):
        stored = archive.commit(outcome(run_id, claims[url], article=claimed, record_url=url))
        assert stored.ending is Ending.NEW
    assert query(path, "SELECT url FROM articles ORDER BY id") == [(copy,), (PAGE,)]


def test_redirects_and_every_place_where_a_link_was_found_become_provenance(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    claim = claim_all(archive, run_id)[PAGE]
    moved = Fetch(
        url=PAGE,
        final_url="http://gazette.test/new-place",
        fetched_at=NOW,
        status=200,
        redirects=(Redirect(url=PAGE, status=301),),
    )
    archive.commit(outcome(run_id, claim, fetch=moved, article=ARTICLE, record_url=moved.final_url))
    found = query(path, "SELECT relation, place FROM provenance WHERE article_id = 1 ORDER BY id")
    assert found == [("feed entry", FEED), ("redirected from", PAGE)]


def test_nothing_of_a_commit_stays_when_one_step_of_it_fails(path: Path) -> None:
    def fail(name: str) -> None:
        if name == step:
            raise RuntimeError(name)

    step = ""
    with Archive(path, failpoint=fail) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        discover(archive, run_id, PAGE)
        claim = claim_all(archive, run_id)[PAGE]
        whole = outcome(run_id, claim, article=ARTICLE, record_url=PAGE)
        tables = ("articles", "fetches", "revisions", "removals", "articles_fts_docsize")
        counting = [select("count(*)", table) for table in tables]
        counts = [one(path, sql) for sql in counting]
        for step in ("after fetch", "after record", "before commit"):
            with pytest.raises(RuntimeError, match=step):
                archive.commit(whole)
            assert [one(path, sql) for sql in counting] == counts
        step = ""
        assert archive.commit(whole).ending is Ending.NEW


def test_a_failure_does_not_replace_the_validators_of_the_last_good_answer(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id)
    second = begin(archive)
    feed = claim_all(archive, second)[FEED]
    assert feed.etag == '"v1"'
    broken = Fetch(url=FEED, final_url=FEED, fetched_at=NOW, status=200, headers=(("etag", "x"),))
    archive.commit(outcome(second, feed, fetch=broken, ending=Ending.UNREADABLE))
    assert one(path, "SELECT etag FROM frontier") == '"v1"'


def test_quarantine_keeps_the_reason_until_a_later_run_succeeds(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    claim = claim_all(archive, run_id)[PAGE]
    stop = NextVisit(state=FrontierState.QUARANTINED, not_before=NOW, tries=1)
    hung = Ending.EXTRACTION_TIMEOUT
    archive.commit(outcome(run_id, claim, ending=hung, next_visit=stop, detail="20 s"))
    assert query(path, "SELECT reason, detail, tries FROM quarantine") == [
        ("extraction-timeout", "20 s", 1)
    ]
    archive.commit(outcome(run_id, claim, article=ARTICLE, record_url=PAGE))
    assert query(path, "SELECT * FROM quarantine") == []


def test_the_manifests_of_runs_form_a_chain_that_a_changed_fetch_breaks(
    archive: Archive, path: Path
) -> None:
    for _ in range(3):
        run_id = begin(archive)
        claim_all(archive, run_id)
        archive.finish_run(run_id, status="finished", now=NOW)
    rows = query(path, "SELECT manifest_hash, previous_hash FROM runs ORDER BY id")
    assert [row[1] for row in rows] == [None, rows[0][0], rows[1][0]]
    assert rows[0][0] == hashlib.sha256(b"").hexdigest()


def test_the_summary_counts_what_was_committed(archive: Archive) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE, PAGE + "2")
    store(archive, run_id, ARTICLE)
    summary = archive.finish_run(run_id, status="interrupted", now=LATER)
    assert summary.sources_ok == ("gazette",)
    assert summary.endings == ((Ending.NEW, 1),)
    assert summary.discovery == ((Ending.READ, 1),)
    assert (summary.removals, summary.waiting, summary.seconds) == (1, 1, 86400.0)
