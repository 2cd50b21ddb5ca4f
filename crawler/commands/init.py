import shlex
from importlib.resources import files
from pathlib import Path

import click

from archive.errors import ArchiveUnavailableError, ConfigurationError


@click.command
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False
)
def init(directory: Path) -> None:
    r"""Write a commented sources.toml to start from.

    Makes DIRECTORY when it is not there (the present one when not said); overwrites nothing.

    \b
    Example:
      newsward init esafety
    """
    path = directory / "sources.toml"
    text = files("crawler").joinpath("sources.toml").read_bytes()
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
    click.echo(f"Wrote {path}: sources to start from, and what each key means.")
    click.echo("Look it through, then type:")
    if directory.resolve() != Path.cwd():
        click.echo(f"  cd {shlex.quote(str(directory))}")
    click.echo("  newsward source list\n  newsward crawl")
