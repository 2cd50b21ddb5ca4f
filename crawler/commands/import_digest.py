"""`newsward import-digest`: old issues of newsletters become records, their links are followed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.commands.options import archive_option, json_option, print_json, printable
from archive.digest_rows import Imported, keep_issue
from archive.endings import Ending
from archive.errors import ConfigurationError
from archive.records import Capture, LinkKind, Rejected
from archive.snapshots import Snapshots
from archive.store import written
from archive.story_keeping import MOST_AT_ONCE, StoryKeeper
from crawler import version
from crawler.admission import settle
from crawler.commands.options import sources_option
from crawler.digests.keeping import kept_issue
from crawler.digests.read import parts_of
from crawler.digests.values import DigestItem, ReadIssue
from crawler.extraction.workers import WorkerFailure, Workers
from crawler.frontier import utc
from crawler.opt_outs import rights_of
from crawler.reading import read_issue
from crawler.source_file import load_sources
from crawler.urls import canonical_url, host_of, site_of

# A newsletter with pictures is some megabytes.
LARGEST = 50_000_000
SECONDS = 60
SOME_FAILED, ALL_FAILED = 3, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """One issue of a file with its items."""

    name: str
    body: bytes
    read: ReadIssue

    @property
    def items(self) -> tuple[DigestItem, ...]:
        """The items, in order."""
        return self.read.items


@click.command(name="import-digest")
@click.argument("issues", metavar="FILE|URL...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Print the items and keep nothing.")
@click.option("--allow-private", is_flag=True, help="For tests: let private addresses be asked.")
@archive_option
@sources_option
@json_option
@click.pass_context
def import_digest(
    ctx: click.Context,
    /,
    *,
    issues: Sequence[str],
    dry_run: bool,
    allow_private: bool,
    as_json: bool,
    **told: Path,
) -> None:
    r"""Make records of the items of old newsletters: text, mail, HTML, PDF or Word files.

    Each item is a record of its own that says from which issue it is. Its links go to the next
    crawl where their sites are listed sources. What is uncertain about an item is said with it. A
    file that was imported before is passed over. An address is asked as a crawl would ask it,
    after robots.txt.

    \b
    newsward import-digest update-2019-04.pdf --dry-run
    newsward import-digest issues/*.eml
    newsward import-digest https://www.example.org/newsletter/april-2019.html
    """
    now = datetime.now(UTC)
    read: list[_Read] = []
    failed = 0
    with Workers(count=1, time_limit=SECONDS) as workers:
        fetched = _fetch([one for one in issues if "://" in one], allow_private=allow_private)
        for one in issues:
            try:
                if one in fetched:
                    read.append(_read_page(fetched[one], workers, now))
                else:
                    read += _read(Path(one), workers, now)
            except (ConfigurationError, WorkerFailure, OSError) as error:
                failed += 1
                click.echo(f"newsward: {one}: {_why(error)}", err=True)
    if dry_run:
        _show(read, as_json=as_json)
    elif read:
        done = list(_keep(read, told["archive"], told["sources"], now))
        _tell(read, done, as_json=as_json)
    if failed:
        ctx.exit(SOME_FAILED if read else ALL_FAILED)


def _why(error: Exception) -> str:
    if isinstance(error, WorkerFailure):
        return f"could not be read ({error.ending}: {error.detail})"
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror})"
    return f"{error}; nothing of it was imported."


def _read(file: Path, workers: Workers, now: datetime) -> Iterator[_Read]:
    if file.stat().st_size > LARGEST:
        raise ConfigurationError(f"larger than {LARGEST // 1_000_000} MB")
    parts = parts_of(file.read_bytes())
    for number, body in enumerate(parts, 1):
        name = file.name if len(parts) == 1 else f"{file.name}, mail {number}"
        result = workers.run(read_issue, body, None, now, name)
        if isinstance(result, Rejected):
            raise ConfigurationError(result.detail)
        yield _Read(name=name, body=body, read=result)


def _fetch(urls: Sequence[str], *, allow_private: bool) -> dict[str, Capture]:
    """What came from each address. Once in a process: Scrapy's reactor cannot be started again."""
    if not urls:
        return {}
    # Imported here: half a second that files need not pay.
    from crawler.scouting.asking import Asker
    from crawler.spiders.scout import run_scout

    came: dict[str, Capture] = {}

    async def job(asker: Asker) -> None:
        for url in dict.fromkeys(urls):
            address = canonical_url(url) or url
            sites = frozenset({site_of(host_of(address))})
            came[url] = await asker.ask(address, LinkKind.DIGEST, sites)

    settings: dict[str, Any] = {
        "NEWSWARD_ALLOW_PRIVATE": allow_private,
        "NEWSWARD_DOCUMENTS": True,
    }
    if not run_scout(job, settings):
        raise KeyboardInterrupt
    return came


def _read_page(capture: Capture, workers: Workers, now: datetime) -> _Read:
    """The issue that came from an address.

    Raises:
        ConfigurationError: none came, or none that may be kept.
    """
    if settled := settle(capture):
        detail = f": {settled.detail}" if settled.detail else ""
        advice = " Download it and name the file" if settled.ending is Ending.MEDIA else ""
        raise ConfigurationError(f"{settled.ending}{detail}.{advice}".rstrip("."))
    url = capture.fetch.final_url
    result = workers.run(read_issue, capture.body, url, now)
    if isinstance(result, Rejected):
        raise ConfigurationError(result.detail)
    issue = replace(capture, claim=replace(capture.claim, depth=1))
    if reserved := rights_of(issue, result.signals).reserved:
        raise ConfigurationError(f"asks that no copy is kept: {', '.join(reserved)}")
    return _Read(name=canonical_url(url) or url, body=capture.body, read=result)


def _show(read: Sequence[_Read], *, as_json: bool) -> None:
    items = [(one, item) for one in read for item in one.items]
    if as_json:
        print_json([_as_dict(item) for _, item in items])
        return
    for one, item in items:
        click.echo("\n".join(_lines(one.name, item)))
    click.echo(f"{_count(len(read), 'issue')}, {_count(len(items), 'item')}; nothing was kept.")


def _as_dict(item: DigestItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": item.title,
        "date": item.date,
        "date_precision": item.date_precision,
        "text": item.text,
        "links": item.links,
        "warnings": item.warnings,
    }


def _lines(name: str, item: DigestItem) -> Iterator[str]:
    number = "" if item.number is None else f"{item.number}. "
    yield click.style(f"{printable(name)}: {number}{printable(item.title)}", bold=True)
    yield f"  {item.date or 'no date'}, {len(item.text.split())} words"
    for link in item.links:
        yield f"  {printable(link.url)}"
    for warning in item.warnings:
        yield click.style(f"  ! {printable(warning)}", fg="yellow")


def _keep(read: Sequence[_Read], archive: Path, sources: Path, now: datetime) -> Iterator[Imported]:
    listed = load_sources(sources) if sources.exists() else ()
    with written(archive, make=True) as opened, Snapshots(archive) as snapshots:
        run_id = opened.start_run(
            trigger="import-digest", program=f"newsward {version()}", now=utc(now)
        )
        status = "interrupted"
        try:
            for one in read:
                digest = snapshots.keep(one.body, now=utc(now))
                issue = kept_issue(one.name, one.read, digest, listed)
                kept = keep_issue(opened, run_id, issue, now=utc(now))
                if kept.snapshot_withheld:
                    snapshots.drop([digest])
                yield kept
            status = "finished"
        finally:
            opened.finish_run(run_id, status=status, now=utc(datetime.now(UTC)))
        StoryKeeper(opened).follow(now=utc(now), most=MOST_AT_ONCE)


def _tell(read: Sequence[_Read], done: Sequence[Imported], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"issue": one.name, "items": len(one.items), "known": kept.known}
                | {"records": kept.records, "new_links": kept.new_links}
                for one, kept in zip(read, done, strict=True)
            ]
        )
        return
    for one, kept in zip(read, done, strict=True):
        unsure = sum(bool(item.warnings) for item in one.items)
        said = "imported before" if kept.known else _count(len(kept.records), "record")
        links, items = _count(kept.new_links, "link"), _count(len(one.items), "item")
        click.echo(
            f"{printable(one.name)}: {items}, {said}, {links} to fetch"
            + (f"; uncertain: {_count(unsure, 'item')}, see --dry-run" if unsure else "")
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
