"""class Archive(OpenArchive): the only door to the archive for whoever writes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from archive import (
    claim_rows,
    frontier_rows,
    furniture_rows,
    link_rows,
    origin_rows,
    record_rows,
    reread_rows,
    run_rows,
    site_rows,
    tombstones,
    topic_rows,
    withdrawal_rows,
)
from archive.database import open_archive
from archive.endings import Group
from archive.errors import ConfigurationError
from archive.furniture import Furniture, SourceTexts
from archive.locking import lock_archive
from archive.opened import OpenArchive
from archive.records import Article, Claim, ListedSource, Outcome, Stored
from archive.reread_rows import KeptPage, Reread
from archive.seals import Sealed, seal
from archive.views import RunSummary


class Archive(OpenArchive):
    """One archive opened for writing. Safe to call from several threads; each call is one commit.

    Args:
        path: the archive; made when it is not there.
        failpoint: called with a name between the steps of a commit; crash tests kill there.

    Raises:
        ArchiveUnavailableError: locked, full, or not writable; from every method.
        ConfigurationError: the file is not an archive, or newer than this program.
    """

    def __init__(self, path: Path, *, failpoint: Callable[[str], None] | None = None) -> None:
        super().__init__(path, readonly=False)
        self._failpoint = failpoint or (lambda _name: None)

    def sync_sources(self, sources: Sequence[ListedSource], *, now: str) -> None:
        """Make the sources and their discovery addresses as listed; others are switched off."""
        with self.transaction() as db:
            frontier_rows.sync_sources(db, sources, now)

    def start_run(self, *, trigger: str, program: str, now: str) -> int:
        """Begin a run and give its number. What a killed run left leased is due again."""
        with self.transaction() as db:
            topic_rows.keep_shipped(db)
            return run_rows.start(db, trigger=trigger, program=program, now=now)

    def finish_run(self, run_id: int, *, status: str, now: str) -> RunSummary:
        """End a run: count its endings, chain its manifest, release what it still holds."""
        with self.transaction() as db:
            run_rows.finish(db, run_id, status=status, now=now)
            return run_rows.summary(db, run_id)

    def claim(
        self,
        run_id: int,
        *,
        due: str,
        count: int,
        per_host: int,
        sources: Sequence[str] | None = None,
    ) -> list[Claim]:
        """Lease up to `count` rows that are due at `due`, fair over hosts.

        A row is claimed once in a run. `sources` limits to those slugs.
        """
        with self.transaction() as db:
            return claim_rows.claim(
                db, run_id=run_id, due=due, count=count, per_host=per_host, sources=sources
            )

    def waiting(self, run_id: int, *, due: str, sources: Sequence[str] | None = None) -> int:
        """How many addresses this run has still before it, those in its hands included."""
        with self.transaction() as db:
            return claim_rows.waiting(db, due=due, run_id=run_id, sources=sources)

    def commit(self, outcome: Outcome) -> Stored:
        """Commit all that one fetch changes in ONE transaction, and say how it ended."""
        return self.commit_together([outcome])[0]

    def commit_together(self, outcomes: Sequence[Outcome]) -> list[Stored]:
        """Commit all that several fetches change in ONE transaction, and say how each ended.

        For whoever can bring them all again: of fetches that are committed together none is there
        when the program is killed before the end.
        """
        with self.transaction() as db:
            all_stored = [self._write(db, outcome) for outcome in outcomes]
        for _ in outcomes:
            self._failpoint("after commit")
        return all_stored

    def _write(self, db: Database, outcome: Outcome) -> Stored:
        outcome = tombstones.withhold(db, outcome)
        fetch_id = record_rows.add_fetch(db, outcome)
        self._failpoint("after fetch")
        stored = self._keep(db, outcome, fetch_id)
        self._failpoint("after record")
        db.execute(
            "UPDATE fetches SET ending = ? WHERE id = ? AND ending <> ?",
            [stored.ending, fetch_id, stored.ending],
        )
        if origin_rows.is_behind(db, outcome):
            frontier_rows.end_behind(db, outcome, stored.article_id)
        else:
            frontier_rows.end(db, outcome, stored.ending, stored.article_id)
            frontier_rows.quarantine(db, outcome, stored.ending, fetch_id)
        record_rows.note_source(db, outcome, stored.ending)
        seal(db, Sealed.FETCH, fetch_id)
        site_rows.note(db, outcome, fetch_id)
        stored = replace(stored, dropped=withdrawal_rows.follow(db, outcome, stored))
        topic_rows.follow(db, outcome.article, stored)
        if tombstones.must_drop(db, outcome):
            stored = replace(stored, snapshot_withheld=True)
        self._failpoint("before commit")
        return stored

    def _keep(self, db: Database, outcome: Outcome, fetch_id: int) -> Stored:
        if outcome.article is not None and outcome.link_only:
            return link_rows.keep_page(db, outcome, outcome.article, fetch_id)
        if outcome.article is not None:
            return record_rows.keep_article(db, outcome, outcome.article, fetch_id)
        new_links = frontier_rows.add_links(
            db,
            outcome.links,
            source_id=outcome.claim.source_id,
            depth=outcome.claim.depth + 1,
            now=outcome.fetch.fetched_at,
        )
        if outcome.link_only:
            link_rows.keep_links(db, outcome, fetch_id)
        if outcome.ending.group is Group.UNCHANGED:
            record_rows.touch(db, outcome)
        return Stored(ending=outcome.ending, new_links=new_links)

    def reread(
        self, run_id: int, page: KeptPage, article: Article, *, canonical_own: bool, now: str
    ) -> Reread:
        """Commit what today's rules read from a page that is kept; see `newsward reextract`."""
        with self.transaction() as db:
            return reread_rows.reread(
                db, run_id, page, article, canonical_own=canonical_own, now=now
            )

    def learn(
        self, run_id: int, lesson: Callable[[SourceTexts], Sequence[Furniture]], *, now: str
    ) -> None:
        """Keep what a lesson finds on the newest pages of each source that a run brought texts of.

        What was dismissed once is not learned again.
        """
        with self.transaction() as db:
            sources = furniture_rows.sources_of_run(db, run_id)
        for source_id in sources:
            with self.transaction() as db:
                texts = furniture_rows.texts_of(db, source_id)
            found = lesson(texts)
            with self.transaction() as db:
                furniture_rows.remember(db, source_id, found, run_id=run_id, now=now)

    def furniture(self) -> dict[str, tuple[str, ...]]:
        """The hashes of what is taken out of the pages of each source, by its slug."""
        with self.transaction() as db:
            return furniture_rows.learned(db)

    def dismiss(self, furniture_id: int) -> None:
        """Never take a learned text out of a page again.

        Raises:
            ConfigurationError: nothing was learned under that number.
        """
        with self.transaction() as db:
            if not furniture_rows.dismiss(db, furniture_id):
                raise ConfigurationError(
                    f"{self.path}: nothing was learned under the number {furniture_id}."
                    " `newsward audit` shows what was."
                )


@contextmanager
def written(path: Path, *, make: bool = False) -> Iterator[Archive]:
    """An archive of which we hold the lock: open for writing, and nobody crawls meanwhile.

    One that is not there is made only if `make` says so: a mistyped name makes none.

    Raises:
        ArchiveMissingError: it is not there.
        ArchiveUnavailableError: a crawl runs, or it cannot be written.
        ConfigurationError: the file is not an archive, or newer than this program.
    """
    if not make:
        open_archive(path, readonly=True).close()
    lock = lock_archive(path)
    try:
        with Archive(path) as archive:
            yield archive
    finally:
        lock.release()
