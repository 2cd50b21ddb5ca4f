"""What publishers and their hosts allow and ask: values of one fetch, and of one host."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What was allowed and asked when a page was fetched.

    `robots` says in words what robots.txt said; `signals` are all that were seen, each with where
    it stood; `reserved` those of them for which only title, date and link may be kept.
    """

    robots: str | None = None
    signals: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HostState:
    """What is remembered of a host that asked us to wait, or does not answer.

    `failures` counts addresses in a row without any answer, `rests` the pauses in a row that it
    was given; `until` is ISO 8601 UTC, None when it is not at rest; `reason` says why, in words.
    """

    host: str
    failures: int = 0
    rests: int = 0
    until: str | None = None
    reason: str | None = None
