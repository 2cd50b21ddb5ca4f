"""Which addresses a run takes on, in which order, and what becomes of them."""

from dataclasses import replace
from pathlib import Path

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
    outcome,
    query,
    store,
)

from archive.endings import Ending
from archive.records import DiscoveredLink, Fetch, FoundAs, LinkKind
from archive.store import Archive


def test_what_a_killed_run_held_is_due_again_and_its_run_is_closed_as_interrupted(
    archive: Archive, path: Path
) -> None:
    killed = begin(archive)
    assert set(claim_all(archive, killed)) == {FEED}
    second = begin(archive)
    assert set(claim_all(archive, second)) == {FEED}
    assert query(path, "SELECT id, status FROM runs") == [
        (killed, "interrupted"),
        (second, "running"),
    ]


def test_an_address_is_claimed_once_in_a_run_however_due_it_is(archive: Archive) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    assert set(claim_all(archive, run_id)) == {PAGE}
    assert claim_all(archive, run_id) == {}


def test_claims_go_round_robin_over_hosts_and_spare_a_host_that_is_busy(archive: Archive) -> None:
    run_id = begin(archive)
    big = [f"http://big.test/{n}" for n in range(20)]
    small = [f"http://small.test/{n}" for n in range(2)]
    discover(archive, run_id, *big, *small)
    first = archive.claim(run_id, due=LATER, count=4, per_host=3)
    assert [claim.url for claim in first] == [big[0], small[0], big[1], small[1]]
    second = archive.claim(run_id, due=LATER, count=4, per_host=3)
    assert [claim.url for claim in second] == [big[2]]


def test_only_the_sources_asked_for_are_claimed_and_an_unlisted_one_never(
    archive: Archive,
) -> None:
    other = replace(SOURCE, slug="other", discovery=((LinkKind.FEED, "http://other.test/feed"),))
    archive.sync_sources([SOURCE, other], now=NOW)
    run_id = begin(archive)
    claims = archive.claim(run_id, due=LATER, count=9, per_host=9, sources=["other"])
    assert [claim.source for claim in claims] == ["other"]
    archive.sync_sources([other], now=NOW)
    assert claim_all(archive, begin(archive)).keys() == {"http://other.test/feed"}


def test_a_list_whose_rules_were_changed_is_read_anew_at_once(archive: Archive, path: Path) -> None:
    def listed(rules: str) -> None:
        archive.sync_sources([replace(SOURCE, rules=(rules,))], now=NOW)

    def vouched() -> list[tuple[object, ...]]:
        return query(path, "SELECT etag, snapshot_digest, not_before FROM frontier ORDER BY id")

    listed("a")
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    store(archive, run_id, ARTICLE)
    archive.finish_run(run_id, status="finished", now=NOW)
    query(
        path,
        "INSERT INTO frontier"
        " (url, host, source_id, kind, state, not_before, found_at, depth, etag, snapshot_digest)"
        " SELECT ?, host, source_id, 'listing', state, not_before, found_at, 1,"
        " etag, snapshot_digest FROM frontier WHERE depth = 0",
        f"{FEED}?page=2",
    )
    read = [('"v1"', "d" * 64, LATER)] * 3
    assert vouched() == read
    listed("a")
    assert vouched() == read, "nothing has changed"
    listed("b")
    assert vouched() == [(None, None, NOW), read[1], (None, None, LATER)], (
        "the list at once, its next page when that is due, and no article"
    )
    archive.sync_sources([SOURCE], now=NOW)
    assert query(path, "SELECT rules FROM list_rules") == [("b",)]


def test_a_link_modified_after_our_visit_is_due_at_once(archive: Archive) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    store(archive, run_id, ARTICLE)
    archive.finish_run(run_id, status="finished", now=NOW)
    second = archive.start_run(trigger="crawl", program="test", now=LATER)
    assert archive.claim(second, due=NOW, count=9, per_host=9) == []
    (feed,) = archive.claim(second, due=LATER, count=1, per_host=9)
    link = DiscoveredLink(
        url=PAGE,
        kind=LinkKind.ARTICLE,
        found_in=FEED,
        found_as=FoundAs.SITEMAP_ROW,
        position=1,
        modified="2026-11-22T12:00:00+00:00",
    )
    fetch = Fetch(url=FEED, final_url=FEED, fetched_at="2026-11-22T13:00:00Z", status=200)
    archive.commit(outcome(second, feed, fetch=fetch, ending=Ending.READ, links=(link,)))
    archive.finish_run(second, status="finished", now=LATER)
    third = begin(archive)
    due = archive.claim(third, due="2026-11-22T13:00:00Z", count=9, per_host=9)
    assert PAGE in {claim.url for claim in due}
