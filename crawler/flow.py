"""WHAT HAPPENS TO EVERY PAGE, on one screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from archive.digest_rows import follow_links, keep_issue
from archive.endings import Ending
from archive.permissions import Rights
from archive.records import Article, Capture, LinkKind, Links, Outcome, Rejected, Stored
from archive.site_rows import SiteRows
from archive.snapshots import PackedBody, Snapshots, digest_of, pack
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
class Read:
    """What was read of a capture: all that it changes, and its body where that is kept."""

    outcome: Outcome
    body: PackedBody | None


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
        if capture.claim.is_issue:
            return self._handle_issue(capture)
        return self.commit([self.read(capture)])[0]

    def read(self, capture: Capture) -> Read:
        """All that a capture of anything but a newsletter's issue changes; nothing changes yet."""
        known = self._as_known(capture)
        if isinstance(known, Read):
            return known
        result = self._result(capture)
        rights = rights_of(capture, signals_of(result))
        if rights.reserved or self.sources[capture.claim.source].link_only or is_foreign(result):
            return self._read(capture, as_link(result, capture.claim), rights)
        return self._read(capture, result, rights, digest=known, keeps=True)

    def commit(self, read: Sequence[Read]) -> list[Stored]:
        """Commit what was read of captures, all of it together, and say how each ended.

        First the bodies, then in one transaction what they prove: records or links, removals,
        provenance, frontier rows and fetch rows.
        """
        if bodies := [one.body for one in read if one.body]:
            self.snapshots.keep_packed(bodies, now=utc(self.clock()))
        stored = self.archive.commit_together([one.outcome for one in read])
        gone = [digest for one in stored for digest in one.dropped]
        gone += [
            one.outcome.snapshot_digest
            for one, kept in zip(read, stored, strict=True)
            if kept.snapshot_withheld and one.outcome.snapshot_digest
        ]
        if gone:
            self.snapshots.drop(gone)
        return stored

    def _as_known(self, capture: Capture) -> Read | str:
        """What is settled without reading the body; the digest of the body where nothing is."""
        rights = rights_of(capture, ())
        if settled := settle(capture):  # a failure, a refusal, a 304: there is no body to read
            return self._read(capture, settled, rights)
        digest = digest_of(capture.body)
        if digest == capture.claim.snapshot_digest and not rights.reserved:
            return self._read(capture, Rejected(ending=Ending.SAME_BYTES), rights, digest=digest)
        return digest

    def _handle_issue(self, capture: Capture) -> Stored:
        """Keep the items of a newsletter's issue, then its fetch: killed between, both again."""
        digest = self._as_known(capture)
        if isinstance(digest, Read):
            return self.commit([digest])[0]
        claim, source = capture.claim, self.sources[capture.claim.source]
        try:
            at = self.clock()
            read = self.workers.run(read_issue, capture.body, capture.fetch.final_url, at)
        except WorkerFailure as failure:
            read = Rejected(ending=failure.ending, detail=failure.detail)
        if not isinstance(read, ReadIssue):
            rights = rights_of(capture, ())
            return self.commit([self._read(capture, read, rights, digest=digest, keeps=True)])[0]
        rights, now = rights_of(capture, read.signals), utc(self.clock())
        if source.scope is Scope.FILTER:
            read = admitted(read, self.topic_rules)
        listed = tuple(self.sources.values())
        issue = kept_issue(claim.url, read, digest, listed, source_id=claim.source_id)
        if rights.reserved or source.link_only:  # its links are no text of it
            follow_links(self.archive, links_of(issue), now=now)
            return self.commit([self._read(capture, own_links(issue, source), rights)])[0]
        self.snapshots.keep(capture.body, now=now, digest=digest)  # before what it proves
        kept = keep_issue(self.archive, self.run_id, issue, now=now)
        own = self._read(capture, own_links(issue, source), rights, digest=digest)
        stored = self.commit([own])[0]
        if kept.snapshot_withheld:
            self.snapshots.drop([digest])
        return stored

    def _result(self, capture: Capture) -> Result:
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

    def _read(
        self,
        capture: Capture,
        result: Result,
        rights: Rights,
        *,
        digest: str | None = None,
        keeps: bool = False,
    ) -> Read:
        """What is to be committed of a result; the body with it where it `keeps` that, packed."""
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
        return Read(outcome=outcome, body=pack(capture.body, digest) if keeps and digest else None)

    def _news(self, result: Result) -> News:
        """How many links a list names, and how many of them nobody has met."""
        if not isinstance(result, Links):
            return News()
        urls = [link.url for link in result.links]
        return News(named=len(urls), new=len(urls) - SiteRows(self.archive).known_of(urls))
