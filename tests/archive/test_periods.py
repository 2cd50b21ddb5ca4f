from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigurationError
from archive.periods import end_of, parse_period, plain_date, plain_time


@pytest.mark.parametrize("text", ["2026", "2026-11", "2026-11-22", " 2024-02-29 "])
def test_a_year_a_month_and_a_day_are_periods(text: str) -> None:
    assert parse_period(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        *("", "26", "20261122", "2026-W47-1", "2026-1", "2026-13", "2026-02-30", "x", "2026-"),
        *("2026-11-22T10:00", "\uff12\uff10\uff12\uff16", "0000", "-2026", "2026-11-2"),
    ],
)
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a date"):
        parse_period(text)


@given(st.dates(), st.dates(), st.sampled_from([4, 7, 10]))
def test_the_end_of_a_period_parts_what_is_in_it_from_what_is_later(
    day: date, other: date, length: int
) -> None:
    period, moment = day.isoformat()[:length], f"{other.isoformat()}T12:00:00Z"
    is_in = moment.startswith(period)
    assert (period <= moment < end_of(period)) == is_in


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-22T05:26:03Z", "22 November 2026"),
        ("2026-11-02", "2 November 2026"),
        ("2026-11", "November 2026"),
        ("2026", "2026"),
        (None, "no date"),
        ("soon", "soon"),
        ("2026-99", "2026-99"),
    ],
)
def test_dates_are_shown_as_a_reader_writes_them(moment: str | None, shown: str) -> None:
    assert plain_date(moment) == shown


def test_times_are_shown_with_their_zone() -> None:
    assert plain_time("2026-11-22T05:26:03Z") == "22 November 2026, 05:26:03 UTC"
    assert plain_time("2026-11-22") == "22 November 2026, 00:00:00"
    assert plain_time(None) == "no date"
