"""`newsward reextract`: today's rules over the pages that are kept."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from click.core import ParameterSource

from archive.commands.options import (
    archive_option,
    human_duration,
    json_option,
    print_json,
    printable,
)
from archive.commands.progress import progress
from archive.endings import Ending, Group
from archive.reading import ReadArchive
from archive.snapshots import Snapshots
from archive.store import Archive, written
from archive.story_keeping import MOST_AT_ONCE, StoryKeeper
from archive.topic_rows import applied_rules
from crawler import version
from crawler.commands.options import sources_option, workers_option
from crawler.commands.second_readings import Again
from crawler.extraction.workers import Workers
from crawler.frontier import utc
from crawler.reextraction import (
    Reading,
    Rules,
    Write,
    committing,
    foretelling,
    named,
    reader_of,
    reread,
    worth_a_line,
)
from crawler.source_file import load_sources
from crawler.sources import Source

SOME_FAILED = 3
ALL_FAILED = 4


@dataclass(slots=True)
class _Tally:
    endings: Counter[Ending] = field(default_factory=Counter)
    details: int = 0
    added: int = 0
    removed: int = 0
    listed: list[Reading] = field(default_factory=list)

    def note(self, reading: Reading) -> None:
        self.endings[reading.ending] += 1
        self.details += reading.details and reading.ending is Ending.UNCHANGED
        if reading.ending is Ending.REREAD:
            self.added += reading.words_added
            self.removed += reading.words_removed

    @property
    def failed(self) -> int:
        return sum(n for ending, n in self.endings.items() if ending.group is Group.FAILED)

    @property
    def rejected(self) -> int:
        return sum(n for ending, n in self.endings.items() if ending.group is Group.REJECTED)


@click.command()
@click.argument("source", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@click.option(
    "--rejected",
    is_flag=True,
    help="Read the pages that were rejected; keep those that are articles now.",
)
@workers_option
@archive_option
@sources_option
@json_option
@click.pass_context
def reextract(
    ctx: click.Context,
    /,
    *,
    source: Sequence[str],
    dry_run: bool,
    rejected: bool,
    workers: int,
    as_json: bool,
    **paths: Path,
) -> None:
    r"""Read the kept pages of SOURCEs (all without one) again with today's rules.

    A record whose text changes gets a revision with the reason "re-extraction", read from the
    snapshot that it had; the publisher's own edits stay apart from it. A page that is rejected
    now, or gives less than half of the words, changes nothing and is listed. A second run changes
    nothing.

    Pages that were rejected keep their snapshots too. With --rejected it is those that are read
    again; one that is an article now becomes a record, proved by the exchange that brought it.

    \b
    newsward reextract --dry-run
    newsward reextract --rejected --dry-run
    newsward reextract govuk-online-safety
    """
    archive = paths["archive"]
    is_told = ctx.get_parameter_source("sources") is not ParameterSource.DEFAULT
    listed = _listed(paths["sources"], is_told=is_told)
    if rejected:
        again = Again(archive=archive, wanted=source, sources=listed, workers=workers)
        with _run_of(archive, dry_run=dry_run) as run:
            ctx.exit(again.read(run, as_json=as_json))
    tally, started = _Tally(), time.monotonic()
    with ReadArchive(archive) as reader, _writing(archive, dry_run=dry_run) as write:
        with reader.moment() as db:
            applied = applied_rules(db)
        rules = Rules(sources=listed, furniture=reader.furniture(), topic_rules=applied)
        total = reader.count_kept_pages(source)

        def how_far() -> tuple[int, int]:
            done = tally.endings.total()
            return done, max(total - done, 0)

        with (
            Snapshots(archive, readonly=True) as snapshots,
            Workers(count=workers) as pool,
            progress("reextract", "pages", how_far),
        ):
            read = reader_of(snapshots, rules, pool)
            for reading in reread(reader, source, read, write, workers=workers):
                tally.note(reading)
                if worth_a_line(reading):
                    _show(reading, tally, as_json=as_json)
    if as_json:
        print_json(_as_dict(tally, dry_run=dry_run))
    else:
        click.echo(_summary(tally, time.monotonic() - started, dry_run=dry_run))
        click.echo(_next_step(tally, archive, dry_run=dry_run), err=True)
    ctx.exit(_exit_code(tally))


def _listed(path: Path, *, is_told: bool) -> dict[str, Source]:
    if not is_told and not path.exists():
        click.echo(f"{path} is not here: the sources' own rules are not applied.", err=True)
        return {}
    return {source.id: source for source in load_sources(path)}


@contextmanager
def _run_of(path: Path, *, dry_run: bool) -> Iterator[tuple[Archive, int] | None]:
    """The archive, locked and open for writing, with a run of our own; None for a dry run."""
    if dry_run:
        yield None
        return
    with written(path) as archive:
        run_id = archive.start_run(
            trigger="re-extraction", program=f"newsward {version()}", now=_now()
        )
        status = "interrupted"
        try:
            yield archive, run_id
            status = "finished"
        finally:
            archive.finish_run(run_id, status=status, now=_now())
        StoryKeeper(archive).follow(now=_now(), most=MOST_AT_ONCE)


@contextmanager
def _writing(path: Path, *, dry_run: bool) -> Iterator[Write]:
    with _run_of(path, dry_run=dry_run) as run:
        yield foretelling if run is None else committing(*run, _now)


def _now() -> str:
    return utc(datetime.now(UTC))


def _show(reading: Reading, tally: _Tally, *, as_json: bool) -> None:
    if as_json:
        tally.listed.append(reading)
    else:
        click.echo("\n".join(_lines(reading)))


def _lines(reading: Reading) -> Iterator[str]:
    what = str(reading.ending)
    if reading.ending is Ending.UNCHANGED:
        what = "details"
    elif reading.ending in {Ending.REREAD, Ending.THIN_REFETCH}:
        what += f" +{reading.words_added:,} -{reading.words_removed:,} words"
    why = f" ({printable(reading.detail)})" if reading.detail else ""
    yield f"{reading.article_id:>6}  {what}  {printable(reading.title)}{why}"
    if reading.ending in {Ending.REREAD, Ending.THIN_REFETCH}:
        for block in reading.gone:
            yield click.style(f"        - {printable(block)}", fg="red")
        for block in reading.come:
            yield click.style(f"        + {printable(block)}", fg="green")


def _summary(tally: _Tally, seconds: float, *, dry_run: bool) -> str:
    endings = tally.endings
    others = {e: n for e, n in endings.items() if e.group in {Group.REJECTED, Group.FAILED}}
    told = ", ".join(f"{ending}: {n:,}" for ending, n in sorted(others.items()))
    verb = "would change" if dry_run else "changed"
    words = f"+{tally.added:,} -{tally.removed:,} words"
    parts = [
        f"{endings.total():,} pages read again: {endings[Ending.REREAD]:,} {verb} ({words})",
        f"{endings[Ending.UNCHANGED]:,} unchanged"
        + (f" ({tally.details:,} of them in their details)" if tally.details else ""),
        f"{tally.rejected + tally.failed:,} left as they were" + (f" ({told})" if told else ""),
        human_duration(seconds),
    ]
    return " · ".join(parts)


def _next_step(tally: _Tally, archive: Path, *, dry_run: bool) -> str:
    if dry_run and (tally.endings[Ending.REREAD] or tally.details):
        return f"Nothing was changed. Do it with: newsward reextract{named(archive)}"
    if tally.rejected:
        return "See a record that was left as it was with: newsward show ID --removed"
    return f"See what the rules take out with: newsward audit{named(archive)}"


def _exit_code(tally: _Tally) -> int:
    if not tally.failed:
        return 0
    return SOME_FAILED if tally.failed < tally.endings.total() else ALL_FAILED


def _as_dict(tally: _Tally, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "pages": tally.endings.total(),
        "changed": tally.endings[Ending.REREAD],
        "unchanged": tally.endings[Ending.UNCHANGED],
        "details_changed": tally.details,
        "rejected": tally.rejected,
        "failed": tally.failed,
        "words_added": tally.added,
        "words_removed": tally.removed,
        "by_ending": {str(ending): count for ending, count in sorted(tally.endings.items())},
        "records": tally.listed,
    }
