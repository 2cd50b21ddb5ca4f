"""`newsward schedule`: what it writes and runs, with stand-ins for systemctl and crontab."""

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import newsward
from crawler.scheduling import name_of

SOURCES = """\
[[source]]
id = "press"
name = "Press"
homepage = "https://press.example/"
[[source.discovery]]
kind = "feed"
url = "https://press.example/feed"
"""
# Keeps what it is given on stdin and gives it back, as the real one does for each user.
CRONTAB = """\
#!/bin/sh
kept="$HOME/crontab.kept"
case "$1" in
  -l) if [ -f "$kept" ]; then cat "$kept"; else echo "no crontab for me" >&2; exit 1; fi ;;
  -) cat > "$kept" ;;
  *) exit 2 ;;
esac
"""
SYSTEMCTL = """\
#!/bin/sh
echo "$@" >> "$HOME/systemctl.asked"
case "$*" in *list-timers*) echo "NEXT LEFT of $5" ;; esac
exit ${SYSTEMCTL_EXIT:-0}
"""

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with sources.toml, and a PATH with nothing of this machine's owner on it."""
    home, tools = tmp_path / "home", tmp_path / "tools"
    home.mkdir()
    tools.mkdir()
    for name in ("sh", "cat"):
        real = next(p for p in (Path("/bin", name), Path("/usr/bin", name)) if p.exists())
        (tools / name).symlink_to(real)
    (home / "sources.toml").write_text(SOURCES)
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("NEWSWARD_CONTACT", "mailto:lead@school.example")
    monkeypatch.setenv("https_proxy", "http://me:secret@proxy.example:3128")
    return home


def tool(home: Path, name: str, text: str) -> None:
    path = home.parent / "tools" / name
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def cron(home: Path) -> Path:
    """The crontab of a machine without systemd."""
    tool(home, "crontab", CRONTAB)
    return home / "crontab.kept"


@pytest.fixture
def systemd(home: Path) -> Path:
    """What systemctl was asked, on a machine with both."""
    tool(home, "crontab", CRONTAB)
    tool(home, "systemctl", SYSTEMCTL)
    return home / "systemctl.asked"


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(newsward, ["schedule", *arguments])
    assert result.exit_code == code, result.output
    return result


def units(home: Path) -> dict[str, str]:
    folder = home / ".config/systemd/user"
    return {path.suffix: path.read_text() for path in folder.glob("*")}


def test_where_systemd_runs_a_timer_is_written_and_started(home: Path, systemd: Path) -> None:
    said = run("install").output
    found = units(home)
    command = Path(sys.executable).with_name("newsward")
    assert (
        f'ExecStart="{command}" "crawl" "--archive" "{home}/archive.db"'
        f' "--sources" "{home}/sources.toml" "--max-time" "3240s"'
    ) in found[".service"]
    assert f"WorkingDirectory={home}\n" in found[".service"]
    assert "OnUnitActiveSec=3600s" in found[".timer"]
    timer = f"{name_of(home / 'archive.db')}.timer"
    assert systemd.read_text().splitlines()[1:] == [
        "--user daemon-reload",
        f"--user enable --now {timer}",
        f"--user restart {timer}",
    ]
    for line in systemd.read_text().splitlines()[1:]:
        assert f"run systemctl {line}\n" in said
    for text in found.values():
        assert all(f"    {line}\n" in said for line in text.splitlines() if line)
    assert not (home / "crontab.kept").exists()


def test_contact_and_proxy_are_kept_in_a_file_for_the_owner_alone(
    home: Path, systemd: Path
) -> None:
    said = run("install").output
    (settings,) = (home / ".config/newsward").iterdir()
    assert f"EnvironmentFile=-{settings}\n" in units(home)[".service"]
    assert "NEWSWARD_CONTACT=mailto:lead@school.example\n" in settings.read_text()
    assert "https_proxy=http://me:secret@proxy.example:3128\n" in settings.read_text()
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert "secret" not in said + run("show").output + systemd.read_text()


def test_installing_twice_changes_nothing_and_says_so(home: Path, systemd: Path) -> None:
    run("install")
    before = units(home)
    systemd.unlink()
    said = run("install").output
    assert said.count("as it is: ") == 3
    assert "write " not in said
    assert units(home) == before
    assert "restart" not in systemd.read_text()


def test_another_interval_replaces_the_first(home: Path, systemd: Path) -> None:
    run("install")
    systemd.unlink()
    run("install", "--every", "6h", "--max-time", "45m")
    assert "OnUnitActiveSec=21600s" in units(home)[".timer"]
    assert '"--max-time" "2700s"' in units(home)[".service"]
    assert "--user restart" in systemd.read_text()


