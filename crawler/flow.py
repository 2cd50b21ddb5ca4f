"""WHAT HAPPENS TO EVERY PAGE, on one screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from archive.digest_rows import follow_links, keep_issue
from archive.endings import Ending
from archive.permissions import Rights
from archive.records import Article, Capture, LinkKind, Links, Outcome, Rejected, Stored
from archive.site_rows import SiteRows
from archive.snapshots import Snapshots, digest_of
from archive.store import Archive
from crawler.admission import admit, settle
from crawler.captures import (
    Result,
    as_link,
    detail_of,
    document_of,
    ending_of,
    if_relevant,
    if_titles_fit,
    is_foreign,
    pace_of,
    page_of,
    signals_of,
    with_article,
)
from crawler.digests.keeping import admitted, kept_issue, links_of, own_links
from crawler.digests.values import ReadIssue
from crawler.extraction.workers import WorkerFailure, Workers
from crawler.frontier import Told, next_visit, utc
from crawler.hosts import Hosts, asked_to_wait
from crawler.opt_outs import rights_of
from crawler.polling import News
from crawler.reading import read_article, read_issue, read_links
from crawler.sources import Scope, Source


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
    hosts: Hosts | None = None
    topic_rules: str | None = None

    def handle(self, capture: Capture) -> Stored:
        """Take one capture to its ending: everything it changes is committed when this returns."""
        rights = rights_of(capture, ())
        if settled := settle(capture):  # a failure, a refusal, a 304: there is no body to read
            return self._commit(capture, settled, rights)
        digest = digest_of(capture.body)
        if digest == capture.claim.snapshot_digest and not rights.reserved:
            return self._commit(capture, Rejected(ending=Ending.SAME_BYTES), rights, digest)
        if capture.claim.is_issue:
            return self._handle_issue(capture, digest)
        result = self._read(capture)
        rights = rights_of(capture, signals_of(result))
        if rights.reserved or self.sources[capture.claim.source].link_only or is_foreign(result):
            return self._commit(capture, as_link(result, capture.claim), rights)
        return self._keep_page(capture, result, rights, digest)

    def _keep_page(self, capture: Capture, result: Result, rights: Rights, digest: str) -> Stored:
        # Before what it proves.
        self.snapshots.keep(capture.body, now=utc(self.clock()), digest=digest)
        return self._commit(capture, result, rights, digest)

    def _handle_issue(self, capture: Capture, digest: str) -> Stored:
        """Keep the items of a newsletter's issue, then its fetch: killed between, both again."""
        claim, source = capture.claim, self.sources[capture.claim.source]
        try:
            at = self.clock()
            read = self.workers.run(read_issue, capture.body, capture.fetch.final_url, at)
        except WorkerFailure as failure:
            read = Rejected(ending=failure.ending, detail=failure.detail)
        if not isinstance(read, ReadIssue):
            return self._keep_page(capture, read, rights_of(capture, ()), digest)
        rights, now = rights_of(capture, read.signals), utc(self.clock())
        if source.scope is Scope.FILTER:
            read = admitted(read, self.topic_rules)
        listed = tuple(self.sources.values())
        issue = kept_issue(claim.url, read, digest, listed, source_id=claim.source_id)
        if rights.reserved or source.link_only:  # its links are no text of it
            follow_links(self.archive, links_of(issue), now=now)
            return self._commit(capture, own_links(issue, source), rights)
        self.snapshots.keep(capture.body, now=now, digest=digest)  # before what it proves
        kept = keep_issue(self.archive, self.run_id, issue, now=now)
        stored = self._commit(capture, own_links(issue, source), rights, digest)
        if kept.snapshot_withheld:
            self.snapshots.drop([digest])
        return stored

    def _read(self, capture: Capture) -> Result:
        """Read a body in a worker process, bounded in time and memory."""
        claim, source = capture.claim, self.sources[capture.claim.source]
        try:
            if claim.kind is LinkKind.ARTICLE:
                page = page_of(capture, source, self.furniture.get(source.id, ()))
                article = self.workers.run(read_article, page, self.topic_rules)
                return if_relevant(article, source, claim)
            found = self.workers.run(read_links, document_of(capture, source))
        except WorkerFailure as failure:
            return Rejected(ending=failure.ending, detail=failure.detail)
        if isinstance(found, Links):
            return if_titles_fit(admit(found, source, claim), source, self.topic_rules)
        return found

    def _commit(
        self, capture: Capture, result: Result, rights: Rights, digest: str | None = None
    ) -> Stored:
        """One transaction: record or links, removals, provenance, frontier row and fetch row."""
        claim, fetch, ending = capture.claim, capture.fetch, ending_of(result)
        source, now = self.sources[claim.source], self.clock()
        told = Told(
            news=self._news(result), wait=asked_to_wait(fetch.status, dict(fetch.headers), now)
        )
        outcome = Outcome(
            run_id=self.run_id,
            claim=claim,
            fetch=fetch,
            ending=ending,
            next_visit=next_visit(claim, ending, now=now, pace=pace_of(source), told=told),
            detail=detail_of(result),
            body_bytes=len(capture.body),
            snapshot_digest=digest,
            links=result.links if isinstance(result, Links) else (),
            link_only=source.link_only or bool(rights.reserved),
            rights=rights,
            host=self.hosts.take_change(fetch.final_url) if self.hosts else None,
        )
        if isinstance(result, Article):
            outcome = with_article(outcome, result)
        stored = self.archive.commit(outcome)
        if gone := (*stored.dropped, *([digest] if digest and stored.snapshot_withheld else ())):
            self.snapshots.drop(gone)
        return stored

    def _news(self, result: Result) -> News:
        """How many links a list names, and how many of them nobody has met."""
        if not isinstance(result, Links):
            return News()
        urls = [link.url for link in result.links]
        return News(named=len(urls), new=len(urls) - SiteRows(self.archive).known_of(urls))
