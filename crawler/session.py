"""One crawl: what it opens, holds and closes, whoever starts it.

Both `newsward crawl` and plain `scrapy crawl listed` come through here, so that both take the
lock, begin a run, and end it.
"""

import json
import logging
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from archive.checkup import Changes, judge_run
from archive.errors import ArchiveUnavailableError, ConfigurationError
from archive.locking import lock_archive
from archive.records import Capture, Claim, LinkKind, ListedSource, Stored
from archive.site_rows import SiteFile, SiteRows
from archive.snapshots import Snapshots
from archive.store import Archive
from archive.story_keeping import MOST_AT_ONCE, StoryKeeper
from archive.topic_rows import applied_rules
from crawler import version
from crawler.captures import as_internal
from crawler.extraction.workers import TIME_LIMIT, Workers
from crawler.flow import Flow, Read
from crawler.frontier import FAR_FUTURE, as_asked, utc
from crawler.hosts import Hosts
from crawler.reading import learn
from crawler.source_file import load_file
from crawler.sources import Discovery, Source, listed_sites
from crawler.urls import canonical_url

if TYPE_CHECKING:
    from archive.views import RunSummary

logger = logging.getLogger(__name__)
T = TypeVar("T")


class ProjectSettings(Protocol):
    """What is needed of Scrapy's settings, so that this module need not know Scrapy."""

    def __getitem__(self, name: str) -> str:
        """A text."""

    def getbool(self, name: str) -> bool:
        """A yes or no."""

    def getint(self, name: str) -> int:
        """A number."""

    def get(self, name: str) -> Any:  # noqa: ANN401 - a clock is a function, in settings as it is
        """Whatever stands there, None for nothing."""


def _clock() -> datetime:
    return datetime.now(UTC)


# Articles of one source in one crawl: more than any publisher writes in a month, and at a second
# each less than an hour and a half.
MOST_PAGES = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionOptions:
    """What a crawl is told: its files, its sources (empty: all), and how.

    `everything` asks every address that is not closed, due or not, and hosts at rest too;
    `retry_quarantine` asks what is in quarantine again. Of one source about `most_pages` articles
    are asked, those on their way aside: a trap that no rule knows ends there. `workers` is the
    number of extraction processes, 0 for none; `page_seconds` is how long one may take over a
    page. `clock` tells the time that the crawl lives in: another than now in simulations only.
    `trigger` is what `runs` says of the run.
    """

    archive: Path
    sources_file: Path
    wanted: tuple[str, ...] = ()
    everything: bool = False
    retry_quarantine: bool = False
    most_pages: int = MOST_PAGES
    workers: int = 1
    page_seconds: float = TIME_LIMIT
    clock: Callable[[], datetime] = _clock
    trigger: str = "crawl"

    @classmethod
    def from_settings(cls, settings: ProjectSettings, wanted: str = "") -> Self:
        """Read the NEWSWARD_ settings of a Scrapy project."""
        return cls(
            archive=Path(settings["NEWSWARD_ARCHIVE"]),
            sources_file=Path(settings["NEWSWARD_SOURCES"]),
            wanted=tuple(name.strip() for name in wanted.split(",") if name.strip()),
            everything=settings.getbool("NEWSWARD_EVERYTHING"),
            retry_quarantine=settings.getbool("NEWSWARD_RETRY_QUARANTINE"),
            most_pages=settings.getint("NEWSWARD_MOST_PAGES") or MOST_PAGES,
            workers=_workers("NEWSWARD_WORKERS", settings["NEWSWARD_WORKERS"]),
            page_seconds=_seconds(
                "NEWSWARD_PAGE_SECONDS", settings["NEWSWARD_PAGE_SECONDS"] or TIME_LIMIT
            ),
            clock=settings.get("NEWSWARD_CLOCK") or _clock,
        )


