"""Backups that are whole, sound and in order, and the restore as docs/backup.md gives it."""

import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from commits import NOW, begin, claim_all, outcome, query
from filelock import FileLock
from sound_archive import PAGES, build

from archive.backup import DAMAGED, Backup, back_up, backups
from archive.database import open_archive
from archive.errors import (
    ArchiveDamagedError,
    ArchiveMissingError,
    ArchiveUnavailableError,
    ConfigurationError,
)
from archive.snapshots import Snapshots, snapshots_path
from archive.store import Archive
from archive.verify import Verification
from crawler.cli import newsward

DAY = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs" / "backup.md"


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "archive.db"
    build(path)
    return path


@pytest.fixture
def path(tmp_path: Path, sound: Path) -> Path:
    for file in (sound, snapshots_path(sound)):
        shutil.copyfile(file, tmp_path / file.name)
    return tmp_path / "archive.db"


def back(path: Path, days: int = 0, keep: int = 7) -> Backup:
    return back_up(path, path.parent / "backups", now=DAY + timedelta(days=days), keep=keep)


def is_sound(path: Path) -> bool:
    with Verification(path) as verification:
        return not list(verification.faults())


def test_a_backup_is_a_folder_with_both_files_under_their_own_names(path: Path) -> None:
    made = back(path)
    assert made.folder.name == "archive-2026-11-22T060000Z"
    assert {file.name for file in made.folder.iterdir()} == {"archive.db", "snapshots.db"}
    assert (made.kept, made.removed) == (1, ())
    assert is_sound(made.folder / "archive.db")
    for sql in ("PRAGMA user_version", "PRAGMA application_id", "SELECT * FROM articles"):
        assert query(made.folder / "archive.db", sql) == query(path, sql)


def test_what_was_restored_as_the_docs_say_is_the_archive_of_before(
    path: Path, tmp_path: Path
) -> None:
    before = query(path, "SELECT * FROM articles"), query(path, "SELECT * FROM seals")
    name = back(path).folder.name
    path.write_bytes(b"this disk had a bad day " * 999)
    block = re.findall(r"```sh\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[1]
    assert "newsward verify" in block
    commands = block.replace("archive-2026-11-22T060000Z", name).replace("newsward crawl\n", "")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Checked: 6 records" in done.stderr
    after = query(path, "SELECT * FROM articles"), query(path, "SELECT * FROM seals")
    assert after == before
    with Archive(path) as archive:
        assert begin(archive) == 4


def test_the_newest_backups_stay_and_older_ones_go(path: Path) -> None:
    made = [back(path, days=day, keep=2) for day in range(4)]
    assert [len(each.removed) for each in made] == [0, 0, 1, 1]
    assert backups(path.parent / "backups", path) == [made[2].folder, made[3].folder]


def test_what_a_person_put_beside_or_into_backups_is_left_alone(path: Path) -> None:
    first = back(path, keep=1)
    (first.folder / "notes.txt").write_text("mine")
    (path.parent / "backups" / "archive-2020").mkdir()
    second = back(path, days=1, keep=1)
    assert second.removed == ()
    assert [file.name for file in first.folder.iterdir()] == ["notes.txt"]
    assert (path.parent / "backups" / "archive-2020").exists()


def test_a_damaged_archive_is_copied_under_its_own_name_and_pushes_nothing_out(
    path: Path,
) -> None:
    first = back(path, keep=1)
    query(path, "UPDATE revisions SET body = 'x' WHERE id = 2")
    with pytest.raises(ArchiveDamagedError, match="record 2, revision 1"):
        back(path, days=1, keep=1)
    folder = path.parent / "backups"
    assert backups(folder, path) == [first.folder]
    assert (folder / f"archive-2026-11-23T060000Z{DAMAGED}" / "archive.db").exists()


def test_copies_made_while_a_crawl_writes_are_each_whole(path: Path) -> None:
    stop = threading.Event()

    def crawl() -> None:
        with Archive(path) as archive, Snapshots(path) as snapshots:
            run_id, number = begin(archive), 0
            claims = claim_all(archive, run_id)
            while not stop.is_set():
                number += 1
                digest = snapshots.keep(f"<p>{number}</p>".encode(), now=NOW)
                claim = claims[PAGES[number % len(PAGES)]]
                archive.commit(outcome(run_id, claim, snapshot_digest=digest))

    writer = threading.Thread(target=crawl)
    writer.start()
    try:
        made = [back(path, days=day) for day in range(5)]
    finally:
        stop.set()
        writer.join()
    assert all(is_sound(each.folder / "archive.db") for each in made)


def test_what_a_killed_backup_left_behind_is_cleared(path: Path) -> None:
    part = path.parent / "backups" / ".archive-2026-11-21T060000Z.part"
    part.mkdir(parents=True)
    (part / "archive.db").write_bytes(b"half")
    made = back(path)
    assert not part.exists()
    assert backups(made.folder.parent, path) == [made.folder]


def test_two_backups_do_not_write_into_one_directory_at_once(path: Path) -> None:
    folder = path.parent / "backups"
    folder.mkdir()
    with FileLock(folder / ".backup.lock"), pytest.raises(ArchiveUnavailableError, match="another"):
        back(path)


def test_a_backup_is_never_written_over(path: Path) -> None:
    back(path)
    with pytest.raises(ConfigurationError, match="exists already"):
        back(path)


def test_too_small_a_disk_is_said_before_anything_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(path.parent)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ArchiveUnavailableError, match="and 10 are free"):
        back(path)
    assert backups(path.parent / "backups", path) == []


def test_an_archive_of_an_older_newsward_is_copied_as_it_is(path: Path) -> None:
    query(path, "PRAGMA user_version = 1")
    made = back(path)
    assert query(made.folder / "archive.db", "PRAGMA user_version") == [(1,)]
    open_archive(made.folder / "archive.db", readonly=True).close()


def test_nothing_is_made_where_there_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissingError):
        back(tmp_path / "archive.db")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_where_the_backup_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    result = CliRunner().invoke(newsward, ["backup", "--keep", "3"])
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"backups/archive-\S+Z: \d+ kB, sound\. Kept: 1\.\n", result.stdout), (
        result.stdout
    )
