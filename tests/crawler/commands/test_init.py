from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import newsward
from crawler.shipped import STARTERS, shipped_sources, shipped_text
from crawler.source_file import load_sources, parse_sources


def test_it_writes_a_list_that_can_be_read_and_tells_what_to_type_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(newsward, ["init", "my news/e-safety"])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[1:] == [
        "Look it through, then type:",
        "  cd 'my news/e-safety'",
        "  newsward source check",
        "  newsward crawl",
    ]
    assert load_sources(tmp_path / "my news/e-safety/sources.toml")


def test_without_a_folder_it_writes_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(newsward, ["init"])
    assert result.exit_code == 0
    assert "cd " not in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["sources.toml"]


def test_a_new_list_is_a_start_and_says_where_more_is(tmp_path: Path) -> None:
    CliRunner().invoke(newsward, ["init", str(tmp_path)])
    text = (tmp_path / "sources.toml").read_text("utf-8")
    assert [source.id for source in parse_sources(text, "s")] == list(STARTERS)
    assert all(source.enabled and not source.link_only for source in parse_sources(text, "s"))
    assert "newsward source add" in text
    assert "it was not checked live" in text
    assert text.count("# every ") + text.count("#   every ") == 1


def test_the_whole_list_can_be_had_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(newsward, ["init", "--all", str(tmp_path)])
    assert result.exit_code == 0
    assert (tmp_path / "sources.toml").read_text("utf-8") == shipped_text()
    assert load_sources(tmp_path / "sources.toml") == shipped_sources()


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
