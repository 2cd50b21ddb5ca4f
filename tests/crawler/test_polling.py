"""Feeds, sitemaps and listings are asked as often as they bring something."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive.records import Poll
from crawler.polling import LEAST, MOST, START, WINDOW, News, Pace, next_poll

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
RECENT = "2026-11-21T10:00:00Z"
LONG_AGO = "2026-09-01T10:00:00Z"
NEWS = st.integers(0, 60_000).flatmap(
    lambda named: st.builds(News, named=st.just(named), new=st.integers(0, named))
)
HOUR = 3600


def poll(interval: int = HOUR, successes: int = 5, last_new_at: str | None = RECENT) -> Poll:
    return Poll(interval=interval, successes=successes, last_new_at=last_new_at)


def minutes(before: Poll | None, news: News, pace: Pace | None = None) -> float:
    return next_poll(before, news, pace=pace or Pace(), now=NOW).interval / 60


def test_mostly_new_links_bring_the_next_poll_an_hour_nearer() -> None:
    assert minutes(poll(3 * HOUR), News(named=10, new=7)) == 120


def test_mostly_known_links_put_it_off_by_ten_minutes() -> None:
    assert minutes(poll(), News(named=10, new=3)) == 70


def test_in_between_it_stays() -> None:
    assert minutes(poll(), News(named=10, new=5)) == 60


def test_a_304_brings_nothing_new() -> None:
    assert minutes(poll(), News()) == 70


def test_of_a_source_silent_for_a_month_the_steps_are_longer() -> None:
    assert minutes(poll(last_new_at=LONG_AGO), News()) == 120


def test_one_good_answer_is_not_enough_to_change_anything() -> None:
    assert minutes(None, News(named=30, new=30)) == START.total_seconds() / 60
    assert minutes(poll(successes=0), News(named=30, new=30)) == 60
    assert minutes(poll(4 * HOUR, successes=1), News(named=30, new=30)) == 180


def test_a_sitemap_of_years_is_judged_by_its_newest_links_worth() -> None:
    assert minutes(poll(3 * HOUR), News(named=50_000, new=WINDOW)) == 120
    assert minutes(poll(3 * HOUR), News(named=50_000, new=2)) == 190


def test_a_fixed_interval_stays_whatever_comes() -> None:
    pace = Pace(fixed=timedelta(hours=6))
    for news in (News(), News(named=10, new=10)):
        assert minutes(poll(), news, pace) == 360


@given(
    st.builds(
        Poll,
        interval=st.integers(0, 10_000_000),
        successes=st.integers(0, 9),
        last_new_at=st.sampled_from([None, RECENT, LONG_AGO]),
    ),
    NEWS,
    st.integers(1, 64),
)
def test_the_interval_never_leaves_its_bounds(before: Poll, news: News, times: int) -> None:
    after = next_poll(before, news, pace=Pace(), now=NOW, times=times)
    assert LEAST * times <= timedelta(seconds=after.interval) <= MOST * times
    assert after.successes == before.successes + 1


@given(NEWS, NEWS)
def test_more_news_never_puts_the_next_poll_off(one: News, other: News) -> None:
    less, more = sorted((one, other), key=lambda news: news.new / min(news.named or 1, WINDOW))
    assert minutes(poll(5 * HOUR), more) <= minutes(poll(5 * HOUR), less)


def test_a_feed_settles_where_a_third_to_two_thirds_of_it_are_new_at_each_poll() -> None:
    # Four entries an hour in a feed of twenty: a third of it is new after 1 h 40 min.
    state, links_a_second = None, 4 / HOUR
    for _ in range(300):
        waited = state.interval if state else HOUR
        news = News(named=20, new=min(20, round(waited * links_a_second)))
        state = next_poll(state, news, pace=Pace(), now=NOW)
    assert state is not None
    assert 90 <= state.interval / 60 <= 210
