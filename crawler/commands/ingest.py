"""`newsward ingest`: pages that other crawlers fetched, from their WARC files."""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from archive.commands.options import (
    archive_option,
    human_bytes,
    human_duration,
    json_option,
    print_json,
    printable,
)
from archive.commands.progress import progress
from archive.endings import Ending, Group
from archive.errors import ConfigurationError
from crawler.commands.options import sources_option, workers_option
from crawler.ingestion.files import size_of
from crawler.ingestion.run import Ingestion
from crawler.ingestion.tally import Fault, Tally
from crawler.session import SessionOptions
from crawler.source_file import load_sources
from crawler.summary import ALL_FAILED, INTERRUPTED, SOME_FAILED, by_group

MB = 1_000_000


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
)
@click.option(
    "--source", metavar="ID", help="Every page belongs to this source, whatever its site."
)
@workers_option
@archive_option
@sources_option
@json_option
@click.pass_context
def ingest(
    ctx: click.Context,
    /,
    *,
    files: Sequence[Path],
    source: str | None,
    workers: int,
    as_json: bool,
    **paths: Path,
) -> None:
    r"""Archive the pages of WARC files that any crawler wrote, as if they had been fetched.

    Takes .warc, .warc.gz and .wacz of any size. Only pages of listed sources are kept, and
    nothing is asked of any site. What was ingested before is passed over, so a run that was
    stopped goes on when it is started again.

    \b
    newsward ingest CC-NEWS-20261101.warc.gz
    newsward ingest crawl.wacz --source govuk-online-safety
    """
    listed = {one.id: one for one in load_sources(paths["sources"])}
    if source is not None and source not in listed:
        raise ConfigurationError(
            f"{paths['sources']}: there is no source {source}."
            " `newsward source list` shows those there are."
        )
    options = SessionOptions(
        archive=paths["archive"], sources_file=paths["sources"], workers=workers, trigger="ingest"
    )
    started, total = time.monotonic(), sum(map(size_of, files))
    stopped = False
    work = Ingestion(options, listed, only=source, report=_tell)

    def how_far() -> tuple[int, int]:
        done = work.bytes_read
        return done // MB, max(total - done, 0) // MB

    try:
        with work, progress("ingest", "MB", how_far):
            for path in files:
                work.ingest(path)
    except KeyboardInterrupt:
        stopped = True
    seconds = time.monotonic() - started
    code = _exit_code(work.tally, stopped=stopped)
    if as_json:
        print_json(_as_dict(work, stopped=stopped, seconds=seconds) | {"exit_code": code})
    else:
        click.echo(_summary(work.tally, seconds, work.bytes_read, stopped=stopped))
        click.echo(_next_step(work.tally, stopped=stopped), err=True)
    ctx.exit(code)


def _tell(fault: Fault) -> None:
    what = (
        f"{printable(fault.file)} at byte {fault.offset:,}: broken-record, {printable(fault.why)}"
    )
    click.echo(what, err=True)


def _summary(tally: Tally, seconds: float, read: int, *, stopped: bool) -> str:
    groups = by_group(tuple(tally.pages.items()))
    told = ", ".join(f"{n:,} {group}" for group, n in groups.items() if n)
    left = sorted(tally.left_out.items(), key=lambda item: -item[1])
    others = ", ".join(f"{ending}: {n:,}" for ending, n in left if n)
    parts = [
        f"{tally.records:,} record{'' if tally.records == 1 else 's'}:"
        f" {tally.pages.total():,} page{'' if tally.pages.total() == 1 else 's'}"
        + (f" ({told})" if told else ""),
        f"{tally.left_out.total():,} left out" + (f" ({others})" if others else ""),
        f"{human_bytes(read)} in {human_duration(seconds)}",
    ]
    return ("stopped · " if stopped else "") + " · ".join(parts)


def _next_step(tally: Tally, *, stopped: bool) -> str:
    if stopped:
        return "Go on with the same command: what is in the archive is passed over."
    if tally.left_out[Ending.UNLISTED_HOST] and not tally.pages:
        return "No page is of a listed source. See them with: newsward source list"
    return "docs/warc.md says what each ending means. Search with: newsward search 'online safety'"


def _exit_code(tally: Tally, *, stopped: bool) -> int:
    if stopped:
        return INTERRUPTED
    faults = tally.broken + tally.failed
    if not faults:
        return 0
    return ALL_FAILED if faults == tally.records else SOME_FAILED


def _as_dict(work: Ingestion, *, stopped: bool, seconds: float) -> dict[str, object]:
    tally = work.tally
    groups = by_group(tuple(tally.pages.items()))
    return {
        "run": work.summary.run_id if work.summary else None,
        "status": "interrupted" if stopped else "finished",
        "seconds": round(seconds, 3),
        "bytes": work.bytes_read,
        "records": tally.records,
        "pages": {
            "total": tally.pages.total(),
            "by_group": {str(group): groups[group] for group in Group},
            "by_ending": {str(ending): n for ending, n in sorted(tally.pages.items())},
        },
        "left_out": {
            "total": tally.left_out.total(),
            "by_ending": {str(ending): n for ending, n in sorted(tally.left_out.items())},
        },
        "broken_records": tally.faults,
    }
