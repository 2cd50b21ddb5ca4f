"""`newsward digest`: the monthly update, in one command or with a person's hand in between."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.commands.options import archive_option, json_option, print_json, printable
from archive.digest import rows
from archive.digest.drafts import Draft, complete, draft, look_over
from archive.digest.editing import as_toml, read_toml
from archive.digest.lint import Finding
from archive.digest.pdf import as_pdf
from archive.digest.rendering import Format, Style, as_mail, render
from archive.digest.rows import Asked
from archive.digest.values import Issue, Selection
from archive.digest.word import as_word
from archive.errors import ConfigurationError
from archive.periods import parse_period
from archive.reading import ReadArchive
from archive.store import Archive
from archive.whole_files import replacing

NEEDS_A_PERSON = 3
ITEMS = 20
_BINARY = frozenset({Format.WORD, Format.MAIL, Format.PDF})
_TEMPLATES = "NEWSWARD_TEMPLATES"
Function = TypeVar("Function", bound=Callable[..., Any])


class _WithDefault(click.Group):
    """A group whose own options are those of `make`: `newsward digest --month 2026-11`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `make` before what begins with an option."""
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_WithDefault)
def digest() -> None:
    r"""Write the update of a month: headlines, short quotations, sources, links, help.

    \b
    newsward digest --month 2026-11 --format html --output november.html
    newsward digest edit --month 2026-11 --output november.toml
    newsward digest lint november.toml
    newsward digest build november.toml --format docx --output november.docx

    One record stands for each story, the others are named with it. What an issue had that was
    written to a file is left out of the issues of other months. `newsward digest make --help`
    shows the options; `make` itself need not be typed.
    """


def _month(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    period = parse_period(value)
    if len(period) != len("2026-11"):
        raise ConfigurationError(f"{value!r} is no month; write one such as 2026-11.")
    return period


def _selecting(function: Function) -> Function:
    options: tuple[Callable[[Function], Function], ...] = (
        click.option(
            "--limit",
            type=click.IntRange(min=1),
            default=ITEMS,
            show_default=True,
            help="Items at most, the weightiest.",
        ),
        click.option("--source", "sources", multiple=True, metavar="ID", help="Only of this one."),
        click.option("--topic", "topics", multiple=True, metavar="ID", help="Only about this one."),
        click.option(
            "--month", required=True, metavar="YYYY-MM", callback=_month, help="Published then."
        ),
    )
    for option in options:
        function = option(function)
    return function


def _writing(function: Function) -> Function:
    options: tuple[Callable[[Function], Function], ...] = (
        click.option(
            "--output",
            "-o",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Where to, and remember what it had; without it to stdout, nothing remembered.",
        ),
        click.option(
            "--style",
            type=click.Choice([str(one) for one in Style]),
            default=str(Style.DIGEST),
            show_default=True,
            help="update: numbered items, date, text, link, as older newsletters.",
        ),
        click.option(
            "--format",
            "as_format",
            type=click.Choice([str(one) for one in Format]),
            default=str(Format.MARKDOWN),
            show_default=True,
            help="docx and pdf need newsward[digests].",
        ),
    )
    for option in options:
        function = option(function)
    return function


@digest.command
@_selecting
@_writing
@archive_option
def make(*, archive: Path, **_: object) -> None:
    r"""Select the records of a month and write the issue.

    \b
    newsward digest --month 2026-11
    newsward digest --month 2026-11 --topic sextortion --format docx --output sextortion.docx

    Templates of your own are taken from the folder named by NEWSWARD_TEMPLATES.
    """
    with ReadArchive(archive) as reader:
        drafted = _draft(reader)
        issue = complete(reader, drafted.selection)
        findings = look_over(reader, drafted.selection)
    _deliver(issue, archive)
    _tell(issue, findings)
    if drafted.undated:
        click.echo(
            f"Records without a date that were first seen then, left out: {drafted.undated:,}.",
            err=True,
        )


def _draft(reader: ReadArchive) -> Draft:
    given = _given()
    asked = Asked(month=given["month"], topics=given["topics"], sources=given["sources"])
    return draft(reader, asked, limit=given["limit"])


def _given() -> dict[str, Any]:
    return click.get_current_context().params


@digest.command
@_selecting
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to; without it to stdout.",
)
@archive_option
def edit(*, output: Path | None, archive: Path, **_: object) -> None:
    r"""Write the selection as a TOML file, to be reordered, shortened and annotated.

    \b
    newsward digest edit --month 2026-11 --output november.toml
    """
    with ReadArchive(archive) as reader:
        drafted = _draft(reader)
    text = as_toml(drafted.selection, drafted.facts)
    if output is None:
        click.echo(text, nl=False)
        return
    if output.exists():
        raise ConfigurationError(
            f"{output}: the file is there, and someone may have worked in it. Name another."
        )
    with replacing(output, archive=archive) as part:
        part.write_text(text, encoding="utf-8")
    click.echo(
        f"{len(drafted.selection.items)} items of {drafted.considered:,} records written to"
        f" {output}. Next: newsward digest build {output}",
        err=True,
    )


@digest.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_writing
@archive_option
def build(*, file: Path, archive: Path, **_: object) -> None:
    r"""Write the issue of a selection that `digest edit` wrote.

    \b
    newsward digest build november.toml --style update --format docx --output november.docx
    """
    selection = _read(file)
    with ReadArchive(archive) as reader:
        issue = complete(reader, selection)
        findings = look_over(reader, selection)
    _deliver(issue, archive)
    _tell(issue, findings)


@digest.command
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--month", metavar="YYYY-MM", callback=_month, help="What `digest` would write now.")
@click.option("--strict", is_flag=True, help="Exit with 3 when there is anything.")
@archive_option
@json_option
@click.pass_context
def lint(
    ctx: click.Context,
    /,
    *,
    file: Path | None,
    month: str | None,
    strict: bool,
    archive: Path,
    as_json: bool,
) -> None:
    r"""Say what a person should look at before an issue goes out.

    \b
    newsward digest lint november.toml --strict
    newsward digest lint --month 2026-11

    Victims who could be identified, methods of self-harm, words that are not ours, dead links,
    dates outside the month, quotations that are too long or no quotations.
    """
    if (file is None) == (month is None):
        raise ConfigurationError("Name the FILE of a selection, or a --month: one of the two.")
    with ReadArchive(archive) as reader:
        if file is not None:
            selection = _read(file)
        else:
            selection = draft(reader, Asked(month=month or ""), limit=ITEMS).selection
        findings = look_over(reader, selection)
    if as_json:
        print_json(findings)
    else:
        _show(selection, findings)
    if findings and strict:
        ctx.exit(NEEDS_A_PERSON)


def _read(file: Path) -> Selection:
    try:
        return read_toml(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read ({error}).") from error


def _show(selection: Selection, findings: Sequence[Finding]) -> None:
    for one in findings:
        title = selection.items[one.item - 1].title if one.item else selection.title
        where = f"item {one.item}" if one.item else "issue"
        click.echo(f"{where}, {one.rule}: {printable(one.message)} ({printable(title)})")
    count = len(findings)
    said = f"{count} thing{'' if count == 1 else 's'} to look at" if count else "nothing found"
    click.echo(f"{len(selection.items)} items, {said}.", err=True)


def _deliver(issue: Issue, archive: Path) -> None:
    given = _given()
    form, output = Format(given["as_format"]), given["output"]
    if output is None and form in _BINARY and sys.stdout.isatty():
        raise ConfigurationError(f"{form} is not for a terminal; name a file: --output.")
    body = _body(issue, form, Style(given["style"]))
    if output is None:
        click.echo(body, nl=False)
        return
    with replacing(output, archive=archive) as part:
        part.write_bytes(body)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with Archive(archive) as opened, opened.transaction() as db:
        rows.keep(db, issue, name=output.name, now=now)


def _body(issue: Issue, form: Format, style: Style) -> bytes:
    folder = _templates()
    now = datetime.now(UTC)
    if form is Format.WORD:
        return as_word(issue, style, now=now, folder=folder)
    if form is Format.PDF:
        return as_pdf(issue, style, now=now, folder=folder)
    if form is Format.MAIL:
        parts = {
            one: render(issue, style, one, folder=folder) for one in (Format.MARKDOWN, Format.HTML)
        }
        return as_mail(parts, issue.title, now=now)
    return render(issue, style, form, folder=folder).encode()


def _templates() -> Path | None:
    told = os.environ.get(_TEMPLATES)
    if not told:
        return None
    if not Path(told).is_dir():
        raise ConfigurationError(f"{_TEMPLATES}: {told} is no folder. Make it, or leave it unset.")
    return Path(told)


def _tell(issue: Issue, findings: Sequence[Finding]) -> None:
    output = _given()["output"]
    if output is not None:
        count = len(issue.items)
        click.echo(f"{count} item{'' if count == 1 else 's'} written to {output}.", err=True)
    for one in findings:
        where = f"item {one.item}" if one.item else "issue"
        click.echo(f"look at {where}, {one.rule}: {printable(one.message)}", err=True)
