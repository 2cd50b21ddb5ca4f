"""Where to report, by topic and country."""

import pytest

from archive.topics.entities import ReportRoute
from archive.topics.routes import in_words, routes_for


@pytest.mark.parametrize(
    ("country", "there", "not_there"),
    [("GB", "ceop", "ncmec"), ("US", "ncmec", "ceop"), (None, "stopncii", "ceop")],
)
def test_a_route_holds_in_its_country_or_everywhere(
    country: str | None, there: str, not_there: str
) -> None:
    names = [route.id for route in routes_for(["ceop", "ncmec", "stopncii"], country)]
    assert there in names
    assert not_there not in names


def test_where_no_route_is_known_the_finder_of_hotlines_is_named() -> None:
    assert [route.id for route in routes_for(["ceop"], "NZ")] == ["inhope"]
    assert routes_for([], "GB") == ()
    assert routes_for(["no-such-route"], "GB") == ()


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_number_is_told_when_somebody_checked_it(*, is_checked: bool) -> None:
    route = ReportRoute(
        id="x",
        name="An invented line",
        country="GB",
        purpose="for a test",
        url="https://line.test/",
        tel="000",
        is_checked=is_checked,
        is_tel_checked=is_checked,
    )
    told = in_words(route)
    assert told.startswith("An invented line: for a test")
    assert ("000" in told) is is_checked
    assert ("not checked" in told) is not is_checked
