"""One crawl of hostile lists and pages into an archive, and what the archive then shows."""

import asyncio
import csv
import io
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cases_articles import HANGS, INJECTIONS, PAGES
from cases_lists import LISTS, Listed
from cases_pages import CHARSETS, END, PageCase, page, story
from click.testing import CliRunner
from hostile_case import JUDGED
from hostile_news import WAYS, build, crawl, crawl_news, query
from hostile_web import listening, serving
from process_memory import MOST_MIB

from archive.endings import Ending, Group
from crawler.cli import newsward

if TYPE_CHECKING:
    from tests.hostile.conftest import Once

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def news(once: "Once") -> dict[str, Any]:
    return once("hostile-news", crawl_news)


GOOD = tuple(
    page(f"harmless-{n}", "", "new", lambda n=n: story(title=f"Harmless page {n} about phones"))
    for n in range(4)
)


def fetch_of(news: dict[str, Any], place: str) -> tuple[str, str]:
    found = [(ending, detail) for url, ending, detail in news["fetches"] if url == place]
    assert len(found) == 1, (place, found)
    return found[0]


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case.name)
def test_a_list_has_its_named_ending(case: Listed, news: dict[str, Any]) -> None:
    ending, detail = fetch_of(news, f"{case.name}/")
    assert ending == case.ending, detail
    assert case.detail in detail


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
def test_a_page_has_its_named_ending(case: PageCase, news: dict[str, Any]) -> None:
    ending, detail = fetch_of(news, f"pages/{case.name}")
    if case.ending == JUDGED:
        assert Ending(ending).group in {Group.NEW, Group.REJECTED}, (ending, detail)
    else:
        assert ending == case.ending, detail


@pytest.mark.parametrize("way", WAYS)
def test_a_list_of_addresses_that_are_not_public_leads_nowhere(
    way: str, news: dict[str, Any]
) -> None:
    ending, detail = fetch_of(news, f"private-{way}/")
    assert ending == "empty"
    assert detail.startswith("0 links")


def test_nobody_connected_and_nothing_private_is_in_the_frontier(news: dict[str, Any]) -> None:
    assert news["connections"] == []
    hosts = query(Path(news["archive"]), "SELECT DISTINCT host FROM frontier")
    assert {host for (host,) in hosts if not host.endswith(f".localhost:{news['port']}")} == set()


def test_what_a_site_reserves_is_asked_of_itself_alone(news: dict[str, Any]) -> None:
    # The file leads to this machine; the listener of the test above counted nobody.
    asked = [path for host, path in news["asked"] if host == "pages"]
    assert asked.count("/.well-known/tdmrep.json") == 1
    _, detail = fetch_of(news, "private-listing/")
    assert "the next page would be on another site" in detail


def test_an_index_of_ever_new_indexes_is_followed_three_levels_deep(news: dict[str, Any]) -> None:
    asked = [path for host, path in news["asked"] if host == "sitemap-endless"]
    pages = [path for path in asked if path != "/robots.txt"]
    assert len(pages) == len({*pages}) <= 1 + 3 + 9 + 27
    # On a busy machine one of them may time out, and what it would have named is not known then.
    assert {path.count("/") for path in pages if path != "/"} == {1, 2, 3}


def test_the_crawl_ended_by_itself_and_stayed_small_in_memory(news: dict[str, Any]) -> None:
    assert news["peak_mib"] < MOST_MIB
    assert news["waiting"] == 0
    assert "Traceback" not in news["log"]
    assert query(Path(news["archive"]), "SELECT 1 FROM frontier WHERE state = 'leased'") == []


def test_no_file_of_this_machine_is_in_any_text(news: dict[str, Any]) -> None:
    host = Path("/etc/hostname").read_text("utf-8").strip()
    texts = query(Path(news["archive"]), "SELECT body FROM articles WHERE url LIKE '%xxe'")
    assert len(texts) == 2
    assert all(host not in body for (body,) in texts)


def test_every_good_page_and_every_harmless_text_is_whole(news: dict[str, Any]) -> None:
    rows = query(Path(news["archive"]), "SELECT url, body FROM articles")
    assert len([url for url, _ in rows if "/good-" in url]) == len(
        [url for url, _, _ in news["fetches"] if "/good-" in url]
    )
    plain = {case.name for case in (*CHARSETS, *INJECTIONS)}
    cut = [url for url, body in rows if url.rpartition("/")[2] in plain and END not in body]
    assert cut == []


