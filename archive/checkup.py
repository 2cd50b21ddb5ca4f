"""How the sources are doing: judged at the end of a crawl and kept, or judged now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import health_rows
from archive.errors import ConfigurationError
from archive.health import judge
from archive.health_values import SourceHealth, State
from archive.reading import ReadArchive
from archive.store import Archive

# A schedule that brought no crawl for so long has stopped.
NO_CRAWL = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """The sources of which a crawl has shown that they need a person now, or no longer do.

    `went_dark` says that it could read none of them, and the crawl before it could.
    """

    called: tuple[SourceHealth, ...] = ()
    mended: tuple[SourceHealth, ...] = ()
    went_dark: bool = False

    def __bool__(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.called or self.mended or self.went_dark)

    def in_words(self) -> str:
        """The changes in one line."""
        told = [
            (self.went_dark, "no source could be read"),
            (self.called, f"{_sources(len(self.called))} a person now"),
            (self.mended, f"{len(self.mended)} well again"),
        ]
        return ", ".join(words for is_so, words in told if is_so)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkup:
    """How all sources that are crawled are doing.

    `last_crawl_at` is when a crawl last ended or, while one runs, when it began; `overdue` says
    that this is so long ago that nobody seems to crawl any more.
    """

    at: datetime
    last_crawl_at: datetime | None
    overdue: bool
    sources: tuple[SourceHealth, ...]
    switched_off: int

    def count(self, state: State) -> int:
        """How many sources are in a state."""
        return sum(source.state is state for source in self.sources)

    @property
    def needs_person(self) -> bool:
        """Whether someone has to look."""
        return self.overdue or self.count(State.PERSON) > 0


def _sources(count: int) -> str:
    return "1 source needs" if count == 1 else f"{count} sources need"


def judge_run(archive: Archive, run_id: int, now: datetime) -> Changes:
    """Judge the sources that a run fetched of and keep it: the table `health`."""
    with archive.transaction() as db:
        before = health_rows.states(db)
        judged = [judge(facts, now) for facts in health_rows.facts(db, now, run_id=run_id)]
        health_rows.remember(db, judged, now)
        went_dark = health_rows.went_dark(db, run_id)
    was_called = {slug for slug, state in before.items() if state is State.PERSON}
    return Changes(
        called=tuple(
            one for one in judged if one.state is State.PERSON and one.slug not in was_called
        ),
        mended=tuple(one for one in judged if one.state is State.GOOD and one.slug in was_called),
        went_dark=went_dark,
    )


def check_up(reader: ReadArchive, now: datetime, *, only: Sequence[str] = ()) -> Checkup:
    """How the sources are doing now; `only` limits to those slugs. Writes nothing.

    Raises:
        ConfigurationError: no source of that name is crawled.
    """
    with reader.moment() as db:
        found = health_rows.facts(db, now)
        last = health_rows.last_crawl_at(db)
        switched_off = health_rows.switched_off(db)
    if unknown := set(only) - {one.slug for one in found}:
        raise ConfigurationError(
            f"{reader.path}: there is no source {', '.join(sorted(unknown))} that is crawled."
            " `newsward health` without a name shows them all."
        )
    found = [one for one in found if not only or one.slug in only]
    order = list(State)
    judged = sorted(
        (judge(one, now) for one in found), key=lambda one: (-order.index(one.state), one.name)
    )
    return Checkup(
        at=now,
        last_crawl_at=last,
        overdue=last is not None and now - last >= NO_CRAWL,
        sources=tuple(judged),
        switched_off=switched_off,
    )
