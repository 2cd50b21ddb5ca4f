"""When a whole host is left alone, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.permissions import HostState
from crawler.hosts import DEAD_AFTER, LONGEST_REST, Hosts, after_answer, after_silence, retry_after

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
A_DAY = timedelta(days=1)
STATE = HostState(host="slow.test")


def rest(state: HostState) -> timedelta:
    assert state.until is not None
    return datetime.fromisoformat(state.until) - NOW


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("0\x1f", 0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 3600),
        ("Sunday, 22-Nov-26 11:00:00 GMT", 3600),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
        ("99999999999999999999", 86400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("١٢٠", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(
    value: str | None, seconds: float | None
) -> None:
    wait = retry_after(value, NOW)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(max_size=40))
def test_whatever_stands_in_retry_after_is_no_error(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or timedelta() <= wait <= A_DAY


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_a_long_pause_rests_for_it(status: int) -> None:
    state = after_answer(STATE, status, timedelta(hours=2), NOW)
    assert rest(state) == timedelta(hours=2)
    assert str(status) in (state.reason or "")


def test_a_429_without_a_time_is_given_an_hour_and_twice_as_long_each_time() -> None:
    state, rests = STATE, []
    for _ in range(7):
        state = after_answer(state, 429, None, NOW)
        rests.append(rest(state))
    assert rests == [min(timedelta(hours=2**n), A_DAY) for n in range(7)]


def test_a_short_pause_is_no_rest_and_a_503_without_a_time_neither() -> None:
    assert after_answer(STATE, 503, timedelta(seconds=5), NOW) == STATE
    assert after_answer(STATE, 503, None, NOW) == STATE


def test_so_many_silent_addresses_in_a_row_make_a_host_rest_longer_each_time() -> None:
    state = STATE
    for _ in range(DEAD_AFTER - 1):
        state = after_silence(state, NOW)
        assert state.until is None
    rests = []
    for _ in range(10):
        state = after_silence(state, NOW)
        rests.append(rest(state))
    assert rests[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert rests[-1] == LONGEST_REST
    assert after_answer(state, 200, None, NOW) == STATE, "one answer, and all is forgotten"


def test_one_address_that_is_silent_twice_is_one_sign() -> None:
    hosts = Hosts((), clock=lambda: NOW)
    for _ in range(DEAD_AFTER * 2):
        hosts.silent("http://slow.test/one")
    assert hosts.at_rest("http://slow.test/two") is None
    for number in range(DEAD_AFTER - 1):
        hosts.silent(f"http://slow.test/{number}")
    assert hosts.at_rest("http://slow.test/two")
    assert hosts.at_rest("http://other.test/") is None


def test_an_answer_in_between_begins_the_count_anew() -> None:
    hosts = Hosts((), clock=lambda: NOW)
    for number in range(DEAD_AFTER * 3):
        hosts.silent(f"http://slow.test/{number}")
        if number % 2:
            hosts.answered("http://slow.test/page", 404, {})
    assert hosts.at_rest("http://slow.test/") is None


def test_what_an_earlier_crawl_noted_holds_until_its_time_has_come() -> None:
    noted = HostState(host="slow.test", rests=1, until="2026-11-22T10:30:00Z", reason="asked")
    clock = [NOW]
    hosts = Hosts([noted], clock=lambda: clock[0])
    assert hosts.at_rest("http://slow.test/a") == noted
    clock[0] += timedelta(minutes=31)
    assert hosts.at_rest("http://slow.test/a") is None
    hosts.answered("http://slow.test/a", 200, {})
    assert hosts.take_change("http://slow.test/a") == STATE
    assert hosts.take_change("http://slow.test/a") is None, "it is told once"


def test_a_short_pause_holds_for_its_host_alone() -> None:
    hosts = Hosts((), clock=lambda: NOW)
    hosts.answered("http://slow.test/a", 503, {"retry-after": "30"})
    assert 0 < hosts.pause_left("http://slow.test/b") <= 30
    assert hosts.pause_left("http://other.test/b") == 0