class CrawlSession:
    """The open archive, snapshots, workers and run of one crawl."""

    def __init__(self, options: SessionOptions) -> None:
        self.options = options
        file = load_file(options.sources_file)
        self.contact, listed = file.contact, file.sources
        self.sources = {source.id: source for source in listed}
        self.wanted = _checked(options, self.sources)
        self.summary: RunSummary | None = None
        self.changes = Changes()
        self.error: ArchiveUnavailableError | None = None
        self._lock = lock_archive(options.archive)
        crash = failpoint()
        try:
            self.archive = Archive(options.archive, failpoint=crash)
            self.snapshots = Snapshots(options.archive, failpoint=crash)
            self.archive.sync_sources(as_listed(listed), now=self.now())
            furniture = self.archive.furniture()
            with self.archive.moment() as db:
                topic_rules = applied_rules(db)
            self.site_rows = SiteRows(self.archive)
            # What a killed crawl had still to drop.
            self.snapshots.drop(self.site_rows.to_drop())
            if options.retry_quarantine:
                self.site_rows.release_quarantine(self.now(), self.wanted)
            self.run_id = self.archive.start_run(
                trigger=options.trigger, program=f"newsward {version()}", now=self.now()
            )
        except BaseException:
            self._lock.release()
            raise
        self.hosts = Hosts(
            () if options.everything else self.site_rows.hosts(), clock=options.clock
        )
        self.workers = Workers(count=options.workers, time_limit=options.page_seconds)
        self.flow = Flow(
            run_id=self.run_id,
            sources=self.sources,
            archive=self.archive,
            snapshots=self.snapshots,
            workers=self.workers,
            clock=options.clock,
            furniture=furniture,
            hosts=self.hosts,
            topic_rules=topic_rules,
        )
        # A page waits for a worker, then for the disk twice. So many that neither waits for pages,
        # and four for what needs no worker.
        self.threads = ThreadPoolExecutor(max_workers=4 * options.workers + 4)
        self._closed = self._warm = False
        self._claimed: Counter[str] = Counter()

    def now(self) -> str:
        """This moment, as the archive writes it."""
        return utc(self.options.clock())

    @property
    def due(self) -> str:
        """Up to when an address may be due to be asked now."""
        return FAR_FUTURE if self.options.everything else self.now()

    def claim(self, count: int, per_host: int) -> list[Claim]:
        """Take on what is due, from sources of which this crawl has not had its fill."""
        claims = self.archive.claim(
            self.run_id, due=self.due, count=count, per_host=per_host, sources=self._still_open()
        )
        self._claimed.update(c.source for c in claims if c.kind is LinkKind.ARTICLE)
        if not self._warm and any(claim.snapshot_digest is None for claim in claims):
            self._warm = True  # something comes that nobody has read yet
            self.threads.submit(self.workers.warm_up)
        now = self.options.clock()
        return [as_asked(claim, now) for claim in claims]

    @property
    def full(self) -> list[str]:
        """The sources of which this crawl asks no further pages: they go on in the next one."""
        most = self.options.most_pages
        return [name for name, claimed in self._claimed.items() if claimed >= most]

    def _still_open(self) -> tuple[str, ...] | None:
        if not (full := set(self.full)):
            return self.wanted
        return tuple(name for name in self.wanted or self.sources if name not in full)

    def waiting(self) -> int:
        """How many addresses are still before this crawl; 0 when the archive cannot say."""
        if self._closed:
            return 0
        try:
            return self.archive.waiting(self.run_id, due=self.due, sources=self._still_open())
        except ArchiveUnavailableError:  # for a progress line only: the next commit will tell
            return 0

    def site_file(self, host: str, name: str, *, within: timedelta) -> SiteFile | None:
        """A copy of a file for all crawlers that is not older than this; call from a thread."""
        copy = self.site_rows.file(host, name)
        if copy is None or self.options.clock() - datetime.fromisoformat(copy.fetched_at) > within:
            return None
        return copy

    def is_young(self, copy: SiteFile, age: timedelta) -> bool:
        """Whether a copy need not be asked for again in this crawl."""
        now = self.options.clock()
        return not self.options.everything and now - datetime.fromisoformat(copy.fetched_at) < age

    def keep_site_file(self, host: str, name: str, status: int, body: bytes) -> None:
        """Keep a good copy for later crawls; call from a thread."""
        self.site_rows.keep(
            SiteFile(host=host, name=name, status=status, body=body, fetched_at=self.now())
        )

    def listed_sites(self, source: str) -> frozenset[str]:
        """The registered domains that pages of a source may come from."""
        return listed_sites(self.sources[source])

    def handle(self, capture: Capture) -> Stored:
        """Take a capture to its ending; call from a thread.

        The border: our own mistake on one page is logged, counted and kept for a person.
        """
        return _guarded(self.flow.handle, capture)

    def read(self, capture: Capture) -> Read:
        """Read a capture that is to be committed with others; call from a thread. See `handle`."""
        return _guarded(self.flow.read, capture)

    def commit(self, read: Sequence[Read]) -> list[Stored]:
        """Commit what was read of captures together; alone where we make a mistake on one."""
        try:
            return self.flow.commit(read)
        except ArchiveUnavailableError:
            raise
        except Exception:
            logger.exception("our own mistake on one of %d pages: each by itself", len(read))
            return [self._commit_alone(one) for one in read]

    def _commit_alone(self, read: Read) -> Stored:
        try:
            return self.flow.commit([read])[0]
        except ArchiveUnavailableError:
            raise
        except Exception:
            claim, fetch = read.outcome.claim, read.outcome.fetch
            logger.exception("our own mistake on %s", claim.url)
            return self.flow.handle(as_internal(Capture(claim=claim, fetch=fetch)))

    def close(self, *, finished: bool) -> None:
        """End the run, commit its figures, and give everything back. Calling twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self.threads.shutdown(wait=True, cancel_futures=True)
        self.workers.close()
        try:
            if finished:
                self.archive.learn(self.run_id, learn, now=self.now())
            self.summary = self.archive.finish_run(
                self.run_id, status="finished" if finished else "interrupted", now=self.now()
            )
            StoryKeeper(self.archive).follow(now=self.now(), most=MOST_AT_ONCE)
            if self.options.trigger == "crawl":  # a WARC says nothing of how a source does now
                self.changes = judge_run(self.archive, self.run_id, self.options.clock())
        except ArchiveUnavailableError as error:
            self.error = self.error or error
        finally:
            self.archive.close()
            self.snapshots.close()
            self._lock.release()


def _guarded(step: Callable[[Capture], T], capture: Capture) -> T:
    try:
        return step(capture)
    except ArchiveUnavailableError:
        raise
    except Exception:
        logger.exception("our own mistake on %s", capture.claim.url)
        return step(as_internal(capture))


def _workers(name: str, told: object) -> int:
    # More processes than this help no machine, and each of them takes memory.
    most = 64
    number = int(str(told)) if str(told).isdecimal() else -1
    if not 0 <= number <= most:
        raise ConfigurationError(
            f"{name}: {told!r} is no number of processes from 0 to {most}. Give one such as 2, or"
            " leave it out."
        )
    return number


def _seconds(name: str, told: object) -> float:
    try:
        seconds = float(str(told))
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:  # which is so for no NaN
        raise ConfigurationError(
            f"{name}: {told!r} is no number of seconds above 0. Give one such as 20, or leave it"
            " out."
        )
    return seconds


def _checked(options: SessionOptions, sources: dict[str, Source]) -> tuple[str, ...] | None:
    unknown = [name for name in options.wanted if name not in sources]
    if unknown:
        raise ConfigurationError(
            f"{options.sources_file}: there is no source {', '.join(unknown)}."
            " `newsward source list` shows those there are."
        )
    return options.wanted or None


def as_listed(sources: Iterable[Source]) -> list[ListedSource]:
    """What the archive keeps of a list of sources."""
    return [_listed(source) for source in sources]


def _listed(source: Source) -> ListedSource:
    return ListedSource(
        slug=source.id,
        name=source.name,
        homepage=source.homepage,
        kind=source.kind,
        scope=source.scope,
        country=source.country,
        language=source.language,
        licence=source.licence,
        link_only=source.link_only,
        enabled=source.enabled,
        discovery=tuple((entry.kind, canonical_url(entry.url) or "") for entry in source.discovery),
        rules=tuple(_rules(entry, source) for entry in source.discovery),
    )


def _rules(entry: Discovery, source: Source) -> str:
    """How a list is read, as one text: what the source says of it."""
    told = {
        "kind": entry.kind,
        "links": entry.links,
        "pattern": entry.pattern,
        "next_page": entry.next_page,
        "pages": entry.pages,
        "hosts": sorted(source.hosts),
    }
    return json.dumps(told, ensure_ascii=False)


def failpoint() -> Callable[[str], None] | None:
    """Where crash tests end the process: at the step that NEWSWARD_FAILPOINT names, once met."""
    wanted = os.environ.get("NEWSWARD_FAILPOINT")
    if not wanted:
        return None
    step, _, count = wanted.partition(":")
    left = [int(count or 1)]

    def die(name: str) -> None:
        left[0] -= name == step
        if not left[0]:
            os.kill(os.getpid(), 9)

    return die
