"""Ingesting: the pages of WARC files on the way of fetched pages, in constant memory.

Reading and committing are the work of one thread, extraction that of all workers. Between them
stands a window of pages, so that a file of any size is never held. Pages are claimed together with
their neighbours, and committed with theirs in the order of the file, each with its place in it:
whatever ends a run, ingesting the same file again goes on where it was.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from archive.endings import Ending
from archive.errors import ArchiveDamagedError, ArchiveMissingError
from archive.intake import (
    OfferedPage,
    Refusal,
    claim_pages,
    kept_body,
    known_records,
    was_killed,
)
from archive.locking import lock_archive
from archive.records import Capture, Claim, Fetch
from archive.store import Archive
from crawler.flow import Read
from crawler.ingestion.answers import Answer, LeftOut, RecordEnding, answers, is_html
from crawler.ingestion.bodies import Undecodable, decoded
from crawler.ingestion.files import Counted, warcs_of
from crawler.ingestion.places import ListedPages
from crawler.ingestion.records import read_records
from crawler.ingestion.redirects import Redirects
from crawler.ingestion.streams import Torn
from crawler.ingestion.tally import Fault, Tally
from crawler.opt_outs import Reservation, read_reservations, reservation_of
from crawler.session import CrawlSession, SessionOptions
from crawler.sources import Source

if TYPE_CHECKING:
    from archive.views import RunSummary

TDMREP = "tdmrep.json"
# Pages that are claimed in one commit.
BATCH = 32
# Pages under way for each worker: enough that none waits, few enough that little is held.
AHEAD = 8
# Pages that are committed together. A commit costs as much for all of them as for one: it waits for
# the disk, and writes each page of the file that it touches. What a kill loses is read again.
TOGETHER = 16
# Hosts of which it is remembered what they reserve.
HOSTS = 1000
# Bytes of payloads that are held at most beside the page that is read.
HELD = 32 * 1024 * 1024

_Reserved = Callable[[str], tuple[Reservation, ...]]

_REFUSED: Mapping[Refusal, RecordEnding | Ending] = {
    Refusal.TAKEN_DOWN: Ending.WITHHELD,
    Refusal.A_LIST: RecordEnding.A_LIST,
    Refusal.UNKNOWN: RecordEnding.UNKNOWN_ADDRESS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """An answer that is new here, whose it is, and the kept body that it stands for, if any."""

    answer: Answer
    source: Source
    digest: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _UnderWay:
    """A page that is read: its address, its record, the bytes of its payload, and what comes."""

    url: str
    record: str
    size: int
    work: Future[Read]


class Ingestion:
    """One run over WARC files; a context manager that ends the run however it ends.

    The run begins with the first page that is new: files that were ingested before write nothing,
    unless a run was killed.

    Args:
        options: where archive and sources are, how many workers.
        sources: the listed sources, by id.
        only: the id of the source that every page is to belong to; by its site without it.
        report: called with each record that could not be read.

    Raises:
        ArchiveUnavailableError: the archive is locked, full or cannot be written.
    """

    def __init__(
        self,
        options: SessionOptions,
        sources: dict[str, Source],
        *,
        only: str | None = None,
        report: Callable[[Fault], object] = lambda _fault: None,
    ) -> None:
        self.tally = Tally()
        self.summary: RunSummary | None = None
        self._options = options
        self._listed = ListedPages(sources, only)
        self._report = report
        self._redirects = Redirects()
        self._batch: list[Answer] = []
        self._window: deque[_UnderWay] = deque()
        # Addresses and records in batch and window: what comes for one of them waits until it is
        # done.
        self._busy: set[str | None] = set()
        self._held = 0
        self._read = 0
        self._file: Counted | None = None
        self._session: CrawlSession | None = None
        self._reserved: _Reserved = lambda _host: ()
        self._lock = lock_archive(options.archive)
        self._before = Archive(options.archive) if options.archive.exists() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None and not self._session and self._before and was_killed(self._before):
                self._started()  # which ends that run, and has its stories found
            if self._session:
                self._session.close(finished=kind is None)
                self.summary = self._session.summary
                if kind is None and self._session.error:
                    raise self._session.error
        finally:
            if self._before:
                self._before.close()
            self._lock.release()

    @property
    def bytes_read(self) -> int:
        """Bytes of the files that were read."""
        return self._read + (self._file.done if self._file else 0)

    def ingest(self, path: Path) -> None:
        """Take every page of a WARC or WACZ file to its ending; a file's faults end nothing."""
        try:
            with warcs_of(path) as warcs:
                for name, file in warcs:
                    self._file, now = file, self._options.clock()
                    self._ingest(name, answers(read_records(file), name, now=now))
                    self._read, self._file = self._read + file.done, None
        except Torn as torn:
            self.tally.records += 1
            why = LeftOut(offset=0, ending=RecordEnding.BROKEN_RECORD, why=str(torn))
            self._leave_out(path.name, why)

    def _ingest(self, name: str, found: Iterator[Answer | LeftOut]) -> None:
        for item in found:
            self.tally.records += 1
            left = item if isinstance(item, LeftOut) else self._left_out(item)
            if left:
                self._leave_out(name, left)
            elif isinstance(item, Answer):
                self._take(item)
        self._finish()
        if not self.tally.adds_up:
            raise AssertionError("a record without an ending, or with two")

    def _left_out(self, answer: Answer) -> LeftOut | None:
        """Why an answer brings no page of ours, as far as it can be said without the archive."""
        ending: RecordEnding | Ending | None = None
        if answer.is_redirect:
            self._redirects.note(answer)
            ending = RecordEnding.REDIRECT
        elif answer.refers is None and not is_html(answer):
            ending = Ending.MEDIA
        elif self._listed.is_list(answer.url):
            ending = RecordEnding.A_LIST
        elif self._listed.source_of(answer.url) is None:
            ending = Ending.UNLISTED_HOST
        return LeftOut(offset=answer.place.offset, ending=ending) if ending else None

    def _leave_out(self, name: str, left: LeftOut) -> None:
        if fault := self.tally.leave_out(name, left):
            self._report(fault)

    def _take(self, answer: Answer) -> None:
        wanted: set[str | None] = {answer.url, answer.place.record}
        if answer.refers:
            wanted |= {answer.refers.url, answer.refers.record} - {None}
        if not wanted.isdisjoint(self._busy):
            self._finish()
        self._batch.append(replace(answer, redirects=self._redirects.to(answer.url)))
        self._busy |= {answer.url, answer.place.record}
        self._held += len(answer.payload)
        if len(self._batch) >= BATCH or self._held > HELD:
            self._dispatch()

    def _finish(self) -> None:
        self._dispatch()
        while self._window:
            self._settle()

    def _dispatch(self) -> None:
        """Claim the pages of the batch that are new, and give them to the workers."""
        batch, self._batch = self._batch, []
        pages = self._new_pages(batch)
        if not pages:
            return
        session = self._started()
        claims = claim_pages(session.archive, [_offered(page) for page in pages])
        most = AHEAD * max(self._options.workers, 1) + TOGETHER
        for page, claim in zip(pages, claims, strict=True):
            if isinstance(claim, Refusal):
                self._drop(page.answer, _REFUSED[claim])
                continue
            self._window.append(
                _UnderWay(
                    url=page.answer.url,
                    record=page.answer.place.record,
                    size=len(page.answer.payload),
                    work=session.threads.submit(_work, session, page, claim, self._reserved),
                )
            )
            if len(self._window) > most:
                self._settle()
        while self._window and self._held > HELD:
            self._settle()

    def _new_pages(self, batch: Sequence[Answer]) -> list[_Page]:
        archive = self._session.archive if self._session else self._before
        if archive is None:
            known: frozenset[str] = frozenset()
        else:
            known = known_records(archive, [answer.place.record for answer in batch])
        pages = []
        for answer in batch:
            source = self._listed.source_of(answer.url)
            digest = _stands_for(archive, answer)
            if answer.place.record in known:
                self._drop(answer, RecordEnding.INGESTED_BEFORE)
            elif answer.refers and answer.is_page and digest is None:
                self._drop(answer, RecordEnding.UNRESOLVED_REVISIT)
            elif source:
                pages.append(_Page(answer=answer, source=source, digest=digest))
        return pages

    def _started(self) -> CrawlSession:
        if self._session is None:
            self._session = CrawlSession(self._options)
            # Nobody crawls while we hold the lock: what a host reserves stays the same.
            self._reserved = lru_cache(HOSTS)(partial(_reservations, self._session))
        return self._session

    def _settle(self) -> None:
        """Commit the oldest pages under way."""
        if self._session is None:
            raise AssertionError("pages are under way in a session")
        oldest = [self._window.popleft() for _ in range(min(TOGETHER, len(self._window)))]
        for one, stored in zip(
            oldest, self._session.commit([one.work.result() for one in oldest]), strict=True
        ):
            self.tally.pages[stored.ending] += 1
            self._forget(one.url, one.record, one.size)

    def _drop(self, answer: Answer, ending: RecordEnding | Ending) -> None:
        self._leave_out(answer.place.file, LeftOut(offset=answer.place.offset, ending=ending))
        self._forget(answer.url, answer.place.record, len(answer.payload))

    def _forget(self, url: str, record: str, size: int) -> None:
        self._busy -= {url, record}
        self._held -= size


