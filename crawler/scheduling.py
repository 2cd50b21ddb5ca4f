"""What a schedule is made of: the texts of a systemd user timer, or a line of a crontab.

Pure functions of values; `newsward schedule` writes what they return and runs nothing else.
"""

import hashlib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ConfigurationError

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
# A crawl ends before the next one begins: the lock would send that one away.
SHARE_OF_TIME = 0.9
# How far timers of many machines are spread, so that no publisher is asked by all at once.
MOST_SPREAD = 300

# What of the environment a crawl needs, wherever a timer starts it from.
CARRIED = (
    *("NEWSWARD_CONTACT", "NEWSWARD_NOTIFY", "NEWSWARD_WORKERS", "NEWSWARD_PAGE_SECONDS"),
    *("NEWSWARD_BUSY_SECONDS", "NEWSWARD_SMTP", "NEWSWARD_MAIL_FROM"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A crawl that is to run again and again; paths are absolute, times in seconds.

    `environment` is what it is given beside what every program of the person gets.
    """

    command: Path
    archive: Path
    sources: Path
    every: int
    max_time: int
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """A name for files and units: the same for the same archive, and for no other."""
        return name_of(self.archive)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command line."""
        return (
            *(str(self.command), "crawl", "--archive", str(self.archive)),
            *("--sources", str(self.sources), "--max-time", f"{self.max_time}s"),
        )


def name_of(archive: Path) -> str:
    """The name of the schedule of an archive, given by its absolute path."""
    plain = re.sub(r"[^a-z0-9]+", "-", archive.stem.lower()).strip("-") or "archive"
    return f"newsward-{plain}-{hashlib.sha256(str(archive).encode()).hexdigest()[:6]}"


def checked(schedule: Schedule) -> Schedule:
    """The schedule, when its paths and values can be written down.

    Raises:
        ConfigurationError: a path or value holds a line end, which no unit and no crontab allows.
    """
    written = (*schedule.arguments, *(value for _, value in schedule.environment))
    for text in written:
        if re.search(r"[\x00-\x1f\x7f]", text):
            raise ConfigurationError(
                f"{text!r} holds a control character, which a timer cannot hold. Rename it."
            )
    return schedule


def environment_text(schedule: Schedule) -> str:
    """A file of settings that systemd and every shell read alike."""
    lines = [f"{name}={shlex.quote(value)}" for name, value in schedule.environment]
    return "".join(f"{line}\n" for line in ["# Settings of scheduled crawls.", *lines])


def hidden(text: str) -> str:
    """The same without what is secret: addresses that may hold passwords."""
    names = r"NEWSWARD_NOTIFY|NEWSWARD_SMTP|\w+_(?:proxy|PROXY)"
    return re.sub(rf"(?m)^((?:{names})=).+$", r"\1(not shown)", text)


def service_text(schedule: Schedule, settings: Path) -> str:
    """The unit that crawls once; `settings` is the file of its environment."""
    return f"""\
# Written by `newsward schedule install`; `newsward schedule remove` takes it away.
[Unit]
Description=newsward: crawl what is due into {_unit(str(schedule.archive))}

[Service]
Type=oneshot
WorkingDirectory={_unit(str(schedule.sources.parent))}
EnvironmentFile=-{_unit(str(settings))}
ExecStart={" ".join(_quoted(one) for one in schedule.arguments)}
# 3: some sources failed, 130: stopped in the middle. Neither is a failure of the service;
# `newsward health` says which source needs a person.
SuccessExitStatus=3 130
# As one Ctrl-C: the crawl ends cleanly and the next one goes on there.
KillSignal=SIGINT
TimeoutStopSec=90
Nice=10
"""


def timer_text(schedule: Schedule) -> str:
    """The unit that starts the other one again and again, the first time at once."""
    spread = min(schedule.every // 10, MOST_SPREAD)
    return f"""\
# Written by `newsward schedule install`; `newsward schedule remove` takes it away.
[Unit]
Description=newsward: crawl every {in_words(schedule.every)} into {_unit(str(schedule.archive))}

[Timer]
OnStartupSec=2min
OnUnitActiveSec={schedule.every}s
RandomizedDelaySec={spread}s

[Install]
WantedBy=timers.target
"""


def cron_line(schedule: Schedule, settings: Path, log: Path) -> str:
    """The crontab's line; `log` keeps what the last crawl said.

    Raises:
        ConfigurationError: a crontab cannot say how often.
    """
    into = shlex.quote(str(schedule.sources.parent))
    told = shlex.quote(str(settings))
    command = " ".join(shlex.quote(one) for one in schedule.arguments)
    line = f"cd {into} && set -a && . {told} && set +a && exec {command}"
    line = f"{line} >{shlex.quote(str(log))} 2>&1"
    # To cron a bare per cent sign ends the command.
    return f"{_cron_times(schedule)} {line.replace('%', chr(92) + '%')}"


def _cron_times(schedule: Schedule) -> str:
    # Not everybody on the hour: where in it is given by the name, and so always the same.
    seed = int(hashlib.sha256(schedule.name.encode()).hexdigest()[:8], 16)
    minute, hour, day = seed % 60, seed // 60 % 24, seed // 1440 % 7
    every = schedule.every
    if every == WEEK:
        return f"{minute} {hour} * * {day}"
    if every == DAY:
        return f"{minute} {hour} * * *"
    if every == HOUR:
        return f"{minute} * * * *"
    if every % HOUR == 0 and DAY % every == 0:
        hours = every // HOUR
        return f"{minute} {hour % hours}-23/{hours} * * *"
    if every % MINUTE == 0 and HOUR % every == 0:
        minutes = every // MINUTE
        return f"{minute % minutes}-59/{minutes} * * * *"
    raise ConfigurationError(
        f"--every {in_words(every)}: a crontab cannot say that. Give a part of an hour (5m, 15m,"
        " 30m), of a day (1h, 6h, 12h), 1d or 1w."
    )


def with_block(crontab: str, name: str, line: str) -> str:
    """A crontab with our lines in it once, every other line as it was."""
    rest = without_block(crontab, name)
    if rest and not rest.endswith("\n"):
        rest += "\n"
    begin, end = _marks(name)
    return f"{rest}{begin}\n{line}\n{end}\n"


def without_block(crontab: str, name: str) -> str:
    """A crontab without our lines, every other line as it was."""
    begin, end = _marks(name)
    return re.sub(
        rf"^{re.escape(begin)}\n(?:(?!# [<>]).*\n)*?{re.escape(end)}(?:\n|\Z)",
        "",
        crontab,
        flags=re.MULTILINE,
    )


def block_of(crontab: str, name: str) -> str | None:
    """Our line in a crontab, None when there is none."""
    begin, end = _marks(name)
    found = re.search(rf"^{re.escape(begin)}\n(.*)\n{re.escape(end)}$", crontab, flags=re.MULTILINE)
    return found[1] if found else None


def _marks(name: str) -> tuple[str, str]:
    return f"# > {name}, written by newsward schedule", f"# < {name}"


def in_words(seconds: int) -> str:
    """How often, in the largest unit that fits: `15 min`, `6 h`, `1 d`."""
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _unit(text: str) -> str:
    # systemd.unit(5): a per cent sign begins a specifier.
    return text.replace("%", "%%")


def _quoted(argument: str) -> str:
    # systemd.service(5), command lines: quotes, C escapes, $ for variables.
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_unit(escaped)}"'
