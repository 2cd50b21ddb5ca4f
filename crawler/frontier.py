"""When an address is asked again: pure decisions on the rows of the frontier."""

from datetime import UTC, datetime, timedelta

from archive.endings import Ending, Group
from archive.records import Claim, FrontierState, LinkKind, NextVisit

# Later than any `not_before`: everything that waits is due.
FAR_FUTURE = "9999-12-31T00:00:00Z"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# An article is visited again when it is twice as old as at the visit before, for its revisions:
# after a day, two, four … and at least every 90 days.
FIRST_REVISIT = DAY
LAST_REVISIT = 90 * DAY
# A failure that may pass is tried again after 15 minutes, half an hour, an hour … a day.
FIRST_RETRY = timedelta(minutes=15)
LAST_RETRY = DAY
# Failures in a row after which an article goes to quarantine. Feeds, sitemaps and listings never
# do: a source may come back after months.
MAX_TRIES = 6
# A missing page may be a hiccup of the site's own cache: asked this often before it is let go.
MAX_MISSING = 3
# Pages of a listing beyond the first, and the parts of a sitemap, change rarely.
DEEPER_IS_RARER = 4

CLOSING = frozenset({Ending.HTTP_410, Ending.MEDIA, Ending.UNLISTED_HOST, Ending.REFUSED_ADDRESS})
# Trying again would do the same again: someone has to look.
HOPELESS = frozenset(
    {
        Ending.EXTRACTION_TIMEOUT,
        Ending.EXTRACTION_MEMORY,
        Ending.EXTRACTION_ERROR,
        Ending.INTERNAL,
        Ending.TOO_LARGE,
    }
)
NOT_NOW = {
    Ending.ROBOTS_UNAVAILABLE: HOUR,
    Ending.HTTP_429: HOUR,
    Ending.ROBOTS_DISALLOWED: 7 * DAY,
}


def next_visit(claim: Claim, ending: Ending, *, now: datetime, every: timedelta) -> NextVisit:
    """What becomes of an address after a fetch of it ended so.

    `every` is how often the source wants its discovery addresses asked.
    """
    is_article = claim.kind is LinkKind.ARTICLE
    if ending in NOT_NOW:
        return _wait(now, NOT_NOW[ending], tries=claim.tries)
    if is_article and ending in CLOSING:
        return _stop(now, FrontierState.CLOSED)
    if is_article and ending is Ending.HTTP_404:
        return _missing(claim, now)
    if ending.group is Group.FAILED:
        return _failed(claim, ending, now, every)
    if is_article:
        return _wait(now, revisit_after(datetime.fromisoformat(claim.found_at), now))
    return _wait(now, every * DEEPER_IS_RARER**claim.depth)


def revisit_after(found: datetime, now: datetime) -> timedelta:
    """How long to leave an article alone, by how long we have known it."""
    return min(max(now - found, FIRST_REVISIT), LAST_REVISIT)


def utc(moment: datetime) -> str:
    """A moment as the archive writes it: ISO 8601, UTC, seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _missing(claim: Claim, now: datetime) -> NextVisit:
    tries = claim.tries + 1
    if tries >= MAX_MISSING:
        return _stop(now, FrontierState.CLOSED, tries=tries)
    return _wait(now, DAY * tries, tries=tries)


def _failed(claim: Claim, ending: Ending, now: datetime, every: timedelta) -> NextVisit:
    tries = claim.tries + 1
    is_article = claim.kind is LinkKind.ARTICLE
    if is_article and (ending in HOPELESS or tries >= MAX_TRIES):
        return _stop(now, FrontierState.QUARANTINED, tries=tries)
    pause = min(FIRST_RETRY * 2 ** min(tries - 1, MAX_TRIES * 2), LAST_RETRY)
    return _wait(now, pause if is_article else max(pause, every), tries=tries)


def _wait(now: datetime, pause: timedelta, *, tries: int = 0) -> NextVisit:
    return NextVisit(state=FrontierState.WAITING, not_before=utc(now + pause), tries=tries)


def _stop(now: datetime, state: FrontierState, *, tries: int = 0) -> NextVisit:
    return NextVisit(state=state, not_before=utc(now), tries=tries)
