"""robots.txt: obeyed, asked once, and a site whose robots.txt cannot be read is left alone."""

import itertools
import time
from typing import TYPE_CHECKING

import pytest
from cases_robots import NO_RULES, RULED, UNREADABLE, rules
from hostile_answers import MIB

if TYPE_CHECKING:
    from hostile_case import Case
    from hostile_web import Exchange, HostileWeb

    from tests.hostile.conftest import Crawl, HostileRun


def named(case: "Case") -> str:
    return case.name


@pytest.mark.parametrize("case", UNREADABLE, ids=named)
def test_a_site_whose_robots_txt_cannot_be_read_waits(
    case: "Case", hostile_run: "HostileRun"
) -> None:
    for page in ("public", "private"):
        result = hostile_run.results[f"{case.name}/{page}"]
        assert result["ending"] == case.ending, result
        assert "robots.txt" in result["detail"]
    paths = hostile_run.paths_asked(case.name)
    assert all(path.startswith("/robots.txt") for path in paths)


@pytest.mark.parametrize("case", NO_RULES, ids=named)
def test_a_site_without_rules_allows_all(case: "Case", hostile_run: "HostileRun") -> None:
    assert hostile_run.ending(f"{case.name}/public") == case.ending
    assert hostile_run.ending(f"{case.name}/private") == case.ending


@pytest.mark.parametrize("case", RULED, ids=named)
def test_rules_are_obeyed_however_they_come(case: "Case", hostile_run: "HostileRun") -> None:
    assert hostile_run.ending(f"{case.name}/public") == "fetched"
    assert hostile_run.ending(f"{case.name}/private") == case.ending
    assert "/private" not in hostile_run.paths_asked(case.name)


@pytest.mark.parametrize(
    "name", [*map(named, NO_RULES), "robots-plain", "robots-429", "robots-cut"]
)
def test_robots_txt_is_asked_for_once_or_after_a_failure_twice(
    name: str, hostile_run: "HostileRun"
) -> None:
    tries = 2 if name == "robots-cut" else 1
    assert hostile_run.paths_asked(name).count("/robots.txt") == tries


@pytest.mark.parametrize("name", ["robots-huge", "robots-endless"])
def test_of_a_long_robots_txt_little_more_than_512_kib_is_sent(
    name: str, hostile_run: "HostileRun"
) -> None:
    # What the buffers of two sockets hold may be on the way when reading ends.
    assert hostile_run.sent[f"{name}/robots.txt"] < 12 * MIB


@pytest.mark.slow
def test_a_site_is_left_in_peace_as_long_as_it_or_its_source_asks(
    web: "HostileWeb", crawl: "Crawl"
) -> None:
    seen: dict[str, list[float]] = {"asks": [], "listed": [], "neither": []}

    def note(exchange: "Exchange") -> None:
        seen[exchange.host].append(time.monotonic())
        exchange.page()

    for host in seen:
        web.routes[f"{host}/*"] = note
    web.routes["asks/robots.txt"] = rules(b"User-agent: *\nCrawl-delay: 0.6\n")
    crawl(
        [
            {"url": web.url(f"{host}/{number}"), "delay": 0.6 if host == "listed" else 0.0}
            for host in seen
            for number in range(4)
        ],
        open_to=[f"{host}.localhost" for host in seen],
    )
    gaps = {
        host: [later - sooner for sooner, later in itertools.pairwise(times)]
        for host, times in seen.items()
    }
    assert [len(found) for found in gaps.values()] == [3, 3, 3]
    assert min(gaps["asks"]) > 0.55
    assert min(gaps["listed"]) > 0.55
