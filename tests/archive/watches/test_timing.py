"""When a watch is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigurationError
from archive.watches.timing import WEEKDAYS, due_after, every

SUNDAY = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)
TIMES = st.one_of(
    st.sampled_from(["day", "month", "daily", "weekly", "mon"]),
    st.sampled_from(WEEKDAYS),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1).map(",".join),
    st.builds("{}{}".format, st.integers(1, 9999), st.sampled_from("mhdw")),
)


@pytest.mark.parametrize(
    ("typed", "kept", "due"),
    [
        ("monday", "monday", "2026-11-23T00:00"),
        ("sunday", "sunday", "2026-11-29T00:00"),
        ("Fri, tue", "tuesday,friday", "2026-11-24T00:00"),
        ("day", "day", "2026-11-23T00:00"),
        ("weekly", "monday", "2026-11-23T00:00"),
        ("month", "month", "2026-12-01T00:00"),
        ("6h", "6h", "2026-11-22T16:30"),
        ("2d", "2d", "2026-11-24T10:30"),
        ("crawl", "crawl", "2026-11-22T10:30"),
    ],
)
def test_a_watch_is_due_when_the_words_say(typed: str, kept: str, due: str) -> None:
    assert every(typed) == kept
    assert due_after(kept, SUNDAY) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "mo", "someday", "0h", "6 hours", "monday;friday", "1y"])
def test_what_says_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="write crawl, day, month"):
        every(typed)


@given(TIMES, MOMENTS)
def test_the_next_time_is_later_and_what_is_kept_reads_as_itself(typed: str, now: datetime) -> None:
    kept = every(typed)
    assert every(kept) == kept
    due = due_after(kept, now)
    assert due > now
    if kept[0].isalpha():
        assert (due.hour, due.minute, due.second) == (0, 0, 0)
        assert due - now <= timedelta(days=31)
