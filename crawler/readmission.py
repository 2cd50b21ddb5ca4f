"""Reading rejected pages again with today's rules: those that are articles now become records."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from archive.endings import Ending
from archive.errors import ArchiveDamagedError, ArchiveMissingError
from archive.opened import OpenArchive
from archive.records import Article, Capture, FrontierState, NextVisit, Outcome, Rejected, Stored
from archive.rejected_rows import RejectedPage, admit_page, rejected_pages
from archive.snapshots import Snapshots
from crawler.captures import if_relevant, page_of, with_article
from crawler.extraction.in_order import in_order
from crawler.extraction.workers import WorkerFailure, Workers
from crawler.opt_outs import rights_of
from crawler.reading import read_article
from crawler.reextraction import Rules
from crawler.sources import Source

# Makes a record of a page, or only foretells it.
Admit: TypeAlias = Callable[[RejectedPage, Article], Stored]


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondReading:
    """What reading a rejected page again did, or would do.

    `before` is why it was rejected; `ending` is `new` when it is a record now, or why it is none.
    """

    url: str
    source: str
    before: Ending
    ending: Ending
    title: str | None = None
    detail: str | None = None
    article_id: int | None = None


def read_rejected(
    archive: OpenArchive,
    wanted: Sequence[str],
    read: Callable[[RejectedPage], Article | Rejected],
    admit: Admit,
    *,
    workers: int,
) -> Iterator[SecondReading]:
    """Read every rejected page of the wanted sources again (of all without one), by its age."""

    def work(page: RejectedPage) -> tuple[RejectedPage, Article | Rejected]:
        return page, read(page)

    for page, result in in_order(rejected_pages(archive, wanted), work, workers=workers):
        about = SecondReading(
            url=page.claim.url, source=page.claim.source, before=page.ending, ending=page.ending
        )
        if isinstance(result, Rejected):
            yield replace(about, ending=result.ending, detail=result.detail or None)
        else:
            stored = admit(page, result)
            yield replace(
                about, ending=stored.ending, title=result.title, article_id=stored.article_id
            )


def second_reader(
    snapshots: Snapshots, rules: Rules, workers: Workers
) -> Callable[[RejectedPage], Article | Rejected]:
    """How a rejected page is read: as a crawl would read its snapshot now."""

    def read(page: RejectedPage) -> Article | Rejected:
        source = rules.sources.get(page.claim.source)
        if source is None:
            return Rejected(ending=page.ending, detail="its source is not in the list of sources")
        furniture = rules.furniture.get(source.id, ())
        try:
            capture = Capture(
                claim=page.claim, fetch=page.fetch, body=snapshots.body(page.snapshot_digest)
            )
            asked = page_of(capture, source, furniture)
            result = workers.run(read_article, asked, rules.topic_rules)
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)
        except (ArchiveMissingError, ArchiveDamagedError) as error:
            return Rejected(ending=Ending.BROKEN_BODY, detail=str(error))
        return result if isinstance(result, Rejected) else _if_ours(result, page, source)

    return read


def admitting(archive: OpenArchive, run_id: int) -> Admit:
    """Make a record of each article in a transaction of its own."""

    def admit(page: RejectedPage, article: Article) -> Stored:
        return admit_page(archive, _outcome(page, article, run_id), page)

    return admit


def foretelling_records(_page: RejectedPage, _article: Article) -> Stored:
    """Say that a record would be made."""
    return Stored(ending=Ending.NEW)


def _if_ours(article: Article, page: RejectedPage, source: Source) -> Article | Rejected:
    """The article, unless its page forbids copies or it is about something else."""
    capture = Capture(claim=page.claim, fetch=page.fetch)
    if source.link_only or rights_of(capture, article.signals).reserved:
        return Rejected(ending=page.ending, detail="no copy of its text may be kept")
    return if_relevant(article, source, page.claim)


def _outcome(page: RejectedPage, article: Article, run_id: int) -> Outcome:
    outcome = Outcome(
        run_id=run_id,
        claim=page.claim,
        fetch=page.fetch,
        ending=Ending.NEW,
        # Not looked at: when the address is asked again stays as it is.
        next_visit=NextVisit(state=FrontierState.WAITING, not_before=page.fetch.fetched_at),
        body_bytes=page.body_bytes,
        snapshot_digest=page.snapshot_digest,
    )
    return with_article(outcome, article)
