"""`newsward schedule`: crawl again and again, by a systemd user timer or a crontab."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from archive.commands.options import archive_option, json_option, print_json
from archive.errors import ArchiveUnavailableError, ConfigurationError
from crawler.commands.options import DURATION, sources_option
from crawler.contact import NO_CONTACT, contact_in
from crawler.scheduling import (
    CARRIED,
    SHARE_OF_TIME,
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

# As in sources.toml: more often helps no reader of news.
LEAST_EVERY = 300
MOST_EVERY = 90 * 86400
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Print what would be done, and do nothing."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """Where the parts of a schedule stand."""

    service: Path
    timer: Path
    settings: Path
    log: Path

    @classmethod
    def of(cls, archive: Path) -> "Files":
        """Where those of an archive stand, by the XDG rules."""
        name = name_of(archive)
        config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        return cls(
            service=config / "systemd" / "user" / f"{name}.service",
            timer=config / "systemd" / "user" / f"{name}.timer",
            settings=config / "newsward" / f"{name}.env",
            log=archive.with_name(f"{archive.name}.log"),
        )


class Hands:
    """Does what it says: every file that is written and every command that is run is printed.

    With `dry_run` it only says so.
    """

    def __init__(self, *, dry_run: bool) -> None:
        self.dry_run = dry_run
        self.changed = False

    def write(self, path: Path, text: str, *, mode: int = 0o644) -> None:
        """Make a file hold a text; say so, or that it did already."""
        if path.is_file() and path.read_text("utf-8") == text:
            click.echo(f"as it is: {path}")
            return
        self.changed = True
        click.echo(f"write {path}")
        for line in hidden(text).splitlines():
            click.echo(f"    {line}")
        if self.dry_run:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Made with its rights, never open to others for a moment.
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
                file.write(text)
        except OSError as error:
            raise ArchiveUnavailableError(
                f"{path}: cannot be written ({error.strerror})."
            ) from error

    def remove(self, path: Path) -> None:
        """Take a file away when it is there."""
        if not path.exists():
            return
        self.changed = True
        click.echo(f"remove {path}")
        if not self.dry_run:
            path.unlink()

    def run(self, *command: str, given: str | None = None, may_fail: bool = False) -> None:
        """Run a command, with `given` on its stdin.

        Raises:
            ConfigurationError: it failed, and may not.
        """
        click.echo(f"run {' '.join(command)}")
        for line in (given or "").splitlines():
            click.echo(f"    {line}")
        if self.dry_run:
            return
        done = _run(*command, given=given)
        if done.returncode and not may_fail:
            raise ConfigurationError(
                f"{' '.join(command)}: failed ({' '.join(done.stderr.split()) or done.returncode})."
                " What was printed before it has been done; mend this and type it again."
            )


@click.group
def schedule() -> None:
    r"""Crawl again and again, by a systemd user timer or a crontab.

    \b
    Example:
      newsward schedule install --every 1h
    """


@schedule.command
@click.option(
    "--every", type=DURATION, default="1h", show_default=True, help="How often: 30m, 1h, 6h, 1d."
)
@click.option(
    "--max-time", type=DURATION, help="End each crawl after so long.  [default: 0.9 of it]"
)
@click.option(
    "--via",
    type=click.Choice(["systemd", "crontab"]),
    help="What starts it.  [default: systemd where it runs, else crontab]",
)
@dry_run_option
@sources_option
@archive_option
def install(*, archive: Path, sources: Path, via: str | None, dry_run: bool, **told: Any) -> None:  # noqa: ANN401 - two durations
    r"""Crawl every hour, or as told, from now on; typed again, change it.

    Prints every file that it writes and every command that it runs. Contact, proxy and
    NEWSWARD_NOTIFY are taken from the environment of now.

    \b
    newsward schedule install
    newsward schedule install --every 6h --dry-run
    """
    # Imported here: reading the sources loads more than `--help` needs.
    from crawler.source_file import load_file

    listed = load_file(sources)  # a timer that fails every hour helps nobody
    archive = archive.absolute()
    wanted = _schedule(archive, sources.absolute(), told["every"], told["max_time"])
    files, hands = Files.of(archive), Hands(dry_run=dry_run)
    via = via or ("systemd" if _systemd_runs() else "crontab")
    # Before anything is written: this is where it may be found impossible.
    line, crontab = None, ""
    if via == "crontab":
        line, crontab = cron_line(wanted, files.settings, files.log), _crontab()
    hands.write(files.settings, environment_text(wanted), mode=0o600)
    if line is None:
        _install_timer(wanted, files, hands)
        if _has_block(archive):
            _set_crontab(hands, without_block(_crontab(), wanted.name))
    else:
        _remove_timer(files, hands)
        _set_crontab(hands, with_block(crontab, wanted.name, line), before=crontab)
    if contact_in(dict(wanted.environment)) is None and listed.contact is None:
        click.echo(NO_CONTACT, err=True)
    _say_the_rest(wanted, files, via, dry_run=dry_run)


@schedule.command
@archive_option
@json_option
def show(*, archive: Path, as_json: bool) -> None:
    r"""Show what is installed for the archive, and when it runs next.

    \b
    newsward schedule show
    """
    archive = archive.absolute()
    files, found = Files.of(archive), _found(archive)
    if as_json:
        print_json({"archive": archive, "name": name_of(archive), "via": found, "files": files})
        return
    if not found:
        click.echo(f"{archive}: nothing is scheduled. newsward schedule install does it.")
    for path in (files.service, files.timer, files.settings):
        if found and path.is_file():
            click.echo(f"{path}")
            for line in hidden(path.read_text("utf-8")).splitlines():
                click.echo(f"    {line}")
    if "systemd" in found and shutil.which("systemctl"):
        timer = files.timer.name
        click.echo(_run("systemctl", "--user", "list-timers", "--no-pager", timer).stdout.rstrip())
    if "crontab" in found:
        click.echo(f"crontab\n    {block_of(_crontab(), name_of(archive))}")


@schedule.command
@dry_run_option
@archive_option
def remove(*, archive: Path, dry_run: bool) -> None:
    r"""Crawl no more by itself; the archive stays as it is.

    \b
    newsward schedule remove
    """
    archive = archive.absolute()
    files, hands = Files.of(archive), Hands(dry_run=dry_run)
    if not _found(archive):
        click.echo(f"{archive}: nothing is scheduled.")
    _remove_timer(files, hands)
    if _has_block(archive):
        _set_crontab(hands, without_block(_crontab(), name_of(archive)))
    hands.remove(files.settings)


def _schedule(archive: Path, sources: Path, every: float, max_time: float | None) -> Schedule:
    if not LEAST_EVERY <= every <= MOST_EVERY:
        raise ConfigurationError(f"--every {every:g} s: is outside 5 min to 90 d.")
    return checked(
        Schedule(
            command=_own_command(),
            archive=archive,
            sources=sources,
            every=round(every),
            max_time=round(max_time or every * SHARE_OF_TIME),
            environment=tuple((name, os.environ[name]) for name in CARRIED if os.environ.get(name)),
        )
    )


def _own_command() -> Path:
    """This environment's own `newsward`: what is on the PATH later may be another."""
    beside = Path(sys.executable).with_name("newsward")
    found = beside if beside.is_file() else Path(shutil.which("newsward") or sys.argv[0])
    if not found.is_file():
        raise ConfigurationError(
            f"{beside}: there is no newsward command in this environment. Install newsward there."
        )
    return found.absolute()