def test_what_pages_claim_is_bounded_and_plain(news: dict[str, Any]) -> None:
    rows = query(Path(news["archive"]), "SELECT title, authors, url FROM articles")
    for title, authors, url in rows:
        names = (authors or "").split("; ")
        assert len(title) <= 1000, url
        assert len(names) <= 50, url
        for text in (title, *names):
            assert [c for c in text if unicodedata.category(c)[0] == "C"] == [], url


def test_another_site_owns_no_record(news: dict[str, Any]) -> None:
    rows = query(
        Path(news["archive"]),
        "SELECT url, canonical_own FROM articles WHERE url LIKE '%-owner'",
    )
    assert len(rows) == 2
    assert all(".localhost:" in url and own != 1 for url, own in rows)


def test_no_link_that_is_a_script_is_kept(news: dict[str, Any]) -> None:
    links = query(Path(news["archive"]), "SELECT to_url FROM links")
    assert [url for (url,) in links if not url.startswith(("http://", "https://"))] == []


@pytest.mark.parametrize("case", INJECTIONS, ids=lambda case: case.name)
def test_a_title_made_to_do_harm_is_text_in_the_archive(
    case: PageCase, news: dict[str, Any]
) -> None:
    where = "SELECT title FROM articles WHERE url LIKE ?"
    [(title,)] = query(Path(news["archive"]), where, f"%/{case.name}")
    assert "schools" in title.lower()
    assert title == (case.title or title)


ESCAPES = ("\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\x85", "\0")


@pytest.mark.parametrize(
    "command",
    [
        ["search", "phones", "--limit", "100"],
        ["search", "phones", "--limit", "100", "--json"],
        ["export", "--format", "csv", "-o", "-", "--text"],
        ["export", "--format", "bibtex", "-o", "-", "--text"],
        ["export", "--format", "atom", "-o", "-", "--text"],
    ],
    ids=" ".join,
)
def test_no_command_prints_what_a_terminal_would_obey(
    command: list[str], news: dict[str, Any]
) -> None:
    done = CliRunner().invoke(newsward, [*command, "--archive", news["archive"]])
    assert done.exit_code == 0, done.output
    assert "Phones" in done.stdout
    assert [mark for mark in ESCAPES if mark in done.stdout] == []


def test_a_record_is_shown_without_what_a_terminal_would_obey(news: dict[str, Any]) -> None:
    for (number,) in query(
        Path(news["archive"]), "SELECT id FROM articles WHERE url LIKE '%/title-%'"
    ):
        for more in ([], ["--removed"], ["--provenance"], ["--json"]):
            asked = ["show", str(number), *more, "--archive", news["archive"]]
            done = CliRunner().invoke(newsward, asked)
            assert done.exit_code == 0, done.output
            assert [mark for mark in ESCAPES if mark in done.stdout] == []


def test_no_cell_of_a_spreadsheet_is_a_formula(news: dict[str, Any]) -> None:
    asked = ["export", "--format", "csv", "-o", "-", "--archive", news["archive"]]
    rows = list(csv.reader(io.StringIO(CliRunner().invoke(newsward, asked).stdout)))
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_datasette_shows_titles_as_text(news: dict[str, Any]) -> None:
    from archive.browse.application import application  # noqa: PLC0415 - only this test needs it

    with asyncio.Runner() as runner:
        datasette = application(Path(news["archive"]))
        runner.run(datasette.invoke_startup())
        answer = runner.run(datasette.client.get("/archive/articles?_size=100"))
        assert answer.status_code == 200
        assert "DROP TABLE" in answer.text
        assert "<script>alert" not in answer.text
        assert "Phones 49" not in answer.text, "a template was filled in"
        assert 'href="javascript:' not in answer.text
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()


def test_a_page_that_hangs_costs_its_time_and_no_other_page(tmp_path: Path) -> None:
    with serving() as web, listening() as forbidden:
        sources = build(web, [*HANGS, *GOOD], forbidden.port)
        done = crawl(
            tmp_path,
            sources,
            NEWSWARD_PRIVATE_HOSTS=["pages.localhost"],
            NEWSWARD_PAGE_SECONDS=6,
        )
        port = web.port
    rows = query(tmp_path / "archive.db", "SELECT url, ending FROM fetches")
    told = {url.removeprefix(f"http://pages.localhost:{port}/"): ending for url, ending in rows}
    assert {case.name: told[case.name] for case in HANGS} == {
        case.name: case.ending for case in HANGS
    }
    assert {ending for path, ending in told.items() if path.startswith("harmless")} == {"new"}
    assert done["peak_mib"] < MOST_MIB
