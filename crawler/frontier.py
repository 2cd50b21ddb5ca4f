"""When an address is asked again: pure decisions on the rows of the frontier."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from archive.endings import Ending, Group
from archive.records import Claim, FrontierState, LinkKind, NextVisit
from crawler.polling import News, Pace, after_failure, may_be_conditional, next_poll

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
# A missing page may be a hiccup of the site's own cache: asked this often before it is let go.
MAX_MISSING = 3
# Pages of a listing beyond the first, and the parts of a sitemap, change rarely.
DEEPER_IS_RARER = 4
# Of a site that asks us to wait longer than this, the wish is no longer believed (Media Cloud).
LONGEST_ASKED = DAY
# What a site that asks us to slow down and does not say for how long gets, and what is added by
# address so that not all of its pages come back at one moment.
SLOW_DOWN = HOUR


class Fault(StrEnum):
    """What a failure says of the next try."""

    TEMPORARY = "temporary"
    SOFT = "soft"
    HARD = "hard"


# Temporary: the network or the server, now. Soft: something on their side that someone must mend.
# Hard: trying again would do the same again, someone here has to look.
FAULTS: Mapping[Ending, Fault] = {
    Ending.TIMEOUT: Fault.TEMPORARY,
    Ending.CONNECTION: Fault.TEMPORARY,
    Ending.HTTP_5XX: Fault.TEMPORARY,
    Ending.BROKEN_BODY: Fault.TEMPORARY,
    Ending.DNS: Fault.SOFT,
    Ending.CERTIFICATE: Fault.SOFT,
    Ending.TOO_MANY_REDIRECTS: Fault.SOFT,
    Ending.HTTP_OTHER: Fault.SOFT,
    Ending.UNREADABLE: Fault.SOFT,
    # The worker may have died of the page beside it.
    Ending.EXTRACTION_CRASH: Fault.SOFT,
    Ending.EXTRACTION_TIMEOUT: Fault.HARD,
    Ending.EXTRACTION_MEMORY: Fault.HARD,
    Ending.EXTRACTION_ERROR: Fault.HARD,
    Ending.TOO_LARGE: Fault.HARD,
    Ending.INTERNAL: Fault.HARD,
}
# Failures in a row after which an article goes to quarantine, by the last of them: some four days
# of a server that is down, a day and a half of one that is set up wrongly. Feeds, sitemaps and
# listings never do: a source may come back after months.
MAX_TRIES: Mapping[Fault, int] = {Fault.TEMPORARY: 10, Fault.SOFT: 7, Fault.HARD: 1}

CLOSING = frozenset({Ending.HTTP_410, Ending.MEDIA, Ending.UNLISTED_HOST, Ending.REFUSED_ADDRESS})
NOT_NOW = {
    Ending.ROBOTS_UNAVAILABLE: HOUR,
    Ending.HTTP_429: SLOW_DOWN,
    Ending.HOST_RESTS: FIRST_RETRY,
    Ending.ROBOTS_DISALLOWED: 7 * DAY,
    # It was about something else; of a general newspaper that is nearly every page.
    Ending.NOT_RELEVANT: LAST_REVISIT,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What an exchange told of the next one: what was new, how long its host asks us to wait."""

    news: News | None = None
    wait: timedelta | None = None


def next_visit(
    claim: Claim, ending: Ending, *, now: datetime, pace: Pace, told: Told | None = None
) -> NextVisit:
    """What becomes of an address after a fetch of it ended so; `pace` is that of its source."""
    wait = told.wait if told else None
    if ending in NOT_NOW:
        return _not_now(claim, ending, now, wait)
    if claim.kind is LinkKind.ARTICLE and (article := _of_article(claim, ending, now)):
        return article
    if ending.group is Group.FAILED:
        return _failed(claim, ending, now, wait)
    if ending.group is Group.REJECTED:  # it answered, and not with a list
        pause = pace.within(timedelta(seconds=claim.poll.interval if claim.poll else 0))
        return replace(_wait(now, max(pause, FIRST_RETRY)), poll=after_failure(claim.poll))
    times = DEEPER_IS_RARER**claim.depth
    news = told.news if told and told.news else News()
    poll = next_poll(claim.poll, news, pace=pace, now=now, times=times)
    return replace(_wait(now, timedelta(seconds=poll.interval)), poll=poll)


def _of_article(claim: Claim, ending: Ending, now: datetime) -> NextVisit | None:
    if ending in CLOSING:
        return _stop(now, FrontierState.CLOSED)
    if ending is Ending.HTTP_404:
        return _missing(claim, now)
    if ending.group is Group.FAILED:
        return None
    return _wait(now, revisit_after(datetime.fromisoformat(claim.found_at), now))


def revisit_after(found: datetime, now: datetime) -> timedelta:
    """How long to leave an article alone, by how long we have known it."""
    return min(max(now - found, FIRST_REVISIT), LAST_REVISIT)


def as_asked(claim: Claim, now: datetime) -> Claim:
    """The claim as it is to be asked: without validators when a 304 would not be believed."""
    is_list = claim.kind is not LinkKind.ARTICLE
    if may_be_conditional(claim.whole_at, is_list=is_list, now=now):
        return claim
    return replace(claim, etag=None, last_modified=None)


def spread(url: str, tries: int) -> float:
    """A share from 0 to 1 that differs by address and try, and for nobody else: jitter, repeatable.

    Pages that failed together at one moment come back one by one.
    """
    digest = hashlib.sha256(f"{tries} {url}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def utc(moment: datetime) -> str:
    """A moment as the archive writes it: ISO 8601, UTC, seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _missing(claim: Claim, now: datetime) -> NextVisit:
    tries = claim.tries + 1
    if tries >= MAX_MISSING:
        return _stop(now, FrontierState.CLOSED, tries=tries)
    return _wait(now, DAY * tries, tries=tries)


def _failed(claim: Claim, ending: Ending, now: datetime, asked: timedelta | None) -> NextVisit:
    tries = claim.tries + 1
    is_article = claim.kind is LinkKind.ARTICLE
    if is_article and tries >= MAX_TRIES[FAULTS.get(ending, Fault.HARD)]:
        return _stop(now, FrontierState.QUARANTINED, tries=tries)
    pause = min(FIRST_RETRY * 2 ** min(tries - 1, _DOUBLINGS), LAST_RETRY)
    if FAULTS.get(ending) is Fault.TEMPORARY:
        pause *= 1 + spread(claim.url, tries) / 4
    if asked is not None:
        pause = max(pause, min(asked, LONGEST_ASKED))
    poll = after_failure(claim.poll)
    if poll is not None:
        pause = max(pause, timedelta(seconds=poll.interval))
    return replace(_wait(now, pause, tries=tries), poll=poll)


# 15 minutes doubled so often are more than a day.
_DOUBLINGS = 8


def _not_now(claim: Claim, ending: Ending, now: datetime, asked: timedelta | None) -> NextVisit:
    pause = NOT_NOW[ending]
    if asked is not None:
        pause = min(max(asked, FIRST_RETRY), LONGEST_ASKED)
    if ending is Ending.HTTP_429:
        pause += SLOW_DOWN * spread(claim.url, claim.tries)
    return replace(_wait(now, pause, tries=claim.tries), poll=claim.poll)


def _wait(now: datetime, pause: timedelta, *, tries: int = 0) -> NextVisit:
    return NextVisit(state=FrontierState.WAITING, not_before=utc(now + pause), tries=tries)


def _stop(now: datetime, state: FrontierState, *, tries: int = 0) -> NextVisit:
    return NextVisit(state=state, not_before=utc(now), tries=tries)
