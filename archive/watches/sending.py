"""A round of watches: what is due is decided, what was decided is sent, and both are remembered.

A message is decided in one transaction, with the records in it; then it is sent; then that it was
sent is remembered. Killed before it was sent, it is sent by the next round. Killed in the instant
between, nobody can know whether it arrived: it is sent again under the same Message-ID or
Idempotency-Key, by which mailboxes and receivers know it. An Atom file is never doubled.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from archive.database import explained
from archive.errors import ArchiveUnavailableError, NewswardError
from archive.exported import ExportedRecord
from archive.store import Archive
from archive.watches import rows
from archive.watches.delivery import send, write_feed
from archive.watches.timing import due_after
from archive.watches.values import Message, Watch, Way


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one watch did: records sent, messages that still wait, and why if one could not go."""

    watch: Watch
    records: int = 0
    waiting: int = 0
    failure: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Sends what watches find; `failpoint` is called between the steps, for tests of crashes."""

    archive: Archive
    clock: Callable[[], datetime]
    failpoint: Callable[[str], None] = field(default=lambda _name: None)

    def run(self, names: Sequence[str] = ()) -> list[Round]:
        """Look at the watches that are due, or at those named whether due or not; send.

        What waits from before is sent first, due or not. One watch that fails stops no other.

        Raises:
            ConfigurationError: there is no watch of that name.
            ArchiveUnavailableError: the archive cannot be written, or another round is sending.
        """
        with self._alone():
            with self.archive.moment() as db:
                known = rows.watches(db)
                for name in names:
                    rows.watch_of(db, name)
            chosen = [one for one in known if not names or one.name in names]
            done = [self._of(watch, is_asked=bool(names)) for watch in chosen]
        return [one for one in done if one is not None]

    def _of(self, watch: Watch, *, is_asked: bool) -> Round | None:
        now = self.clock()
        is_due = is_asked or watch.due_at <= utc(now)
        if not is_asked and not watch.is_at_hand(utc(now)):
            return None
        failure = self._decide(watch, now) if is_due else None
        self.failpoint("decided")
        sent = 0
        with self.archive.moment() as db:
            messages = rows.waiting(db, watch)
        for number, message in enumerate(messages):
            if undelivered := self._send(message):
                left = len(messages) - number
                return Round(watch=watch, records=sent, waiting=left, failure=undelivered)
            sent += len(message.records)
        if is_due and not messages and watch.destination.way is Way.ATOM:
            failure = self._refresh(watch) or failure
        return Round(watch=watch, records=sent, failure=failure)

    def _decide(self, watch: Watch, now: datetime) -> str | None:
        """Put what is new into messages; say why that is not possible, if it is not."""
        due_at = utc(due_after(watch.every, now))
        try:
            with self.archive.transaction() as db:
                rows.decide(db, watch, now=utc(now), due_at=due_at)
        except ArchiveUnavailableError:
            raise
        except NewswardError as error:  # a source or topic that it names is gone
            return self._failed(watch, str(error), token=None)
        return None

    def _send(self, message: Message) -> str | None:
        try:
            if message.records:  # else all of them were taken down since
                send(message, lambda: self._entries(message.watch), self.archive.path)
        except NewswardError as error:
            return self._failed(message.watch, str(error), token=message.token)
        self.failpoint("sent")
        with self.archive.transaction() as db:
            rows.note_sent(db, message, utc(self.clock()))
        return None

    def _refresh(self, watch: Watch) -> str | None:
        """Write a feed without new records again: what was taken down leaves it, too."""
        with self.archive.moment() as db:
            when = rows.made_at(db, watch)
        try:
            write_feed(watch, self._entries(watch), self.archive.path, now=when)
        except NewswardError as error:
            return self._failed(watch, str(error), token=None)
        return None

    def _entries(self, watch: Watch) -> tuple[ExportedRecord, ...]:
        with self.archive.moment() as db:
            return rows.entries(db, watch)

    def _failed(self, watch: Watch, why: str, *, token: str | None) -> str:
        with self.archive.transaction() as db:
            rows.note_failure(db, watch, why, utc(self.clock()), token=token)
        return why

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One round at a time: a crawl and a person at once would send everything twice."""
        path = self.archive.path
        with explained(path):
            lock = FileLock(path.with_name(f"{path.name}.watches.lock").resolve())
            try:
                lock.acquire(timeout=0)
            except Timeout as error:
                raise ArchiveUnavailableError(
                    f"{path}: another newsward is sending its watches. What it leaves goes out"
                    " with the next round."
                ) from error
        try:
            yield
        finally:
            lock.release()


def utc(moment: datetime) -> str:
    """A time as the archive keeps it: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def send_due(path: Path, clock: Callable[[], datetime]) -> list[Round]:
    """What a crawl does in the end: send the watches that are due; nothing where there are none.

    Raises:
        ArchiveUnavailableError: the archive cannot be written, or another round is sending.
    """
    with Archive(path) as archive:
        with archive.moment() as db:
            if not rows.watches(db):
                return []
        return Sender(archive=archive, clock=clock, failpoint=failpoint()).run()


def failpoint() -> Callable[[str], None]:
    """Where tests of crashes end the process: at the step that NEWSWARD_WATCH_FAILPOINT names."""
    wanted = os.environ.get("NEWSWARD_WATCH_FAILPOINT")

    def die(name: str) -> None:
        if name == wanted:
            os.kill(os.getpid(), 9)

    return die
