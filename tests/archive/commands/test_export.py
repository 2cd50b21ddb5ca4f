import csv
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.commands.export import export
from archive.errors import ArchiveDamagedError, ArchiveUnavailableError, ConfigurationError


def run(archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(export, [*arguments, "--archive", str(archive)])


def test_an_export_is_a_file_and_a_count(archive_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "police.csv"
    done = run(archive_file, "police", "--format", "csv", "-o", str(out))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"2 records exported to {out}, as many as found.\n"
    with out.open(newline="", encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["1", "2"]
    assert {path.name for path in tmp_path.iterdir()} >= {"police.csv"}
    assert not list(tmp_path.glob(".*.part"))


def test_a_hyphen_is_stdout(archive_file: Path) -> None:
    done = run(archive_file, "--format", "json", "-o", "-", "--source", "gazette")
    assert [item["id"] for item in json.loads(done.stdout)] == [3, 4]
    assert done.stderr == "2 records exported, as many as found.\n"


def test_a_word_to_leave_out_is_never_the_name_of_a_file(
    archive_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(archive_file, "invented", "-once", "-police", "--format", "ndjson", "-o", "-")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [3, 4]
    assert not (tmp_path / "nce").exists()
    wrong = run(archive_file, "invented", "--sorce", "x", "--format", "csv", "-o", "-")
    assert wrong.exit_code == 2


def test_an_export_that_fails_leaves_the_old_file(archive_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.csv"
    out.write_text("kept")
    with sqlite3.connect(archive_file) as connection:
        connection.execute("DELETE FROM sources WHERE slug = 'gazette'")
    connection.close()
    done = run(archive_file, "--format", "csv", "-o", str(out))
    assert isinstance(done.exception, ArchiveDamagedError)
    assert out.read_text() == "kept"
    assert not list(tmp_path.glob(".*.part"))


def test_no_export_overwrites_the_archive(archive_file: Path) -> None:
    before = archive_file.read_bytes()
    done = run(archive_file, "--format", "csv", "-o", str(archive_file))
    assert isinstance(done.exception, ConfigurationError)
    assert archive_file.read_bytes() == before


def test_a_folder_that_is_not_there_is_said_in_one_line(archive_file: Path) -> None:
    out = archive_file.with_name("none") / "x.csv"
    done = run(archive_file, "--format", "csv", "-o", str(out))
    assert isinstance(done.exception, ArchiveUnavailableError)
    assert "x.csv: cannot be written (No such file or directory)" in str(done.exception)