def _install_timer(wanted: Schedule, files: Files, hands: Hands) -> None:
    hands.write(files.service, service_text(wanted, files.settings))
    hands.write(files.timer, timer_text(wanted))
    if hands.changed:
        hands.run("systemctl", "--user", "daemon-reload")
    hands.run("systemctl", "--user", "enable", "--now", files.timer.name)
    if hands.changed:
        hands.run("systemctl", "--user", "restart", files.timer.name)


def _remove_timer(files: Files, hands: Hands) -> None:
    if not (files.timer.exists() or files.service.exists()):
        return
    # Where the manager does not run any more, the files are all there is.
    hands.run("systemctl", "--user", "disable", "--now", files.timer.name, may_fail=True)
    hands.remove(files.timer)
    hands.remove(files.service)
    hands.run("systemctl", "--user", "daemon-reload", may_fail=True)


def _set_crontab(hands: Hands, text: str, *, before: str | None = None) -> None:
    if text == before:
        click.echo("as it is: crontab")
        return
    hands.run("crontab", "-", given=text)


def _say_the_rest(wanted: Schedule, files: Files, via: str, *, dry_run: bool) -> None:
    lingers = Path("/var/lib/systemd/linger") / (os.environ.get("USER") or Path.home().name)
    if via == "systemd" and not lingers.exists():
        click.echo(
            "It runs while you are logged in. For always, type: loginctl enable-linger", err=True
        )
    where = f"journalctl --user -u {files.service.name}" if via == "systemd" else f"{files.log}"
    verb = "Would crawl" if dry_run else "Crawls"
    click.echo(f"{verb} every {in_words(wanted.every)} by {via}. What it says: {where}", err=True)
    click.echo("See how the sources are doing: newsward health", err=True)


def _found(archive: Path) -> list[str]:
    """By what the archive's crawls are started."""
    timer = ["systemd"] if Files.of(archive).timer.is_file() else []
    return timer + (["crontab"] if _has_block(archive) else [])


def _has_block(archive: Path) -> bool:
    return bool(shutil.which("crontab")) and block_of(_crontab(), name_of(archive)) is not None


def _crontab() -> str:
    if not shutil.which("crontab"):
        raise ConfigurationError(
            "crontab: there is no such command, and systemd does not run for this user."
            " Install cron, or see docs/scheduling.md for containers."
        )
    done = _run("crontab", "-l")
    if done.returncode and "no crontab" not in done.stderr:
        raise ConfigurationError(f"crontab -l: failed ({' '.join(done.stderr.split())}).")
    return done.stdout


def _systemd_runs() -> bool:
    """Whether a systemd user manager answers: it is installed in many places where none runs."""
    if not shutil.which("systemctl"):
        return False
    return _run("systemctl", "--user", "show", "--property=Version").returncode == 0


def _run(*command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    # No shell; the commands are those above, found on the PATH of the person who types.
    return subprocess.run(  # noqa: S603 - see above
        command, input=given, capture_output=True, text=True, check=False, timeout=60
    )
