"""What the fetches of an archive say of its sources, what a crawl keeps of it, and who is told."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from commits import ARTICLE, FEED, SOURCE, claim_all, outcome, query

from archive.browse.application import application
from archive.checkup import Changes, check_up, judge_run
from archive.endings import Ending
from archive.errors import ConfigurationError
from archive.health_values import SourceHealth, State
from archive.reading import ReadArchive
from archive.records import Article, DiscoveredLink, FoundAs, LinkKind, Redirect
from archive.store import Archive
from crawler.cli import newsward

FIRST = datetime(2026, 11, 2, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Crawls:
    """Crawls of one archive that bring what the test says, each with the judgement at its end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with Archive(path) as archive:
            archive.sync_sources([SOURCE], now=utc(FIRST))

    def __call__(self, at: datetime, ending: Ending, **fetch: object) -> Changes:
        """The feed ends so; `links` and the fields of a fetch are as given."""
        links = fetch.pop("links", ())
        with Archive(self.path) as archive:
            run_id = archive.start_run(trigger="crawl", program="test", now=utc(at))
            query(self.path, "UPDATE frontier SET state = 'waiting', not_before = ''")
            claim = claim_all(archive, run_id)[FEED]
            plain = outcome(run_id, claim, ending=ending, links=links)
            came = replace(plain.fetch, fetched_at=utc(at), **fetch)  # type: ignore[arg-type]  # real fields
            archive.commit(replace(plain, fetch=came, detail=came.detail))
            archive.finish_run(run_id, status="finished", now=utc(at))
            return judge_run(archive, run_id, at)

    def health(self, at: datetime) -> SourceHealth:
        with ReadArchive(self.path) as reader:
            (one,) = check_up(reader, at).sources
        return one


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path / "archive.db")


def test_since_when_is_counted_from_the_first_failure_after_the_last_good_answer(
    crawls: Crawls,
) -> None:
    crawls(FIRST, Ending.HTTP_403, status=403)
    crawls(FIRST + DAY, Ending.READ)
    for hours in (26, 30, 49):
        crawls(FIRST + hours * HOUR, Ending.HTTP_404, status=404)
    (found,) = crawls.health(FIRST + 50 * HOUR).findings
    assert (found.problem, found.state) == ("gone", State.PERSON)
    assert found.since == FIRST + 26 * HOUR
    crawls(FIRST + 51 * HOUR, Ending.NOT_MODIFIED, status=304)
    assert crawls.health(FIRST + 52 * HOUR).findings == ()


def test_a_feed_that_is_empty_stays_so_while_it_says_that_nothing_changed(crawls: Crawls) -> None:
    crawls(FIRST, Ending.READ)
    crawls(FIRST + DAY, Ending.EMPTY)
    for days in (2, 3, 4):
        crawls(FIRST + days * DAY, Ending.NOT_MODIFIED, status=304)
    (found,) = crawls.health(FIRST + 4 * DAY).findings
    assert (found.problem, found.state, found.since) == ("empty", State.PERSON, FIRST + DAY)
    crawls(FIRST + 5 * DAY, Ending.READ)
    assert crawls.health(FIRST + 5 * DAY).state is State.GOOD


def test_a_redirect_is_a_move_from_its_first_day_on_and_through_304s(crawls: Crawls) -> None:
    moved = {
        "redirects": (Redirect(url=FEED, status=308),),
        "final_url": "http://gazette.test/new",
    }
    crawls(FIRST, Ending.READ)
    crawls(FIRST + DAY, Ending.READ, **moved)
    crawls(FIRST + 2 * DAY, Ending.NOT_MODIFIED, status=304, **moved)
    (found,) = crawls.health(FIRST + 2 * DAY).findings
    assert (found.problem, found.since) == ("moved", FIRST + DAY)
    assert found.proposed_url == "http://gazette.test/new"


def test_a_person_is_called_once_and_told_when_it_is_over(crawls: Crawls) -> None:
    crawls(FIRST, Ending.READ)
    first = crawls(FIRST + DAY, Ending.HTTP_403, status=403)
    assert (first.called, first.went_dark) == ((), True)
    called = crawls(FIRST + 2 * DAY, Ending.HTTP_403, status=403)
    assert [one.slug for one in called.called] == ["gazette"]
    assert called.in_words() == "1 source needs a person now"
    assert not crawls(FIRST + 3 * DAY, Ending.HTTP_403, status=403)
    mended = crawls(FIRST + 4 * DAY, Ending.READ)
    assert [one.slug for one in mended.mended] == ["gazette"]
    assert not crawls(FIRST + 5 * DAY, Ending.READ)


