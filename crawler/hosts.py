"""When a whole host is left alone: because it asks for it, or because it does not answer.

The decisions are pure functions of a `HostState`; `Hosts` holds the states of one crawl.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from archive.permissions import HostState

# Media Cloud believes no wish of more than a day.
LONGEST_WAIT = timedelta(days=1)
# A wish up to this is waited out in the crawl; for a longer one the host rests, and the crawl
# goes on with others.
SHORT_WAIT = timedelta(seconds=60)
# After a 429 that says no time.
SLOW_DOWN = timedelta(hours=1)
# So many addresses in a row without any answer, and the host is taken for dead: a quarter of an
# hour at first, twice as long each time, a day at most.
DEAD_AFTER = 5
FIRST_REST = timedelta(minutes=15)
LONGEST_REST = timedelta(days=1)

BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After asks us to wait, at most a day; None when it cannot be read.

    RFC 9110, 10.2.3: seconds, or a date. A date that has passed asks for nothing.
    """
    if value is None:
        return None
    said = value.strip()
    if said.isdecimal() and said.isascii():
        return timedelta(seconds=min(float(said), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), LONGEST_WAIT)


def asked_to_wait(
    status: int | None, headers: Mapping[str, str], now: datetime
) -> timedelta | None:
    """How long an answer asks us to wait; None when it is no answer of that kind."""
    if status not in BUSY:
        return None
    return retry_after(headers.get("retry-after"), now)


def after_answer(state: HostState, status: int, wait: timedelta | None, now: datetime) -> HostState:
    """What to remember of a host that answered; `wait` is its Retry-After."""
    if status == HTTPStatus.TOO_MANY_REQUESTS and wait is None:
        wait = min(SLOW_DOWN * 2 ** min(state.rests, 10), LONGEST_WAIT)
    if status in BUSY and wait is not None and wait > SHORT_WAIT:
        return replace(
            state,
            failures=0,
            rests=state.rests + 1,
            until=_utc(now + wait),
            reason=f"it answered {status} and is given {_words(wait)}",
        )
    return HostState(host=state.host)


def after_silence(state: HostState, now: datetime) -> HostState:
    """What to remember of a host of which one more address brought no answer."""
    failures = state.failures + 1
    if failures < DEAD_AFTER:
        return replace(state, failures=failures)
    rest = min(FIRST_REST * 2 ** min(state.rests, 10), LONGEST_REST)
    return replace(
        state,
        # One more silence after the rest, and it rests again.
        failures=DEAD_AFTER - 1,
        rests=state.rests + 1,
        until=_utc(now + rest),
        reason=f"{DEAD_AFTER} addresses in a row brought no answer; it is left alone for"
        f" {_words(rest)}",
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _words(pause: timedelta) -> str:
    minutes = math.ceil(pause.total_seconds() / 60)
    return f"{minutes} min"


class Hosts:
    """What one crawl knows of its hosts. Safe to call from several threads.

    Args:
        states: what earlier crawls noted.
        clock: the time that the crawl lives in.
    """

    def __init__(self, states: Iterable[HostState], clock: Callable[[], datetime]) -> None:
        self._states = {state.host: state for state in states}
        self._clock = clock
        self._changed: dict[str, HostState] = {}
        self._silent: dict[str, str] = {}
        self._paused: dict[str, float] = {}
        self._lock = threading.Lock()

    def answered(self, url: str, status: int, headers: Mapping[str, str]) -> None:
        """Note an answer, and the pause that it asks for."""
        now = self._clock()
        wait = asked_to_wait(status, headers, now)
        with self._lock:
            state = self._of(url)
            self._silent.pop(state.host, None)
            self._note(state, after_answer(state, status, wait, now))
            if wait is not None and wait <= SHORT_WAIT:
                self._paused[state.host] = time.monotonic() + wait.total_seconds()

    def pause_left(self, url: str) -> float:
        """Seconds for which the host of an address is still to be left alone in this crawl."""
        with self._lock:
            return max(0.0, self._paused.get(_host(url), 0.0) - time.monotonic())

    def silent(self, url: str) -> None:
        """Note that no answer came. The same address twice in a row is one sign, not two."""
        with self._lock:
            state = self._of(url)
            if self._silent.get(state.host) != url and not self._at_rest(state):
                self._silent[state.host] = url
                self._note(state, after_silence(state, self._clock()))

    def at_rest(self, url: str) -> HostState | None:
        """The state of the host of an address that must not be asked now; None when it may be."""
        with self._lock:
            state = self._of(url)
            return state if self._at_rest(state) else None

    def take_change(self, url: str) -> HostState | None:
        """What is to be written down of the host of an address, once; None when nothing is."""
        with self._lock:
            return self._changed.pop(_host(url), None)

    def _of(self, url: str) -> HostState:
        host = _host(url)
        return self._states.get(host, HostState(host=host))

    def _at_rest(self, state: HostState) -> bool:
        return state.until is not None and state.until > _utc(self._clock())

    def _note(self, before: HostState, after: HostState) -> None:
        if after != before:
            self._states[after.host] = self._changed[after.host] = after


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
