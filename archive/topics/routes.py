"""Where to report or find help, for the topics of a record and the country of its source."""

from collections.abc import Iterable

from archive.topics.entities import ReportRoute, shipped_entities

EVERYWHERE = "INT"
# The finder of hotlines: for countries of which no route is known.
ANYWHERE = "inhope"


def routes_for(names: Iterable[str], country: str | None) -> tuple[ReportRoute, ...]:
    """The routes of these names that hold in a country, in their order; never none of some.

    Without a country, those that hold everywhere.
    """
    known = shipped_entities().routes
    named = [known[name] for name in dict.fromkeys(names) if name in known]
    reachable = [route for route in named if route.url or route.tel]
    fitting = [route for route in reachable if route.country in {country, EVERYWHERE}]
    if named and not fitting:
        fitting = [known[ANYWHERE]]
    return tuple(fitting)


def in_words(route: ReportRoute) -> str:
    """A route on one line: its number only where somebody has checked it."""
    number = f", telephone {route.tel}" if route.tel and route.is_tel_checked else ""
    address = f", {route.url}" if route.url else ""
    doubt = "" if route.is_checked or not route.url else " (not checked)"
    return f"{route.name}: {route.purpose}{number}{address}{doubt}"
