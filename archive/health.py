"""How each source is doing: what is wrong, since when, and what a person can do about it.

Pure decisions on values. The figures behind them come from `archive/health_rows.py`.
"""

import itertools
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from archive.endings import Ending, Group
from archive.health_problems import Problem
from archive.health_values import Finding, Place, Rhythm, SourceFacts, SourceHealth, State
from archive.records import LinkKind

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# What a server says on purpose (403, 404, HTML for a feed) is believed when it says so again most
# of a day later: many such slips are mended within hours, and nobody should be called for those.
SAID_AGAIN = 20 * HOUR
# A host that does not answer may be rebuilt over a weekend.
AWAY = 3 * DAY
# A list that names no article may be a search without a hit for a while.
NAMES_NOTHING = 3 * DAY
# Of so many pages, so large a share has to fail for it to be the source and not the page.
PAGES = 5
SHARE = 0.5
# How likely a gap may be, were all well, for a source to be called silent. With an article a day
# from each of 170 sources that is six false alarms a year; the second rule, that the gap is twice
# the longest before it, takes most of them away.
SILENCE = 1e-4
LEAST_ARTICLES = 5
LEAST_SPAN = 3 * DAY
LEAST_SILENCE = 2 * DAY
# By how much the share of text that junk rules take has moved for the page to be a new design.
SHIFT = 0.15
SHIFT_FOR_A_PERSON = 0.3


def judge(facts: SourceFacts, now: datetime) -> SourceHealth:
    """What is wrong with a source, by what its last fetches and its own history say."""
    rhythm = rhythm_of(facts)
    found = [of_place(place, facts, now) for place in facts.places]
    # While a place fails, its silence is explained.
    silent = None if any(found) else _silence(facts, rhythm)
    found += [_pages(facts, REFUSED), _pages(facts, EMPTY), silent, _junk(facts)]
    ranks = list(State)
    findings = sorted(
        (one for one in found if one is not None), key=lambda one: -ranks.index(one.state)
    )
    return SourceHealth(
        slug=facts.slug,
        name=facts.name,
        state=findings[0].state if findings else State.GOOD,
        findings=tuple(findings),
        last_success_at=facts.last_success_at,
        last_new_article_at=facts.last_new_article_at,
        rhythm=rhythm,
        empty_share=_share(*_split(facts, EMPTY)),
        refused_share=_share(*_split(facts, REFUSED)),
        junk_share=facts.junk.share if facts.junk else None,
        robots_changed_at=facts.robots_changed_at,
    )


# What a server says on purpose. What is not here is a host that is away.
_ON_PURPOSE = {
    Ending.HTTP_401: Problem.REFUSED,
    Ending.HTTP_403: Problem.REFUSED,
    Ending.CAPTCHA: Problem.REFUSED,
    Ending.HTTP_404: Problem.GONE,
    Ending.HTTP_410: Problem.GONE,
    Ending.HTTP_4XX: Problem.GONE,
    Ending.ROBOTS_DISALLOWED: Problem.ROBOTS,
    Ending.UNREADABLE: Problem.UNREADABLE,
    Ending.NOT_TEXT: Problem.UNREADABLE,
    Ending.MEDIA: Problem.UNREADABLE,
    Ending.TOO_LARGE: Problem.UNREADABLE,
    Ending.TOO_MANY_REDIRECTS: Problem.UNREADABLE,
    Ending.REFUSED_ADDRESS: Problem.UNREADABLE,
    Ending.EXTRACTION_TIMEOUT: Problem.UNREADABLE,
    Ending.EXTRACTION_MEMORY: Problem.UNREADABLE,
    Ending.EXTRACTION_CRASH: Problem.UNREADABLE,
    Ending.EXTRACTION_ERROR: Problem.UNREADABLE,
    Ending.CERTIFICATE: Problem.CERTIFICATE,
    Ending.UNLISTED_HOST: Problem.MOVED_AWAY,
}
_AWAY = {
    Ending.HTTP_429: Problem.REFUSED,
    Ending.ROBOTS_UNAVAILABLE: Problem.ROBOTS_AWAY,
    Ending.DNS: Problem.NAME,
}
# Said once, it is said: the answer is a decision, not a slip.
_AT_ONCE = frozenset({Ending.HTTP_410, Ending.ROBOTS_DISALLOWED})
_FOR_GOOD = frozenset({301, 308})
# Companies that stand before many sites and ask visitors to prove that they are people.
_WALLS = ("cloudflare", "akamai", "imperva", "datadome", "sucuri")


