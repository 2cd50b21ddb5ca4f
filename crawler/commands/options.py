"""What the commands of the crawl side share."""

import os
from pathlib import Path

import click

from archive.commands.options import Function


class Duration(click.ParamType[float]):
    """A duration as sources.toml writes it, `90s`, `30m`, `6h`, `1d`; the value is in seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds above 0; fails with the words of sources.toml."""
        # Imported here: what checks the file of sources loads more than `--help` needs.
        from crawler.source_values import Unfit, duration

        try:
            seconds = duration(value)
        except Unfit as unfit:
            self.fail(f"{value!r} {unfit}", param, ctx)
        if seconds <= 0:
            self.fail(f"{value!r} is no time at all.", param, ctx)
        return seconds


DURATION = Duration()


def sources_option(function: Function) -> Function:
    """Give a command `--sources PATH` as the parameter `sources: Path`; it need not exist."""
    return click.option(
        "--sources",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="NEWSWARD_SOURCES",
        default=Path("sources.toml"),
        show_default=True,
        show_envvar=True,
        metavar="PATH",
        help="The list of sources.",
    )(function)


def workers_option(function: Function) -> Function:
    """Give a command `--workers N` as the parameter `workers: int`."""
    return click.option(
        "--workers",
        type=click.IntRange(0, 64),
        default=os.cpu_count() or 1,
        envvar="NEWSWARD_WORKERS",
        metavar="N",
        help="Processes that read pages; 0 reads them in this one.  [default: one a core]",
    )(function)
