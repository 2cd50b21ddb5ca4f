"""What `newsward reextract --rejected` does and says."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from archive.commands.options import human_duration, print_json, printable
from archive.commands.progress import progress
from archive.endings import Ending, Group
from archive.reading import ReadArchive
from archive.rejected_rows import count_rejected_pages
from archive.snapshots import Snapshots
from archive.store import Archive
from archive.topic_rows import applied_rules
from crawler.extraction.workers import Workers
from crawler.readmission import (
    SecondReading,
    admitting,
    foretelling_records,
    read_rejected,
    second_reader,
)
from crawler.reextraction import Rules, named
from crawler.sources import Source

_SOME_FAILED = 3
_ALL_FAILED = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """The rejected pages of an archive, to be read again; of all sources when none is wanted."""

    archive: Path
    wanted: Sequence[str]
    sources: Mapping[str, Source]
    workers: int

    def read(self, run: tuple[Archive, int] | None, *, as_json: bool) -> int:
        """Read them, say what became of them, and give the exit code; None foretells only."""
        endings: Counter[Ending] = Counter()
        kept: list[SecondReading] = []
        started = time.monotonic()
        with ReadArchive(self.archive) as reader:
            with reader.moment() as db:
                applied = applied_rules(db)
            total = count_rejected_pages(reader, self.wanted)
            rules = Rules(sources=self.sources, furniture=reader.furniture(), topic_rules=applied)

            def how_far() -> tuple[int, int]:
                return endings.total(), max(total - endings.total(), 0)

            with (
                Snapshots(self.archive, readonly=True) as snapshots,
                Workers(count=self.workers) as pool,
                progress("reextract", "pages", how_far),
            ):
                read = second_reader(snapshots, rules, pool)
                admit = foretelling_records if run is None else admitting(*run)
                for page in read_rejected(reader, self.wanted, read, admit, workers=self.workers):
                    endings[page.ending] += 1
                    kept += [page] if page.ending is Ending.NEW else []
                    if not as_json:
                        click.echo(_line(page))
        if as_json:
            print_json(_as_dict(endings, kept, dry_run=run is None))
        else:
            seconds = time.monotonic() - started
            click.echo(_summary(endings, seconds, dry_run=run is None))
            if run is None and kept:
                again = f"newsward reextract --rejected{named(self.archive)}"
                click.echo(f"Nothing was changed. Do it with: {again}", err=True)
        return _exit_code(endings)


def _line(page: SecondReading) -> str:
    if page.ending is Ending.NEW:
        number = "     -" if page.article_id is None else f"{page.article_id:>6}"
        return f"{number}  {page.before} -> new  {printable(page.title or '')}"
    why = f" ({printable(page.detail)})" if page.detail else ""
    return f"     -  {page.before} -> {page.ending}  {printable(page.url)}{why}"


def _summary(endings: Counter[Ending], seconds: float, *, dry_run: bool) -> str:
    verb = "would become records" if dry_run else "became records"
    others = {ending: n for ending, n in endings.items() if ending is not Ending.NEW}
    told = ", ".join(f"{ending}: {n:,}" for ending, n in sorted(others.items()))
    return (
        f"{endings.total():,} rejected pages read again: {endings[Ending.NEW]:,} {verb}"
        f" · {sum(others.values()):,} are none{f' ({told})' if told else ''}"
        f" · {human_duration(seconds)}"
    )


def _exit_code(endings: Counter[Ending]) -> int:
    failed = sum(n for ending, n in endings.items() if ending.group is Group.FAILED)
    if not failed:
        return 0
    return _SOME_FAILED if failed < endings.total() else _ALL_FAILED


def _as_dict(
    endings: Counter[Ending], kept: Sequence[SecondReading], *, dry_run: bool
) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "pages": endings.total(),
        "new": endings[Ending.NEW],
        "by_ending": {str(ending): count for ending, count in sorted(endings.items())},
        "records": list(kept),
    }
