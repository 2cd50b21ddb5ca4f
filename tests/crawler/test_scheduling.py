"""The texts of a schedule: units that systemd takes, lines that cron takes."""

import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigurationError
from crawler.scheduling import (
    DAY,
    HOUR,
    WEEK,
    Schedule,
    block_of,
    checked,
    cron_line,
    environment_text,
    hidden,
    in_words,
    name_of,
    service_text,
    timer_text,
    with_block,
    without_block,
)

PLAIN = Schedule(
    command=Path("/bin/true"),
    archive=Path("/var/news/archive.db"),
    sources=Path("/var/news/sources.toml"),
    every=HOUR,
    max_time=3240,
    environment=(("NEWSWARD_CONTACT", "mailto:lead@school.example"),),
)
SETTINGS, LOG = Path("/var/news/settings.env"), Path("/var/news/archive.db.log")
ODD = "/srv/a b%h $HOME 'q' \"d\" back\\slash é"


@pytest.mark.parametrize("schedule", [PLAIN, replace(PLAIN, every=DAY * 10)], ids=["1h", "10d"])
@pytest.mark.parametrize("folder", ["/srv", ODD])
def test_systemd_takes_the_units(schedule: Schedule, folder: str, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze, which is not on this machine")
    odd = replace(schedule, archive=Path(folder, "a.db"), sources=Path(folder, "s.toml"))
    service = tmp_path / f"{odd.name}.service"
    timer = tmp_path / f"{odd.name}.timer"
    service.write_text(service_text(odd, Path(folder, "settings.env")), "utf-8")
    timer.write_text(timer_text(odd), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", service, timer],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    ours = [line for line in done.stderr.splitlines() if odd.name in line]
    assert (done.returncode, ours) == (0, [])
    broken = timer.read_text("utf-8").replace("OnUnitActiveSec=", "OnUnitActiveSec=often ")
    timer.write_text(broken, "utf-8")
    again = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", timer],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert "often" in again.stderr, "the check notices what is wrong"


def test_the_command_line_of_a_unit_quotes_what_systemd_would_read_otherwise() -> None:
    odd = replace(PLAIN, archive=Path(ODD))
    assert "%%h" in service_text(odd, SETTINGS)
    line = next(
        line for line in service_text(odd, SETTINGS).splitlines() if line.startswith("ExecStart=")
    )
    assert '"/srv/a b%%h $$HOME \'q\' \\"d\\" back\\\\slash é"' in line


@pytest.mark.parametrize(
    ("every", "fields"),
    [
        (300, "M-59/5 * * * *"),
        (1800, "MM-59/30 * * * *"),
        (HOUR, "MM * * * *"),
        (6 * HOUR, "MM H-23/6 * * *"),
        (DAY, "MM HH * * *"),
        (WEEK, "MM HH * * D"),
    ],
)
def test_a_crontab_says_how_often(every: int, fields: str) -> None:
    times = cron_line(replace(PLAIN, every=every), SETTINGS, LOG).split(" cd ")[0].split()
    told = fields.split()
    assert len(times) == 5
    for time, field in zip(times, told, strict=True):
        assert (time == "*") == (field == "*")
        assert ("/" in time) == ("/" in field)
        if "/" in field:
            assert time.partition("-")[2] == field.partition("-")[2]
            assert int(time.partition("-")[0]) < int(time.rpartition("/")[2])


@pytest.mark.parametrize("every", [420, 50 * 60, 5 * HOUR, 2 * DAY, 301])
def test_what_a_crontab_cannot_say_is_refused(every: int) -> None:
    with pytest.raises(ConfigurationError, match="a crontab cannot say that"):
        cron_line(replace(PLAIN, every=every), SETTINGS, LOG)


def test_archives_have_schedules_of_their_own_and_not_all_at_the_same_minute() -> None:
    names = {name_of(Path(f"/var/{folder}/archive.db")) for folder in range(50)}
    assert len(names) == 50
    minutes = {
        cron_line(replace(PLAIN, archive=Path(f"/var/{n}/archive.db")), SETTINGS, LOG).split()[0]
        for n in range(50)
    }
    assert len(minutes) > 10


def test_the_line_runs_in_a_shell_with_the_settings_and_keeps_what_was_said(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "a b%c 'd'"
    folder.mkdir()
    spy = folder / "newsward"
    spy.write_text('#!/bin/sh\nprintf "%s\\n" "$@" "$NEWSWARD_CONTACT" "$PWD"\n')
    spy.chmod(0o755)
    contact = 'it\'s 100% "ours" $HOME'
    schedule = Schedule(
        command=spy,
        archive=folder / "archive.db",
        sources=folder / "sources.toml",
        every=HOUR,
        max_time=60,
        environment=(("NEWSWARD_CONTACT", contact),),
    )
    settings, log = folder / "settings.env", folder / "log"
    settings.write_text(environment_text(schedule))
    line = cron_line(schedule, settings, log)
    # What cron does: five fields, then the command, in which \% is %.
    command = line.split(" ", 5)[5].replace("\\%", "%")
    subprocess.run(["/bin/sh", "-c", command], check=True, timeout=60)
    assert log.read_text().splitlines() == [
        *("crawl", "--archive", str(folder / "archive.db")),
        *("--sources", str(folder / "sources.toml"), "--max-time", "60s"),
        contact,
        str(folder),
    ]


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\x00b"])
def test_what_would_break_a_line_is_refused(bad: str) -> None:
    with pytest.raises(ConfigurationError, match="control character"):
        checked(replace(PLAIN, archive=Path(f"/var/{bad}")))
    with pytest.raises(ConfigurationError, match="control character"):
        checked(replace(PLAIN, environment=(("NEWSWARD_CONTACT", bad),)))
    assert checked(PLAIN) == PLAIN


def test_secrets_are_not_shown() -> None:
    environment = (
        ("NEWSWARD_NOTIFY", "mailto://me:secret@x.example"),
        ("NEWSWARD_SMTP", "smtp://me:secret@x.example"),
        ("https_proxy", "u:secret"),
    )
    text = environment_text(replace(PLAIN, environment=environment))
    assert "secret" in text
    assert "secret" not in hidden(text)
    assert hidden(text).count("(not shown)") == 3
    assert hidden(environment_text(PLAIN)) == environment_text(PLAIN)


lines = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=200)


@given(lines, st.sampled_from(["newsward-a-000000", "newsward-b-ffffff"]))
def test_our_lines_alone_are_touched_in_a_crontab(crontab: str, name: str) -> None:
    line = cron_line(PLAIN, SETTINGS, LOG)
    added = with_block(crontab, name, line)
    assert block_of(added, name) == line
    end = "" if not crontab or crontab.endswith("\n") else "\n"
    assert without_block(added, name) == crontab + end
    assert with_block(added, name, line) == added, "twice is once"
    other = with_block(added, "newsward-other-123456", line)
    assert without_block(other, "newsward-other-123456") == added


def test_a_changed_line_replaces_the_old_one() -> None:
    first = with_block("5 4 * * * theirs\n", PLAIN.name, "old")
    second = with_block(first, PLAIN.name, "new")
    assert block_of(second, PLAIN.name) == "new"
    assert "old" not in second
    assert second.startswith("5 4 * * * theirs\n")


def test_spans_are_said_in_the_largest_unit_that_fits() -> None:
    assert [in_words(n) for n in (301, 900, HOUR, 90 * 60, DAY, WEEK)] == [
        *("301 s", "15 min", "1 h", "90 min", "1 d", "7 d"),
    ]


def test_the_settings_are_read_alike_by_a_shell() -> None:
    values = ("plain", "two words", "it's", 'say "x"', "$HOME `id` \\ %d", "")
    environment = tuple((f"V{n}", value) for n, value in enumerate(values) if value)
    text = environment_text(replace(PLAIN, environment=environment))
    script = text + "".join(f'printf "%s\\n" "$V{n}"\n' for n in range(len(values) - 1))
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == list(values[:-1])
    assert shlex.split(text, comments=True) == [f"{name}={value}" for name, value in environment]
