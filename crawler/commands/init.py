import shlex
from pathlib import Path

import click

from archive.errors import ArchiveUnavailableError, ConfigurationError
from crawler.shipped import shipped_text, starter_text


@click.command
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False
)
@click.option("--all", "whole", is_flag=True, help="Begin with all the sources that ship.")
def init(directory: Path, *, whole: bool) -> None:
    r"""Write a commented sources.toml to start from.

    It says what each key means and lists a few of the sources that ship with newsward; `newsward
    source add` brings more. Makes DIRECTORY when it is not there (the present one when not said);
    overwrites nothing.

    \b
    Examples:
      newsward init esafety
      newsward init --all
    """
    path = directory / "sources.toml"
    text = (shipped_text() if whole else starter_text()).encode("utf-8")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # "x" fails where there is a file already, without a moment between looking and writing.
        with path.open("xb") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path}: there is one already and it was left as it is. Edit it, or name another"
            " DIRECTORY."
        ) from error
    except OSError as error:
        raise ArchiveUnavailableError(
            f"{path}: cannot be written ({error.strerror}). Name another DIRECTORY."
        ) from error
    what = "all the sources that ship" if whole else "a few sources to start from"
    click.echo(f"Wrote {path}: {what}, and what each key means. None was checked live.")
    click.echo("Look it through, then type:")
    if directory.resolve() != Path.cwd():
        click.echo(f"  cd {shlex.quote(str(directory))}")
    click.echo("  newsward source check\n  newsward crawl")
