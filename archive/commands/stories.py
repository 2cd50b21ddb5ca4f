"""`newsward stories`: which records tell the same story, what copies what, who had it first."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.options import (
    Function,
    archive_option,
    json_option,
    print_json,
    print_table,
    printable,
)
from archive.commands.progress import progress
from archive.reading import ReadArchive
from archive.store import written
from archive.story_keeping import StoryKeeper
from archive.story_verdicts import merge as merge_stories
from archive.story_verdicts import reject as reject_pair
from archive.story_verdicts import split as split_story
from archive.story_views import ReuseView, StoryLine, StoryView, story_lines, story_view

# Of what a copy changed, so much says how it was done; --json has all.
SHOWN = 12


@click.group
def stories() -> None:
    r"""See which records tell the same story, which copied which, and who had it first.

    \b
    Examples:
      newsward stories list
      newsward stories show 12
    """


@stories.command(name="list")
@click.option("--least", type=click.IntRange(1), default=2, show_default=True, metavar="N")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N")
@archive_option
@json_option
def list_(*, least: int, limit: int, archive: Path, as_json: bool) -> None:
    r"""List stories of at least N records, the newest first.

    \b
    Example:
      newsward stories list --least 3
    """
    with ReadArchive(archive) as reader:
        lines = story_lines(reader, least=least, limit=limit)
    if as_json:
        print_json(lines)
        return
    columns = ["story", "records", "sources", "first", "last", "origin", "title"]
    print_table(columns, map(_cells, lines))


@stories.command
@click.argument("story", type=int)
@archive_option
@json_option
def show(*, story: int, archive: Path, as_json: bool) -> None:
    r"""Show a story: its records, its origin, what was copied and what the copies changed.

    \b
    Example:
      newsward stories show 12
    """
    with ReadArchive(archive) as reader:
        view = story_view(reader, story)
    if as_json:
        print_json(view)
    else:
        click.echo("\n".join(_shown(view)))


def _by(function: Function) -> Function:
    return click.option("--by", "decided_by", metavar="WHO", required=True, help="Who says so.")(
        function
    )


@stories.command
@click.argument("story", type=int)
@click.argument("other", type=int)
@_by
@archive_option
def merge(*, story: int, other: int, decided_by: str, archive: Path) -> None:
    r"""Make the records of story OTHER those of STORY, for good.

    \b
    Example:
      newsward stories merge 12 15 --by 'J. Doe'
    """
    with written(archive) as opened:
        moved = merge_stories(opened, story, other, decided_by=decided_by, now=_now())
    click.echo(f"Story {other} is part of story {story} now: {_records(moved)} moved.", err=True)


@stories.command
@click.argument("story", type=int)
@click.argument("records", type=int, nargs=-1, required=True)
@_by
@archive_option
def split(*, story: int, records: tuple[int, ...], decided_by: str, archive: Path) -> None:
    r"""Make RECORDS of a story a story of their own, for good.

    \b
    Example:
      newsward stories split 12 40 41 --by 'J. Doe'
    """
    with written(archive) as opened:
        new = split_story(opened, story, records, decided_by=decided_by, now=_now())
    click.echo(f"{_records(len(set(records)))} left story {story}: story {new}.", err=True)


@stories.command
@click.argument("record", type=int)
@click.argument("other", type=int)
@_by
@archive_option
def reject(*, record: int, other: int, decided_by: str, archive: Path) -> None:
    r"""Say that two records have nothing of each other, for good.

    \b
    Example:
      newsward stories reject 40 12 --by 'J. Doe'
    """
    with written(archive) as opened:
        new = reject_pair(opened, record, other, decided_by=decided_by, now=_now())
    left = f" Record {other} left their story: story {new}." if new else ""
    click.echo(f"Records {record} and {other} are never linked again.{left}", err=True)


@stories.command
@archive_option
def rebuild(*, archive: Path) -> None:
    r"""Read every record for stories again; a person's word and the stories' numbers stay.

    \b
    Example:
      newsward stories rebuild
    """
    how_far = (0, 0)

    def note(read: int, left: int) -> None:
        nonlocal how_far
        how_far = read, left

    with written(archive) as opened, progress("stories", "records", lambda: how_far):
        count = StoryKeeper(opened).rebuild(now=_now(), done=note)
    click.echo(f"{_records(count)} read for stories.", err=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _cells(line: StoryLine) -> list[object]:
    return [
        *(line.id, line.records, line.sources, line.first_published, line.last_published),
        *(_origin(line), line.title),
    ]


def _origin(line: StoryLine) -> str:
    named = [line.origin_name] if line.origin_name else []
    record = [f"record {line.origin}"] if line.origin else []
    return f"{', '.join([*named, *record])} ({line.origin_confidence})" if named or record else ""


def _shown(view: StoryView) -> Iterator[str]:
    line = view.story
    yield click.style(printable(line.title), bold=True)
    sources = "1 source" if line.sources == 1 else f"{line.sources:,} sources"
    yield f"story {line.id} · {_records(line.records)} · {sources}"
    yield f"Origin: {_origin(line) or 'unknown'}; {printable(view.origin_why or '')}"
    yield ""
    for record in view.records:
        # Which record the archive had first says nothing of who published first.
        how = "origin" if record.id == line.origin else record.how.replace("first", "found first")
        yield printable(
            f"{record.id:>6}  {record.published or '':<10.10}  {how:<11}"
            f"  {record.source}: {record.title}"
        )
    for link in view.reuse:
        yield ""
        yield from _link_lines(link)
    for merged in view.merges:
        if merged.state == "proposed":
            other = merged.other if merged.one == line.id else merged.one
            yield ""
            yield printable(
                f"Record {merged.record} fits story {other} too ({merged.title})."
                f" `newsward stories merge {line.id} {other} --by WHO` makes them one."
            )


def _link_lines(link: ReuseView) -> Iterator[str]:
    derived, source = (link.b, link.a) if link.derived == link.b else (link.a, link.b)
    sure = "" if link.kind == "same event" else f" ({link.confidence})"
    yield click.style(f"{derived} — {source}: {link.kind}{sure}", bold=True)
    yield f"  {printable(link.explanation)}"
    for change in link.changes[:SHOWN]:
        was, now = change.original or "(nothing)", change.copy or "(gone)"
        yield f"  {printable(was)} → {printable(now)}"
    if link.unsourced:
        yield f"  {len(link.unsourced)} sentences have no source there, such as:"
        yield f"    {printable(link.unsourced[0])}"