def test_removing_leaves_nothing_behind(home: Path, systemd: Path) -> None:
    run("install")
    systemd.unlink()
    said = run("remove").output
    assert [path for path in (home / ".config").rglob("*") if path.is_file()] == []
    timer = f"{name_of(home / 'archive.db')}.timer"
    assert f"--user disable --now {timer}" in systemd.read_text()
    assert f"remove {home}/.config/systemd/user/{timer}" in said
    assert "nothing is scheduled" in run("remove").output
    assert "nothing is scheduled" in run("show").output


def test_a_dry_run_says_the_same_and_does_nothing(home: Path, systemd: Path) -> None:
    planned = run("install", "--dry-run").stdout
    assert not (home / ".config").exists()
    assert systemd.read_text().count("\n") == 1, "only whether systemd runs was asked"
    assert run("install").stdout == planned
    asked = systemd.read_text()
    run("remove", "--dry-run")
    assert (systemd.read_text(), len(units(home))) == (asked, 2)


def test_where_no_systemd_runs_the_crontab_gets_one_line(home: Path, cron: Path) -> None:
    cron.write_text("MAILTO=me@school.example\n5 4 * * * backup 50\\%  # theirs")
    said = run("install").output
    theirs, ours = cron.read_text().split("# > ")
    assert theirs == "MAILTO=me@school.example\n5 4 * * * backup 50\\%  # theirs\n"
    assert len(ours.splitlines()) == 3
    line = ours.splitlines()[1]
    assert line.split()[1:5] == ["*", "*", "*", "*"]
    assert f"{Path(sys.executable).with_name('newsward')} crawl --archive {home}/archive.db" in line
    assert f"    {line}\n" in said
    kept = cron.read_text()
    assert "as it is: crontab" in run("install").output
    assert cron.read_text() == kept
    assert line in run("show").output
    run("remove")
    assert cron.read_text() == theirs


def test_systemctl_without_a_manager_is_no_systemd(
    home: Path, systemd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYSTEMCTL_EXIT", "1")
    run("install")
    assert (home / "crontab.kept").exists()
    assert systemd.read_text() == "--user show --property=Version\n"


def test_changing_over_leaves_one_of_the_two(home: Path, systemd: Path) -> None:
    run("install", "--via", "crontab")
    assert "newsward" in (home / "crontab.kept").read_text()
    run("install")
    assert (home / "crontab.kept").read_text() == ""
    assert len(units(home)) == 2
    assert "disable" not in systemd.read_text()
    run("install", "--via", "crontab")
    assert units(home) == {}
    assert "newsward" in (home / "crontab.kept").read_text()


def test_each_archive_has_its_own(home: Path, cron: Path) -> None:
    run("install")
    run("install", "--archive", "other.db", "--every", "1d")
    assert cron.read_text().count(" crawl --archive ") == 2
    run("remove", "--archive", "other.db")
    assert cron.read_text().count(" crawl --archive ") == 1
    assert f"{home}/archive.db" in cron.read_text()


@pytest.mark.usefixtures("cron")
def test_programs_can_read_what_is_installed(home: Path) -> None:
    assert json.loads(run("show", "--json").stdout)["via"] == []
    run("install")
    found = json.loads(run("show", "--json").stdout)
    assert found["via"] == ["crontab"]
    assert found["archive"] == f"{home}/archive.db"
    assert Path(found["files"]["settings"]).is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["install"], "crontab: there is no such command"),
        (["install", "--every", "1m"], "outside 5 min to 90 d"),
        (["install", "--every", "soon"], "is not a duration"),
        (["install", "--every", "-5m"], "is not a duration"),
        (["install", "--sources", "none.toml"], "there is no such file"),
        (["install", "--via", "crontab", "--every", "7h"], "a crontab cannot say that"),
    ],
)
def test_what_cannot_be_is_said_in_a_line_and_nothing_is_written(
    arguments: list[str], said: str, home: Path
) -> None:
    if "7h" in arguments:
        tool(home, "crontab", CRONTAB)
    output = run(*arguments, code=2).output
    assert said in output
    assert not (home / ".config").exists()
    assert not (home / "crontab.kept").exists()


def test_a_command_that_fails_is_named_with_its_reason(home: Path, systemd: Path) -> None:
    tool(
        home,
        "systemctl",
        '#!/bin/sh\ncase "$2" in enable) echo "Access denied" >&2; exit 4;; esac\n',
    )
    output = run("install", code=2).output
    assert "systemctl --user enable --now" in output
    assert "failed (Access denied)" in output
    assert not systemd.exists()
