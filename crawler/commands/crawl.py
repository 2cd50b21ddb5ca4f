"""`newsward crawl`: ask what is due, keep what is new, and say in one line how it went."""

import contextlib
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from archive.commands.options import archive_option, json_option, print_json
from archive.commands.progress import progress
from archive.endings import Ending
from archive.errors import NewswardError
from archive.views import RunSummary
from crawler.commands.options import DURATION, sources_option
from crawler.notifying import tell
from crawler.summary import OUT_OF_TIME, by_group, exit_code, summary_line

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcess

    from archive.checkup import Changes
    from crawler.session import SessionOptions
    from crawler.spiders.listed import ListedSpider

# How long pages may still come in after --max-time, seconds: as long as one download may take.
GRACE = 30.0
LOOK_EVERY = 0.2


@click.command()
@click.argument("source", nargs=-1)
@archive_option
@sources_option
@click.option("--now", "everything", is_flag=True, help="Ask every address, due or not.")
@click.option(
    "--retry-quarantine", is_flag=True, help="Ask again what was given up after too many failures."
)
@click.option("--allow-private", is_flag=True, help="For tests: let private addresses be asked.")
@click.option(
    "--max-time",
    type=DURATION,
    help="End cleanly after 90s, 30m, 2h, ...; the next crawl goes on there.",
)
@json_option
@click.pass_context
def crawl(ctx: click.Context, /, *, source: tuple[str, ...], as_json: bool, **told: Any) -> None:  # noqa: ANN401 - what the options above say
    r"""Fetch what is new from the listed SOURCEs (all without one), archive it, say how it went.

    Only what is due is asked, so it is always safe to run. Stopped at any moment, the next crawl
    goes on where this one was. NEWSWARD_WORKERS says how many processes read pages (one a core if
    not said); NEWSWARD_NOTIFY where to tell when it fails or a source begins to need a person.
    The watches that are due are sent in the end, see `newsward watch`.

    \b
    newsward crawl
    newsward crawl govuk-online-safety --now
    newsward crawl --max-time 30m
    """
    settings = {
        "NEWSWARD_ARCHIVE": str(told["archive"]),
        "NEWSWARD_SOURCES": str(told["sources"]),
        "NEWSWARD_EVERYTHING": told["everything"],
        "NEWSWARD_RETRY_QUARANTINE": told["retry_quarantine"],
        "NEWSWARD_ALLOW_PRIVATE": told["allow_private"],
    }
    if told["allow_private"]:
        # Each source's own delay stands; sources.toml allows less than a second on loopback only.
        settings["DOWNLOAD_DELAY"] = 0
    try:
        summary, changes = crawl_once(settings, source, told["max_time"])
    except Exception as error:
        _tell("newsward: the crawl failed", [str(error) or type(error).__name__])
        raise
    _tell_changes(changes)
    if as_json:
        print_json(as_dict(summary, changes))
    else:
        click.echo(summary_line(summary))
        click.echo(next_step(summary, Path(told["archive"])), err=True)
    _tell_kept_texts(Path(told["archive"]))
    ctx.exit(exit_code(summary))


def _tell_kept_texts(path: Path) -> None:
    """Say of which sources a text is there although the list has come to allow links only."""
    from archive.reading import ReadArchive
    from archive.source_texts import kept_texts

    with ReadArchive(path) as reader:
        found = kept_texts(reader)
    for one in found:
        records = f"{one.records:,} record{'' if one.records == 1 else 's'}"
        click.echo(
            f"{one.source} keeps links only now, and the texts of {records} are still there. Take"
            f" them back: newsward source withdraw {one.source} --by WHO",
            err=True,
        )


def run_crawl(settings: dict[str, Any]) -> RunSummary:
    """Run one crawl of all sources in this process, to its end or to Ctrl-C; see `crawl_once`."""
    return crawl_once(settings)[0]


