"""WHAT HAPPENS TO EVERY PAGE, on one screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from archive.endings import Ending
from archive.records import (
    Article,
    Capture,
    LinkKind,
    Links,
    Outcome,
    Page,
    Rejected,
    Stored,
)
from archive.snapshots import Snapshots
from archive.store import Archive
from crawler.admission import admit, rules_for, settle
from crawler.discovery import DiscoveryDocument, Unreadable, discover
from crawler.extraction import extract
from crawler.extraction.workers import WorkerFailure, Workers
from crawler.frontier import next_visit, utc
from crawler.sources import Source
from crawler.urls import canonical_url, same_site


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """The way of a capture into the archive; called from threads, never from the event loop."""

    run_id: int
    sources: Mapping[str, Source]
    archive: Archive
    snapshots: Snapshots
    workers: Workers
    clock: Callable[[], datetime]
    furniture: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def handle(self, capture: Capture) -> Stored:
        """Take one capture to its ending: everything it changes is committed when this returns."""
        if settled := settle(capture):  # a failure, a refusal, a 304: there is no body to read
            return self._commit(capture, settled)
        digest = self.snapshots.keep(capture.body, now=utc(self.clock()))  # before anything else
        if digest == capture.claim.snapshot_digest:
            return self._commit(capture, Rejected(ending=Ending.SAME_BYTES), digest)
        return self._commit(capture, self._read(capture), digest)

    def _read(self, capture: Capture) -> Article | Links | Rejected:
        """Read a body in a worker process, bounded in time and memory."""
        claim, source = capture.claim, self.sources[capture.claim.source]
        try:
            if claim.kind is LinkKind.ARTICLE:
                page = _page(capture, source, self.furniture.get(source.id, ()))
                return self.workers.run(extract, page)
            found = self.workers.run(read_links, _document(capture, source))
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)
        return admit(found, source, claim) if isinstance(found, Links) else found

    def _commit(
        self, capture: Capture, result: Article | Links | Rejected, digest: str | None = None
    ) -> Stored:
        """One transaction: record or links, removals, provenance, frontier row and fetch row."""
        claim, ending = capture.claim, ending_of(result)
        every = timedelta(seconds=self.sources[claim.source].every)
        outcome = Outcome(
            run_id=self.run_id,
            claim=claim,
            fetch=capture.fetch,
            ending=ending,
            next_visit=next_visit(claim, ending, now=self.clock(), every=every),
            detail=_detail(result),
            body_bytes=len(capture.body),
            snapshot_digest=digest,
            links=result.links if isinstance(result, Links) else (),
        )
        if isinstance(result, Article):
            outcome = _with_article(outcome, result)
        stored = self.archive.commit(outcome)
        if stored.snapshot_withheld and digest:
            self.snapshots.drop([digest])
        return stored


def read_links(document: DiscoveryDocument) -> Links | Rejected:
    """What a feed, sitemap or listing page names, or why it could not be read."""
    try:
        return discover(document)
    except Unreadable as error:
        return Rejected(ending=Ending.UNREADABLE, detail=str(error))


def ending_of(result: Article | Links | Rejected) -> Ending:
    """How a result ends, as far as it is known before the archive has compared it."""
    match result:
        case Rejected():
            return result.ending
        case Links():
            return Ending.READ if result.links else Ending.EMPTY
        case Article():
            return Ending.NEW


def _page(capture: Capture, source: Source, furniture: tuple[str, ...]) -> Page:
    claim, fetch = capture.claim, capture.fetch
    return Page(
        url=fetch.final_url,
        body=capture.body,
        content_type=fetch.header("content-type"),
        title_hint=claim.title_hint,
        published_hint=claim.published_hint,
        drop=source.drop,
        furniture=furniture,
    )


def _document(capture: Capture, source: Source) -> DiscoveryDocument:
    claim, fetch = capture.claim, capture.fetch
    return DiscoveryDocument(
        kind=claim.kind,
        url=fetch.final_url,
        body=capture.body,
        content_type=fetch.header("content-type"),
        rules=rules_for(source, claim),
        depth=claim.depth,
    )


def _with_article(outcome: Outcome, article: Article) -> Outcome:
    # Identity is the address that answered, made canonical by us. What the page says of itself
    # is a claim, believed only inside its own registered domain.
    record_url = canonical_url(outcome.fetch.final_url) or outcome.claim.url
    article, is_own = with_claim(article, record_url)
    return replace(
        outcome,
        article=article,
        record_url=record_url,
        canonical_claim=article.canonical_url if is_own else None,
    )


def with_claim(article: Article, record_url: str) -> tuple[Article, bool]:
    """The article with the address it claims made canonical, and whether the claim is its own."""
    claimed = canonical_url(article.canonical_url or "")
    is_own = claimed is not None and same_site(claimed, record_url)
    return replace(article, canonical_url=claimed), is_own


def _detail(result: Article | Links | Rejected) -> str | None:
    match result:
        case Rejected():
            return result.detail or None
        case Links():
            return "; ".join([f"{len(result.links)} links", *result.warnings])
        case Article():
            return None
