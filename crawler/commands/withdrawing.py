"""`newsward source withdraw`: take back the texts of a source that allows links only now."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import archive_option, json_option, print_json
from archive.errors import ConfigurationError
from crawler.commands.options import sources_option

if TYPE_CHECKING:
    from archive.source_texts import TakenBack


@click.command()
@click.argument("source")
@sources_option
@archive_option
@click.option("--by", "decided_by", metavar="WHO", help="Who decided it.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@json_option
def withdraw(
    *,
    source: str,
    sources: Path,
    archive: Path,
    decided_by: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    r"""Take back the texts of a SOURCE that keeps links only now; its records stay as links.

    `link_only = true` keeps new texts out and leaves those that are there, because one wrong word
    in a list must not empty an archive. This takes them out: texts, receipts, names, snapshots,
    lists that it was found in. Both files are written anew. Titles, dates, links and the log of
    what was fetched stay. If the list allows texts again, they are fetched again.

    \b
    newsward source withdraw example-news --dry-run
    newsward source withdraw example-news --by 'J. Doe, safeguarding'
    """
    from archive.reading import ReadArchive
    from archive.source_texts import foretell, take_back
    from crawler.source_file import load_sources

    listed = {one.id: one for one in load_sources(sources)}
    if source not in listed or not listed[source].link_only:
        raise ConfigurationError(
            f"{sources}: {source} is not listed with link_only = true. Write that first: the next"
            " crawl would fetch its texts again."
        )
    if dry_run:
        with ReadArchive(archive) as reader:
            done = foretell(reader, source)
    elif decided_by is None:
        raise ConfigurationError("Say who decided it: --by WHO. --dry-run shows what would go.")
    else:
        if sys.stderr.isatty():
            click.echo("Writing both files anew takes as long as a backup.", err=True)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        done = take_back(archive, source, decided_by=decided_by, now=now)
    if as_json:
        print_json(done)
    click.echo(_said(done, dry_run=dry_run), err=True)


def _said(done: "TakenBack", *, dry_run: bool) -> str:
    would = "would be" if dry_run else "are"
    records = f"{done.records:,} record{'' if done.records == 1 else 's'}"
    hidden = f", and {done.restricted:,} restricted," if done.restricted else ""
    bodies = f"{done.snapshots:,} snapshot{'' if done.snapshots == 1 else 's'}"
    return f"{done.source}: {records}{hidden} {would} links now; {bodies} {would} dropped."
