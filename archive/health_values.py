"""What is known of how a source is doing, and what is made of it: values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archive.endings import Ending
from archive.health_problems import Problem
from archive.records import LinkKind, Redirect


class State(StrEnum):
    """What a source asks of a person; the worst stands last."""

    GOOD = "good"
    WATCH = "watch"
    PERSON = "person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An address that tells of a source's articles, and how its last fetches went.

    The newest fetch stands here whole; `ending` is None before the first. `failures` counts those
    in a row, the first of them at `failing_since`; `ever_read` says that one before was good.
    `empty_since` is when it began to name no article, `moved_since` when it began to answer
    through redirects, `unchanged` how often in a row it has said that it has not changed (304).
    """

    url: str
    kind: LinkKind
    ending: Ending | None = None
    status: int | None = None
    final_url: str = ""
    redirects: tuple[Redirect, ...] = ()
    detail: str | None = None
    server: str | None = None
    ever_read: bool = True
    failures: int = 0
    failing_since: datetime | None = None
    empty_since: datetime | None = None
    moved_since: datetime | None = None
    unchanged: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """When an article came: first seen by us, and published, as far as its publisher said."""

    seen: datetime
    published: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Junk:
    """The share of their text that junk rules took from the newest pages, and from those before."""

    share: float
    before: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFacts:
    """What the archive knows of a source that is crawled.

    `asked_since` is when it was first fetched. `pages` are the endings of its newest article
    fetches with their times, `arrivals` its newest articles, in any order. `robots_changed_at` is
    when a robots.txt of its lists was last found to be another than before.
    """

    slug: str
    name: str
    homepage: str
    places: tuple[Place, ...]
    asked_since: datetime | None = None
    last_success_at: datetime | None = None
    last_new_article_at: datetime | None = None
    pages: tuple[tuple[datetime, Ending], ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    junk: Junk | None = None
    robots_changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong: `what` it is, `since` when, and what to do `next`.

    `proposed_url` is the address to list in the place of `url`.
    """

    problem: Problem
    state: State
    what: str
    next: str
    since: datetime | None = None
    url: str | None = None
    proposed_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How often a source brings articles.

    `per_week` is the rate of its own history; `last_week` counts the articles of the seven days
    before it was last read, the newest of all at `newest`. A longer gap than `silent_after` is
    silence.
    """

    per_week: float
    last_week: int
    newest: datetime
    silent_after: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceHealth:
    """How a source is doing: what is wrong, the worst first, and the figures behind it.

    Shares are of its newest pages, 0 to 1: those that came and held no article, those that were
    refused, and what junk rules took of their text; None where there are no pages.
    """

    slug: str
    name: str
    state: State
    findings: tuple[Finding, ...]
    last_success_at: datetime | None
    last_new_article_at: datetime | None
    rhythm: Rhythm | None
    empty_share: float | None
    refused_share: float | None
    junk_share: float | None
    robots_changed_at: datetime | None
