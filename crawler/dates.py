"""Dates as publishers write them: read exactly, or not at all.

Neither feedparser nor dateutil is used, because both complete what is not there: dateutil reads
"2024" as today's day of 2024, feedparser reads 2024-13-45 as 2025-01-01 and "10:00 BST" as 10:00
UTC. A date that cannot be believed is worse in an archive than none.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial

# No publisher's page is older than the web of news; "in two days" allows for wrong clocks.
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LEEWAY = timedelta(days=2)
LONGEST = 120

# Names in the languages of the listed sources, without accents: en de fr es it pt nl no.
_MONTH_NAMES = (
    "january jan januar januari janvier janv enero ene gennaio gen janeiro",
    "february feb februar februari fevrier fevr fev febrero febbraio fevereiro",
    "march mar mars marz maerz marzo marco maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug aout agosto ago augustus",
    "september sept sep septembre septiembre settembre set setembro",
    "october oct okt oktober octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dez des dezember decembre diciembre dic dicembre dezembro desember",
)
MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}

# Hours from UTC. The listed sources are mostly British and Irish: BST and IST are their summer
# times (not Bangladesh, India or Israel), CST and EST are North American.
_ZONE_NAMES = {
    0.0: "Z UT UTC GMT WET",
    1.0: "BST IST WEST CET MEZ WAT",
    2.0: "CEST MESZ EET SAST CAT",
    3.0: "EEST MSK EAT",
    8.0: "SGT HKT AWST",
    9.0: "JST KST",
    9.5: "ACST",
    10.0: "AEST",
    10.5: "ACDT",
    11.0: "AEDT",
    12.0: "NZST",
    13.0: "NZDT",
    -2.5: "NDT",
    -3.0: "ADT BRT",
    -3.5: "NST",
    -4.0: "AST EDT",
    -5.0: "EST CDT",
    -6.0: "CST MDT",
    -7.0: "MST PDT",
    -8.0: "PST AKDT",
    -9.0: "AKST",
    -10.0: "HST",
}
_ZONES = {name: hours for hours, names in _ZONE_NAMES.items() for name in names.split()}


def _either(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_NAME = rf"(?P<name>{_either(MONTHS)})\b\.?"
_DAY = r"(?<![\d.:])(?P<day>\d{1,2})(?:st|nd|rd|th|er)?"
_YEAR = r"(?P<year>\d{4})(?![\d:])"
_GAP = r"[\s,/-]*"

_YEAR_FIRST = r"(?<!\d)(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"
_DAY_NAME_YEAR = rf"{_DAY}\.?{_GAP}(?:(?:of|de|di)\s+)?{_NAME}{_GAP}(?:(?:de|del)\s+)?{_YEAR}"
_NAME_DAY_YEAR = rf"\b{_NAME}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_GAP}{_YEAR}"
_DOTTED = rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}"
_EITHER_WAY = rf"(?<!\d)(?P<one>\d{{1,2}})([/-])(?P<two>\d{{1,2}})\2{_YEAR}"
# RFC 822 wrote years with two digits; only a date that stands in a date's place may be so short.
_SHORT_YEAR = rf"{_DAY}\s+{_NAME}\s+(?P<year>\d{{2}})(?![\d:.])"
_COMPACT = r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?!\d)"
_MONTH_ONLY = r"^(?P<year>\d{4})-(?P<month>\d{2})$"

_SHOWN = (_YEAR_FIRST, _DAY_NAME_YEAR, _NAME_DAY_YEAR, _DOTTED, _EITHER_WAY)
_SHOWN_DATES = tuple(re.compile(form, re.IGNORECASE | re.ASCII) for form in _SHOWN)
_FIELD_DATES = _SHOWN_DATES + tuple(
    re.compile(form, re.IGNORECASE | re.ASCII) for form in (_SHORT_YEAR, _COMPACT, _MONTH_ONLY)
)
_TIME = re.compile(
    r"(?:(?<=\d)T|(?<![\d:.]))(?P<hour>\d{1,2})(?P<dot>[:.])(?P<minute>\d{2})"
    r"(?:(?P=dot)(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?![:.,]?\d)"
    r"\s*(?:(?P<half>[ap])\.?m\b\.?)?"
    r"\s*(?:(?:GMT|UTC)?(?P<sign>[+-])(?P<east>\d{2}):?(?P<past>\d{2})?(?![\d:])"
    rf"|(?P<zone>{_either(_ZONES)})\b)?(?:\s*\([^)]*\))?",
    re.IGNORECASE | re.ASCII,
)
_EPOCH = re.compile(r"\d{10}|\d{13}", re.ASCII)
# "Monday", "Published on", "Last updated at": what may stand around a date in a date's place.
_MOST_WORDS = 4

# RFC 5322, section 4.3: 00 to 49 is this century, 50 to 99 the last one.
_FIRST_LONG_YEAR = 100
_FIRST_OF_LAST_CENTURY = 50
_MONTHS_IN_A_YEAR = 12
_NOON = 12
_FARTHEST_ZONE = timedelta(hours=14)  # Kiritimati


def read_date(text: str, now: datetime) -> str | None:
    """The date that a text in a date's place states, in ISO 8601, or None.

    As precise as it was written (month, day, minute or second; parts of a second are dropped),
    with the zone as an offset when one was named. None when it cannot be read without guessing
    (03/04/2024, "yesterday", "10:00", a year alone), does not exist (2024-13-45), or lies outside
    1995 … two days after `now`, which must know its zone. Reading the result again gives itself.
    """
    plain = _plain(text)
    if _EPOCH.fullmatch(plain):
        return _from_epoch(plain, now)
    time = _TIME.search(plain)
    rest = plain if time is None else f"{plain[: time.start()]} {plain[time.end() :]}"
    found = next((match for form in _FIELD_DATES if (match := form.search(rest.strip()))), None)
    if found is None or not _only_words(found.string[: found.start()], found.string[found.end() :]):
        return None
    return _believed(partial(_spelled, found, time), now)


def find_date(text: str, now: datetime) -> str | None:
    """The first full date within a running text, to the day, or None; as strict as `read_date`."""
    plain = _plain(text)
    matches = [match for form in _SHOWN_DATES for match in form.finditer(plain)]
    in_order = sorted(matches, key=lambda match: match.start())
    days = (_believed(partial(_spelled, found, None), now) for found in in_order)
    return next((day for day in days if day is not None), None)


def instant(iso: str) -> datetime:
    """The moment of a date as `read_date` writes it, to compare; UTC where no zone was named."""
    full = f"{iso}-01" if len(iso) == len("2024-06") else iso
    moment = datetime.fromisoformat(full)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plain(text: str) -> str:
    # Letters lose their accents; what has no plain form must not let its neighbours touch.
    plain = text[: LONGEST * 4]
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(
            char if char.isascii() else "?" for char in apart if not unicodedata.combining(char)
        )
    joined = " ".join(plain.split())
    return joined if len(joined) <= LONGEST else ""


def _only_words(*around: str) -> bool:
    text = " ".join(around)
    return not re.search(r"\d", text) and len(re.findall(r"[A-Za-z]+", text)) <= _MOST_WORDS


def _from_epoch(digits: str, now: datetime) -> str | None:
    seconds = int(digits[:10])
    return _believed(lambda: datetime.fromtimestamp(seconds, UTC).isoformat(), now)


def _believed(spell: Callable[[], str | None], now: datetime) -> str | None:
    try:
        iso = spell()
        return iso if iso and EARLIEST <= instant(iso) <= now + LEEWAY else None
    except (ValueError, OverflowError):  # no such day or hour; a zone beyond year 9999
        return None


def _spelled(found: re.Match[str], time: re.Match[str] | None) -> str | None:
    day, precise = _day(found.groupdict())
    if time is None:
        return day.isoformat() if precise else f"{day:%Y-%m}"
    if not precise:
        return None
    moment = datetime(
        day.year,
        day.month,
        day.day,
        _hour(int(time["hour"]), time["half"]),
        int(time["minute"]),
        int(time["second"] or 0),
        tzinfo=_zone(time),
    )
    return moment.isoformat(timespec="seconds" if time["second"] else "minutes")


def _day(parts: Mapping[str, str | None]) -> tuple[date, bool]:
    """The day that was matched, and whether it was written (or only its month)."""
    year = int(parts["year"] or 0)
    if year < _FIRST_LONG_YEAR:
        year += 2000 if year < _FIRST_OF_LAST_CENTURY else 1900
    if one := parts.get("one"):
        month, day = _month_and_day(int(one), int(parts["two"] or 0))
        return date(year, month, day), True
    name, written = parts.get("name"), parts.get("day")
    month = MONTHS[name.lower()] if name else int(parts["month"] or 0)
    return date(year, month, int(written or 1)), written is not None


def _month_and_day(one: int, two: int) -> tuple[int, int]:
    # 31/12 and 12/31 can be told apart, 03/04 cannot: Britain and America disagree.
    if max(one, two) <= _MONTHS_IN_A_YEAR and one != two:
        raise ValueError("day and month cannot be told apart")
    return min(one, two), max(one, two)


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError("no such hour on a clock face")
    return hour % _NOON + (_NOON if half.lower() == "p" else 0)


def _zone(time: re.Match[str]) -> timezone | None:
    if time["zone"]:
        return timezone(timedelta(hours=_ZONES[time["zone"].upper()]))
    if not time["sign"]:
        return None
    east = timedelta(hours=int(time["east"]), minutes=int(time["past"] or 0))
    if east > _FARTHEST_ZONE:
        raise ValueError("no such zone")
    return timezone(east if time["sign"] == "+" else -east)
