"""What looks like a crawl trap, and what only resembles one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.traps import MOST_PARAMETERS, MOST_SEGMENTS, trap_of
from crawler.urls import canonical_url

SITE = "https://gazette.test"


@pytest.mark.parametrize(
    ("path", "trap"),
    [
        ("/news/news/news/story", "folders that repeat"),
        ("/a/b/a/b/a/b", "folders that repeat"),
        ("/x/1/2/3/1/2/3/1/2/3/y", "folders that repeat"),
        ("/" + "/".join(map(str, range(MOST_SEGMENTS + 1))), "too many folders"),
        ("/story?sid=8f14e45fceea167a5a36dedd", "the number of a visit"),
        ("/story?session=ab12cd34ef56ab12cd34", "the number of a visit"),
        ("/calendar/2026/11/22", "a page of a calendar"),
        ("/events/calendar", "a page of a calendar"),
        ("/events?tribe-bar-date=2031-05-01", "a page of a calendar"),
        ("/meeting?ical=1", "a page of a calendar"),
        ("/find?" + "&".join(f"f{n}=x" for n in range(MOST_PARAMETERS + 1)), "too many parameters"),
        ("/find?tag=a&tag=a&tag=a", "too many parameters"),
    ],
)
def test_it_is_told_what_kind_of_trap_an_address_is(path: str, trap: str) -> None:
    assert trap_of(SITE + path) == trap


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/2026/11/22/schools-test-a-button",
        "/2026/22/11/22/story",
        "/news/news/story",
        "/news/uk/news/uk/story",
        "/calendar/safer-internet-day-announced",
        "/calendar-girls-story",
        "/events/2026/11/22",
        "/story?sid=2",
        "/story?session=autumn",
        "/story?session=the-autumn-session-in-parliament",
        "/story?token=reply",
        "/search?q=online+safety&page=2&order=newest",
        "/a?tag=x&tag=y&tag=z",
    ],
)
def test_addresses_of_articles_are_no_traps(path: str) -> None:
    assert trap_of(SITE + path) is None


@given(st.text(max_size=200))
def test_every_address_can_be_judged(text: str) -> None:
    url = canonical_url(f"{SITE}/{text}")
    if url is not None:
        trap_of(url)


def test_an_endless_calendar_of_visits_gives_no_address() -> None:
    rng = random.Random(5)
    for day in range(1, 500):
        visit = f"{rng.getrandbits(128):032x}"
        assert trap_of(f"{SITE}/calendar/{2026 + day // 365}/{day}?sid={visit}")
