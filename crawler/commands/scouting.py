"""`newsward source test`, `add` and `check`: ask before listing, and ask what is listed again."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import json_option, print_json, print_table, printable
from archive.errors import ConfigurationError
from crawler.commands.options import sources_option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.scouting.asking import Asker
    from crawler.scouting.checking import Checked
    from crawler.scouting.draft import Wishes
    from crawler.scouting.reading import WorkerReader
    from crawler.scouting.report import Report
    from crawler.sources import Source

SOME_FAILED = 3
ALL_FAILED = 4
# Sources that are asked at the same time: each host is still asked one thing at a time.
AT_ONCE = 16


def allow_private_option(function: Callable[..., object]) -> Callable[..., object]:
    """Give a command `--allow-private` as the parameter `allow_private: bool`."""
    return click.option(
        "--allow-private", is_flag=True, help="For tests: let private addresses be asked."
    )(function)


@click.command()
@click.argument("url")
@allow_private_option
@json_option
@click.pass_context
def test(ctx: click.Context, /, *, url: str, allow_private: bool, as_json: bool) -> None:
    r"""Tell what a site offers, without listing it: feeds, sitemaps, listings, three articles.

    URL is any page of the site, best the one that lists its news; or a search of GOV.UK such as
    govuk:online-safety. Everything is asked as a crawl would ask it: after robots.txt, one request
    at a time. Exit code 3 says that there is nothing to list or no article could be read, 4 that
    the site could not be reached.

    \b
    newsward source test https://www.example.org/news
    newsward source test govuk:online-safety --json
    """
    report = _scout(url, allow_private=allow_private)
    if as_json:
        print_json(_as_dict(report))
    else:
        from crawler.commands.report_lines import report_lines

        for line in report_lines(report):
            click.echo(line)
        if report.best is not None:
            click.echo(f"List it with: newsward source add {url}", err=True)
    ctx.exit(_exit_code(report))


@click.command()
@click.argument("address", metavar="URL")
@sources_option
@click.option("--id", "new_id", metavar="ID", help="Its short name.  [default: made of its name]")
@click.option("--name", help="Its name.  [default: what the site calls itself]")
@click.option(
    "--scope", type=click.Choice(["all", "filter"]), help="Keep all, or what the topics admit."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written.")
@allow_private_option
def add(*, address: str, sources: Path, dry_run: bool, allow_private: bool, **told: Any) -> None:  # noqa: ANN401 - what the options above say
    r"""List a source: look at URL as `source test` does, and write down what was found.

    URL may be a search of GOV.UK (govuk:WORDS, govuk:@ORGANISATION) or the id of a source that
    ships with newsward; neither needs the network. Everything else in the list stays as it is.

    \b
    newsward source add https://www.example.org/news
    newsward source add govuk:online-safety
    newsward source add netzpolitik
    """
    from crawler.scouting.draft import Wishes
    from crawler.shipped import shipped_header
    from crawler.source_file import parse_sources
    from crawler.source_writing import difference, read_list, with_entries, write_list
    from crawler.sources import Scope

    text = read_list(sources)
    listed = parse_sources(text, str(sources))
    scope = Scope(told["scope"]) if told["scope"] else None
    wishes = Wishes(id=told["new_id"], name=told["name"], scope=scope)
    entry = _entry(address, wishes, listed, allow_private=allow_private)
    after = with_entries(text or shipped_header(), [entry])
    parse_sources(after, str(sources))
    if not dry_run:
        write_list(sources, after)
    click.echo(difference(text, after, sources))
    done = "Nothing was written: --dry-run" if dry_run else f"{sources}: listed"
    click.echo(f"{done}. See it with: newsward source list", err=True)


@click.command()
@click.argument("source", nargs=-1)
@sources_option
@click.option("--all", "disabled_too", is_flag=True, help="Ask what is switched off, too.")
@click.option("--dry-run", is_flag=True, help="Write nothing into the list.")
@allow_private_option
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    /,
    *,
    source: Sequence[str],
    sources: Path,
    as_json: bool,
    **told: Any,  # noqa: ANN401 - what the options above say
) -> None:
    r"""Ask the enabled SOURCEs (all without one) whether their places still say what they should.

    What was found is written into the list as `checked`, with the day. Told are feeds that turned
    into web pages, places that moved, refusals, and feeds that a site advertises and the list does
    not name. Exit code 3 says that some source needs a person, 4 that all do.

    \b
    newsward source check
    newsward source check --all --json
    """
    from crawler.source_file import load_sources

    listed = load_sources(sources)
    chosen = _chosen(listed, source, sources, disabled_too=told["disabled_too"])
    found = _check(chosen, allow_private=told["allow_private"])
    if not told["dry_run"]:
        _write_checked(sources, found)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        print_table(
            ["id", "state", "found", "advice"],
            ((one.source, one.state, printable(one.found), one.advice) for one in found),
        )
    bad = sum(not one.is_good for one in found)
    click.echo(f"{len(found)} checked: {len(found) - bad} good, {bad} need a person.", err=True)
    if len(found) < len(chosen):  # Ctrl-C: what was found is written, the rest is not known
        raise KeyboardInterrupt
    ctx.exit(0 if not bad else SOME_FAILED if bad < len(found) else ALL_FAILED)


def _entry(address: str, wishes: Wishes, listed: Sequence[Source], *, allow_private: bool) -> str:
    """The text of a new entry; raises ConfigurationError when it is listed already."""
    from crawler.gov_uk import PREFIX, gov_uk_search
    from crawler.scouting.draft import draft, gov_uk_source
    from crawler.shipped import shipped_sources, shipped_text
    from crawler.source_writing import entry, entry_of

    taken = {one.id: one for one in listed}
    by_id = {one.id: one for one in shipped_sources()}
    if address in by_id and wishes == type(wishes)():
        _refuse_listed(by_id[address], listed)
        return entry_of(shipped_text(), address)
    if address.startswith(PREFIX):
        search = gov_uk_search(address)
        if search is None:
            raise ConfigurationError(
                f"{address}: no search of GOV.UK. Write govuk:WORDS, govuk:@ORGANISATION or"
                " govuk:guidance-and-regulation/WORDS."
            )
        source = gov_uk_source(search, wishes, taken)
    else:
        source = draft(_scout(address, allow_private=allow_private), wishes, taken)
    _refuse_listed(source, listed)
    return entry(source)


def _refuse_listed(source: Source, listed: Sequence[Source]) -> None:
    wanted = {place.url for place in source.discovery}
    for one in listed:
        if one.id == source.id or wanted & {place.url for place in one.discovery}:
            raise ConfigurationError(
                f"{source.discovery[0].url}: it is listed already, as {one.id}. Edit that entry,"
                " or name another address or --id."
            )


def _scout(url: str, *, allow_private: bool) -> Report:
    """Look at an address. Once in a process: Scrapy's reactor cannot be started again."""
    # Imported here: half a second that `newsward --help` and a wrong option need not pay.
    from archive.commands.progress import progress
    from crawler.gov_uk import gov_uk_search
    from crawler.scouting.scout import Scout
    from crawler.source_values import Unfit, address

    search = gov_uk_search(url)
    try:
        wanted = str(address(search.feed if search else url))
    except Unfit as unfit:
        raise ConfigurationError(f"{url}: {unfit}") from unfit
    reports: list[Report] = []
    scouts: list[Scout] = []

    async def job(asker: Asker, reader: WorkerReader) -> None:
        scouts.append(Scout(asker, reader, reader.now))
        reports.append(await scouts[0].run(wanted))

    def how_far() -> tuple[int, int]:
        return (len(scouts[0].asked) if scouts else 0, 0)

    with progress("test", "addresses", how_far):
        done = _run(job, workers=1, allow_private=allow_private)
    if not done:
        raise KeyboardInterrupt
    return reports[0]