def crawl_once(
    settings: dict[str, Any], wanted: tuple[str, ...] = (), max_time: float | None = None
) -> tuple[RunSummary, "Changes"]:
    """Run one crawl in this process: to its end, to Ctrl-C, or for `max_time` seconds.

    Once in a process: Scrapy's reactor cannot be started again.

    Raises:
        NewswardError: the sources, the archive or the lock forbid it, or the archive failed.
    """
    # Imported here: half a second that `newsward --help` and a wrong option need not pay.
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings

    from crawler.spiders.listed import ListedSpider

    project = Settings()
    project.setmodule("crawler.settings", priority="project")
    project.update({**settings, "NEWSWARD_PRINT_SUMMARY": False}, priority="cmdline")
    process = CrawlerProcess(project)
    crawler = process.create_crawler(ListedSpider)
    failures: list[Any] = []
    process.crawl(crawler, sources=",".join(wanted)).addErrback(failures.append)

    def how_far() -> tuple[int, int]:
        spider = crawler.spider
        return (spider.done, spider.waiting()) if isinstance(spider, ListedSpider) else (0, 0)

    limit = None if max_time is None else TimeLimit(process, max_time)
    with progress("crawl", "pages", how_far):
        process.start()
    if failures:
        raise failures[0].value
    session = cast("ListedSpider", crawler.spider).session
    if limit and limit.reached:
        session.close(finished=False)  # what was cut off is due again
    if session.error:
        raise session.error
    if session.summary is None:
        sys.exit(130)  # a second Ctrl-C: the next crawl tidies up
    summary = session.summary
    if limit and limit.reached and summary.status == "interrupted":
        summary = replace(summary, status=OUT_OF_TIME)
    _send_watches(session.options)
    return summary, session.changes


def _send_watches(options: "SessionOptions") -> None:
    """Send the watches that are due; one that cannot be sent must not hide how the crawl went."""
    from archive.commands.watch import line_of
    from archive.watches.sending import send_due

    try:
        done = send_due(options.archive, options.clock)
    except NewswardError as error:
        click.echo(f"newsward: {error}", err=True)
        return
    for one in done:
        if one.failure or one.records:
            click.echo(line_of(one), err=True)


class TimeLimit:
    """Ends a crawl after so many seconds as one Ctrl-C would; what hangs then is cut off.

    Call after the reactor was installed and before it is started.
    """

    def __init__(self, process: "CrawlerProcess", seconds: float) -> None:
        # Importing it earlier would install another reactor than Scrapy's.
        from twisted.internet import reactor

        self.reached = False
        self._process = process
        self._reactor = cast("Any", reactor)  # Twisted's own type of it knows none of its methods
        self._reactor.callLater(seconds, self._stop)

    def _stop(self) -> None:
        self.reached = True
        self._process.stop()
        self._watch(round(GRACE / LOOK_EVERY))

    def _watch(self, looks_left: int) -> None:
        if looks_left and self._is_receiving():
            self._reactor.callLater(LOOK_EVERY, self._watch, looks_left - 1)
            return
        # Pages that wait for their host's turn, for minutes at a Crawl-delay, were never asked.
        with contextlib.suppress(RuntimeError):  # it is stopping already
            self._reactor.stop()

    def _is_receiving(self) -> bool:
        # Before a crawl has begun to ask, it has no engine.
        engines = filter(None, (getattr(one, "engine", None) for one in self._process.crawlers))
        return any(slot.transferring for e in engines for slot in e.downloader.slots.values())


def next_step(summary: RunSummary, archive: Path) -> str:
    """What to type next, after a run that went so."""
    named = "" if archive == Path("archive.db") else f" --archive {archive}"
    if summary.status in {"interrupted", OUT_OF_TIME}:
        return f"Go on with: newsward crawl{named}"
    if summary.sources_failed and not summary.sources_ok:
        return "See what is wrong with: newsward doctor"
    return f"Search it: newsward search{named} 'online safety'   Browse it: newsward serve{named}"


def _tell_changes(changes: "Changes") -> None:
    """Tell what began or ceased to be wrong with this crawl; what goes on was told before."""
    if not changes:
        return
    from crawler.commands.health import line_of

    now = datetime.now(UTC)
    lines = [line_of(one, now) for one in (*changes.called, *changes.mended)]
    title = f"newsward: {changes.in_words()}"
    _tell(title, lines)


def _tell(title: str, lines: list[str]) -> None:
    # That a message cannot be sent must not hide how the crawl went.
    try:
        tell(title, lines)
    except NewswardError as error:
        click.echo(f"newsward: {error}", err=True)


def as_dict(summary: RunSummary, changes: "Changes | None" = None) -> dict[str, Any]:
    """A run for programs: the figures of the line, by group and by ending."""

    def counted(endings: tuple[tuple[Ending, int], ...]) -> dict[str, Any]:
        return {
            "total": sum(count for _, count in endings),
            "by_group": {str(group): count for group, count in by_group(endings).items()},
            "by_ending": {str(ending): count for ending, count in endings},
        }

    return {
        "run": summary.run_id,
        "status": summary.status,
        "seconds": summary.seconds,
        "sources_ok": list(summary.sources_ok),
        "sources_failed": list(summary.sources_failed),
        "pages": counted(summary.endings),
        "lists": counted(summary.discovery),
        "blocks_removed": summary.removals,
        "pages_waiting": summary.waiting,
        "now_need_a_person": [one.slug for one in changes.called] if changes else [],
        "mended": [one.slug for one in changes.mended] if changes else [],
        "exit_code": exit_code(summary),
    }
