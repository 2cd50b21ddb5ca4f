"""The demo as a person meets it: a real crawl of the invented web, then the commands it names."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from lxml import html
from waiting import wait_for

from archive.reading import ReadArchive
from crawler.demo.content import JUNK_LINES, DemoArticle, articles
from crawler.demo.sites import ADVICE, sources_toml
from crawler.demo.web import DemoWeb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Newsroom

    from archive.views import RecordView

WRITTEN = articles()
LINE = re.compile(
    r"(?P<sources>\d+) sources: (?P<ok>\d+) ok · (?P<lists>\d+) lists read(?: \([^)]*\))? · "
    r"(?P<pages>\d+) pages: (?P<told>.+) · (?P<removed>\d[\d,]*) blocks? removed · \d+ s"
)


@pytest.fixture(scope="module")
def demo_web() -> Iterator[DemoWeb]:
    with DemoWeb(0) as running:
        yield running


@pytest.fixture(scope="module")
def newsroom(
    demo_web: DemoWeb,
    new_room: Callable[[Path], Newsroom],
    tmp_path_factory: pytest.TempPathFactory,
) -> Newsroom:
    """The demo web crawled once, by a real process, from a web whose hits we can count."""
    room = new_room(tmp_path_factory.mktemp("demo"))
    (room.folder / "sources.toml").write_text(sources_toml(demo_web.port), "utf-8")
    crawled = room.crawl()
    assert crawled.code == 0, crawled.stderr
    assert crawled.summary["pages"]["by_ending"]["new"] == len(WRITTEN)
    return room


@pytest.fixture(scope="module")
def records(newsroom: Newsroom, demo_web: DemoWeb) -> dict[str, RecordView]:
    """Every record by the address of its article."""
    ids = [number for (number,) in newsroom.query("SELECT id FROM articles")]
    with ReadArchive(newsroom.archive) as reader:
        found = {record.url: record for record in map(reader.record, ids)}
    assert found.keys() == {address(article, demo_web) for article in WRITTEN}
    return found


def address(article: DemoArticle, web: DemoWeb) -> str:
    return web.url(article.site, article.path)


def each_article(function: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize(
        "article", WRITTEN, ids=[f"{each.site}{each.path}" for each in WRITTEN]
    )(function)


@each_article
def test_an_article_is_archived_with_its_title_and_every_paragraph_in_order(
    article: DemoArticle, demo_web: DemoWeb, records: dict[str, RecordView]
) -> None:
    record = records[address(article, demo_web)]
    assert record.title == article.title
    kept = [re.sub(r"^[-•*]\s+", "", line) for line in re.split(r"\n+", record.text)]
    # The government site shows the summary above the text, as its first paragraph.
    summary = [article.summary] if article.site == ADVICE else []
    assert kept == [*summary, *article.paragraphs]


def test_the_one_event_that_two_sites_report_is_one_story_and_nothing_else_is(
    newsroom: Newsroom,
) -> None:
    """All of them speak of children, schools and messages: that makes no story."""
    told = newsroom.query(
        "SELECT group_concat(title, ' | ') FROM (SELECT article_stories.story_id, title"
        " FROM article_stories JOIN articles ON articles.id = article_stories.article_id"
        " ORDER BY title) GROUP BY story_id HAVING count(*) > 1"
    )
    ((together,),) = told
    assert together.startswith("Northmoor schools")
    assert "fake coin offers" in together


@each_article
def test_no_junk_is_in_its_text_and_every_junk_line_of_its_page_has_a_receipt(
    article: DemoArticle, demo_web: DemoWeb, records: dict[str, RecordView]
) -> None:
    record = records[address(article, demo_web)]
    junk = [*JUNK_LINES, *(line.text for line in article.junk if line.text)]
    assert [line for line in junk if line in record.text] == []
    answer = demo_web.pages.find(f"{article.site}.localhost", article.path)
    seen = visible(answer.body.decode())
    on_page = [even(line) for line in junk if even(line) in seen]
    assert on_page, "a page without junk shows nothing"
    assert all(removal.rule for removal in record.removals)
    removed = [even(removal.text) for removal in record.removals]
    assert [line for line in on_page if not any(line in text for text in removed)] == []


def visible(page: str) -> str:
    """The words of a page that a reader sees."""
    tree = html.fromstring(page)
    for hidden in tree.xpath("//script | //style | //head"):
        hidden.drop_tree()
    return even(tree.text_content())


def even(text: str) -> str:
    return " ".join(text.split())


def test_no_image_is_asked_for_and_no_page_twice(newsroom: Newsroom, demo_web: DemoWeb) -> None:
    assert newsroom.archive.exists()
    hits = demo_web.hits
    pictures = [target for target in hits if target.endswith((".png", ".jpg", ".css", ".js"))]
    assert pictures == []
    pages = {f"{each.site}.localhost{each.path}" for each in WRITTEN}
    assert pages <= hits.keys()
    assert {target: count for target, count in hits.items() if count > 1} == {}


def test_search_and_show_print_what_was_archived(
    newsroom: Newsroom, records: dict[str, RecordView]
) -> None:
    found = newsroom.run("search", "--json", "grooming OR self-harm")
    hits = json.loads(found.stdout)["hits"]
    expected = {
        record.id
        for record in records.values()
        if re.search(r"\bgroom|self-harm", f"{record.title}\n{record.text}", re.IGNORECASE)
    }
    assert {hit["id"] for hit in hits} == expected
    assert expected
    rows = newsroom.run("search", "grooming OR self-harm")
    assert rows.stdout.splitlines()[0].split("\t")[:4] == ["id", "published", "source", "title"]
    assert len(rows.stdout.splitlines()) == 1 + len(expected)
    [first] = [record for record in records.values() if record.id == 1]
    shown = newsroom.run("show", "1", "--provenance").stdout
    assert shown.startswith(first.title)
    for said in ("Where this came from", first.source_name, first.url, first.text_hash):
        assert said in shown
    assert "Revisions" in shown
    stripped = newsroom.run("show", "1", "--removed").stdout
    for removal in first.removals:
        assert even(removal.text) in even(stripped)
        assert f"{removal.rule}: " in stripped


def test_sqlite_utils_searches_the_archive_as_the_pages_say(
    newsroom: Newsroom, records: dict[str, RecordView]
) -> None:
    words = ["search", "archive.db", "articles", "e-safety"]
    options = ["--quote", "-c", "published", "-c", "title", "-c", "url", "--limit", "20", "-t"]
    done = subprocess.run(
        [sys.executable, "-m", "sqlite_utils", *words, *options],
        cwd=newsroom.folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env=os.environ | {"COLUMNS": "400"},
    )
    head, _, *lines = done.stdout.splitlines()
    assert head.split() == ["published", "title", "url"]
    expected = {
        record.url
        for record in records.values()
        if re.search(r"\be-safety", f"{record.title}\n{record.text}", re.IGNORECASE)
    }
    assert {line.split()[-1] for line in lines} == expected
    assert expected


@pytest.mark.slow
def test_the_command_crawls_says_a_line_that_adds_up_and_again_finds_nothing_new(
    tmp_path: Path, new_room: Callable[[Path], Newsroom]
) -> None:
    room = new_room(tmp_path / "newsward-demo")
    outside = new_room(tmp_path)
    port = free_port()
    first = outside.run("demo", "--no-serve", "--port", port)
    assert first.returncode == 0, first.stderr
    line, following = first.stdout.splitlines()
    told = adds_up(line)
    assert told["new"] == len(WRITTEN)
    assert following.startswith("Next: newsward search --archive newsward-demo/archive.db ")
    listed = room.query("SELECT count(*) FROM sources WHERE enabled")
    assert room.query("SELECT count(*) FROM removals")[0][0] > 0
    assert f"{listed[0][0]} sources" in line
    before = room.query("SELECT * FROM articles"), room.query("SELECT * FROM revisions")
    fetched = room.query("SELECT count(*) FROM fetches")[0][0]
    with subprocess.Popen(
        outside.command("demo", "--port", port),
        cwd=tmp_path,
        env=outside.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            again = adds_up(process.stdout.readline().strip())
            assert process.stdout.readline().startswith("Next: ")
            browse = process.stdout.readline()
            browsed(browse, room)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=300)
        finally:
            process.kill()
    assert process.returncode == 0, err
    assert "Traceback" not in err
    wait_for(lambda: not is_open(port))
    # What was closed for good (a page that is gone, an image) is not asked again.
    assert again["unchanged"] == len(WRITTEN)
    assert again.get("new", 0) == again.get("revised", 0) == 0
    assert (room.query("SELECT * FROM articles"), room.query("SELECT * FROM revisions")) == before
    asked_again = room.query("SELECT count(*) FROM fetches")[0][0] - fetched
    assert asked_again == fetched - told["closed"]


def adds_up(line: str) -> dict[str, int]:
    """The figures of a summary line, which must be the sums of their parts."""
    match = LINE.fullmatch(line)
    assert match, line
    assert match["sources"] == match["ok"]
    groups = re.findall(r"(\d+) (\w+)(?: \(([^)]*)\))?", match["told"])
    assert sum(int(count) for count, _, _ in groups) == int(match["pages"])
    closed = 0
    for count, _, parts in groups:
        endings = re.findall(r"([\w-]+): (\d+)", parts)
        assert not endings or sum(int(number) for _, number in endings) == int(count)
        closed += sum(int(number) for name, number in endings if name in {"http-410", "media"})
    return {group: int(count) for count, group, _ in groups} | {"closed": closed}


def browsed(said: str, room: Newsroom) -> None:
    """The address that is said answers with the archive and with every article of it."""
    url = re.search(r"http://\S+", said)
    assert url, said
    front = httpx.get(url[0], timeout=300, follow_redirects=True)
    assert front.status_code == 200
    assert "articles" in front.text
    for number, title, body in room.query("SELECT id, title, body FROM articles"):
        page = httpx.get(f"{url[0]}/articles/{number}", timeout=300)
        assert page.status_code == 200
        shown = visible(page.text)
        assert even(title) in shown
        assert even(body.split("\n\n")[-1]) in shown


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def is_open(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0