def of_place(place: Place, facts: SourceFacts, now: datetime) -> Finding | None:
    """What is wrong with one feed, sitemap or listing; None when it is read as it should be."""
    if place.ending is None:
        return None
    if place.failures:
        return _of_failing(place, facts, now)
    if place.empty_since is not None:
        called = now - place.empty_since >= NAMES_NOTHING
        return _of_place(Problem.EMPTY, place, facts, called=called, since=place.empty_since)
    if place.moved_since is not None and moved_to(place):
        called = now - place.moved_since >= SAID_AGAIN
        return _of_place(Problem.MOVED, place, facts, called=called, since=place.moved_since)
    return None


def moved_to(place: Place) -> str | None:
    """The address that a publisher calls the new one: every hop on the way there is for good."""
    if place.redirects and all(hop.status in _FOR_GOOD for hop in place.redirects):
        return place.final_url
    return None


_PAGES_OF_LINKS = frozenset({LinkKind.LISTING, LinkKind.DIGEST})


def problem_of(place: Place) -> Problem:
    """What the newest fetch of a failing place says is wrong."""
    ending, said = place.ending, place.detail or ""
    if ending is Ending.UNREADABLE and place.kind in _PAGES_OF_LINKS and "on this page" in said:
        return Problem.LAYOUT
    if ending is Ending.UNREADABLE and "HTML page" in said:
        return Problem.HTML
    if ending in _ON_PURPOSE:
        return _ON_PURPOSE[ending]
    return Problem.AWAY if ending is None else _AWAY.get(ending, Problem.AWAY)


def _of_failing(place: Place, facts: SourceFacts, now: datetime) -> Finding:
    since = place.failing_since or now
    patience = SAID_AGAIN if place.ending in _ON_PURPOSE else AWAY
    called = place.failures > 1 and now - since >= patience
    called = called or place.ending in _AT_ONCE
    return _of_place(problem_of(place), place, facts, called=called, since=since)


def _of_place(
    problem: Problem, place: Place, facts: SourceFacts, *, called: bool, since: datetime
) -> Finding:
    proposed = moved_to(place) if problem in {Problem.MOVED, Problem.MOVED_AWAY} else None
    words = {
        "kind": place.kind,
        "said": _said(place),
        "final_url": place.final_url,
        "homepage": facts.homepage,
        "slug": facts.slug,
        "proposed": proposed,
    }
    what = problem.what.format(**words)
    return Finding(
        problem=problem,
        state=State.PERSON if called else State.WATCH,
        what=what if place.ever_read else f"never read yet: {what}",
        next=problem.next.format(**words),
        since=since,
        url=place.url,
        proposed_url=proposed,
    )


def _said(place: Place) -> str:
    if place.status is not None and place.status >= HTTPStatus.BAD_REQUEST:
        server = (place.server or "").lower()
        wall = next((name for name in _WALLS if name in server), None)
        return f"{place.status}, by {wall}" if wall else str(place.status)
    if place.ending is Ending.CAPTCHA:
        return "it asks for a proof that we are people"
    return place.detail or str(place.ending)


EMPTY = Problem.PAGES_EMPTY
REFUSED = Problem.PAGES_REFUSED
_BAD_PAGES = {
    EMPTY: frozenset(
        {
            *(Ending.SOFT_404, Ending.CONSENT_WALL, Ending.LOGIN, Ending.SCRIPT_ONLY),
            *(Ending.PAYWALL_STUB, Ending.LISTING, Ending.TOO_SHORT, Ending.NO_TITLE),
            *(Ending.NOT_TEXT, Ending.THIN_REFETCH, Ending.EXTRACTION_TIMEOUT),
            *(Ending.EXTRACTION_MEMORY, Ending.EXTRACTION_CRASH, Ending.EXTRACTION_ERROR),
        }
    ),
    REFUSED: frozenset(
        {
            Ending.HTTP_401,
            Ending.HTTP_403,
            Ending.HTTP_429,
            Ending.CAPTCHA,
            Ending.ROBOTS_DISALLOWED,
        }
    ),
}
_READ_PAGES = frozenset(
    {
        *(e for e in Ending if e.group in {Group.NEW, Group.REVISED, Group.UNCHANGED}),
        Ending.NOT_RELEVANT,
    }
)

