"""Files that can be opened, files that are refused, and what is said of them."""

import multiprocessing
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from commits import ARTICLE, FEED, NOW, PAGE, SOURCE, begin, discover, one, outcome, query, store

from archive.errors import ArchiveMissingError, ArchiveUnavailableError, ConfigurationError
from archive.records import Claim, LinkKind
from archive.reread_rows import KeptPage
from archive.store import Archive

KEPT = KeptPage(
    article_id=1,
    revision=1,
    title="T",
    source="gazette",
    url=PAGE,
    word_count=1,
    text_hash="t",
    body="B",
    fetch_id=1,
    final_url=PAGE,
    content_type=None,
    snapshot_digest="d" * 64,
    title_hint=None,
    published_hint=None,
    details={},
)


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
    lambda archive: archive.commit_together([]),
    lambda archive: archive.reread(1, KEPT, ARTICLE, canonical_own=False, now=NOW),
    lambda archive: archive.learn(1, lambda _texts: (), now=NOW),
    lambda archive: archive.furniture(),
    lambda archive: archive.dismiss(1),
]


@pytest.mark.parametrize("call", EVERY_METHOD)
def test_every_method_says_that_the_archive_is_locked(
    call: Callable[[Archive], object], archive: Archive, path: Path
) -> None:
    archive.learn(begin(archive), lambda _texts: (), now=NOW)
    archive._db.execute(
        "INSERT INTO furniture VALUES (1, 1, 'h', 't', 'last', 4, 'learned', '', 1)"
    )
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