def _stands_for(archive: Archive | None, answer: Answer) -> str | None:
    refers = answer.refers
    if refers is None or archive is None or not answer.is_page:
        return None
    return kept_body(archive, record=refers.record, url=refers.url, fetched_at=refers.fetched_at)


def _offered(page: _Page) -> OfferedPage:
    answer = page.answer
    return OfferedPage(
        url=answer.url,
        source=page.source.id,
        place=answer.place,
        fetched_at=answer.fetched_at,
        has_body=answer.is_page,
    )


def _work(session: CrawlSession, page: _Page, claim: Claim, reserved: _Reserved) -> Read:
    """Read one page, in a thread."""
    answer = page.answer
    fetch = Fetch(
        url=claim.url,
        final_url=answer.url,
        fetched_at=answer.fetched_at,
        status=answer.status,
        redirects=answer.redirects,
        headers=answer.headers,
        reserved=reservation_of(reserved(urlsplit(answer.url).netloc), answer.url),
        ip_address=answer.ip_address,
        warc=answer.place,
    )
    body = b""
    if answer.status == HTTPStatus.OK:
        try:
            body = _body(session, page)
        except Undecodable as error:
            fetch = replace(fetch, ending=error.ending, detail=error.detail)
    return session.read(Capture(claim=claim, fetch=fetch, body=body))


def _reservations(session: CrawlSession, host: str) -> tuple[Reservation, ...]:
    """What a host reserves, as far as a crawl has read its tdmrep.json.

    No host is asked here, and what it reserves now holds for an older page, too.
    """
    copy = session.site_file(host, TDMREP, within=timedelta.max)
    return read_reservations(copy.body) if copy else ()


def _body(session: CrawlSession, page: _Page) -> bytes:
    answer = page.answer
    if answer.fault:
        raise Undecodable(Ending.BROKEN_BODY, answer.fault)
    if page.digest is None:
        return decoded(answer.payload, is_chunked=answer.is_chunked, encodings=answer.encodings)
    try:
        return session.snapshots.body(page.digest)
    except (ArchiveMissingError, ArchiveDamagedError) as error:
        raise Undecodable(Ending.BROKEN_BODY, str(error)) from error
