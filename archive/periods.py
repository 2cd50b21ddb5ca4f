"""Dates as a person types them to bound a search, and as a person reads them."""

from datetime import date, datetime

from archive.errors import ConfigurationError

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

# Sorts behind every character of an ISO 8601 time: what begins like a period and goes on stands
# before the period with this at its end.
_LAST = "~"


def parse_period(text: str) -> str:
    """A year, month or day: `2026`, `2026-11`, `2026-11-22`, as it is typed but for white space.

    Raises:
        ConfigurationError: it is none of these, or not in the calendar.
    """
    period = text.strip()
    try:
        first = date.fromisoformat(period + "-01-01"[len(period) - 4 :])
    except ValueError:
        first = None
    if first is None or period != first.isoformat()[: len(period)] or len(period) not in {4, 7, 10}:
        raise ConfigurationError(
            f"{text!r} is not a date; write a year, month or day: 2026, 2026-11 or 2026-11-22."
        )
    return period


def end_of(period: str) -> str:
    """A text that stands behind every time within the period, and before every later one."""
    return period + _LAST


def plain_date(moment: str | None) -> str:
    """An ISO 8601 date as a reader writes it: `22 November 2026`, `November 2026`, `2026`."""
    if not moment:
        return "no date"
    parts = moment[:10].split("-")
    try:
        numbers = [int(part) for part in parts]
        month = MONTHS[date(*[*numbers, 1, 1][:3]).month - 1] if numbers[1:] else ""
    except ValueError:
        return moment
    return " ".join(filter(None, (*(str(day) for day in numbers[2:3]), month, parts[0])))


def plain_time(moment: str | None) -> str:
    """An ISO 8601 time in UTC as a reader writes it: `22 November 2026, 05:26:03 UTC`."""
    try:
        at = datetime.fromisoformat(moment or "")
    except ValueError:
        return plain_date(moment)
    zone = f" {at.tzname()}" if at.tzinfo else ""
    return f"{plain_date(moment)}, {at:%H:%M:%S}{zone}"
