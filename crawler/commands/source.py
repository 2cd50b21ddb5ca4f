from dataclasses import asdict
from pathlib import Path

import click

from archive.commands.options import human_duration, json_option, print_json, print_table
from crawler.commands import exchange, scouting, withdrawing
from crawler.commands.options import sources_option
from crawler.shipped import shipped_sources
from crawler.source_file import load_sources


@click.group
def source() -> None:
    r"""Look after the list of sources.

    \b
    Examples:
      newsward source list
      newsward source test https://www.example.org/news
      newsward source add https://www.example.org/news
    """


@source.command(name="list")
@sources_option
@click.option("--shipped", is_flag=True, help="Show those that ship with newsward instead.")
@json_option
def list_(*, sources: Path, shipped: bool, as_json: bool) -> None:
    r"""Show the sources as they are read, or every fault of the file with its line.

    \b
    Examples:
      newsward source list
      newsward source list --shipped
      newsward source list --json
    """
    listed = shipped_sources() if shipped else load_sources(sources)
    if as_json:
        print_json([asdict(one) for one in listed])
        return
    print_table(
        ["id", "name", "kind", "scope", "looks at", "every", "enabled"],
        (
            (
                one.id,
                one.name,
                one.kind,
                one.scope,
                ", ".join(sorted({place.kind for place in one.discovery})) or "nothing yet",
                "as it brings news" if one.every is None else human_duration(one.every),
                "yes" if one.enabled else "no",
            )
            for one in listed
        ),
    )
    enabled = sum(one.enabled for one in listed)
    word = "source" if len(listed) == 1 else "sources"
    where = "the list that ships" if shipped else str(sources)
    click.echo(f"{where}: {len(listed)} {word}, {enabled} enabled.", err=True)


for command in (
    *(scouting.test, scouting.add, scouting.check),
    *(exchange.import_, exchange.export, withdrawing.withdraw),
):
    source.add_command(command)
