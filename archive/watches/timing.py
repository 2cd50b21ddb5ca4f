"""When a watch is due: pure functions of what a person wrote and of a time.

Days begin at midnight UTC, as every time of the archive is UTC. Nothing sleeps until then: a watch
is sent by the first crawl, or `newsward watch run`, at or after it is due.
"""

import re
from datetime import datetime, timedelta

from archive.errors import ConfigurationError

CRAWL, DAY, MONTH = "crawl", "day", "month"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Two letters tell the days apart; three are what people write.
_SHORTEST_DAY = 3
_ALSO = {"daily": DAY, "monthly": MONTH, "week": WEEKDAYS[0], "weekly": WEEKDAYS[0]}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"([1-9]\d{0,3})([mhdw])")


def every(text: str) -> str:
    """How often, as it is kept: `crawl`, `day`, `month`, days of the week, or a duration.

    Raises:
        ConfigurationError: it says no time that can be told.
    """
    plain = _ALSO.get(text.strip().lower(), text.strip().lower())
    if plain in {CRAWL, DAY, MONTH} or _DURATION.fullmatch(plain):
        return plain
    days = [_weekday(part) for part in plain.split(",")]
    if any(day is None for day in days):
        raise ConfigurationError(
            f"--every {text}: write crawl, day, month, a day of the week (monday, or several:"
            " monday,thursday), or a duration such as 6h or 2d."
        )
    return ",".join(day for day in WEEKDAYS if day in days)


def _weekday(part: str) -> str | None:
    part = part.strip()
    enough = len(part) >= _SHORTEST_DAY
    return next((day for day in WEEKDAYS if enough and day.startswith(part)), None)


def due_after(how_often: str, now: datetime) -> datetime:
    """When a watch that is looked at now is due again; `how_often` as `every` gives it."""
    if how_often == CRAWL:
        return now
    if found := _DURATION.fullmatch(how_often):
        return now + timedelta(**{_UNITS[found[2]]: int(found[1])})
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if how_often == MONTH:
        return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
    if how_often == DAY:
        return midnight + timedelta(days=1)
    wanted = {WEEKDAYS.index(day) for day in how_often.split(",")}
    following = (midnight + timedelta(days=days) for days in range(1, 8))
    return next(day for day in following if day.weekday() in wanted)
