import os
import shlex
import sys
from pathlib import Path

import click

from archive.errors import ArchiveUnavailableError, ConfigurationError
from crawler.contact import NO_CONTACT, contact_in, with_contact
from crawler.shipped import shipped_text, starter_text
from crawler.source_values import Unfit
from crawler.source_values import contact as checked_contact
from crawler.source_writing import header_of


def _contact(value: str) -> str:
    try:
        return checked_contact(value)
    except Unfit as unfit:
        raise click.BadParameter(f"{value!r} {unfit}") from unfit


@click.command
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False
)
@click.option("--all", "whole", is_flag=True, help="Begin with all the sources that ship.")
@click.option(
    "--contact",
    metavar="ADDRESS",
    callback=lambda _context, _option, value: None if value is None else _contact(value),
    help="A mail or web address at which publishers reach you; asked for on a terminal.",
)
def init(directory: Path, *, whole: bool, contact: str | None) -> None:
    r"""Write a commented sources.toml to start from.

    It says what each key means and lists a few of the sources that ship with newsward; `newsward
    source add` brings more. Makes DIRECTORY when it is not there (the present one when not said);
    overwrites nothing.

    \b
    Examples:
      newsward init esafety --contact mailto:lead@school.example
      newsward init --all
    """
    path = directory / "sources.toml"
    text = shipped_text() if whole else starter_text()
    if not path.exists():  # nobody is asked for what will not be written
        contact = contact or _asked_for()
    if contact:
        text = with_contact(text, header_of(text), contact)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # "x" fails where there is a file already, without a moment between looking and writing.
        with path.open("xb") as file:
            file.write(text.encode("utf-8"))
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
    if not contact and contact_in(os.environ) is None:
        click.echo(NO_CONTACT, err=True)
    click.echo("Look it through, then type:")
    if directory.resolve() != Path.cwd():
        click.echo(f"  cd {shlex.quote(str(directory))}")
    click.echo("  newsward source check\n  newsward crawl")


def _asked_for() -> str | None:
    """What the person at the terminal says; None without a terminal, or when it is known."""
    if contact_in(os.environ) or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    click.echo(
        "Publishers see with each request how to reach you: a mail or web address.", err=True
    )
    return click.prompt(
        "Contact (Enter for none)",
        default="",
        show_default=False,
        value_proc=lambda said: _contact(said) if said.strip() else None,
        err=True,
    )
