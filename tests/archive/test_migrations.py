"""Archives that earlier programs made are brought up to date; nothing in them is lost."""

import gzip
import re
from pathlib import Path

import pytest
from commits import begin, claim_all, one, outcome, query
from sound_archive import PAGES

from archive.database import connect
from archive.errors import ConfigurationError
from archive.migrations import SCHEMA_VERSION, migrations
from archive.reading import ReadArchive
from archive.snapshots import Snapshots, snapshots_path
from archive.statements import named
from archive.store import Archive
from archive.tables import later_tables
from archive.verify import Verification

RELEASED = Path(__file__).parent / "released"
VERSIONS = sorted(int(re.sub(r"\D", "", file.name)) for file in RELEASED.glob("archive-*.db.gz"))
KEPT = ("articles", "revisions", "removals", "provenance", "fetches", "sources", "frontier")

Schema = list[tuple[object, ...]]


def unpack(version: int, folder: Path) -> Path:
    for name in ("archive", "snapshots"):
        packed = RELEASED / f"{name}-{version}.db.gz"
        (folder / f"{name}.db").write_bytes(gzip.decompress(packed.read_bytes()))
    return folder / "archive.db"


@pytest.fixture(params=VERSIONS, ids=lambda version: f"schema {version}")
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpack(request.param, tmp_path)


def schema_of(path: Path) -> Schema:
    return query(path, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")


def upgrade(path: Path) -> None:
    Archive(path).close()
    Snapshots(path).close()


def columns(path: Path, table: str) -> list[str]:
    names = query(path, "SELECT name FROM pragma_table_info(?)", table)
    return [str(name) for (name,) in names]


def test_every_schema_that_was_handed_on_is_kept() -> None:
    # A release runs `PYTHONPATH=tests/samples python tests/archive/released/keep.py`.
    assert VERSIONS == [1, 3, 4, 5, 15, 19, 20]


def test_the_present_schema_is_the_number_of_the_newest_tables() -> None:
    numbers = [number for number, _, _ in later_tables()]
    assert numbers == sorted(set(numbers))
    assert max(numbers) == SCHEMA_VERSION


def test_a_migrated_archive_has_the_schema_of_a_fresh_one(old: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh" / "archive.db"
    upgrade(old)
    upgrade(fresh)
    assert schema_of(old) == schema_of(fresh)
    assert schema_of(snapshots_path(old)) == schema_of(snapshots_path(fresh))
    for pragma in ("user_version", "application_id"):
        assert one(old, f"PRAGMA {pragma}") == one(fresh, f"PRAGMA {pragma}")
    names = "SELECT name FROM _sqlite_migrations ORDER BY name"
    assert query(old, names) == query(fresh, names)


def test_every_row_is_as_it_was_and_what_was_migrated_is_sound(old: Path) -> None:
    of = "SELECT {columns} FROM {table}"
    selects = [named(of, columns=columns(old, table), table=table) for table in KEPT]
    before = [query(old, sql) for sql in selects]
    assert all(before)
    upgrade(old)
    assert [query(old, sql) for sql in selects] == before
    with Verification(old) as verification:
        assert list(verification.faults()) == []
        assert verification.checked().records == len(PAGES)


def test_a_migrated_archive_is_crawled_searched_and_shown(old: Path) -> None:
    with Archive(old) as archive, Snapshots(old) as snapshots:
        run_id = begin(archive)
        digest = snapshots.keep(b"<p>new</p>", now="2026-11-24T10:00:00Z")
        claim = claim_all(archive, run_id)[PAGES[0]]
        archive.commit(outcome(run_id, claim, snapshot_digest=digest))
        archive.finish_run(run_id, status="finished", now="2026-11-24T10:00:00Z")
    with ReadArchive(old) as reader:
        assert reader.search("invented schools").total == len(PAGES)
        assert reader.record(1).revisions[0].reason == "first text"
    with Verification(old) as verification:
        assert list(verification.faults()) == []


def test_reading_an_archive_of_before_needs_no_migration_and_makes_none(old: Path) -> None:
    before = old.read_bytes()
    with ReadArchive(old) as reader:
        assert reader.search("button").total == len(PAGES)
        assert reader.record(2).title == "Schools test button 1"
    assert old.read_bytes() == before


def test_a_migration_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    path = unpack(1, tmp_path)
    # What a kill leaves: some of the new migrations are committed, the version is still the old.
    half = connect(path)
    migrations.apply(half, stop_before="seals")
    half.close()
    assert one(path, "PRAGMA user_version") == 1
    assert one(path, "SELECT count(*) FROM links") == 0
    upgrade(path)
    with Verification(path) as verification:
        assert list(verification.faults()) == []


def test_an_archive_of_a_newer_program_is_refused_and_left_as_it_is(old: Path) -> None:
    query(old, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = old.read_bytes()
    for opened in (Archive, ReadArchive, Verification):
        with pytest.raises(ConfigurationError, match=r"newer newsward .*was not touched"):
            opened(old)
    assert old.read_bytes() == before
