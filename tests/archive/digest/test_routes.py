"""Where readers of a country are sent, by topic."""

import pytest

from archive.digest.making import routes_of
from archive.digest.rendering import route_line
from archive.digest.values import Topic
from archive.topics.entities import ReportRoute, shipped_entities
from archive.topics.rules import shipped_rules

ROUTES = shipped_entities().routes
TOPICS = shipped_rules().topics


def topic(slug: str) -> Topic:
    rule = TOPICS[slug]
    return Topic(
        slug=slug,
        label=rule.label,
        sensitivity=rule.sensitivity,
        routes=tuple(rule.report_routes),
    )


def routes(*slugs: str, country: str | None = "GB") -> list[str]:
    found = routes_of([topic(slug) for slug in slugs], country=country)
    return [route.id for route in found]


def test_a_topic_that_is_sensitive_has_the_routes_of_the_country() -> None:
    assert routes("csam") == ["iwf", "ceop", "police", "report-remove"]
    assert routes("csam", country="US") == ["ncmec"]


def test_a_country_for_which_none_is_known_gets_the_finder_of_hotlines() -> None:
    assert routes("csam", country="FR") == ["inhope"]
    assert routes("csam", country=None) == ["inhope"]


def test_a_sensitive_topic_of_rules_of_ones_own_without_routes_gets_the_finder_too() -> None:
    for names in ((), ("nowhere",)):
        own = Topic(slug="own", label="Own", sensitivity="high", routes=names)
        assert [route.id for route in routes_of([own], country="GB")] == ["inhope"]


def test_a_topic_that_is_not_sensitive_has_none() -> None:
    assert routes("screen-time") == []
    assert routes("regulation", country="FR") == []


def test_what_most_topics_name_comes_first_and_there_are_five_at_most() -> None:
    found = routes("nudes", "sextortion", "grooming")
    assert found[0] in {"ceop", "childline"}
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize("slug", TOPICS)
def test_every_route_of_the_rules_is_known_and_every_sensitive_topic_has_one(slug: str) -> None:
    assert set(TOPICS[slug].report_routes) <= set(ROUTES)
    if TOPICS[slug].sensitivity != "low":
        assert routes(slug)


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)
def test_a_number_is_printed_only_when_someone_checked_it(route: ReportRoute) -> None:
    line = route_line(route)
    assert ("Telephone" in line) == bool(route.tel and route.is_tel_checked)
    assert ("(address not checked)" in line) == bool(route.url and not route.is_checked)
