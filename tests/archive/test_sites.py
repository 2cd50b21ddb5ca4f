"""What the archive remembers of lists, hosts and rights, and what publishers take back."""

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
    one,
    outcome,
    query,
    store,
)

from archive.endings import Ending
from archive.reading import ReadArchive
from archive.records import (
    Article,
    FrontierState,
    HostState,
    NextVisit,
    Poll,
    Rights,
)
from archive.site_rows import SiteFile, SiteRows
from archive.store import Archive
from archive.verify import Verification

HOST = "gazette.test"
WAITING = NextVisit(state=FrontierState.WAITING, not_before=NOW)


def next_run(archive: Archive, run_id: int) -> int:
    archive.finish_run(run_id, status="finished", now=NOW)
    return begin(archive)


def faults(path: Path) -> list[object]:
    """Faults of all but the snapshots: these tests keep no bodies."""
    with Verification(path) as verification:
        return [fault for fault in verification.faults() if "snapshot" not in str(fault)]


def link_only(article: Article) -> Article:
    return replace(article, text="", removals=(), links=())


def test_what_was_learned_of_a_list_comes_back_with_its_next_claim(archive: Archive) -> None:
    run_id = begin(archive)
    poll = Poll(interval=7200, successes=3, named=20, new=4, last_new_at=NOW)
    visit = replace(WAITING, poll=poll)
    discover(archive, run_id, PAGE, next_visit=visit)
    again = claim_all(archive, next_run(archive, run_id))
    assert again[FEED].poll == poll
    assert again[FEED].whole_at == NOW
    assert (again[PAGE].poll, again[PAGE].whole_at) == (None, None)


def test_no_address_of_a_host_at_rest_is_given_out_before_its_time(archive: Archive) -> None:
    run_id = begin(archive)
    rest = HostState(host=HOST, rests=1, until="2026-11-22T20:00:00Z", reason="it answered 429")
    discover(archive, run_id, PAGE, host=rest)
    assert claim_all(archive, run_id) == {}, "in this run not at all"
    run_id = next_run(archive, run_id)
    assert archive.claim(run_id, due="2026-11-22T19:59:59Z", count=9, per_host=9) == []
    assert archive.waiting(run_id, due="2026-11-22T19:59:59Z") == 0
    assert SiteRows(archive).hosts() == [rest]
    claims = claim_all(archive, run_id)
    assert set(claims) == {PAGE, FEED}
    back = HostState(host=HOST)
    archive.commit(outcome(run_id, claims[PAGE], ending=Ending.HTTP_404, host=back))
    assert SiteRows(archive).hosts() == []


def test_a_copy_for_all_crawlers_tells_when_it_last_changed(archive: Archive, path: Path) -> None:
    sites = SiteRows(archive)
    first = SiteFile(host=HOST, name="robots.txt", status=200, body=b"a", fetched_at=NOW)
    sites.keep(first)
    sites.keep(replace(first, fetched_at=LATER))
    assert sites.file(HOST, "robots.txt") == replace(first, fetched_at=LATER)
    assert one(path, "SELECT changed_at FROM site_files") == NOW
    sites.keep(replace(first, fetched_at=LATER, body=b"b"))
    assert one(path, "SELECT changed_at FROM site_files") == LATER
    assert sites.file("other.test", "robots.txt") is None


def test_of_a_link_only_source_each_link_with_a_title_is_a_record(
    archive: Archive, path: Path
) -> None:
    archive.sync_sources([replace(SOURCE, link_only=True)], now=NOW)
    run_id = begin(archive)
    discover(archive, run_id, PAGE, PAGE + "/2", link_only=True, snapshot_digest=None)
    assert claim_all(archive, next_run(archive, run_id)).keys() == {FEED}
    assert query(path, "SELECT title, url, kind, body FROM articles ORDER BY id") == [
        ("Entry 1", PAGE, "link", ""),
        ("Entry 2", PAGE + "/2", "link", ""),
    ]
    with ReadArchive(path) as reader:
        assert reader.search("entry").total == 2
        record = reader.record(PAGE)
    assert (record.snapshot_digest, record.found[0].place) == (None, FEED)
    assert faults(path) == []


def test_a_page_that_reserves_its_text_is_a_link_and_one_that_gives_it_back_a_text(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE, next_visit=WAITING)
    assert store(archive, run_id, ARTICLE) is Ending.NEW
    endings = []
    rights = Rights(signals=("page: noarchive",), reserved=("noarchive (page)",))
    for article in (link_only(ARTICLE), link_only(ARTICLE), ARTICLE):
        query(path, "UPDATE frontier SET not_before = ?", NOW)
        run_id = next_run(archive, run_id)
        claim = claim_all(archive, run_id)[PAGE]
        is_link = not article.text
        stored = archive.commit(
            outcome(
                run_id,
                claim,
                article=article,
                record_url=PAGE,
                link_only=is_link,
                rights=rights if is_link else None,
                snapshot_digest=None if is_link else "e" * 64,
            )
        )
        endings.append((stored.ending, stored.dropped))
    assert endings == [
        (Ending.RESERVED, ("d" * 64,)),
        (Ending.UNCHANGED, ()),
        (Ending.REVISED, ()),
    ]
    assert query(path, "SELECT body FROM revisions ORDER BY revision") == [
        ("",),
        ("",),
        (ARTICLE.text,),
    ]
    assert query(path, "SELECT reserved FROM rights") == [("noarchive (page)",)] * 2
    archive.finish_run(run_id, status="finished", now=NOW)
    assert faults(path) == []


def test_a_410_hides_the_record_of_its_own_address_and_not_that_of_another(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    alias = PAGE + "?again"
    discover(archive, run_id, PAGE, alias, next_visit=WAITING)
    claims = claim_all(archive, run_id)
    for url in (PAGE, alias):
        archive.commit(outcome(run_id, claims[url], article=ARTICLE, record_url=PAGE))
    run_id = next_run(archive, run_id)
    claims = archive.claim(run_id, due=LATER, count=9, per_host=9)
    by_url = {claim.url: claim for claim in claims}
    gone = {"ending": Ending.HTTP_410, "snapshot_digest": None}
    archive.commit(outcome(run_id, by_url[alias], **gone))
    assert one(path, "SELECT count(*) FROM articles") == 1
    archive.commit(outcome(run_id, by_url[PAGE], **gone))
    assert one(path, "SELECT count(*) FROM articles") == 0
    assert query(path, "SELECT action, decided_by FROM redactions") == [
        ("restrict", "the publisher: HTTP 410")
    ]
    archive.finish_run(run_id, status="finished", now=NOW)
    assert faults(path) == []


def test_what_is_in_quarantine_is_due_again_when_a_person_says_so(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    stop = NextVisit(state=FrontierState.QUARANTINED, not_before=NOW, tries=10)
    claim = claim_all(archive, run_id)[PAGE]
    archive.commit(outcome(run_id, claim, ending=Ending.TIMEOUT, next_visit=stop))
    sites = SiteRows(archive)
    assert sites.release_quarantine(NOW, ("other",)) == 0
    assert sites.release_quarantine(NOW, None) == 1
    assert one(path, "SELECT reason FROM quarantine") == "timeout"
    claim = claim_all(archive, next_run(archive, run_id))[PAGE]
    assert claim.tries == 0
