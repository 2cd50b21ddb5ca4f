import asyncio
import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from datasette.app import Datasette
from markupsafe import escape

from archive.browse.application import application
from archive.database import open_archive
from archive.reading import ReadArchive
from archive.schema import tables
from archive.store import Archive
from archive.takedown import Action, Decision, Reason, redact
from archive.topic_rows import tag_anew

Get = Callable[..., httpx.Response]

PAGES = (
    *("/", "/archive", "/archive?_show_hidden=1", "/archive/articles", "/archive/articles/1"),
    *("/archive/articles/4", "/archive/search", "/archive/search?words=police"),
    *("/archive/search?words=%22&since=x", "/archive/articles?_search=police&_facet=kind"),
    *("/archive/sources", "/archive/removals", "/archive/latest", "/archive/provenance"),
    *("/archive/revisions", "/archive/runs", "/archive/quarantine", "/archive/fetches"),
    *("/archive?sql=select+1", "/archive/articles/1.json", "/archive/search.csv?words=police"),
    *("/archive/sources/1", "/archive/removals/1", "/archive/topics", "/archive/article_topics"),
    *("/archive/articles?_topic=sextortion", "/archive/stories", "/archive/article_entities"),
)


@pytest.fixture
def get(archive_file: Path) -> Iterator[Get]:
    """One browser of the archive; the answer to any address of it."""
    with asyncio.Runner() as runner:
        datasette = application(archive_file)
        runner.run(datasette.invoke_startup())

        def ask(url: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx takes them
            answer: httpx.Response = runner.run(datasette.client.get(url, **more))
            return answer

        yield ask
        close(datasette)


def close(datasette: Datasette) -> None:
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()


def test_the_front_page_counts_what_it_lists_and_not_the_search_index(archive_file: Path) -> None:
    datasette = application(archive_file)
    counts = asyncio.run(datasette.get_database("archive").table_counts(1_000))
    close(datasette)
    assert counts["articles"] == 4
    assert counts["articles_fts_data"] is None
    assert counts["fetches"] is None


def test_every_page_answers_and_may_not_be_framed_sniffed_or_scripted(get: Get) -> None:
    for page in PAGES:
        answer = get(page)
        assert answer.status_code == 200, page
        for name, value in {
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
        }.items():
            assert answer.headers.get_list(name) == [value], page
        policy = answer.headers["content-security-policy"]
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert scripts
        assert "unsafe" not in scripts[1]
        for inline in re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in scripts[1], (page, inline)
        assert not re.search(r"<[^>]* on\w+=", answer.text), page


def test_errors_and_files_carry_the_same_headers(get: Get) -> None:
    for page in ("/archive/articles/99", "/nowhere", "/static/newsward.css", "/archive.db"):
        assert "content-security-policy" in get(page).headers
    assert get("/static/newsward.css").status_code == 200
    assert get("/archive/articles/99").status_code == 404
    assert get("/archive.db").status_code == 403


def test_a_page_that_calls_itself_something_else_is_not_answered(get: Get) -> None:
    for host in ("evil.test", "archive.test:8001", "127.0.0.1.evil.test", ""):
        answer = get("/archive/articles/1", headers={"host": host})
        assert answer.status_code == 421
        assert "sextortion" not in answer.text
    for host in ("localhost:8001", "127.0.0.1", "[::1]:80", "LOCALHOST"):
        assert get("/archive", headers={"host": host}).status_code == 200


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def test_what_a_publisher_wrote_is_text_on_every_page(get: Get, archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute(
        "UPDATE articles SET title = :bad, body = 'police [' || :bad || '] ' || :bad,"
        " authors = :bad, description = :bad, url = 'javascript:alert(' || id || ')',"
        " canonical_url = 'javascript:alert(0)', kind = :bad",
        {"bad": HOSTILE},
    )
    db.execute("UPDATE sources SET name = :bad, homepage = :bad", {"bad": HOSTILE})
    db.execute("UPDATE removals SET rule = :bad, text = :bad", {"bad": HOSTILE})
    db.execute("UPDATE provenance SET place = :bad || id", {"bad": HOSTILE})
    db.close()
    for page in PAGES:
        answer = get(page)
        assert answer.status_code == 200, page
        if "html" in answer.headers["content-type"]:
            assert "<script>alert" not in answer.text, page
            assert "<img" not in answer.text, page
            assert 'href="javascript:' not in answer.text, page


def test_a_record_reads_as_a_page_with_its_origin(get: Get) -> None:
    page = get("/archive/articles/1").text
    for text in (
        "<h1>Police warn of sextortion on Instagram</h1>",
        "Harbour Blog · 20 November 2026 · The Harbour desk · A second desk · 26 words",
        "<p>Self-harm helplines answer at any hour. &lt;b&gt;Not bold&lt;/b&gt; &amp; plain.</p>",
        "<h2>Where this came from</h2>",
        "Found on 22 November 2026 as entry 1 of the feed http://blog.test/feed of Harbour Blog.",
        "Text removed as junk (3 blocks)",
        "<li>Leave a Reply</li>",
        "publisher&#39;s edit, 19 words added, 3 removed",
    ):
        assert text in page


def test_topics_lead_to_their_records_and_stand_on_each_with_where_to_report(
    get: Get, archive_file: Path
) -> None:
    assert "<h2>Topics</h2>" not in get("/archive").text
    with Archive(archive_file) as archive, archive.transaction() as db:
        for number in (1, 2):
            tag_anew(db, number)
    link = '<a href="/archive/articles?_topic=sextortion">Sextortion'
    assert link in get("/archive").text
    page = get("/archive/articles/1").text
    assert link in page
    assert '<span title="Police warn of sextortion on Instagram">sextortion</span>' in page
    assert "<li>Named: Instagram</li>" in page
    assert "<li>CEOP: online sexual abuse or grooming of a child" in page
    assert "What it is about" not in get("/archive/articles/3").text
    rows = json.loads(get("/archive/articles.json?_topic=sextortion&_shape=array").text)
    assert [row["id"] for row in rows] == [1]
    listed = get("/archive/articles?_topic=sextortion&_facet=kind").text
    assert "the topic is sextortion" in listed
    assert ids(get("/archive/articles?_topic=no-such-topic")) == []


ASKED_IN_SQL = (
    "select * from watches",
    "select count(*) from watches",
    "select destination from main.watches",
    "select w.query from watches as w join articles on true",
    "with all_of as (select * from WATCHES) select name from all_of",
    "select (select group_concat(destination) from watches) from articles",
    "select title from articles order by (select min(destination) from watches)",
    "select token from watch_messages",
    "select * from watch_messages",
    "select hex(packed) from restricted",
)


def test_whom_people_send_what_they_look_for_is_nobodys_to_browse(
    get: Get, archive_file: Path
) -> None:
    with Archive(archive_file) as archive, archive.transaction() as db:
        db.execute(
            "INSERT INTO watches VALUES (1, 'a', 'looked for', 'day', 'webhook:https://secret.test',"
            " 0, '2026', '2026', NULL, 0, NULL, NULL)"
        )
        db.execute("INSERT INTO watch_messages VALUES (1, 1, 'secret', '2026', NULL, 0)")
    for table in ("watches", "watch_messages", "restricted"):
        for page in (f"/archive/{table}", f"/archive/{table}.json", f"/archive/{table}/1"):
            answer = get(page)
            assert answer.status_code in {403, 404}, page
            assert "secret" not in answer.text, page
    for sql in ASKED_IN_SQL:
        for page in ("/archive", "/archive.json", "/archive.csv"):
            answer = get(page, params={"sql": sql})
            assert "secret" not in answer.text, (page, sql)
            assert is_refused(answer) or page == "/archive.csv", (page, sql)
    where = {"_where": "exists (select 1 from watches where destination like '%secret%')"}
    assert is_refused(get("/archive/articles.json", params=where))
    # What may be read can be read still, beside it too.
    assert (
        get("/archive.json", params={"sql": "select count(*) from redactions"}).status_code == 200
    )


def is_refused(answer: httpx.Response) -> bool:
    return "prohibited" in answer.text or "not authorized" in answer.text


def test_the_page_of_a_decision_shows_it_though_what_was_packed_away_is_closed(
    get: Get, archive_file: Path
) -> None:
    decision = Decision(action=Action.RESTRICT, reason=Reason.LEGAL, decided_by="A desk")
    redact(archive_file, 2, decision, now="2026-11-24T12:00:00Z")
    page = get("/archive/redactions/1")
    assert page.status_code == 200
    assert "A desk" in page.text


def test_a_record_without_its_proof_is_an_error_page(get: Get, archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute("DELETE FROM revisions WHERE article_id = 2")
    db.close()
    answer = get("/archive/articles/2")
    assert answer.status_code == 500
    assert "has no revision 1" in answer.text


def ids(answer: httpx.Response) -> list[int]:
    return [
        int(number) for number in re.findall(r'<h3><a href="/archive/articles/(\d+)">', answer.text)
    ]


@pytest.mark.parametrize(
    ("words", "bounds"),
    [
        ("police", {}),
        ("self-harm", {}),
        ("children's homes", {}),
        ("E&T OR nudify", {}),
        ("invented -police", {}),
        ("invented", {"source": "gazette"}),
        ("invented", {"since": "2026-11"}),
        ("invented", {"since": "2025-12-24", "until": "2026-10-02"}),
        ('"', {}),
        ("NEAR(police", {}),
        ("invented source:gazette", {}),
        ("invented topic:sextortion", {}),
        ("invented -topic:sextortion until:2026", {}),
        ("invented date:2026-11 lang:en", {}),
        ("sexploitation of teens", {}),
        ("police source:nowhere", {}),
    ],
)
def test_the_search_page_finds_what_the_command_finds(
    get: Get, archive_file: Path, words: str, bounds: dict[str, str]
) -> None:
    with Archive(archive_file) as archive, archive.transaction() as db:
        tag_anew(db, 1)
    answer = get("/archive/search", params={"words": words, **bounds})
    with ReadArchive(archive_file) as archive:
        expected = archive.search(words, **bounds)  # type: ignore[arg-type] # a table of options
    if expected.hint:
        assert str(escape(expected.hint)) in answer.text
    assert ids(answer) == [hit.id for hit in expected.hits]
    assert "message-error" not in answer.text


def test_the_words_that_matched_are_marked(get: Get) -> None:
    page = get("/archive/search", params={"words": "grooming"}).text
    assert "young people were <mark>groomed</mark> on Instagram" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"words": "-police"}, "needs a word to look for"),
        ({"words": "police", "since": "2026-13"}, "is not a date; write a year"),
        ({"words": "nowhere"}, "Nothing found."),
    ],
)
def test_an_empty_search_page_says_why(get: Get, asked: dict[str, str], said: str) -> None:
    assert said in get("/archive/search", params=asked).text