def _check(chosen: Sequence[Source], *, allow_private: bool) -> list[Checked]:
    from archive.commands.progress import progress
    from crawler.scouting.checking import check_source

    found: dict[str, Checked] = {}

    async def job(asker: Asker, reader: WorkerReader) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(source: Source) -> None:
            async with turns:
                found[source.id] = await check_source(source, asker, reader)

        await asyncio.gather(*map(one, chosen))

    with progress("check", "sources", lambda: (len(found), len(chosen) - len(found))):
        _run(job, workers=min(os.cpu_count() or 1, 2), allow_private=allow_private)
    return [found[source.id] for source in chosen if source.id in found]


def _run(job: Callable[..., Any], *, workers: int, allow_private: bool) -> bool:
    from crawler.contact import user_agent
    from crawler.extraction.workers import Workers
    from crawler.scouting.reading import WorkerReader
    from crawler.spiders.scout import run_scout

    settings: dict[str, Any] = {"NEWSWARD_ALLOW_PRIVATE": allow_private}
    if allow_private:
        # As in `newsward crawl`: nobody else pays for the haste of a test.
        settings["DOWNLOAD_DELAY"] = 0
    if contact := _listed_contact():
        settings["USER_AGENT"] = user_agent(contact)
    # Left in turn from the right: first the threads that wait, then the workers.
    with Workers(count=workers) as pool, ThreadPoolExecutor(max_workers=workers) as threads:
        reader = WorkerReader(workers=pool, threads=threads, now=datetime.now(UTC))
        return run_scout(lambda asker: job(asker, reader), settings)


def _listed_contact() -> str | None:
    """What the list says, where there is one and the environment says nothing nearer."""
    from crawler.contact import contact_in
    from crawler.source_file import load_file

    told = click.get_current_context().params.get("sources")
    path = told or Path(os.environ.get("NEWSWARD_SOURCES") or "sources.toml")
    if contact_in(os.environ) is not None or not path.exists():
        return None
    try:
        return load_file(path).contact
    except ConfigurationError:  # who tests an address needs no list, let alone a right one
        return None


def _chosen(
    listed: Sequence[Source], wanted: Sequence[str], path: Path, *, disabled_too: bool
) -> list[Source]:
    unknown = set(wanted) - {one.id for one in listed}
    if unknown:
        raise ConfigurationError(
            f"{path}: there is no source {', '.join(sorted(unknown))}."
            " `newsward source list` shows those there are."
        )
    if wanted:
        return [one for one in listed if one.id in wanted and one.discovery]
    return [one for one in listed if (one.enabled or disabled_too) and one.discovery]


def _write_checked(path: Path, found: Sequence[Checked]) -> None:
    from crawler.source_writing import read_list, with_key, write_list

    # Read again: a person may have edited the list while the sites were asked.
    text = read_list(path)
    for one in found:
        text = with_key(text, one.source, "checked", one.as_written)
    write_list(path, text)


def _as_dict(report: Report) -> dict[str, Any]:
    told = asdict(report)
    for offer, said in zip(report.offers, told["offers"], strict=True):
        said["worth"] = offer.worth.name.lower().replace("_", " ")
    best = report.best
    return told | {
        "best": best.url if best else None,
        "readable_samples": report.readable,
        "exit_code": _exit_code(report),
    }


def _exit_code(report: Report) -> int:
    if report.best is not None and report.readable:
        return 0
    unreachable = report.problem is not None and not report.offers
    return ALL_FAILED if unreachable else SOME_FAILED
