"""`newsward health`: how each source is doing, and which need a person."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import (
    archive_option,
    human_duration,
    json_option,
    print_json,
    printable,
)
from crawler.frontier import utc

if TYPE_CHECKING:
    from archive.checkup import Checkup
    from archive.health_values import Finding, SourceHealth

NEEDS_PERSON = 3
_MARKS = {"good": "ok", "watch": "watch", "person": "PERSON"}


@click.command()
@click.argument("source", nargs=-1)
@click.option("--bad", "only_bad", is_flag=True, help="Leave out the sources that are well.")
@click.option(
    "--notify", is_flag=True, help="Tell it to NEWSWARD_NOTIFY too when a person is needed."
)
@archive_option
@json_option
@click.pass_context
def health(
    ctx: click.Context,
    /,
    *,
    source: tuple[str, ...],
    archive: Path,
    as_json: bool,
    **told: bool,
) -> None:
    r"""Say how each SOURCE (all without one) is doing: what is wrong, since when, what next.

    Reads the archive and asks nobody. Exits 3 when a source needs a person.

    \b
    newsward health
    newsward health --bad --json
    """
    # Imported here: opening an archive loads what `--help` need not.
    from archive.checkup import check_up
    from archive.reading import ReadArchive

    with ReadArchive(archive) as reader:
        found = check_up(reader, datetime.now(UTC), only=source)
    shown = [one for one in found.sources if one.findings or not told["only_bad"]]
    if as_json:
        print_json(as_dict(found, shown))
    else:
        for line in report(found, shown):
            click.echo(line)
        click.echo(totals(found), err=True)
    if told["notify"] and found.needs_person:
        from crawler.notifying import tell

        tell(totals(found), [line for line in report(found, shown) if line])
    ctx.exit(NEEDS_PERSON if found.needs_person else 0)


def report(found: "Checkup", shown: "list[SourceHealth]") -> list[str]:
    """A line for each source, and one before them when nobody crawls any more."""
    width = max((len(one.slug) for one in shown), default=0)
    lines = [line_of(one, found.at, width) for one in shown]
    if found.overdue and found.last_crawl_at:
        ago = ago_in_words(found.at - found.last_crawl_at)
        lines.insert(
            0,
            f"PERSON  no crawl since {utc(found.last_crawl_at)} ({ago})."
            " Next: see newsward schedule show, or type newsward crawl",
        )
    return lines


def line_of(one: "SourceHealth", now: datetime, width: int = 0) -> str:
    """One source in a line: its state; what is wrong since when and what next; its rhythm."""
    start = f"{_MARKS[one.state]:6}  {one.slug:{width}}  "
    if not one.findings:
        return start + _rhythm(one, now)
    worst, *others = one.findings
    also = f" (and {', '.join(str(other.problem) for other in others)})" if others else ""
    return f"{start}{what_of(worst, now)}{also}. Next: {printable(worst.next)}"


def what_of(finding: "Finding", now: datetime) -> str:
    """What is wrong, where, and since when."""
    where = f": {finding.url}" if finding.url else ""
    what = printable(f"{finding.what}{where}")
    if finding.since is None:
        return what
    return f"{what}, since {utc(finding.since)} ({ago_in_words(now - finding.since)})"


def _rhythm(one: "SourceHealth", now: datetime) -> str:
    if one.last_success_at is None:
        return "not asked yet"
    read = f"last read {ago_in_words(now - one.last_success_at)}"
    if one.last_new_article_at is None:
        return f"{read}, no article yet"
    new = f"{read}, last new article {ago_in_words(now - one.last_new_article_at)}"
    if one.rhythm is None:
        return new
    expected = f"{one.rhythm.per_week:.1f}".removesuffix(".0")
    return f"{new}, {one.rhythm.last_week} in its last week of {expected} expected"


def ago_in_words(span: timedelta) -> str:
    """How long ago something was, never in the future."""
    return f"{human_duration(max(span.total_seconds(), 0))} ago"


def totals(found: "Checkup") -> str:
    """All sources in one line that adds up."""
    person, watch, good = (
        sum(str(one.state) == state for one in found.sources)
        for state in ("person", "watch", "good")
    )
    word = "source" if len(found.sources) == 1 else "sources"
    off = f"; {found.switched_off} switched off" if found.switched_off else ""
    return (
        f"{len(found.sources)} {word}: {good} good, {watch} to watch,"
        f" {person} need{'s' if person == 1 else ''} a person{off}"
    )


def as_dict(found: "Checkup", shown: "list[SourceHealth]") -> dict[str, Any]:
    """A check-up for programs; times in UTC."""
    return {
        "checked_at": utc(found.at),
        "last_crawl_at": _time(found.last_crawl_at),
        "overdue": found.overdue,
        "needs_person": found.needs_person,
        "counts": {
            state: sum(str(one.state) == state for one in found.sources)
            for state in ("good", "watch", "person")
        },
        "switched_off": found.switched_off,
        "sources": [source_dict(one) for one in shown],
    }


def source_dict(one: "SourceHealth") -> dict[str, Any]:
    """One source for programs; a null means that it is not known."""
    rhythm = one.rhythm
    return {
        "source": one.slug,
        "name": one.name,
        "state": str(one.state),
        "findings": [
            {
                "problem": str(finding.problem),
                "state": str(finding.state),
                "what": finding.what,
                "since": _time(finding.since),
                "next": finding.next,
                "url": finding.url,
                "proposed_url": finding.proposed_url,
            }
            for finding in one.findings
        ],
        "last_success_at": _time(one.last_success_at),
        "last_new_article_at": _time(one.last_new_article_at),
        "expected_per_week": round(rhythm.per_week, 2) if rhythm else None,
        "articles_in_last_week": rhythm.last_week if rhythm else None,
        "silent_after_days": round(rhythm.silent_after / timedelta(days=1), 1) if rhythm else None,
        "empty_share": one.empty_share,
        "refused_share": one.refused_share,
        "junk_share": one.junk_share,
        "robots_changed_at": _time(one.robots_changed_at),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else utc(moment)
