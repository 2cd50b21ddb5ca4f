"""What is made of the facts of a source: values in, values out."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.endings import Ending
from archive.health import judge, rhythm_of
from archive.health_problems import Problem
from archive.health_values import Arrival, Junk, Place, SourceFacts, State
from archive.records import LinkKind, Redirect

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = "http://gazette.test/feed"
WELL = Place(url=FEED, kind=LinkKind.FEED, ending=Ending.READ, status=200, final_url=FEED)
GAZETTE = SourceFacts(
    slug="gazette",
    name="The Gazette (invented)",
    homepage="http://gazette.test/",
    places=(WELL,),
    asked_since=NOW - 100 * DAY,
    last_success_at=NOW,
)


def failing(ending: Ending, since: timedelta, failures: int = 9, **more: object) -> SourceFacts:
    place = replace(
        WELL,
        ending=ending,
        failures=failures,
        failing_since=NOW - since,
        **more,  # type: ignore[arg-type]  # the tests name real fields
    )
    return replace(GAZETTE, places=(place,))


def came(*days_ago: float) -> tuple[Arrival, ...]:
    return tuple(Arrival(seen=NOW - day * DAY, published=NOW - day * DAY) for day in days_ago)


def the_problem(facts: SourceFacts) -> tuple[Problem, State]:
    (found,) = judge(facts, NOW).findings
    return found.problem, found.state


def test_a_source_that_is_read_and_brings_articles_is_well() -> None:
    health = judge(replace(GAZETTE, arrivals=came(0, 1, 2, 3, 4, 5)), NOW)
    assert (health.state, health.findings) == (State.GOOD, ())


@pytest.mark.parametrize(
    ("ending", "problem"),
    [
        (Ending.HTTP_403, Problem.REFUSED),
        (Ending.CAPTCHA, Problem.REFUSED),
        (Ending.HTTP_401, Problem.REFUSED),
        (Ending.HTTP_404, Problem.GONE),
        (Ending.CERTIFICATE, Problem.CERTIFICATE),
        (Ending.UNREADABLE, Problem.UNREADABLE),
        (Ending.UNLISTED_HOST, Problem.MOVED_AWAY),
        (Ending.EXTRACTION_CRASH, Problem.UNREADABLE),
    ],
)
def test_what_a_server_says_on_purpose_calls_a_person_when_it_says_so_the_next_day(
    ending: Ending, problem: Problem
) -> None:
    assert the_problem(failing(ending, HOUR)) == (problem, State.WATCH)
    assert the_problem(failing(ending, 21 * HOUR, failures=1)) == (problem, State.WATCH)
    assert the_problem(failing(ending, 21 * HOUR)) == (problem, State.PERSON)


@pytest.mark.parametrize(
    ("ending", "problem"),
    [
        (Ending.TIMEOUT, Problem.AWAY),
        (Ending.CONNECTION, Problem.AWAY),
        (Ending.HTTP_5XX, Problem.AWAY),
        (Ending.DNS, Problem.NAME),
        (Ending.HTTP_429, Problem.REFUSED),
        (Ending.ROBOTS_UNAVAILABLE, Problem.ROBOTS_AWAY),
    ],
)
def test_a_host_that_is_away_gets_three_days(ending: Ending, problem: Problem) -> None:
    assert the_problem(failing(ending, 2.9 * DAY)) == (problem, State.WATCH)
    assert the_problem(failing(ending, 3 * DAY)) == (problem, State.PERSON)


def test_a_page_that_asks_whether_we_are_people_is_told_in_words() -> None:
    (found,) = judge(failing(Ending.CAPTCHA, DAY), NOW).findings
    assert "it asks for a proof that we are people" in found.what


@pytest.mark.parametrize("ending", [Ending.HTTP_410, Ending.ROBOTS_DISALLOWED])
def test_a_decision_needs_no_second_day(ending: Ending) -> None:
    assert the_problem(failing(ending, 0 * HOUR, failures=1))[1] is State.PERSON


def test_every_way_to_fail_has_a_line_without_a_gap() -> None:
    for ending in Ending:
        (found,) = judge(failing(ending, 9 * DAY), NOW).findings
        assert "{" not in found.what + found.next
        assert "None" not in found.what + found.next
        assert found.url == FEED


@pytest.mark.parametrize("kind", [LinkKind.LISTING, LinkKind.DIGEST])
def test_html_for_a_feed_is_told_from_a_page_whose_layout_is_new(kind: LinkKind) -> None:
    html = {"detail": "an HTML page came instead of a feed"}
    assert the_problem(failing(Ending.UNREADABLE, DAY, **html))[0] is Problem.HTML
    layout = {
        "kind": kind,
        "detail": "the source's links = 'h2 a' select no link on this page",
    }
    found = judge(failing(Ending.UNREADABLE, DAY, **layout), NOW).findings[0]
    assert found.problem is Problem.LAYOUT
    assert "'h2 a' select no link" in found.what


def test_who_refuses_is_named_when_it_is_a_wall_before_many_sites() -> None:
    facts = failing(Ending.HTTP_403, DAY, status=403, server="cloudflare")
    assert judge(facts, NOW).findings[0].what == "the server refuses us (403, by cloudflare)"


def test_a_feed_that_moved_for_good_proposes_its_new_address() -> None:
    new = "http://gazette.test/new.xml"
    moved = replace(
        WELL, final_url=new, redirects=(Redirect(url=FEED, status=301),), moved_since=NOW - DAY
    )
    (found,) = judge(replace(GAZETTE, places=(moved,)), NOW).findings
    assert (found.problem, found.state) == (Problem.MOVED, State.PERSON)
    assert (found.url, found.proposed_url) == (FEED, new)
    assert new in found.next
    for_now = replace(moved, redirects=(Redirect(url=FEED, status=302),))
    assert judge(replace(GAZETTE, places=(for_now,)), NOW).state is State.GOOD
    partly = replace(moved, redirects=(*moved.redirects, Redirect(url=new, status=307)))
    assert judge(replace(GAZETTE, places=(partly,)), NOW).state is State.GOOD


def test_a_feed_that_names_nothing_any_more_is_told_after_three_days() -> None:
    for days, state in ((1, State.WATCH), (3, State.PERSON)):
        empty = replace(WELL, ending=Ending.EMPTY, empty_since=NOW - days * DAY)
        assert the_problem(replace(GAZETTE, places=(empty,))) == (Problem.EMPTY, state)


def test_a_source_that_was_never_read_says_so() -> None:
    facts = failing(Ending.HTTP_404, DAY, status=404, ever_read=False)
    assert judge(facts, NOW).findings[0].what == "never read yet: the feed is not there (404)"


def test_silence_is_measured_by_the_rhythm_of_the_source_itself() -> None:
    daily = replace(GAZETTE, arrivals=came(*range(10, 40)))
    assert the_problem(daily) == (Problem.SILENT, State.PERSON)
    weekly = replace(GAZETTE, arrivals=came(*range(10, 150, 7)))
    assert judge(weekly, NOW).state is State.GOOD
    found = judge(daily, NOW).findings[0]
    assert found.what == "no new article for 10 days (7 a week before)"


def test_a_source_that_rests_at_weekends_is_not_silent_on_a_monday() -> None:
    # Ten articles on each of five days a week, last on Friday; it is Monday noon.
    weekdays = [week * 7 + day + hour / 24 for week in range(4) for day in range(5)
                for hour in range(10)]  # fmt: skip
    facts = replace(GAZETTE, arrivals=came(*(day + 2.6 for day in weekdays)))
    assert judge(facts, NOW).state is State.GOOD
    later = replace(GAZETTE, arrivals=came(*(day + 6 for day in weekdays)))
    assert the_problem(later) == (Problem.SILENT, State.PERSON)


def test_days_on_which_nothing_was_crawled_are_not_its_silence() -> None:
    facts = replace(GAZETTE, arrivals=came(*range(10, 40)), last_success_at=NOW - 9 * DAY)
    assert judge(facts, NOW).state is State.GOOD


def test_silence_of_a_feed_that_only_says_304_names_the_feed() -> None:
    facts = replace(
        GAZETTE,
        places=(replace(WELL, ending=Ending.NOT_MODIFIED, unchanged=40),),
        arrivals=came(*range(10, 40)),
    )
    (found,) = judge(facts, NOW).findings
    assert (found.problem, found.url) == (Problem.STUCK, FEED)
    assert "says only 304" in found.what


def test_what_had_gathered_before_the_first_crawl_is_no_rhythm_unless_it_is_dated() -> None:
    first = NOW - 9 * DAY
    undated = [Arrival(seen=first) for _ in range(40)]
    later = [Arrival(seen=first + day * DAY) for day in (2, 4, 6, 8)]
    facts = replace(GAZETTE, asked_since=first, arrivals=(*undated, *later))
    assert rhythm_of(facts) is None
    dated = [Arrival(seen=first, published=first - day * DAY) for day in range(0, 40, 2)]
    rhythm = rhythm_of(replace(facts, arrivals=(*dated, *later)))
    assert rhythm is not None
    assert rhythm.per_week == pytest.approx(3.5, abs=0.1)


def test_a_source_that_fails_is_not_called_silent_besides() -> None:
    facts = replace(failing(Ending.HTTP_404, 20 * DAY), arrivals=came(*range(20, 60)))
    assert [found.problem for found in judge(facts, NOW).findings] == [Problem.GONE]


@pytest.mark.parametrize(
    ("ending", "problem"),
    [(Ending.SCRIPT_ONLY, Problem.PAGES_EMPTY), (Ending.HTTP_403, Problem.PAGES_REFUSED)],
)
def test_pages_that_fail_in_one_way_call_a_person_when_they_are_half_of_them(
    ending: Ending, problem: Problem
) -> None:
    def pages(bad: int, good: int) -> SourceFacts:
        endings = [ending] * bad + [Ending.NEW] * good
        return replace(GAZETTE, pages=tuple((NOW - HOUR, one) for one in endings))

    assert judge(pages(2, 2), NOW).state is State.GOOD, "too few to tell"
    assert judge(pages(4, 6), NOW).state is State.GOOD
    assert the_problem(pages(5, 5)) == (problem, State.PERSON)
    assert str(ending) in judge(pages(5, 5), NOW).findings[0].what


def test_a_missing_page_is_no_empty_extraction() -> None:
    pages = [(NOW, Ending.HTTP_404)] * 9 + [(NOW, Ending.NEW)]
    health = judge(replace(GAZETTE, pages=tuple(pages)), NOW)
    assert (health.state, health.empty_share, health.refused_share) == (State.GOOD, 0, 0)


def test_a_page_design_that_is_new_to_the_junk_rules_is_noticed() -> None:
    for share, state in ((0.1, State.GOOD), (0.25, State.WATCH), (0.6, State.PERSON)):
        facts = replace(GAZETTE, junk=Junk(share=share, before=0.05))
        assert judge(facts, NOW).state is state
    assert judge(replace(GAZETTE, junk=Junk(share=0.9)), NOW).state is State.GOOD


def test_the_worst_stands_first_and_names_the_state() -> None:
    watch = replace(WELL, ending=Ending.TIMEOUT, failures=2, failing_since=NOW - HOUR)
    person = replace(WELL, ending=Ending.HTTP_410, failures=1, failing_since=NOW - HOUR)
    health = judge(replace(GAZETTE, places=(watch, person)), NOW)
    assert [found.problem for found in health.findings] == [Problem.GONE, Problem.AWAY]
    assert health.state is State.PERSON


moments = st.floats(0, 400).map(lambda days: NOW - days * DAY)


@given(st.lists(moments, max_size=60), st.timedeltas(timedelta(0), 400 * DAY))
def test_waiting_longer_never_ends_a_silence_and_articles_always_do(
    times: list[datetime], more: timedelta
) -> None:
    facts = replace(GAZETTE, arrivals=tuple(Arrival(seen=at, published=at) for at in times))

    def silent(facts: SourceFacts) -> bool:
        return any(one.problem is Problem.SILENT for one in judge(facts, NOW).findings)

    heard = replace(facts, last_success_at=NOW + more)
    assert silent(heard) or not silent(facts)
    fresh = replace(facts, arrivals=(*facts.arrivals, Arrival(seen=NOW, published=NOW)))
    assert not silent(fresh)


@given(st.lists(moments, min_size=5, max_size=60))
def test_the_alarm_waits_at_least_two_days_and_twice_the_longest_gap(
    times: list[datetime],
) -> None:
    facts = replace(GAZETTE, arrivals=tuple(Arrival(seen=at, published=at) for at in times))
    rhythm = rhythm_of(facts)
    if rhythm is None:
        return
    ordered = sorted(times)
    gaps = [later - earlier for earlier, later in itertools.pairwise(ordered)]
    assert rhythm.silent_after >= max(2 * DAY, 2 * max(gaps))
