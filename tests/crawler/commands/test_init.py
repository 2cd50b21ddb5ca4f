from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import newsward
from crawler.source_file import load_sources


def test_it_writes_a_list_that_can_be_read_and_tells_what_to_type_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(newsward, ["init", "my news/e-safety"])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[1:] == [
        "Look it through, then type:",
        "  cd 'my news/e-safety'",
        "  newsward source list",
        "  newsward crawl",
    ]
    assert load_sources(tmp_path / "my news/e-safety/sources.toml")


def test_without_a_folder_it_writes_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(newsward, ["init"])
    assert result.exit_code == 0
    assert "cd " not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["sources.toml"]


def test_it_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("# mine")
    result = CliRunner().invoke(newsward, ["init", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr == (
        f"newsward: {path}: there is one already and it was left as it is. Edit it, or name another"
        " DIRECTORY.\n"
    )
    assert path.read_text() == "# mine"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(newsward, ["init", str(tmp_path / "file" / "inside")])
    assert result.exit_code == 5
    assert "cannot be written" in result.stderr
    assert result.stderr.count("\n") == 1
