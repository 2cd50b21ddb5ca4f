"""`newsward source import` and `export`: lists of sources from and for other programs."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.commands.options import json_option, print_json, print_table
from archive.errors import ArchiveUnavailableError, ConfigurationError
from crawler.commands.options import sources_option

if TYPE_CHECKING:
    from crawler.source_exchange import Row
    from crawler.sources import Source


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@sources_option
@click.option("--enable", is_flag=True, help="Switch on what was seen somewhere.")
@click.option("--dry-run", is_flag=True, help="Write nothing into the list.")
@json_option
def import_(*, file: Path, sources: Path, enable: bool, dry_run: bool, as_json: bool) -> None:
    r"""List the sources of FILE, a CSV or the OPML of a feed reader.

    They are switched off until you have looked at them, or said --enable; what the file itself has
    not seen (`unverified`) stays off. Sources that are listed already, by their id or an address,
    are passed over. The columns of a CSV are name, kind, country, lang, homepage, feed_or_listing,
    discovery, scope and evidence; `source export --csv` writes them. A file with a fault is refused
    whole, with each fault's line.

    \b
    newsward source import candidates.csv
    newsward source import reader.opml --enable
    """
    from crawler.shipped import shipped_header
    from crawler.source_exchange import switched
    from crawler.source_file import parse_sources
    from crawler.source_writing import entry, read_list, with_entries, write_list

    text = read_list(sources)
    listed = parse_sources(text, str(sources))
    rows = _rows(file, {one.id for one in listed})
    new = [switched(row.source, enable=enable) for row in _unlisted(rows, listed)]
    after = with_entries(text or shipped_header(), map(entry, new))
    parse_sources(after, str(file))
    if new and not dry_run:
        write_list(sources, after)
    if as_json:
        print_json([asdict(one) for one in new])
    else:
        print_table(
            ["id", "name", "kind", "enabled"],
            ((one.id, one.name, one.kind, "yes" if one.enabled else "no") for one in new),
        )
    enabled, known = sum(one.enabled for one in new), len(rows) - len(new)
    done = "would be listed" if dry_run else "listed"
    click.echo(
        f"{file}: {len(rows)} sources: {len(new)} {done} ({enabled} enabled), {known} known.",
        err=True,
    )


@click.command()
@sources_option
@click.option("--csv", "form", flag_value="csv", help="For spreadsheets: one row a place.")
@click.option("--opml", "form", flag_value="opml", help="For feed readers: the feeds.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write there and not to standard output.",
)
@click.pass_context
def export(ctx: click.Context, *, sources: Path, form: str | None, output: Path | None) -> None:
    r"""Write the list for a spreadsheet or a feed reader.

    \b
    newsward source export --csv > sources.csv
    newsward source export --opml -o sources.opml
    """
    from crawler.source_exchange import as_csv
    from crawler.source_file import load_sources

    if form is None:
        raise click.UsageError("Say --csv or --opml.", ctx)
    listed = load_sources(sources)
    text = "".join(as_csv(listed) if form == "csv" else _opml(listed))
    if output is None:
        # Bytes, so that the line ends are those of the format on every system.
        click.echo(text.encode("utf-8"), nl=False)
        return
    try:
        output.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise ArchiveUnavailableError(
            f"{output}: cannot be written ({error.strerror}). Name another file with -o."
        ) from error
    click.echo(f"{output}: {len(listed)} sources.", err=True)


def _opml(listed: "Collection[Source]") -> Iterator[str]:
    from archive.export_formats.feeds import as_opml
    from archive.exported import ExportedSource
    from archive.records import LinkKind

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = []
    for one in listed:
        feeds = [place.url for place in one.discovery if place.kind is LinkKind.FEED]
        rows += [
            ExportedSource(
                slug=one.id, name=one.name, homepage=one.homepage, language=one.language, feed=feed
            )
            for feed in (*feeds, None)[: len(feeds) or 1]
        ]
    return as_opml(rows, title="newsward: sources", now=now)


def _rows(file: Path, taken: Collection[str]) -> "tuple[Row, ...]":
    from crawler.scouting.draft import free_id
    from crawler.source_exchange import from_csv, from_opml

    used = set(taken)

    def make_id(name: str) -> str:
        made = free_id(name, used)
        used.add(made)
        return made

    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{file}: cannot be read ({error.strerror}). Name a CSV or an OPML file."
        ) from error
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return from_opml(body, str(file), make_id)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"{file}:{line}: a character that is not UTF-8. Save the file as UTF-8."
        ) from error
    return from_csv(text, str(file), make_id)


def _unlisted(rows: "Collection[Row]", listed: "Collection[Source]") -> "Iterator[Row]":
    """The rows that are not listed yet, each address once."""
    ids = {one.id for one in listed}
    known = {place.url for one in listed for place in one.discovery}
    for row in rows:
        own = {place.url for place in row.source.discovery}
        if row.source.id not in ids and not own & known:
            known |= own
            yield row
