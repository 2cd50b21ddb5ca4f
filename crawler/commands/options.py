"""What the commands of the crawl side share."""

from pathlib import Path

import click

from archive.commands.options import Function


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
