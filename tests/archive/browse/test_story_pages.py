"""A story as a page: its records, who had it first, and evidence that a reader can check."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from told_events import EVENT, RETOLD

from archive.browse.application import application
from archive.records import Article, FoundAs
from archive.store import Archive
from archive.story_keeping import StoryKeeper

Get = Callable[[str], httpx.Response]

BREWERY = (
    "An invented brewery in Southmere opened a museum of copper kettles and wooden barrels. "
    "Its founder collected labels, bottles and brewing ledgers from three centuries for it. "
)
HOSTILE = "<script>alert(1)</script>"
PAGES = ("/archive/stories/1", "/archive/told_by_several", "/archive", "/archive/articles/1")


@pytest.fixture
def stories(
    tmp_path: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Article]
) -> Path:
    """An archive of an article, a rewrite of it, a late excerpt, and something else."""
    path = tmp_path / "stories" / "archive.db"
    writer = make_writer(path)
    told = (
        (f"Council tests a button {HOSTILE}", EVENT),
        ("A button on trial", RETOLD),
        ("Quoted", EVENT[:256] + HOSTILE),
        ("Kettles of Southmere", BREWERY),
    )
    urls = [f"http://blog.test/{at}" for at in range(len(told))]
    writer.discover("http://blog.test/feed", writer.links(FoundAs.FEED_ENTRY, urls))
    articles = [make_article(title, text) for title, text in told]
    writer.fetch([*zip(urls, articles, strict=True)])
    writer.close()
    with Archive(path) as archive:
        StoryKeeper(archive).follow(now="2026-11-23T06:00:00Z")
    return path


@pytest.fixture
def get(stories: Path) -> Iterator[Get]:
    with asyncio.Runner() as runner:
        datasette = application(stories)
        runner.run(datasette.invoke_startup())
        yield lambda url: runner.run(datasette.client.get(url))
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()


def test_a_story_reads_as_a_page_with_its_records_and_evidence(get: Get) -> None:
    page = get("/archive/stories/1").text
    for text in (
        "Story 1 · 3 records of 1 source",
        '<a href="/archive/articles/2">record 2</a> and <a href="/archive/articles/1">record 1</a>',
        "rewrite (probable)",
        "sentences follow",
        "<td>Most reports were answered by Northgate officers that same day,",
        "<li>Eastmoor Trust → Eastmoor Charity</li>",
    ):
        assert text in page
    assert "brewery" not in page


def test_stories_of_several_records_are_listed_and_lead_to_their_pages(get: Get) -> None:
    page = get("/archive/told_by_several").text
    assert '<a href="/archive/stories/1">Council tests a button' in page
    assert "3 records of 1 source" in page
    assert "/archive/stories/2" not in page
    rows = json.loads(get("/archive/told_by_several.json?_shape=array").text)
    assert [(row["id"], row["records"]) for row in rows] == [(1, 3)]
    assert 'href="/archive/told_by_several"' in get("/archive").text
    assert 'href="/archive/stories/1"' in get("/archive/articles/3").text


def test_what_publishers_wrote_is_text_on_the_pages_of_stories(get: Get) -> None:
    for page in PAGES:
        answer = get(page)
        assert answer.status_code == 200, page
        assert "<script>alert" not in answer.text, page
        assert "<img" not in answer.text, page


def test_a_story_that_no_record_tells_any_more_says_so(get: Get, stories: Path) -> None:
    with Archive(stories) as archive, archive.transaction() as db:
        db.execute("DELETE FROM article_stories WHERE story_id = 2")
    page = get("/archive/stories/2")
    assert page.status_code == 200
    assert "No record tells it any more." in page.text
    assert get("/archive/stories/99").status_code == 404
