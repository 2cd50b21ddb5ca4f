"""One thing that a listed source could do to us: what it is, how it reaches us, how it ends."""

from collections.abc import Callable
from dataclasses import dataclass

from hostile_web import Route

# What the table calls an exchange that brings a page, whatever extraction makes of it.
FETCHED = "fetched"
# What it calls a page that is read in time and then judged as any page is: kept, or refused for a
# reason that has a name.
JUDGED = "read and judged"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A hostile site.

    `name` is its host; `does` is a sentence about it; `make` builds its answer, which may take a
    while and much memory. `ending` is the ending of the fetch, or `fetched`. A site with `seconds`
    is given no more time than that, because it would take all the time that it is given.
    """

    name: str
    does: str
    ending: str
    make: Callable[[], Route]
    seconds: float | None = None


def case(
    name: str, does: str, ending: str, make: Callable[[], Route], seconds: float | None = None
) -> Case:
    """A case in one line of a table."""
    return Case(name=name, does=does, ending=ending, make=make, seconds=seconds)