def test_plumbing_is_hidden_and_the_rest_is_described(get: Get) -> None:
    listed = json.loads(get("/archive.json").text)["tables"]
    assert {table["name"] for table in listed if not table["hidden"]} == {
        *("articles", "sources", "runs", "revisions", "removals", "provenance", "quarantine"),
        *("links", "furniture", "redactions", "record_signals", "topics", "article_topics"),
        *("article_entities", "article_statistics", "digests", "digest_items", "stories"),
        *("article_stories", "reuse_links", "story_merges", "story_verdicts"),
    }
    page = get("/archive/removals").text
    assert "One row is what one rule took out at one place: the receipt." in page
    assert "<dt>rule</dt><dd>the rule that took it out</dd>" in page
    assert "the receipt" in get("/archive").text


def test_facets_and_sorting_are_offered_on_indexed_columns_alone(archive_file: Path) -> None:
    with asyncio.Runner() as runner:
        datasette = application(archive_file)
        runner.run(datasette.invoke_startup())
        metadata = datasette.metadata("databases")["archive"]["tables"]
        close(datasette)
    db = open_archive(archive_file, readonly=True)
    leading = {
        table.name: {index.split(",")[0].split(" ")[0] for index in table.indexes}
        | {column.name for column in table.columns[:1] if column.is_key}
        for table in tables(db)
    }
    db.close()
    for name, table in metadata.items():
        asked = {*table.get("facets", ()), *table.get("sortable_columns", ())}
        asked |= {table["sort_desc"]} if "sort_desc" in table else set()
        assert asked <= leading.get(name, set()), name


