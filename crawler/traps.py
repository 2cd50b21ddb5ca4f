"""Addresses that lead ever deeper into a site without a new article: crawl traps. Pure decisions.

We follow no links of pages, only what feeds, sitemaps and listings name, so that a trap costs some
fetches and never ends in a loop; these rules leave out what such lists name by mistake.
"""

import re
from collections import Counter
from urllib.parse import unquote, urlsplit

# Heritrix, profile-crawler-beans.cxml: TooManyPathSegmentsDecideRule 20, PathologicalPath
# maxRepetitions 2, that is, a run of segments that stands there for a third time.
MOST_SEGMENTS = 20
MOST_REPETITIONS = 2
# More questions than an article needs: the facets of a search in every combination.
MOST_PARAMETERS = 8

# Parameters that name a visit: each visit would be a new address. Those that every site may have
# are taken out of an address (`crawler.urls`); of these, only the value says that they are such.
_SESSIONS = frozenset({"sid", "s_id", "session", "session_id", "sess", "token", "zenid", "cfid"})
_SESSION_VALUE = re.compile(r"(?=[^&]*[0-9])[0-9a-zA-Z_-]{16,}")
# A calendar has a page for every day of every year.
_CALENDAR = re.compile(
    r"(?:^|/)(?:calendar|kalender|calendrier|calendario|eventcalendar|events-calendar)(?:/|$|\.)",
    re.IGNORECASE,
)
_CALENDAR_PARAMETERS = frozenset(
    {"ical", "outlook-ical", "tribe-bar-date", "eventdisplay", "tribe_event_display", "cal_date"}
)


def trap_of(url: str) -> str | None:
    """What kind of trap a canonical address looks like, in words; None for none.

    An article below a folder named calendar is told from a calendar by its name: a calendar's
    pages are numbers.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    parameters = [piece.partition("=") for piece in parts.query.split("&") if piece]
    names = {name.lower() for name, _, _ in parameters}
    if len(segments) > MOST_SEGMENTS:
        return "too many folders"
    if _repeats(segments):
        return "folders that repeat"
    if len(parameters) > MOST_PARAMETERS or _asks_twice(parameters):
        return "too many parameters"
    if any(
        name.lower() in _SESSIONS and _SESSION_VALUE.fullmatch(unquote(value))
        for name, _, value in parameters
    ):
        return "the number of a visit"
    if names & _CALENDAR_PARAMETERS or (_CALENDAR.search(parts.path) and _is_date(segments)):
        return "a page of a calendar"
    return None


def _repeats(segments: list[str]) -> bool:
    """Whether a run of one to three segments stands there three times in a row."""
    for length in (1, 2, 3):
        span = length * (MOST_REPETITIONS + 1)
        for start in range(len(segments) - span + 1):
            run = segments[start : start + length]
            if segments[start : start + span] == run * (MOST_REPETITIONS + 1):
                return True
    return False


def _asks_twice(parameters: list[tuple[str, str, str]]) -> bool:
    counts = Counter((name, value) for name, _, value in parameters)
    return any(count > MOST_REPETITIONS for count in counts.values())


def _is_date(segments: list[str]) -> bool:
    # The calendar itself, or what has nothing but numbers behind it.
    last = segments[-1] if segments else ""
    return (
        re.fullmatch(r"[\d.-]+(?:\.html?)?|calend\w*|kalender|eventcalendar", last, re.IGNORECASE)
        is not None
    )
