"""`newsward reextract`: kept pages, read again, written once."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commits import FEED, LATER, NOW, SOURCE, begin, claim_all, discover, outcome, query
from filelock import FileLock, Timeout

from archive.endings import Ending
from archive.furniture import Furniture
from archive.locking import lock_archive
from archive.records import (
    Article,
    Page,
)
from archive.rejected_rows import admit_page, rejected_pages
from archive.snapshots import Snapshots, snapshots_path
from archive.store import Archive
from crawler.cli import newsward
from crawler.extraction import extract
from crawler.extraction.site_memory import block_key

SIGN_OFF = "The Invented Gazette is written by volunteers and read by many."


def html(number: int) -> bytes:
    paragraphs = "".join(
        f"<p>The invented paragraph {number}.{n} tells of a school in invented town {n}.</p>"
        for n in range(9)
    )
    return (
        f"<html lang=en><title>An invented story {number}</title><article>"
        f"<h1>An invented story {number}</h1>{paragraphs}<p>{SIGN_OFF}</p></article></html>"
    ).encode()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of five records, written as a crawl does."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive, Snapshots(path) as snapshots:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        urls = [f"http://gazette.test/{number}" for number in range(1, 6)]
        discover(archive, run_id, *urls, snapshot_digest=None)
        for claim in claim_all(archive, run_id).values():
            body = html(int(claim.url[-1]))
            article = extract(Page(url=claim.url, body=body, content_type="text/html"))
            assert isinstance(article, Article)
            digest = snapshots.keep(body, now=NOW)
            told = {"article": article, "record_url": claim.url, "snapshot_digest": digest}
            archive.commit(outcome(run_id, claim, **told))
        archive.finish_run(run_id, status="finished", now=NOW)
    return path


def run(archive: Path, *arguments: str) -> Result:
    told = ["--archive", str(archive), "--workers", "0"]
    return CliRunner().invoke(newsward, ["reextract", *arguments, *told])


def learn(archive: Path, text: str) -> None:
    piece = Furniture(text_hash=block_key(text), text=text, place="last", articles=5)
    with Archive(archive) as opened:
        opened.learn(1, lambda _texts: (piece,), now=NOW)


def test_todays_rules_on_pages_of_today_change_nothing(archive: Path) -> None:
    result = run(archive)
    assert result.exit_code == 0
    assert result.stdout.startswith("5 pages read again: 0 changed (+0 -0 words) · 5 unchanged · ")
    assert query(archive, "SELECT trigger, status, counts FROM runs WHERE id = 2") == [
        ("re-extraction", "finished", "{}")
    ]


def test_a_dry_run_shows_what_would_change_and_changes_nothing(archive: Path) -> None:
    learn(archive, SIGN_OFF)
    before = archive.read_bytes()
    output = run(archive, "--dry-run").stdout
    assert "     3  re-extracted +0 -11 words  An invented story 3\n" in output
    assert f"        - {SIGN_OFF}\n" in output
    assert "5 pages read again: 5 would change (+0 -55 words) · 0 unchanged" in output
    assert archive.read_bytes() == before


def test_what_was_learned_since_is_taken_out_of_the_records_once(archive: Path) -> None:
    learn(archive, SIGN_OFF)
    assert "5 changed (+0 -55 words)" in run(archive, "gazette").stdout
    assert query(archive, "SELECT count(*) FROM articles WHERE body LIKE '%volunteers%'") == [(0,)]
    assert query(archive, "SELECT DISTINCT reason FROM revisions WHERE revision = 2") == [
        ("re-extraction",)
    ]
    assert query(
        archive,
        "SELECT count(*), min(text) FROM removals WHERE rule = 'site-memory' AND revision_id > 5",
    ) == [(5, SIGN_OFF)]
    assert query(archive, "SELECT fetch_id FROM revisions WHERE article_id = 2") == [(3,), (3,)]
    assert "0 changed (+0 -0 words) · 5 unchanged" in run(archive).stdout
    # Forgotten, it comes back.
    with Archive(archive) as opened:
        opened.dismiss(1)
    assert "5 changed (+55 -0 words)" in run(archive).stdout
    assert query(archive, "SELECT max(revision) FROM articles") == [(3,)]


def test_a_thin_and_a_rejected_reading_are_listed_and_replace_nothing(archive: Path) -> None:
    connection = sqlite3.connect(archive)
    connection.execute(
        "UPDATE articles SET body = body || ?, word_count = 900, text_hash = 'x' WHERE id = 1",
        ["\n\n" + "An older rule kept this. " * 180],
    )
    with Snapshots(archive) as snapshots:
        wall = snapshots.keep(b"<title>Before you go on</title><p>Cookies?</p>", now=NOW)
    connection.execute("UPDATE revisions SET snapshot_digest = ? WHERE article_id = 2", [wall])
    connection.commit()
    connection.close()
    before = query(archive, "SELECT * FROM articles")
    result = run(archive)
    assert result.exit_code == 0
    assert "     1  thin-refetch +0 -900 words  An invented story 1\n" in result.stdout
    assert "     2  too-short  An invented story 2 (" in result.stdout
    assert "2 left as they were (thin-refetch: 1, too-short: 1)" in result.stdout
    assert query(archive, "SELECT * FROM articles") == before
    assert query(archive, "SELECT count(*) FROM revisions") == [(5,)]


def test_a_damaged_snapshot_costs_one_page_and_is_exit_3(archive: Path) -> None:
    with sqlite3.connect(snapshots_path(archive)) as connection:
        connection.execute("UPDATE snapshots SET body = x'00' WHERE id = 1")
    connection.close()
    result = run(archive)
    assert result.exit_code == 3
    assert "is damaged.)" in result.stdout
    assert "4 unchanged · 1 left as they were (broken-body: 1)" in result.stdout


def test_as_json_a_change_has_its_record_and_examples(archive: Path) -> None:
    learn(archive, SIGN_OFF)
    told = json.loads(run(archive, "--dry-run", "--json").stdout)
    assert (told["dry_run"], told["pages"], told["changed"], told["words_removed"]) == (
        *(True, 5, 5, 55),
    )
    assert told["records"][0] == {
        "article_id": 1,
        "title": "An invented story 1",
        "source": "gazette",
        "ending": "re-extracted",
        "detail": None,
        "details": False,
        "words_added": 0,
        "words_removed": 11,
        "gone": [SIGN_OFF],
        "come": [],
    }


def test_the_own_rules_of_a_source_are_applied(archive: Path, tmp_path: Path) -> None:
    sources = tmp_path / "list.toml"
    sources.write_text(
        '[[source]]\nid = "gazette"\nname = "Gazette"\nhomepage = "http://gazette.test/"\n'
        "drop = [\"//p[contains(., 'volunteers')]\"]\n"
        f'[[source.discovery]]\nkind = "feed"\nurl = "{FEED}"\n'
    )
    result = run(archive, "--dry-run", "--sources", str(sources))
    assert "5 would change (+0 -55 words)" in result.stdout
    assert "sources.toml is not here" in run(archive, "--dry-run").stderr
    missing = run(archive, "--sources", str(tmp_path / "none.toml"))
    assert missing.exit_code == 2


@pytest.fixture
def rejected(archive: Path) -> Path:
    """The archive with two pages that an earlier gate rejected: an article, and a wall."""
    bodies = {"http://gazette.test/6": html(6), "http://gazette.test/7": b"<p>Cookies?</p>"}
    with Archive(archive) as opened, Snapshots(archive) as snapshots:
        run_id = begin(opened)
        discover(opened, run_id, *bodies, snapshot_digest=None)
        claims = claim_all(opened, run_id)
        for url, body in bodies.items():
            digest = snapshots.keep(body, now=LATER)
            told = {"ending": Ending.CONSENT_WALL, "detail": "a mistake", "snapshot_digest": digest}
            opened.commit(outcome(run_id, claims[url], **told))
        opened.finish_run(run_id, status="finished", now=LATER)
    return archive


@pytest.fixture
def listed(tmp_path: Path) -> list[str]:
    path = tmp_path / "gazette.toml"
    path.write_text(
        '[[source]]\nid = "gazette"\nname = "Gazette"\nhomepage = "http://gazette.test/"\n'
        f'[[source.discovery]]\nkind = "feed"\nurl = "{FEED}"\n'
    )
    return ["--sources", str(path)]


def test_a_rejected_page_that_is_an_article_now_becomes_a_record_once(
    rejected: Path, listed: list[str]
) -> None:
    before = query(rejected, "SELECT * FROM fetches")
    result = run(rejected, "--rejected", *listed)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "     6  consent-wall -> new  An invented story 6\n" in result.stdout
    assert "consent-wall -> too-short  http://gazette.test/7" in result.stdout
    assert "2 rejected pages read again: 1 became records · 1 are none (too-short: 1)" in (
        result.stdout
    )
    assert query(
        rejected,
        "SELECT articles.url, revisions.reason, fetches.url, fetches.ending, rereads.run_id"
        " FROM articles JOIN revisions ON revisions.article_id = articles.id"
        " JOIN fetches ON fetches.id = revisions.fetch_id"
        " JOIN rereads ON rereads.revision_id = revisions.id WHERE articles.id = 6",
    ) == [("http://gazette.test/6", "first text", "http://gazette.test/6", "consent-wall", 3)]
    assert query(rejected, "SELECT relation, place FROM provenance WHERE article_id = 6") == query(
        rejected, "SELECT 'feed entry', url FROM frontier WHERE kind = 'feed'"
    )
    assert query(rejected, "SELECT * FROM fetches") == before
    verified = CliRunner().invoke(newsward, ["verify", "--archive", str(rejected)])
    assert verified.exit_code == 0, verified.output
    again = run(rejected, "--rejected", *listed)
    assert "1 rejected pages read again: 0 became records" in again.stdout
    assert query(rejected, "SELECT count(*) FROM articles") == [(6,)]


def test_a_rejected_page_about_something_else_is_no_record_of_a_source_that_filters(
    rejected: Path, listed: list[str]
) -> None:
    path = Path(listed[1])
    path.write_text(path.read_text().replace("[[source.", 'scope = "filter"\n[[source.', 1))
    result = run(rejected, "--rejected", *listed)
    assert "consent-wall -> not-relevant  http://gazette.test/6" in result.stdout
    assert query(rejected, "SELECT count(*) FROM articles") == [(5,)]


def test_a_dry_run_foretells_the_records_and_writes_nothing(
    rejected: Path, listed: list[str]
) -> None:
    before = query(rejected, "SELECT count(*) FROM runs")
    told = json.loads(run(rejected, "--rejected", "--dry-run", "--json", *listed).stdout)
    assert told == {
        "dry_run": True,
        "pages": 2,
        "new": 1,
        "by_ending": {"new": 1, "too-short": 1},
        "records": [
            {
                "url": "http://gazette.test/6",
                "source": "gazette",
                "before": "consent-wall",
                "ending": "new",
                "title": "An invented story 6",
                "detail": None,
                "article_id": None,
            }
        ],
    }
    assert query(rejected, "SELECT count(*) FROM articles") == [(5,)]
    assert query(rejected, "SELECT count(*) FROM runs") == before


def test_a_rejected_page_never_replaces_the_record_that_its_address_has_by_now(
    rejected: Path,
) -> None:
    with Archive(rejected) as archive:
        page = next(rejected_pages(archive))
        run_id = archive.start_run(trigger="reextract", program="test", now=LATER)

        def admitted(body: bytes) -> Ending:
            article = extract(Page(url=page.claim.url, body=body, content_type="text/html"))
            told = {"article": article, "record_url": page.claim.url}
            return admit_page(archive, outcome(run_id, page.claim, **told), page).ending

        assert admitted(html(6)) is Ending.NEW
        assert admitted(html(8)) is Ending.UNCHANGED
    assert query(rejected, "SELECT title, revision FROM articles WHERE id > 5") == [
        ("An invented story 6", 1)
    ]


def test_a_rejected_page_without_its_source_or_taken_down_stays_out(
    rejected: Path, listed: list[str]
) -> None:
    without = run(rejected, "--rejected", "--dry-run")
    assert without.stdout.count("its source is not in the list of sources") == 2
    taken = ["redact", "http://gazette.test/6", "--reason", "privacy", "--by", "A Test"]
    done = CliRunner().invoke(newsward, [*taken, "--archive", str(rejected)])
    assert done.exit_code == 0, done.output
    assert "0 became records" in run(rejected, "--rejected", *listed).stdout
    assert "There is no source 'nowhere'" in run(rejected, "--rejected", "nowhere").stderr
    with Archive(rejected) as archive, archive.transaction() as db:
        db.execute("UPDATE sources SET link_only = 1")
    with Archive(rejected) as archive:
        assert list(rejected_pages(archive)) == []


@pytest.mark.parametrize(
    ("prepare", "arguments", "code", "said"),
    [
        (Path.unlink, [], 2, "there is no archive here"),
        (lambda _path: None, ["nowhere"], 2, "There is no source 'nowhere'"),
        (lambda path: snapshots_path(path).unlink(), [], 2, "snapshots of this archive"),
        (lock_archive, [], 5, "another crawl is writing to it"),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_a_line(
    prepare: Callable[[Path], object],
    arguments: list[str],
    code: int,
    said: str,
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = prepare(archive)
    if held is not None:
        # The lock lets its own process in again; another crawl is another process.
        def refuse(lock: FileLock, **_: object) -> None:
            raise Timeout(str(lock.lock_file))

        monkeypatch.setattr(FileLock, "acquire", refuse)
    result = run(archive, *arguments)
    if held is not None:
        held.release()  # type: ignore[attr-defined] # only the lock comes here
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