def test_what_was_judged_is_kept_for_datasette(crawls: Crawls) -> None:
    crawls(FIRST, Ending.READ)
    for days in (1, 2):
        crawls(FIRST + days * DAY, Ending.CERTIFICATE, status=None, detail="it <b>expired</b>")
    (row,) = query(crawls.path, "SELECT source, state, problem, since, what FROM source_health")
    assert row == (
        *("The Gazette (invented)", "person", "certificate", "2026-11-03T06:00:00Z"),
        "the certificate is not valid (it <b>expired</b>)",
    )

    async def page(url: str) -> str:
        datasette = application(crawls.path)
        await datasette.invoke_startup()
        answer = await datasette.client.get(url)
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()
        assert answer.status_code == 200
        return str(answer.text)

    shown = asyncio.run(page("/archive/source_health"))
    assert "the certificate is not valid (it &lt;b&gt;expired&lt;/b&gt;)" in shown
    assert "How each source is doing, those that need a person first." in shown
    assert '"/archive/source_health"' in asyncio.run(page("/archive"))


def test_a_source_that_is_switched_off_is_counted_and_not_judged(crawls: Crawls) -> None:
    crawls(FIRST, Ending.HTTP_410, status=410)
    with Archive(crawls.path) as archive:
        archive.sync_sources([replace(SOURCE, enabled=False)], now=utc(FIRST))
    with ReadArchive(crawls.path) as reader:
        found = check_up(reader, FIRST)
        assert (found.sources, found.switched_off, found.needs_person) == ((), 1, False)
        with pytest.raises(ConfigurationError, match="no source gazette that is crawled"):
            check_up(reader, FIRST, only=["gazette"])


def test_days_without_a_crawl_need_a_person_too(crawls: Crawls) -> None:
    crawls(FIRST, Ending.READ)
    with ReadArchive(crawls.path) as reader:
        assert not check_up(reader, FIRST + 47 * HOUR).needs_person
        late = check_up(reader, FIRST + 48 * HOUR)
    assert (late.overdue, late.needs_person, late.count(State.GOOD)) == (True, True, 1)


def test_judging_writes_nothing_when_only_asked(crawls: Crawls) -> None:
    crawls(FIRST, Ending.READ)
    before = query(crawls.path, "SELECT * FROM health")
    crawls.health(FIRST + 9 * DAY)
    assert query(crawls.path, "SELECT * FROM health") == before


@pytest.mark.parametrize("published", ["2026-11-01", "2026-10-31T10:00:00+02:00", "2026-10", None])
def test_dates_as_publishers_write_them_are_arrivals(crawls: Crawls, published: str | None) -> None:
    link = DiscoveredLink(
        url="http://gazette.test/one",
        kind=LinkKind.ARTICLE,
        found_in=FEED,
        found_as=FoundAs.FEED_ENTRY,
        position=1,
    )
    crawls(FIRST, Ending.READ, links=(link,))
    article: Article = replace(
        ARTICLE,
        published=published,
        published_precision="month" if published == "2026-10" else "day",
    )
    with Archive(crawls.path) as archive:
        run_id = archive.start_run(trigger="crawl", program="test", now=utc(FIRST))
        claim = claim_all(archive, run_id)[link.url]
        archive.commit(
            outcome(run_id, claim, article=article, record_url=link.url, canonical_claim=None)
        )
    health = crawls.health(FIRST)
    assert (health.rhythm, health.empty_share) == (None, 0)
    assert health.last_new_article_at is not None


def test_the_command_prints_a_line_for_each_source_and_exits_3_for_a_person(
    crawls: Crawls,
) -> None:
    crawls(FIRST, Ending.READ)
    for days in (1, 2):
        crawls(FIRST + days * DAY, Ending.UNREADABLE, detail="an HTML page came instead of a feed")
    asked = ["health", "--archive", str(crawls.path)]
    done = CliRunner().invoke(newsward, asked)
    assert done.exit_code == 3
    (line,) = (line for line in done.stdout.splitlines() if " gazette " in line)
    assert line.startswith(
        "PERSON  gazette  the feed has become a web page: http://gazette.test/feed,"
        " since 2026-11-03T06:00:00Z ("
    )
    assert line.endswith(
        "Next: Look on http://gazette.test/ for its new address and list that in sources.toml"
    )
    assert "1 source: 0 good, 0 to watch, 1 needs a person" in done.stderr
    told = json.loads(CliRunner().invoke(newsward, [*asked, "--json", "--bad"]).stdout)
    assert told["counts"] == {"good": 0, "watch": 0, "person": 1}
    assert told["sources"][0]["findings"][0]["problem"] == "html"


def test_asking_for_health_makes_no_archive(tmp_path: Path) -> None:
    done = CliRunner().invoke(newsward, ["health", "--archive", str(tmp_path / "none.db")])
    assert done.exit_code == 2
    assert "there is no archive here" in done.output
    assert list(tmp_path.iterdir()) == []
