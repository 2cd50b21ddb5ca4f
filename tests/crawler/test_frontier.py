"""When an address is asked again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.endings import Ending, Group
from archive.records import Claim, FrontierState, LinkKind
from crawler.frontier import LAST_RETRY, LAST_REVISIT, MAX_TRIES, next_visit, revisit_after, utc

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOURLY = timedelta(hours=1)
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
    visit = next_visit(claimed, ending, now=NOW, every=HOURLY)
    assert visit.state is FrontierState.WAITING
    return datetime.fromisoformat(visit.not_before) - NOW


@pytest.mark.parametrize(("age", "days"), [(0, 1), (0.5, 1), (2, 2), (30, 30), (400, 90)])
def test_an_article_is_left_alone_as_long_as_we_have_known_it(age: float, days: int) -> None:
    assert wait(claim(age=age), Ending.UNCHANGED) == timedelta(days=days)


def test_a_feed_is_asked_as_often_as_its_source_wants() -> None:
    feed = claim(LinkKind.FEED, depth=0)
    for ending in (Ending.READ, Ending.NOT_MODIFIED, Ending.EMPTY):
        assert wait(feed, ending) == HOURLY


def test_parts_of_a_sitemap_are_asked_more_rarely_than_the_whole() -> None:
    assert wait(claim(LinkKind.SITEMAP, depth=1), Ending.READ) == 4 * HOURLY


def test_a_failure_is_tried_again_after_twice_the_time_each_time_and_a_day_at_most() -> None:
    waits = [wait(claim(tries=tries), Ending.HTTP_5XX) for tries in range(MAX_TRIES - 1)]
    assert waits == [timedelta(minutes=15) * 2**n for n in range(MAX_TRIES - 1)]
    assert wait(claim(LinkKind.FEED, tries=40, depth=0), Ending.DNS) == LAST_RETRY


def test_an_article_that_keeps_failing_goes_to_quarantine_and_a_feed_never_does() -> None:
    article = next_visit(claim(tries=MAX_TRIES - 1), Ending.TIMEOUT, now=NOW, every=HOURLY)
    assert (article.state, article.tries) == (FrontierState.QUARANTINED, MAX_TRIES)
    assert wait(claim(LinkKind.FEED, tries=99, depth=0), Ending.TIMEOUT) <= LAST_RETRY


@pytest.mark.parametrize(
    "ending",
    [Ending.EXTRACTION_MEMORY, Ending.EXTRACTION_TIMEOUT, Ending.TOO_LARGE, Ending.INTERNAL],
)
def test_what_would_fail_again_goes_to_quarantine_at_once(ending: Ending) -> None:
    assert next_visit(claim(), ending, now=NOW, every=HOURLY).state is FrontierState.QUARANTINED


def test_a_worker_that_was_killed_may_have_been_innocent_and_its_page_is_tried_again() -> None:
    assert wait(claim(), Ending.EXTRACTION_CRASH) == timedelta(minutes=15)


def test_robots_that_cannot_be_read_means_not_now_and_counts_as_no_failure() -> None:
    visit = next_visit(claim(tries=2), Ending.ROBOTS_UNAVAILABLE, now=NOW, every=HOURLY)
    assert (visit.not_before, visit.tries) == (utc(NOW + timedelta(hours=1)), 2)


def test_gone_is_gone_and_missing_is_asked_twice_more() -> None:
    def state(ending: Ending, tries: int) -> FrontierState:
        return next_visit(claim(tries=tries), ending, now=NOW, every=HOURLY).state

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
    visit = next_visit(claim(kind, tries=tries, age=age), ending, now=NOW, every=HOURLY)
    if visit.state is FrontierState.WAITING:
        pause = datetime.fromisoformat(visit.not_before) - NOW
        assert timedelta(minutes=15) <= pause <= LAST_REVISIT
    if ending.group in {Group.NEW, Group.REVISED, Group.UNCHANGED, Group.READ}:
        assert (visit.state, visit.tries) == (FrontierState.WAITING, 0)
    if kind is not LinkKind.ARTICLE:
        assert visit.state is FrontierState.WAITING, "a source may always come back"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_pause_never_shrinks_with_age(found: datetime) -> None:
    assert revisit_after(found, NOW) >= revisit_after(found + timedelta(days=1), NOW)
