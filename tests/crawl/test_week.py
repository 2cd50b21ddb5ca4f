"""A week of scheduled crawls in which feeds move, die, lie, refuse, fall silent and come back.

Every poll is a real crawl over HTTP into a real archive; only the clock is told. What `health`
says at the end of each day is asserted for every source.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from polling import polls, problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Newsroom, NewsSite, Reply, SiteMaker

FIRST = datetime(2026, 11, 2, 6, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
HALF = DAY / 2
SOURCES = (
    *("steady", "moves", "dies", "ends", "away", "lies", "turns", "refuses", "rests", "closes"),
)
# Three a day for these: their silence is told after three days and two hours.
OFTEN = ("lies", "rests")


@dataclass
class Paper:
    """An invented paper with a site of its own: the articles it has published, and its feed."""

    name: str
    site: "NewsSite"
    usual: "Reply"
    paths: list[str] = field(default_factory=list)

    def publish(self, at: datetime) -> None:
        number = len(self.paths) + 1
        path = self.site.add_article(number + 1000 * SOURCES.index(self.name))
        page = self.site.routes[path]
        dated = page.body.replace(b"2026-11-20T09:00:00+00:00", at.isoformat().encode())
        self.site.routes[path] = replace(page, body=dated)
        self.paths.insert(0, path)
        self.come_back()

    def answer(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of a Reply
        """From now on the feed is answered so."""
        self.site.routes["/feed.xml"] = replace(self.usual, **changes)

    def stamp(self) -> None:
        """From now on the feed is another at each answer, and names the same articles."""
        feed, hits = self.usual, self.site.hits

        def stamped(_: dict[str, str]) -> "Reply":
            mark = f"<!-- answer {hits['/feed.xml']} -->".encode()
            return replace(feed, body=self.site.feed(self.paths) + mark)

        self.site.routes["/feed.xml"] = stamped

    def come_back(self) -> None:
        """The feed is what it was, with all that was published meanwhile."""
        self.site.raw.pop("/feed.xml", None)
        self.answer(body=self.site.feed(self.paths))


@pytest.fixture
def papers(news_site: "SiteMaker", newsroom: "Newsroom") -> dict[str, Paper]:
    """Ten papers with ten days of history, each listed as a source."""
    found = {}
    for name in SOURCES:
        site = news_site(1)
        paper = Paper(name, site, site.routes["/feed.xml"])
        for days_ago in range(8 if name in OFTEN else 3, 0, -1):
            for hour in (0, 8, 16) if name in OFTEN else (0,):
                paper.publish(FIRST - days_ago * DAY + timedelta(hours=hour))
        newsroom.list_source(site, name)
        found[name] = paper
    return found


def morning(day: int, papers: dict[str, Paper], room: "Newsroom") -> None:
    """What happens to the papers at the beginning of a day, counted from 1."""
    happens: dict[int, Callable[[], object]] = {
        2: lambda: _second_day(papers),
        3: lambda: _third_day(papers),
        5: lambda: (
            papers["dies"].come_back(),
            papers["turns"].come_back(),
            _list_the_proposed_address(room, papers["moves"]),
        ),
        7: lambda: [papers[name].publish(FIRST + 6 * DAY) for name in ("lies", "rests", "away")],
    }
    papers["steady"].publish(FIRST + (day - 1) * DAY)
    happens.get(day, lambda: None)()


def _second_day(papers: dict[str, Paper]) -> None:
    moves = papers["moves"]
    moves.site.routes["/new.xml"] = moves.site.routes["/feed.xml"]
    moves.answer(status=301, body=b"", headers={"Location": "/new.xml"})
    papers["dies"].answer(status=404)
    papers["rests"].stamp()
    papers["away"].site.raw["/feed.xml"] = lambda _: None  # hangs up without a word
    papers["lies"].answer(status=304, body=b"")  # whatever it is asked
    page = b"<!doctype html><html><body><h1>Our new site</h1><p>Welcome.</p></body></html>"
    papers["turns"].answer(content_type="text/html", body=page)
    papers["refuses"].answer(status=403)


def _third_day(papers: dict[str, Paper]) -> None:
    papers["ends"].answer(status=410, body=b"")
    routes = papers["closes"].site.routes
    routes["/robots.txt"] = replace(
        routes["/robots.txt"],  # type: ignore[type-var]  # a Reply, as all begin
        body=b"User-agent: *\nDisallow: /\n",
    )


def _list_the_proposed_address(room: "Newsroom", moves: Paper) -> None:
    path = room.folder / "sources.toml"
    old, new = f'"{moves.site.base}/feed.xml"', f'"{moves.site.base}/new.xml"'
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


DIED = {
    "moves": "moved",
    "dies": "gone",
    "away": "away",
    "turns": "html",
    "refuses": "refused",
}
CALLED = {name: f"{problem} !" for name, problem in DIED.items()}
CLOSED = {"ends": "gone !", "closes": "robots !"}
SILENT = {"lies": "stuck !", "rests": "silent !"}
SAID: dict[int, dict[str, str]] = {
    1: {},
    2: DIED,
    3: CALLED | CLOSED | {"away": "away"},
    4: CALLED | CLOSED | SILENT | {"away": "away"},
    5: CLOSED | SILENT | {"refuses": "refused !", "away": "away !"},
    6: CLOSED | SILENT | {"refuses": "refused !", "away": "away !"},
    7: CLOSED | {"refuses": "refused !"},
}
# Whom a message would have told of, once each.
CALLS: dict[int, set[str]] = {
    3: {*CALLED, *CLOSED} - {"away"},
    4: set(SILENT),
    5: {"away"},
}
MENDED: dict[int, set[str]] = {5: {"moves", "dies", "turns"}, 7: {"lies", "rests", "away"}}


@pytest.mark.slow
@pytest.mark.timeout(600)  # fourteen crawls, on a machine that may be busy with others
def test_what_health_says_on_each_day_of_a_week(
    papers: dict[str, Paper], newsroom: "Newsroom"
) -> None:
    days, called, mended = {}, {}, {}
    with polls(newsroom) as crawls:
        for day in SAID:
            morning(day, papers, newsroom)
            noon = FIRST + (day - 1) * DAY
            told = [crawls.at(noon), crawls.at(noon + HALF)]
            days[day] = told[-1]
            called[day] = {name for one in told for name in one["called"]}
            mended[day] = {name for one in told for name in one["mended"]}
    assert {day: problems(told) for day, told in days.items()} == SAID
    assert {day: names for day, names in called.items() if names} == CALLS
    assert {day: names for day, names in mended.items() if names} == MENDED

    second = "2026-11-03T06:00:00Z"
    moved = finding(days[3], "moves")
    assert moved["since"] == second
    assert moved["proposed_url"] == f"{papers['moves'].site.base}/new.xml"
    assert moved["proposed_url"] in moved["next"]
    closed = of(days[7], "closes")["robots_changed_at"]
    assert closed == "2026-11-04T06:00:00Z"
    assert of(days[7], "steady")["robots_changed_at"] is None
    assert finding(days[4], "turns")["since"] == second
    assert finding(days[5], "away")["since"] == second
    assert "403" in finding(days[7], "refuses")["what"]
    rests = of(days[4], "rests")
    assert rests["expected_per_week"] == pytest.approx(21, abs=0.1)
    assert rests["findings"][0]["since"] == "2026-11-01T22:00:00Z", "its last article"
    assert of(days[6], "rests")["articles_in_last_week"] < rests["articles_in_last_week"]
    assert of(days[7], "steady")["last_new_article_at"] == "2026-11-08T06:00:00Z"

    # Of the steady one, an article of before the first crawl is asked when it is found and when we
    # have known it for one, two and four days, and at no crawl between.
    steady = papers["steady"]
    assert steady.site.hits[steady.paths[-1]] == 4

    # What the last crawls left for Datasette is what was said.
    kept = newsroom.query("SELECT slug, problem, state FROM source_health WHERE state <> 'good'")
    assert {name: problem + " !" for name, problem, _ in kept} == SAID[7]
    assert {state for _, _, state in kept} == {"person"}
    done = newsroom.run("health", "--bad", "ends")
    assert done.returncode == 3
    assert "PERSON  ends  the feed is not there (410): " in done.stdout
    assert "Next: Look on http://" in done.stdout


def of(told: dict[str, Any], source: str) -> dict[str, Any]:
    (one,) = (one for one in told["sources"] if one["source"] == source)
    found: dict[str, Any] = one
    return found


def finding(told: dict[str, Any], source: str) -> dict[str, Any]:
    found: dict[str, Any] = of(told, source)["findings"][0]
    return found
