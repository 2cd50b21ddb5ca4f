import re
from pathlib import Path

import pytest

from archive.errors import ArchiveDamagedError, ArchiveMissingError, NewswardError
from archive.migrations import SCHEMA_VERSION
from archive.quick_check import quick_check
from archive.snapshots import Snapshots, snapshots_path


def test_it_counts_what_is_there_and_changes_nothing(archive_file: Path) -> None:
    Snapshots(archive_file).close()
    before = archive_file.read_bytes()
    seen = quick_check(archive_file)
    assert seen.records > 1
    assert seen.size == len(before) + snapshots_path(archive_file).stat().st_size
    assert (seen.schema, seen.newest_schema) == (SCHEMA_VERSION, SCHEMA_VERSION)
    assert archive_file.read_bytes() == before


def test_records_without_the_snapshots_that_prove_them_are_damage(archive_file: Path) -> None:
    with pytest.raises(ArchiveDamagedError, match=r"snapshots that prove \d+ records are gone"):
        quick_check(archive_file)


def test_an_archive_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissingError):
        quick_check(tmp_path / "archive.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_an_overwritten_page_is_noticed_and_said_in_one_line(archive_file: Path, page: int) -> None:
    Snapshots(archive_file).close()
    damaged = bytearray(archive_file.read_bytes())
    # Bytes 16 and 17 of a SQLite file are its page size, big-endian (fileformat2, section 1.3).
    size = int.from_bytes(damaged[16:18])
    damaged[page * size : (page + 1) * size] = b"\xff" * size
    archive_file.write_bytes(damaged)
    with pytest.raises(NewswardError, match=re.escape(str(archive_file))) as raised:
        quick_check(archive_file)
    assert "\n" not in str(raised.value)
    assert "damaged" in str(raised.value)
