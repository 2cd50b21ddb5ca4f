"""`newsward audit`: what was stripped, what of it looks wrong, what was learned of each site."""

from collections.abc import Iterator
from pathlib import Path

import click

from archive.audits import Audit, RuleUse, Shift, Suspicion
from archive.commands.options import archive_option, json_option, print_json, printable
from archive.furniture import FurnitureState, FurnitureView
from archive.provenance import blocks
from archive.reading import ReadArchive
from archive.store import written

# Characters of a suspicious text that are shown.
SHOWN = 300


@click.command()
@click.option("--source", metavar="ID", help="Only of this source.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    metavar="N",
    help="Show at most so many of each kind.",
)
@click.option(
    "--forget",
    type=click.IntRange(1),
    metavar="ID",
    help="Never again strip this text that was learned of a site.",
)
@archive_option
@json_option
def audit(
    *, source: str | None, limit: int, forget: int | None, archive: Path, as_json: bool
) -> None:
    r"""Show what was stripped most, what of it looks wrong, and what was learned of each site.

    What looks wrong: long prose that a rule took out, text that was taken out and came back in the
    next revision, and sources from whose pages much more or less is taken than before.

    \b
    newsward audit
    newsward audit --source govuk-online-safety
    newsward audit --forget 7
    """
    if forget is not None:
        _forget(archive, forget)
        return
    with ReadArchive(archive) as reader:
        found = reader.audit(source, limit=limit)
    if as_json:
        print_json(found)
    else:
        click.echo("\n\n".join("\n".join(part) for part in map(list, _parts(found))))


def _forget(path: Path, number: int) -> None:
    with written(path) as archive:
        archive.dismiss(number)
    click.echo(f"Text {number} will not be stripped again.")
    click.echo("Put it back into the records with: newsward reextract", err=True)


def _parts(found: Audit) -> Iterator[Iterator[str]]:
    yield _rules(found)
    yield _suspicions(found)
    if found.shifts:
        yield _shifts(found.shifts)
    yield _furniture(found.furniture)


def _head(text: str) -> str:
    return click.style(text, bold=True)


def _more(count: int) -> Iterator[str]:
    if count:
        yield f"  … and {count:,} more: give a larger --limit."


def _rules(found: Audit) -> Iterator[str]:
    yield _head("Stripped most, by source and rule")
    if not found.rules:
        yield "  Nothing was stripped."
    for use in found.rules:
        yield _rule(use)
        for sample in use.samples:
            yield f"      {printable(sample)}"
    yield from _more(found.more_rules)


def _rule(use: RuleUse) -> str:
    return (
        f"  {printable(use.source)}  {printable(use.rule)}: {blocks(use.blocks)},"
        f" {use.characters:,} characters, {use.share:.0%} of its records"
    )


def _suspicions(found: Audit) -> Iterator[str]:
    yield _head("What looks wrong")
    if not found.suspicions:
        yield "  Nothing."
    for one in found.suspicions:
        yield from _suspicion(one)
    yield from _more(found.more_suspicions)


def _suspicion(one: Suspicion) -> Iterator[str]:
    yield f"  {one.article_id:>6}  {printable(one.rule)}: {one.why}  {printable(one.title)}"
    text = printable(one.text)
    yield f"          {text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}"


def _shifts(shifts: tuple[Shift, ...]) -> Iterator[str]:
    yield _head("Sources whose pages changed")
    for shift in shifts:
        yield (
            f"  {printable(shift.source)}: {shift.share:.0%} of the text stripped in run"
            f" {shift.run_id} ({shift.pages:,} pages), {shift.before:.0%} before"
        )


def _furniture(pieces: tuple[FurnitureView, ...]) -> Iterator[str]:
    yield _head("Learned of each site")
    if not pieces:
        yield "  Nothing yet: a text is learned once it stands on four articles of a site."
    for piece in pieces:
        dismissed = " (dismissed)" if piece.state == FurnitureState.DISMISSED else ""
        where = {"first": "at the start", "last": "at the end"}.get(piece.place, "at both ends")
        yield (
            f"  {piece.id:>6}  {printable(piece.source)}: on {piece.articles:,} articles, {where}"
            f"{dismissed}  {printable(piece.text)}"
        )
