"""`newsward verify`: is everything in the archive what was written?"""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.options import archive_option, json_option, print_json, printable
from archive.commands.progress import progress
from archive.errors import ArchiveDamagedError, NewswardError
from archive.integrity_rows import Fault
from archive.records import Article, Page, Rejected
from archive.reread_rows import KeptPage
from archive.verify import Checked, Verification, difference
from crawler.commands.options import sources_option

if TYPE_CHECKING:
    from crawler.sources import Source

SAMPLE = 20
# The rule of what the archive learned of a site.
SITE_MEMORY = "site-memory"


class Reader:
    """Reads kept pages again, in worker processes, and counts what came of it."""

    def __init__(self, verification: Verification, sources_file: Path) -> None:
        # Imported here: trafilatura takes half a second to load.
        from crawler.extraction.article import EXTRACTOR
        from crawler.extraction.prune import DROP, NARROW
        from crawler.extraction.workers import Workers

        self.counts = dict.fromkeys(("same", "other_rules", "not_read"), 0)
        self._verification = verification
        self._extractor = EXTRACTOR
        # Rules of one source, which change without a new version of the extractor.
        self._site_rules = (DROP, NARROW, SITE_MEMORY)
        self._sources = _sources(sources_file)
        self._count = os.cpu_count() or 1
        self._workers = Workers(count=self._count)

    @property
    def done(self) -> int:
        """How many pages were read so far."""
        return sum(self.counts.values())

    def faults(self, sample: int | None) -> Iterator[Fault]:
        """What no longer comes of a snapshot, though the same rules read it."""
        from crawler.extraction.in_order import in_order

        with self._workers:
            pages = self._comparable(sample)
            for page, result in in_order(pages, self._read, workers=self._count):
                said = "" if result is None else difference(page, result)
                if said is None:
                    self.counts["same"] += 1
                elif result is None:
                    self.counts["not_read"] += 1
                elif self._has_site_rules(page, result):
                    self.counts["other_rules"] += 1
                else:
                    where = f"record {page.article_id}"
                    yield Fault(where=where, what=said, record=page.article_id)

    def _comparable(self, sample: int | None) -> Iterator[KeptPage]:
        for page in self._verification.pages(sample=sample):
            if self._verification.extractor(page) == self._extractor:
                yield page
            else:
                self.counts["other_rules"] += 1

    def _has_site_rules(self, page: KeptPage, result: Article | Rejected) -> bool:
        now = () if isinstance(result, Rejected) else result.removals
        return any(
            removal.rule in self._site_rules for removal in now
        ) or self._verification.has_removals(page, self._site_rules)

    def _read(self, page: KeptPage) -> tuple[KeptPage, Article | Rejected | None]:
        from crawler.extraction import extract
        from crawler.extraction.workers import WorkerFailure

        try:
            body = self._verification.body(page)
            return page, self._workers.run(extract, self._page(page, body))
        except (NewswardError, WorkerFailure):
            return page, None  # a damaged snapshot is told of; a slow machine is no damage

    def _page(self, page: KeptPage, body: bytes) -> Page:
        source = self._sources.get(page.source)
        return Page(
            url=page.final_url,
            body=body,
            content_type=page.content_type,
            title_hint=page.title_hint,
            published_hint=page.published_hint,
            drop=source.drop if source else (),
            narrow=source.narrow if source else (),
        )


@click.command()
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=SAMPLE,
    show_default=True,
    metavar="N",
    help="Read so many pages again, taken at random, and compare the texts.",
)
@click.option("--all", "everything", is_flag=True, help="Read every page again.")
@archive_option
@sources_option
@json_option
def verify(*, sample: int, everything: bool, as_json: bool, **told: Any) -> None:  # noqa: ANN401 - what the options above say
    r"""Check that everything in the archive is what was written.

    Hashes every snapshot and text again; compares every record, receipt, link and exchange with
    its seal; follows the chain of runs; checks references and the search index; reads a sample of
    the pages again. Changes nothing, and a crawl may go on meanwhile. One line for each fault;
    exit code 6 when there is one.

    \b
    newsward verify
    newsward verify --all
    """
    found: list[Fault] = []
    with Verification(told["archive"]) as verification:

        def how_far() -> tuple[int, int]:
            return verification.done, max(verification.total - verification.done, 0)

        with progress("verify", "things", how_far):
            _collect(verification.faults(), found, as_json=as_json)
        counts = {}
        if everything or sample:
            reader = Reader(verification, told["sources"])
            with progress("read again", "pages", lambda: (reader.done, 0)):
                faults = reader.faults(None if everything else sample)
                _collect(faults, found, as_json=as_json)
            counts = reader.counts
        checked = verification.checked()
    if as_json:
        facts = {"checked": asdict(checked), "read_again": counts}
        print_json({"ok": not found, "faults": found, **facts})
    else:
        for line in _summary(checked, counts):
            click.echo(line, err=True)
    if found:
        raise ArchiveDamagedError(
            f"{told['archive']}: {len(found):,} fault{'' if len(found) == 1 else 's'}. Keep both"
            " files as they are, and restore a backup beside them (docs/backup.md)."
        )


def _collect(faults: Iterator[Fault], found: list[Fault], *, as_json: bool) -> None:
    for fault in faults:
        found.append(fault)
        if not as_json:
            click.echo(printable(f"{fault.where}: {fault.what}"))


def _summary(checked: Checked, counts: dict[str, int]) -> Iterator[str]:
    parts = [f"{count:,} {name}" for name, count in asdict(checked).items() if name != "orphans"]
    yield f"Checked: {', '.join(parts)}."
    if checked.orphans:
        yield f"Nothing names {checked.orphans:,} of the snapshots, which is harmless."
    if counts:
        others = [
            (counts["other_rules"], "read by other rules, not compared"),
            (counts["not_read"], "that could not be read now"),
        ]
        told = "".join(f", {count:,} {words}" for count, words in others if count)
        yield f"Pages read again: {counts['same']:,} with the same text{told}."


def _sources(sources_file: Path) -> "dict[str, Source]":
    from crawler.source_file import load_sources

    try:
        return {source.id: source for source in load_sources(sources_file)}
    except NewswardError:
        return {}  # an archive can be verified where no list of sources is