def test_the_settings_are_those_that_keep_a_million_records_fast(get: Get) -> None:
    settings = json.loads(get("/-/settings.json").text)
    assert settings["suggest_facets"] is False
    assert settings["allow_download"] is False
    assert (settings["sql_time_limit_ms"], settings["facet_time_limit_ms"]) == (5000, 2000)
    assert (settings["default_page_size"], settings["truncate_cells_html"]) == (25, 200)


def test_what_a_crawl_commits_meanwhile_is_seen_at_once(get: Get, archive_file: Path) -> None:
    assert ids(get("/archive/search?words=afterwards")) == []
    db = open_archive(archive_file)
    db.execute("UPDATE articles SET title = 'Afterwards' WHERE id = 3")
    db.close()
    assert ids(get("/archive/search?words=afterwards")) == [3]


def test_nothing_can_be_written_through_it(get: Get, archive_file: Path) -> None:
    answer = get("/archive", params={"sql": "delete from articles"})
    assert answer.status_code == 400
    with ReadArchive(archive_file) as archive:
        assert archive.counts().records == 4


def test_plain_datasette_shows_an_archive_too(archive_file: Path) -> None:
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "datasette", str(archive_file)),
            *("--get", "/archive/articles.json?_search=sextortion&_shape=array"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert [row["id"] for row in json.loads(answer.stdout)] == [1]
