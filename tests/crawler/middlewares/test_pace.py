"""How long one site is left in peace between two requests."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.middlewares.pace import MOST_CRAWL_DELAY, delay_between

SECONDS = st.floats(min_value=0, max_value=1e6)


@given(SECONDS, SECONDS, SECONDS)
def test_the_delay_is_never_below_ours_or_the_sources(
    floor: float, source: float, robots: float
) -> None:
    assert delay_between(floor, source, robots) >= max(floor, source)


@given(SECONDS, SECONDS, SECONDS)
def test_robots_txt_can_slow_us_down_to_two_minutes_and_no_further(
    floor: float, source: float, robots: float
) -> None:
    delay = delay_between(floor, source, robots)
    assert delay >= min(robots, MOST_CRAWL_DELAY)
    assert delay <= max(floor, source, MOST_CRAWL_DELAY)
