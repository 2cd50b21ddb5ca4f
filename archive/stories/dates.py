"""Dates of different precision: how far apart two are, when that can be said."""

import calendar
from datetime import date

_MONTH, _DAY = 7, 10


def first_and_last(text: str, precision: str | None) -> tuple[date, date] | None:
    """The days that a date may mean: one, or all of its month. None for what is no date."""
    try:
        if precision == "month" or len(text) == _MONTH:
            first = date.fromisoformat(f"{text[:_MONTH]}-01")
            return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
        day = date.fromisoformat(text[:_DAY])
    except ValueError:
        return None
    return day, day


def days_between(
    one: str | None, one_precision: str | None, other: str | None, other_precision: str | None
) -> int | None:
    """By how many days `one` is before `other` at least; negative when it is behind.

    None when a date is missing, or the gap is not beyond their precision.
    """
    if not one or not other:
        return None
    a, b = first_and_last(one, one_precision), first_and_last(other, other_precision)
    if a is None or b is None:
        return None
    if a[1] < b[0]:
        return (b[0] - a[1]).days
    if b[1] < a[0]:
        return (b[1] - a[0]).days
    return None


def days_apart(
    one: str | None, one_precision: str | None, other: str | None, other_precision: str | None
) -> int | None:
    """How many days lie between two dates at least, whichever is first; None without both."""
    if not one or not other:
        return None
    if not first_and_last(one, one_precision) or not first_and_last(other, other_precision):
        return None
    return abs(days_between(one, one_precision, other, other_precision) or 0)


def day_number(published: str | None, seen: str) -> int:
    """The day of a record as a number: its date, or when it was first seen."""
    for text in (published, seen):
        days = first_and_last(text, None) if text else None
        if days is not None:
            return days[0].toordinal()
    raise ValueError(f"{seen!r} is no ISO 8601 time")
