"""When an address is asked again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.endings import Ending, Group
from archive.records import Claim, FrontierState, LinkKind
from crawler.frontier import (
    FAULTS,
    LAST_RETRY,
    LAST_REVISIT,
    MAX_TRIES,
    Fault,
    Told,
    as_asked,
    next_visit,
    revisit_after,
    spread,
    utc,
)
from crawler.polling import LEAST, MOST, News, Pace

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = Pace(fixed=HOUR)
ADAPTIVE = Pace()
ENDINGS = st.sampled_from(list(Ending))


def claim(
    kind: LinkKind = LinkKind.ARTICLE, *, tries: int = 0, age: float = 0, depth: int = 1
) -> Claim:
    return Claim(
        frontier_id=1,
        source_id=1,
        source="s",
        url="http://x.test/1",
        kind=kind,
        depth=depth,
        tries=tries,
        found_at=utc(NOW - timedelta(days=age)),
    )


def wait(claimed: Claim, ending: Ending) -> timedelta:
    visit = next_visit(claimed, ending, now=NOW, pace=HOURLY)
    assert visit.state is FrontierState.WAITING
    return datetime.fromisoformat(visit.not_before) - NOW


@pytest.mark.parametrize(("age", "days"), [(0, 1), (0.5, 1), (2, 2), (30, 30), (400, 90)])
def test_an_article_is_left_alone_as_long_as_we_have_known_it(age: float, days: int) -> None:
    assert wait(claim(age=age), Ending.UNCHANGED) == timedelta(days=days)


def test_a_feed_is_asked_as_often_as_its_source_wants() -> None:
    feed = claim(LinkKind.FEED, depth=0)
    for ending in (Ending.READ, Ending.NOT_MODIFIED, Ending.EMPTY):
        assert wait(feed, ending) == HOUR


def test_parts_of_a_sitemap_are_asked_more_rarely_than_the_whole() -> None:
    assert wait(claim(LinkKind.SITEMAP, depth=1), Ending.READ) == 4 * HOUR


def test_a_failure_is_tried_again_after_twice_the_time_each_time_and_a_day_at_most() -> None:
    tries = range(MAX_TRIES[Fault.SOFT] - 1)
    waits = [wait(claim(tries=before), Ending.DNS) for before in tries]
    assert waits == [timedelta(minutes=15) * 2**n for n in tries]
    assert wait(claim(LinkKind.FEED, tries=40, depth=0), Ending.DNS) == LAST_RETRY


def test_an_article_that_keeps_failing_goes_to_quarantine_and_a_feed_never_does() -> None:
    for ending, fault in ((Ending.TIMEOUT, Fault.TEMPORARY), (Ending.CERTIFICATE, Fault.SOFT)):
        most = MAX_TRIES[fault]
        assert wait(claim(tries=most - 2), ending)
        article = next_visit(claim(tries=most - 1), ending, now=NOW, pace=HOURLY)
        assert (article.state, article.tries) == (FrontierState.QUARANTINED, most)
        assert wait(claim(LinkKind.FEED, tries=99, depth=0), ending) <= LAST_RETRY * 1.25


def test_every_failure_of_a_page_has_a_class_or_means_not_now() -> None:
    failures = {ending for ending in Ending if ending.group is Group.FAILED}
    not_now = {Ending.ROBOTS_UNAVAILABLE, Ending.HTTP_429, Ending.REFUSED_ADDRESS}
    assert failures - not_now == set(FAULTS)
    assert MAX_TRIES[Fault.HARD] < MAX_TRIES[Fault.SOFT] < MAX_TRIES[Fault.TEMPORARY]


def test_pages_that_a_server_failed_together_come_back_one_by_one() -> None:
    waits = set()
    for number in range(40):
        page = replace(claim(), url=f"http://x.test/{number}")
        waits.add(wait(page, Ending.HTTP_5XX))
        assert wait(page, Ending.HTTP_5XX) == wait(page, Ending.HTTP_5XX), "repeatable"
    assert len(waits) > 30
    assert min(waits) >= timedelta(minutes=15)
    assert max(waits) <= timedelta(minutes=15) * 1.25


@given(st.text(), st.integers(0, 100))
def test_the_spread_is_a_share(url: str, tries: int) -> None:
    assert 0 <= spread(url, tries) < 1


@pytest.mark.parametrize("ending", [Ending.HTTP_429, Ending.HTTP_5XX])
def test_what_a_server_asks_us_to_wait_is_waited_and_a_day_at_most(ending: Ending) -> None:
    for asked in (timedelta(hours=3), timedelta(days=400)):
        visit = next_visit(claim(), ending, now=NOW, pace=HOURLY, told=Told(wait=asked))
        pause = datetime.fromisoformat(visit.not_before) - NOW
        wished = min(asked, timedelta(days=1))
        assert wished <= pause <= wished + HOUR


def test_a_feed_without_a_fixed_interval_is_asked_as_often_as_it_brings_something() -> None:
    feed = claim(LinkKind.FEED, depth=0)
    for _ in range(400):
        visit = next_visit(feed, Ending.NOT_MODIFIED, now=NOW, pace=ADAPTIVE)
        feed = replace(feed, poll=visit.poll)
    assert visit.poll
    assert visit.poll.interval == MOST.total_seconds()
    for _ in range(40):
        told = Told(news=News(named=20, new=20))
        visit = next_visit(feed, Ending.READ, now=NOW, pace=ADAPTIVE, told=told)
        feed = replace(feed, poll=visit.poll)
    assert visit.poll
    assert visit.poll.interval == LEAST.total_seconds()
    assert datetime.fromisoformat(visit.not_before) - NOW == LEAST


def test_a_failure_of_a_feed_breaks_its_row_of_good_answers_and_leaves_its_interval() -> None:
    good = next_visit(claim(LinkKind.FEED, depth=0), Ending.READ, now=NOW, pace=ADAPTIVE).poll
    assert good
    feed = replace(claim(LinkKind.FEED, depth=0), poll=replace(good, successes=9, interval=7200))
    visit = next_visit(feed, Ending.HTTP_5XX, now=NOW, pace=ADAPTIVE)
    assert visit.poll
    assert (visit.poll.successes, visit.poll.interval) == (0, 7200)
    assert datetime.fromisoformat(visit.not_before) - NOW == 2 * HOUR


@pytest.mark.parametrize(
    ("kind", "days", "conditional"),
    [
        (LinkKind.FEED, 6, True),
        (LinkKind.FEED, 7, False),
        (LinkKind.ARTICLE, 89, True),
        (LinkKind.ARTICLE, 90, False),
    ],
)
def test_validators_are_left_out_when_the_last_whole_body_is_old(
    kind: LinkKind, days: int, conditional: bool
) -> None:
    known = replace(claim(kind), etag='"v"', whole_at=utc(NOW - timedelta(days=days)))
    assert (as_asked(known, NOW).etag == '"v"') is conditional


@pytest.mark.parametrize(
    "ending",
    [Ending.EXTRACTION_MEMORY, Ending.EXTRACTION_TIMEOUT, Ending.TOO_LARGE, Ending.INTERNAL],
)
def test_what_would_fail_again_goes_to_quarantine_at_once(ending: Ending) -> None:
    assert next_visit(claim(), ending, now=NOW, pace=HOURLY).state is FrontierState.QUARANTINED


def test_a_worker_that_was_killed_may_have_been_innocent_and_its_page_is_tried_again() -> None:
    assert wait(claim(), Ending.EXTRACTION_CRASH) == timedelta(minutes=15)


def test_robots_that_cannot_be_read_means_not_now_and_counts_as_no_failure() -> None:
    visit = next_visit(claim(tries=2), Ending.ROBOTS_UNAVAILABLE, now=NOW, pace=HOURLY)
    assert (visit.not_before, visit.tries) == (utc(NOW + timedelta(hours=1)), 2)


def test_gone_is_gone_and_missing_is_asked_twice_more() -> None:
    def state(ending: Ending, tries: int) -> FrontierState:
        return next_visit(claim(tries=tries), ending, now=NOW, pace=HOURLY).state

    assert state(Ending.HTTP_410, 0) is FrontierState.CLOSED
    assert [state(Ending.HTTP_404, tries) for tries in range(3)] == [
        FrontierState.WAITING,
        FrontierState.WAITING,
        FrontierState.CLOSED,
    ]


@given(ENDINGS, st.sampled_from(list(LinkKind)), st.integers(0, 10_000), st.floats(0, 5000))
def test_whatever_happens_an_address_waits_at_least_a_quarter_of_an_hour(
    ending: Ending, kind: LinkKind, tries: int, age: float
) -> None:
    visit = next_visit(claim(kind, tries=tries, age=age), ending, now=NOW, pace=HOURLY)
    if visit.state is FrontierState.WAITING:
        pause = datetime.fromisoformat(visit.not_before) - NOW
        assert timedelta(minutes=15) <= pause <= LAST_REVISIT, (ending, pause)
    if ending.group in {Group.NEW, Group.REVISED, Group.UNCHANGED, Group.READ}:
        assert (visit.state, visit.tries) == (FrontierState.WAITING, 0)
    if kind is not LinkKind.ARTICLE:
        assert visit.state is FrontierState.WAITING, "a source may always come back"


@given(st.timedeltas(timedelta(0), timedelta(days=9_500)).map(lambda age: NOW - age))
def test_the_pause_never_shrinks_with_age(found: datetime) -> None:
    assert revisit_after(found, NOW) >= revisit_after(found + timedelta(days=1), NOW)
