"""Reading kept pages again with today's rules: what would change, and changing it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from archive.endings import Ending
from archive.errors import ArchiveDamagedError, ArchiveMissingError
from archive.reading import ReadArchive
from archive.records import BLOCK_SEPARATOR, Article, Page, Rejected
from archive.reread_rows import KeptPage, Reread, compare
from archive.revisions import words_changed
from archive.snapshots import Snapshots
from archive.store import Archive
from crawler.captures import with_claim
from crawler.extraction.in_order import in_order
from crawler.extraction.workers import WorkerFailure, Workers
from crawler.reading import read_article
from crawler.sources import Source

# Blocks shown of each change, and characters of each.
EXAMPLES = 3
EXAMPLE = 160

# Commits, or only foretells, what an article does to its record.
Write: TypeAlias = Callable[[KeptPage, Article, bool], Reread]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What reading one kept page again did, or would do.

    `ending` is `re-extracted`, `unchanged`, `thin-refetch` (less than half of the words came: the
    record stays) or the ending that rejected the page (the record stays). `details` says that a
    date, an author or the like changed. `gone` and `come` are blocks that the text no longer has
    or did not have, some of them, cut short.
    """

    article_id: int
    title: str
    source: str
    ending: Ending
    detail: str | None = None
    details: bool = False
    words_added: int = 0
    words_removed: int = 0
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What beside the program's own rules decides: each source's XPaths, and what was learned.

    `topic_rules` is the text of those that were applied, None for those that are shipped.
    """

    sources: Mapping[str, Source]
    furniture: Mapping[str, tuple[str, ...]]
    topic_rules: str | None = None

    def page(self, kept: KeptPage, body: bytes) -> Page:
        """A kept page as a crawl would hand it to extraction now."""
        source = self.sources.get(kept.source)
        return Page(
            url=kept.final_url,
            body=body,
            content_type=kept.content_type,
            title_hint=kept.title_hint,
            published_hint=kept.published_hint,
            drop=source.drop if source else (),
            narrow=source.narrow if source else (),
            languages=(source.language,) if source and source.language else (),
            furniture=self.furniture.get(kept.source, ()),
        )


def reread(
    reader: ReadArchive,
    wanted: Sequence[str],
    read: Callable[[KeptPage], Article | Rejected],
    write: Write,
    *,
    workers: int,
) -> Iterator[Reading]:
    """Read every kept page of the wanted sources again (of all without one), by record.

    `write` commits, or only foretells, what an article does.
    """

    def work(kept: KeptPage) -> tuple[KeptPage, Article | Rejected]:
        return kept, read(kept)

    for kept, result in in_order(reader.kept_pages(wanted), work, workers=workers):
        yield _reading(kept, result, write)


def reader_of(
    snapshots: Snapshots, rules: Rules, workers: Workers
) -> Callable[[KeptPage], Article | Rejected]:
    """How a kept page is read: its snapshot, in a worker; every page has an ending."""

    def read(kept: KeptPage) -> Article | Rejected:
        try:
            page = rules.page(kept, snapshots.body(kept.snapshot_digest))
            return workers.run(read_article, page, rules.topic_rules)
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)
        except (ArchiveMissingError, ArchiveDamagedError) as error:
            return Rejected(ending=Ending.BROKEN_BODY, detail=str(error))

    return read


def committing(archive: Archive, run_id: int, now: Callable[[], str]) -> Write:
    """Commit each change in a transaction of its own."""

    def write(kept: KeptPage, article: Article, own: bool) -> Reread:  # noqa: FBT001 - a Write
        return archive.reread(run_id, kept, article, canonical_own=own, now=now())

    return write


def foretelling(kept: KeptPage, article: Article, own: bool) -> Reread:  # noqa: FBT001 - a Write
    """Say what would change."""
    return compare(kept, article, canonical_own=own)


def _reading(kept: KeptPage, result: Article | Rejected, write: Write) -> Reading:
    about = Reading(
        article_id=kept.article_id, title=kept.title, source=kept.source, ending=Ending.UNCHANGED
    )
    if isinstance(result, Rejected):
        return replace(about, ending=result.ending, detail=result.detail or None)
    article, own = with_claim(result, kept.url)
    done = write(kept, article, own)
    added, removed = words_changed(kept.body, article.text)
    before, after = kept.body.split(BLOCK_SEPARATOR), article.text.split(BLOCK_SEPARATOR)
    changed = done.ending is not Ending.UNCHANGED
    return replace(
        about,
        ending=done.ending,
        details=done.details,
        words_added=added if changed else 0,
        words_removed=removed if changed else 0,
        gone=_examples(before, after),
        come=_examples(after, before),
    )


def _examples(blocks: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    missing = [block for block in blocks if block not in set(others)]
    return tuple(
        block if len(block) <= EXAMPLE else block[: EXAMPLE - 1] + "\N{HORIZONTAL ELLIPSIS}"
        for block in missing[:EXAMPLES]
    )


def worth_a_line(reading: Reading) -> bool:
    """Whether a reading is listed: all but those that found what we have."""
    return reading.ending is not Ending.UNCHANGED or reading.details


def named(archive: Path) -> str:
    """How an archive is named in the next command to type."""
    return "" if archive == Path("archive.db") else f" --archive {archive}"
