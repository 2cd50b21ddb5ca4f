"""`newsward add`: the addresses of single articles, for the next crawl."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.options import archive_option, json_option, print_json, printable
from archive.errors import ConfigurationError
from crawler.commands.options import sources_option
from crawler.sources import Source

SOME_REFUSED, ALL_REFUSED = 3, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of one address: `state` is `added`, `known` or `refused`, `said` why or how."""

    address: str
    state: str
    said: str = ""
    url: str | None = None
    source: str | None = None
    record: int | None = None
    is_next: bool = False


@click.command()
@click.argument("addresses", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--source", metavar="ID", help="The source of all of them.  [default: told by their sites]"
)
@click.option("--by", metavar="NAME", help="Who adds them; kept with where they were found.")
@click.option("--allow-private", is_flag=True, help="For tests: let private addresses be added.")
@archive_option
@sources_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    /,
    *,
    addresses: Sequence[str],
    source: str | None,
    by: str | None,
    allow_private: bool,
    as_json: bool,
    **paths: Path,
) -> None:
    r"""Add the addresses of single articles of listed sources, for the next crawl to fetch.

    Nothing is asked for now. When it is, robots.txt, opt-outs and the topics of the source apply
    as for every page. What is known already is said, and keeps its state. - reads addresses from
    stdin, one a line, lines that begin with # aside. Exit code 3 says that some were refused, 4
    that all were.

    \b
    newsward add https://www.example.org/news/2026/age-checks
    newsward add https://www.example.org/a https://www.example.org/b --by 'J. Doe'
    newsward add - --source govuk-online-safety < addresses.txt
    """
    # Imported here: Scrapy takes half a second that `--help` need not.
    from crawler.commands.by_hand import Chooser, Chosen
    from crawler.network import AddressPolicy, proxy_hosts
    from crawler.source_file import load_sources

    wanted = {address: number for number, address in enumerate(_typed(addresses))}
    if not wanted:
        raise click.UsageError("There is no address on stdin.", ctx)
    listed = load_sources(paths["sources"])
    policy = AddressPolicy(allow_private=allow_private, proxies=proxy_hosts(os.environ))
    chooser = Chooser(listed, only=_named(source, listed, paths["sources"]), policy=policy)
    answers: list[Answer] = []
    fit: dict[str, tuple[str, str]] = {}
    for one in wanted:
        judged = chooser.judge(one)
        if isinstance(judged, Chosen):
            fit.setdefault(judged.url, (judged.source, one))
        else:
            answers.append(Answer(address=one, state="refused", said=judged.why))
    if fit:
        answers += _add(paths["archive"], listed, fit, by)
        answers.sort(key=lambda one: wanted[one.address])
    code = _exit_code(answers)
    if as_json:
        print_json({"addresses": [asdict(one) for one in answers], "exit_code": code})
    else:
        _tell(answers, paths["archive"])
    ctx.exit(code)


def _typed(addresses: Sequence[str]) -> Iterator[str]:
    for address in addresses:
        if address != "-":
            yield address
            continue
        for line in sys.stdin.buffer:
            # A file that begins with a byte order mark, or is in another encoding, is still read.
            text = line.decode("utf-8-sig", "replace").strip()
            if text and not text.startswith("#"):
                yield text


def _named(wanted: str | None, listed: Sequence[Source], path: Path) -> Source | None:
    if wanted is None:
        return None
    for one in listed:
        if one.id == wanted:
            return one
    raise ConfigurationError(
        f"{path}: there is no source {wanted}. `newsward source list` shows those there are."
    )


def _add(
    path: Path, listed: Sequence[Source], fit: dict[str, tuple[str, str]], by: str | None
) -> list[Answer]:
    """Put addresses into the frontier; `fit` holds each with its source and as it was typed."""
    from archive.adding import add_by_hand
    from archive.provenance import UNNAMED
    from archive.store import written
    from crawler.frontier import utc
    from crawler.session import as_listed

    now = utc(datetime.now(UTC))
    place = " ".join((by or "").split()) or UNNAMED
    with written(path, make=True) as archive:
        archive.sync_sources(as_listed(listed), now=now)
        pairs = [(slug, url) for url, (slug, _) in fit.items()]
        standings = add_by_hand(archive, pairs, place=place, now=now)
    return [
        Answer(
            address=fit[one.url][1],
            url=one.url,
            source=one.source,
            state="refused" if one.refused else "known" if one.known else "added",
            said=one.refused or one.known,
            record=one.record,
            is_next=one.is_next,
        )
        for one in standings
    ]


def _exit_code(answers: Sequence[Answer]) -> int:
    refused = sum(one.state == "refused" for one in answers)
    if not refused:
        return 0
    return ALL_REFUSED if refused == len(answers) else SOME_REFUSED


def _tell(answers: Sequence[Answer], archive: Path) -> None:
    for one in answers:
        if one.state == "refused":
            click.echo(f"newsward: {printable(one.address)}: {printable(one.said)}.", err=True)
        else:
            said = f"added, an article of {one.source}" if one.state == "added" else one.said
            said = f"known, {said}" if one.state == "known" else said
            click.echo(f"{printable(one.url or '')}: {printable(said)}")
    click.echo(_next_step(answers, archive), err=True)


def _next_step(answers: Sequence[Answer], archive: Path) -> str:
    named = "" if archive == Path("archive.db") else f" --archive {archive}"
    waiting = sum(one.is_next for one in answers)
    if waiting:
        what = "it is" if waiting == 1 else f"these {waiting:,} are"
        return f"Nothing was fetched yet: {what} with the next `newsward crawl{named}`."
    return "Nothing was fetched, and nothing of this waits for the next crawl."
