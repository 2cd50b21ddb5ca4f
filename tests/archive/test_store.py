"""What one commit does, and what it never does."""

import hashlib
import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.endings import Ending
from archive.errors import ArchiveMissingError, ArchiveUnavailableError, ConfigurationError
from archive.records import (
    Article,
    Claim,
    DiscoveredLink,
    Fetch,
    FoundAs,
    FrontierState,
    LinkKind,
    ListedSource,
    NextVisit,
    Outcome,
    Part,
    Redirect,
    Removal,
)
from archive.store import Archive

NOW = "2026-11-22T10:00:00Z"
LATER = "2026-11-23T10:00:00Z"
FEED = "http://gazette.test/feed"
PAGE = "http://gazette.test/one"
SOURCE = ListedSource(
    slug="gazette",
    name="The Gazette (invented)",
    homepage="http://gazette.test/",
    kind="news",
    scope="all",
    discovery=((LinkKind.FEED, FEED),),
)
ARTICLE = Article(
    title="Schools test a reporting button",
    text="Three invented schools tested a button.\n\nPupils used it 40 times in a month.",
    removals=(Removal(position=2, part=Part.BLOCK, rule="share", text="Share this"),),
    extractor="newsward 0.1.0",
    published="2026-11-20",
    published_precision="day",
    published_source="json-ld",
    authors=("A. Writer",),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        yield archive


def query(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(sql, values).fetchall()
    connection.close()
    return rows


def one(path: Path, sql: str, *values: object) -> object:
    ((value,),) = query(path, sql, *values)
    return value


def begin(archive: Archive) -> int:
    return archive.start_run(trigger="crawl", program="newsward test", now=NOW)


def outcome(run_id: int, claim: Claim, **changes: object) -> Outcome:
    plain = Outcome(
        run_id=run_id,
        claim=claim,
        fetch=Fetch(
            url=claim.url,
            final_url=claim.url,
            fetched_at=NOW,
            status=200,
            headers=(("etag", '"v1"'),),
        ),
        ending=Ending.NEW,
        next_visit=NextVisit(state=FrontierState.WAITING, not_before=LATER),
        snapshot_digest="d" * 64,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def claim_all(archive: Archive, run_id: int) -> dict[str, Claim]:
    claims = archive.claim(run_id, due=LATER, count=100, per_host=100)
    return {claim.url: claim for claim in claims}


def discover(archive: Archive, run_id: int, *urls: str) -> None:
    feed = claim_all(archive, run_id)[FEED]
    links = tuple(
        DiscoveredLink(
            url=url,
            kind=LinkKind.ARTICLE,
            found_in=FEED,
            found_as=FoundAs.FEED_ENTRY,
            position=position,
            title=f"Entry {position}",
        )
        for position, url in enumerate(urls, 1)
    )
    archive.commit(outcome(run_id, feed, ending=Ending.READ, links=links))


def store(archive: Archive, run_id: int, article: Article, url: str = PAGE) -> Ending:
    claim = claim_all(archive, run_id)[url]
    changes = {"article": article, "record_url": url, "canonical_claim": article.canonical_url}
    return archive.commit(outcome(run_id, claim, **changes)).ending


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
        counts = [one(path, f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608
        for step in ("after fetch", "after record", "before commit"):
            with pytest.raises(RuntimeError, match=step):
                archive.commit(whole)
            assert [one(path, f"SELECT count(*) FROM {t}") for t in tables] == counts  # noqa: S608
        step = ""
        assert archive.commit(whole).ending is Ending.NEW


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


EVERY_METHOD: list[Callable[[Archive], object]] = [
    lambda archive: archive.sync_sources([SOURCE], now=NOW),
    begin,
    lambda archive: archive.finish_run(1, status="finished", now=NOW),
    lambda archive: archive.claim(1, due=NOW, count=1, per_host=1),
    lambda archive: archive.waiting(1, due=NOW),
    lambda archive: archive.commit(
        outcome(
            1,
            Claim(
                frontier_id=1,
                source_id=1,
                source="gazette",
                url=FEED,
                kind=LinkKind.FEED,
                depth=0,
                tries=0,
                found_at=NOW,
            ),
        )
    ),
]


@pytest.mark.parametrize("call", EVERY_METHOD)
def test_every_method_says_that_the_archive_is_locked(
    call: Callable[[Archive], object], archive: Archive, path: Path
) -> None:
    begin(archive)
    archive._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ArchiveUnavailableError, match=r"archive\.db: locked by another program"):
        call(archive)
    other.close()
    call(archive)


def test_the_list_of_methods_above_is_complete() -> None:
    public = {name for name in vars(Archive) if not name.startswith("_")} - {"close"}
    assert len(public) == len(EVERY_METHOD)


def test_a_file_that_is_no_archive_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("these are notes, not a database, and longer than a header is" * 20)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="not a SQLite file"):
        Archive(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    query(path, "CREATE TABLE cats (name)")
    with pytest.raises(ConfigurationError, match="not an archive of newsward"):
        Archive(path)
    assert query(path, "SELECT name FROM sqlite_master") == [("cats",)]


def test_an_archive_of_a_newer_program_is_refused(path: Path) -> None:
    Archive(path).close()
    query(path, "PRAGMA user_version = 999")
    with pytest.raises(ConfigurationError, match="made by a newer newsward"):
        Archive(path)


def test_a_read_command_never_creates_an_archive(path: Path) -> None:
    from archive.database import open_archive  # noqa: PLC0415

    with pytest.raises(ArchiveMissingError, match="there is no archive here"):
        open_archive(path, readonly=True)
    assert not path.exists()


def test_the_files_pass_every_check_of_sqlite_and_of_the_index(
    archive: Archive, path: Path
) -> None:
    run_id = begin(archive)
    discover(archive, run_id, PAGE)
    store(archive, run_id, ARTICLE)
    assert one(path, "PRAGMA integrity_check") == "ok"
    assert query(path, "PRAGMA foreign_key_check") == []
    assert one(path, "PRAGMA journal_mode") == "wal"
    query(path, "INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


def _open_and_close(path: Path) -> None:
    Archive(path).close()


def test_two_programs_that_create_an_archive_at_once_both_get_it(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    starts = [context.Process(target=_open_and_close, args=(path,)) for _ in range(2)]
    for process in starts:
        process.start()
    for process in starts:
        process.join()
    assert [process.exitcode for process in starts] == [0, 0]
