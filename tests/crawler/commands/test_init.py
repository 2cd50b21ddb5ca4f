import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import newsward
from crawler.shipped import STARTERS, shipped_sources, shipped_text
from crawler.source_file import load_file, load_sources, parse_sources


def test_it_writes_a_list_that_can_be_read_and_tells_what_to_type_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(newsward, ["init", "my news/e-safety"])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1:] == [
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


@pytest.mark.parametrize("more", [[], ["--all"]])
@pytest.mark.parametrize(
    "contact", ["mailto:lead@school.example", "lead@school.example", "https://school.example/~it"]
)
def test_the_contact_that_is_given_stands_above_the_sources(
    tmp_path: Path, contact: str, more: list[str]
) -> None:
    result = CliRunner().invoke(newsward, ["init", str(tmp_path), "--contact", contact, *more])
    assert result.exit_code == 0, result.output
    assert "no contact" not in result.output
    written = load_file(tmp_path / "sources.toml")
    assert written.contact == contact
    assert [source.id for source in written.sources] == (
        [source.id for source in shipped_sources()] if more else list(STARTERS)
    )


@pytest.mark.parametrize(
    "contact", ["", "me", "me at school.example", "mailto:a@b.example)\r\nX: 1", "javascript:x"]
)
def test_what_is_no_contact_is_refused_and_nothing_is_written(tmp_path: Path, contact: str) -> None:
    result = CliRunner().invoke(newsward, ["init", str(tmp_path / "new"), "--contact", contact])
    assert result.exit_code == 2
    assert "--contact" in result.stderr
    assert not (tmp_path / "new").exists()


def test_without_a_terminal_nobody_is_asked_and_what_is_missing_is_said(tmp_path: Path) -> None:
    runner = CliRunner()
    result = runner.invoke(newsward, ["init", str(tmp_path / "a")], input="me@x.example\n")
    assert load_file(tmp_path / "a" / "sources.toml").contact is None
    assert result.stderr.startswith("Publishers see no contact: ")
    known = {"NEWSWARD_CONTACT": "mailto:lead@school.example"}
    result = runner.invoke(newsward, ["init", str(tmp_path / "b")], env=known)
    assert result.stderr == ""
    assert load_file(tmp_path / "b" / "sources.toml").contact is None, "the environment's own"


def on_a_terminal(folder: Path, typed: bytes) -> str:
    """What `newsward init` shows to a person who types this at once."""
    terminal, its_end = pty.openpty()
    command = [Path(sys.executable).with_name("newsward"), "init", folder]
    known = {name: value for name, value in os.environ.items() if name != "NEWSWARD_CONTACT"}
    with subprocess.Popen(
        command, stdin=its_end, stdout=its_end, stderr=its_end, env=known, start_new_session=True
    ) as process:
        os.close(its_end)
        os.write(terminal, typed)
        shown = b""
        while True:
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # Linux: nobody is at the other end any more
                break
    os.close(terminal)
    assert process.returncode == 0, shown
    return shown.decode()


@pytest.mark.slow  # starts processes
def test_on_a_terminal_it_asks_for_the_contact_until_it_has_one_or_none(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path / "a", b"me at school\nmailto:lead@school.example\n")
    assert "Publishers see with each request how to reach you" in shown
    assert "is neither a mail address nor a web address" in shown
    assert load_file(tmp_path / "a" / "sources.toml").contact == "mailto:lead@school.example"
    shown = on_a_terminal(tmp_path / "b", b"\n")
    assert "Publishers see no contact: " in shown
    assert load_file(tmp_path / "b" / "sources.toml").contact is None
