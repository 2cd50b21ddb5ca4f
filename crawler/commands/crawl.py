"""`newsward crawl`: ask what is due, keep what is new, and say in one line how it went."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from archive.commands.options import archive_option, json_option, print_json
from archive.endings import Ending
from archive.records import RunSummary
from crawler.commands.options import sources_option
from crawler.commands.progress import progress
from crawler.summary import by_group, exit_code, summary_line

if TYPE_CHECKING:
    from crawler.spiders.listed import ListedSpider


@click.command()
@click.argument("source", nargs=-1)
@archive_option
@sources_option
@click.option("--now", "everything", is_flag=True, help="Ask every address, due or not.")
@click.option("--allow-private", is_flag=True, help="For tests: let private addresses be asked.")
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    envvar="NEWSWARD_WORKERS",
    help="Processes that read pages; 0 reads them in this one.  [default: one a core]",
)
@json_option
@click.pass_context
def crawl(ctx: click.Context, /, *, source: tuple[str, ...], as_json: bool, **told: Any) -> None:  # noqa: ANN401 - what the options above say
    r"""Fetch what is new from the listed SOURCEs (all without one), archive it, say how it went.

    Only what is due is asked, so it is always safe to run. Stopped at any moment, the next crawl
    goes on where this one was.

    \b
    newsward crawl
    newsward crawl govuk-online-safety --now
    """
    settings = {
        "NEWSWARD_ARCHIVE": str(told["archive"]),
        "NEWSWARD_SOURCES": str(told["sources"]),
        "NEWSWARD_EVERYTHING": told["everything"],
        "NEWSWARD_ALLOW_PRIVATE": told["allow_private"],
    }
    if told["allow_private"]:
        # Each source's own delay stands; sources.toml allows less than a second on loopback only.
        settings["DOWNLOAD_DELAY"] = 0
    if told["workers"] is not None:
        settings["NEWSWARD_WORKERS"] = told["workers"]
    summary = run_crawl(settings, source)
    if as_json:
        print_json(as_dict(summary))
    else:
        click.echo(summary_line(summary))
        click.echo(next_step(summary, Path(told["archive"])), err=True)
    ctx.exit(exit_code(summary))


def run_crawl(settings: dict[str, Any], wanted: tuple[str, ...] = ()) -> RunSummary:
    """Run one crawl in this process, to its end or to Ctrl-C.

    Once in a process: Scrapy's reactor cannot be started again.

    Raises:
        NewswardError: the sources, the archive or the lock forbid it, or the archive failed.
    """
    # Imported here: half a second that `newsward --help` and a wrong option need not pay.
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415
    from scrapy.settings import Settings  # noqa: PLC0415

    from crawler.spiders.listed import ListedSpider  # noqa: PLC0415

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

    with progress("crawl", "pages", how_far):
        process.start()
    if failures:
        raise failures[0].value
    session = cast("ListedSpider", crawler.spider).session
    if session.error:
        raise session.error
    if session.summary is None:
        sys.exit(130)  # a second Ctrl-C: the next crawl tidies up
    return session.summary


def next_step(summary: RunSummary, archive: Path) -> str:
    """What to type next, after a run that went so."""
    named = "" if archive == Path("archive.db") else f" --archive {archive}"
    if summary.status == "interrupted":
        return f"Go on with: newsward crawl{named}"
    if summary.sources_failed and not summary.sources_ok:
        return "See what is wrong with: newsward doctor"
    return f"Search it: newsward search{named} 'online safety'   Browse it: newsward serve{named}"


def as_dict(summary: RunSummary) -> dict[str, Any]:
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
        "exit_code": exit_code(summary),
    }
