import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from archive.commands.export import export as command
from archive.errors import ConfigurationError
from archive.export import Request, export_parquet
from archive.reading import ReadArchive


def rows(path: Path, columns: str = "id, title, authors, text, word_count") -> list[tuple[object]]:
    with duckdb.connect(":memory:") as db:
        return db.read_parquet(str(path)).order("id").project(columns).fetchall()


def test_each_record_is_a_row_with_its_types(archive_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    assert export_parquet(archive_file, Request(with_text=True), path) == 4
    with ReadArchive(archive_file) as archive, archive.selected(None, with_text=True) as (_, found):
        expected = [(r.id, r.title, list(r.authors), r.text, r.word_count) for r in found]
    assert rows(path) == expected
    assert {file.name for file in tmp_path.iterdir()} >= {"all.parquet"}
    assert not list(tmp_path.glob("*.ndjson"))


def test_without_text_there_is_no_column_of_it(archive_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    assert export_parquet(archive_file, Request(query="police source:harbour-blog"), path) == 2
    with duckdb.connect(":memory:") as db:
        columns = db.read_parquet(str(path)).columns
    assert "excerpt" in columns
    assert "text" not in columns


def test_nothing_found_is_a_table_without_rows(archive_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.parquet"
    assert export_parquet(archive_file, Request(query="never-written"), path) == 0
    assert rows(path, "id, published") == []


def test_the_command_says_how_many_it_wrote(archive_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    arguments = ["--format", "parquet", "--archive", str(archive_file), "-o"]
    done = CliRunner().invoke(command, [*arguments, str(path)])
    assert done.exit_code == 0, done.output
    assert "4 records exported" in done.stderr
    assert len(rows(path, "id")) == 4
    refused = CliRunner().invoke(command, [*arguments, "-"])
    assert refused.exit_code == 2
    assert "to a file, not to stdout" in refused.stderr


def test_without_the_extra_it_is_named(
    archive_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'newsward\[parquet\]'"):
        export_parquet(archive_file, Request(), tmp_path / "all.parquet")
    assert not list(tmp_path.glob("*.parquet*"))