Visits = list[tuple[datetime, Ending]]


def _split(facts: SourceFacts, problem: Problem) -> tuple[Visits, Visits]:
    """The pages that failed in one way, and those that could have: they and the good ones."""
    bad = _BAD_PAGES[problem]
    met = [(at, ending) for at, ending in facts.pages if ending in bad or ending in _READ_PAGES]
    return [(at, ending) for at, ending in met if ending in bad], met


def _share(bad: Visits, met: Visits) -> float | None:
    return len(bad) / len(met) if met else None


def _pages(facts: SourceFacts, problem: Problem) -> Finding | None:
    bad, met = _split(facts, problem)
    if len(met) < PAGES or len(bad) < SHARE * len(met):
        return None
    ((most, _),) = Counter(ending for _, ending in bad).most_common(1)
    return Finding(
        problem=problem,
        state=State.PERSON,
        what=problem.what.format(bad=len(bad), met=len(met), said=f"most: {most}"),
        next=problem.next.format(slug=facts.slug, homepage=facts.homepage),
        since=min(at for at, _ in bad),
    )


def rhythm_of(facts: SourceFacts) -> Rhythm | None:
    """How often a source brings articles; None while its history is too short to tell.

    Its newest articles are taken for a Poisson process of their own mean rate: in it, a gap of g
    days has the probability exp(-rate * g). Real sources also rest at weekends and in summer, so
    silence must be twice the longest gap that was seen of this one.
    """
    times = sorted(arrival_times(facts))
    if len(times) < LEAST_ARTICLES or times[-1] - times[0] < LEAST_SPAN:
        return None
    rate = (len(times) - 1) / ((times[-1] - times[0]) / DAY)
    longest = max(later - earlier for earlier, later in itertools.pairwise(times))
    heard = facts.last_success_at or times[-1]
    return Rhythm(
        per_week=7 * rate,
        last_week=sum(time > heard - 7 * DAY for time in times),
        newest=times[-1],
        silent_after=max(LEAST_SILENCE, 2 * longest, DAY * (-math.log(SILENCE) / rate)),
    )


def arrival_times(facts: SourceFacts) -> list[datetime]:
    """When the articles came: as published, and never later than we saw them.

    Undated ones of the first day are left out: that day brings what had gathered in years.
    """
    first_day = (facts.asked_since or datetime.min.replace(tzinfo=UTC)) + DAY
    return [
        min(one.published or one.seen, one.seen)
        for one in facts.arrivals
        if one.published is not None or one.seen > first_day
    ]


def _silence(facts: SourceFacts, rhythm: Rhythm | None) -> Finding | None:
    # Up to when we have listened: days on which nothing was crawled are our silence, not theirs.
    heard = facts.last_success_at
    if rhythm is None or heard is None or heard - rhythm.newest < rhythm.silent_after:
        return None
    place = max(facts.places, key=lambda one: one.unchanged, default=None)
    stuck = place is not None and place.unchanged > 1
    problem = Problem.STUCK if stuck else Problem.SILENT
    words = {
        "kind": place.kind if place else "list",
        "gap": f"{(heard - rhythm.newest) / DAY:.0f} days",
        "per_week": f"{rhythm.per_week:.1f}".removesuffix(".0"),
        "homepage": facts.homepage,
    }
    return Finding(
        problem=problem,
        state=State.PERSON,
        what=problem.what.format(**words),
        next=problem.next.format(**words),
        since=rhythm.newest,
        url=place.url if stuck and place else None,
    )


def _junk(facts: SourceFacts) -> Finding | None:
    junk, problem = facts.junk, Problem.JUNK
    if junk is None or junk.before is None or abs(junk.share - junk.before) < SHIFT:
        return None
    far = abs(junk.share - junk.before) >= SHIFT_FOR_A_PERSON
    return Finding(
        problem=problem,
        state=State.PERSON if far else State.WATCH,
        what=problem.what.format(share=f"{junk.share:.0%}", before=f"{junk.before:.0%}"),
        next=problem.next.format(slug=facts.slug),
    )
