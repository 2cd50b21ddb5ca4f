"""`newsward export`: records in a format that other programs read."""

import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from archive.commands.options import archive_option
from archive.commands.search import refuse_misspelt_options
from archive.export import Format, Request, export_parquet
from archive.export import export as write_export
from archive.warc_export import Export, ExportedPages, PageFormat
from archive.whole_files import replacing

PARQUET = "parquet"


class _QueryCommand(click.Command):
    """A command whose query may have `-police`, in which click would find `-o lice`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write such a word with the minus sign that is no hyphen; a query knows both."""
        return super().parse_args(
            ctx, [f"\N{MINUS SIGN}{arg[1:]}" if _is_excluded(arg) else arg for arg in args]
        )


def _is_excluded(argument: str) -> bool:
    return argument.startswith("-") and argument[1:2] != "-" and argument not in {"-", "-o"}


@click.command(
    cls=_QueryCommand,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("words", metavar="[QUERY]...", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--format",
    "as_format",
    type=click.Choice([*map(str, (*Format, *PageFormat)), PARQUET]),
    required=True,
    help="ris, bibtex, csl: for reference managers; opml: the sources; warc, wacz: whole pages;"
    " parquet needs the extra newsward[parquet].",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    metavar="FILE",
    help="Where to; - is stdout.",
)
@click.option("--source", metavar="ID", help="Only of this source.")
@click.option("--since", metavar="DATE", help="Published then or later: 2026, 2026-11, 2026-11-22.")
@click.option("--until", metavar="DATE", help="Published then or earlier, that time included.")
@click.option("--text", is_flag=True, help="The full text too: for yourself, not to pass on.")
@archive_option
def export(
    *, words: Sequence[str], as_format: str, output: Path, text: bool, archive: Path, **bounds: str
) -> None:
    r"""Export the records that match a query, or all, for other programs.

    \b
    newsward export grooming --format csv -o grooming.csv
    newsward export --source gazette --since 2026-10 --format ris -o october.ris
    newsward export --format opml -o sources.opml
    newsward export grooming --format wacz -o grooming.wacz

    The query is one as of `newsward search`. Each record has title, source, date, link and an
    excerpt of at most 50 words and a tenth of its text; --text adds the whole text. WARC and WACZ
    have the pages of the records as they were fetched: for yourself, not to pass on.
    """
    refuse_misspelt_options(words)
    request = Request(query=" ".join(words) or None, with_text=text, **bounds)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if as_format in set(PageFormat):
        pages = Export(archive=archive, request=request, now=now, program=_program())
        click.echo(_write_pages(pages, PageFormat(as_format), output), err=True)
        return
    if as_format == PARQUET:
        if str(output) == "-":
            raise click.BadParameter(
                "Parquet is written to a file, not to stdout.", param_hint="-o"
            )
        with replacing(output, archive=archive) as part:
            written = export_parquet(archive, request, part)
    elif str(output) == "-":
        written = write_export(archive, request, Format(as_format), sys.stdout, now=now)
    else:
        with (
            replacing(output, archive=archive) as part,
            part.open("x", encoding="utf-8", newline="") as file,
        ):
            written = write_export(archive, request, Format(as_format), file, now=now)
    click.echo(_said(written, as_format, output), err=True)


def _write_pages(export: Export, chosen: PageFormat, output: Path) -> str:
    if str(output) == "-":
        done = export.write(chosen, sys.stdout.buffer, folder=Path(tempfile.gettempdir()))
        return _said_of_pages(done, "")
    with (
        replacing(output, archive=export.archive) as part,
        part.open("xb") as file,
    ):
        done = export.write(chosen, file, folder=output.parent)
    return _said_of_pages(done, f" to {output}")


def _said_of_pages(done: ExportedPages, where: str) -> str:
    of = f"{done.records:,} record{'' if done.records == 1 else 's'}, as many as found"
    without = f"; {done.without:,} without a page that may be handed on" if done.without else ""
    return f"{done.pages:,} page{'' if done.pages == 1 else 's'} of {of}, exported{where}{without}."


def _program() -> str:
    return f"newsward {version('newsward')}"


def _said(written: int, as_format: str, output: Path) -> str:
    thing = "feed" if as_format == Format.OPML else "record"
    where = "" if str(output) == "-" else f" to {output}"
    return f"{written:,} {thing}{'' if written == 1 else 's'} exported{where}, as many as found."
