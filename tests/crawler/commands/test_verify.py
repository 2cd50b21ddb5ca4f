"""`newsward verify`, with real extraction and no network."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commits import LATER, NOW, SOURCE, begin, claim_all, discover, outcome, query

from archive.records import Article, Page, Part, Removal
from archive.snapshots import Snapshots, snapshots_path
from archive.store import Archive
from crawler.cli import newsward
from crawler.extraction import extract

URL = "http://gazette.test/one"
PROSE = (
    "This page is invented for a test. Three invented schools tried a button with which pupils"
    " report what worries them, and the schools answered every report within a day of school."
)
HTML = f"""<html><head><title>Schools try a button - The Gazette</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Schools try a button</h1>{"".join(f"<p>{PROSE} Part {n}.</p>" for n in range(6))}
</article></body></html>""".encode()

Verify = Callable[..., Result]


def build(path: Path, **changes: object) -> None:
    article = extract(Page(url=URL, body=HTML))
    assert isinstance(article, Article), article
    with Archive(path) as archive, Snapshots(path) as snapshots:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        feed = snapshots.keep(b"<rss/>", now=NOW)
        discover(archive, run_id, URL, snapshot_digest=feed)
        archive.commit(
            outcome(
                run_id,
                claim_all(archive, run_id)[URL],
                article=replace(article, **changes),
                record_url=URL,
                snapshot_digest=snapshots.keep(HTML, now=NOW),
            )
        )
        archive.finish_run(run_id, status="finished", now=LATER)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(newsward, ["verify", *arguments])

    return call


def test_a_sound_archive_is_said_to_be_sound_with_what_was_looked_at(
    run: Verify, tmp_path: Path
) -> None:
    build(tmp_path / "archive.db")
    result = run()
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert result.stderr == (
        "Checked: 1 records, 1 revisions, 2 fetches, 2 places, 1 runs, 2 snapshots.\n"
        "Pages read again: 1 with the same text.\n"
    )


def test_a_sample_is_so_many_pages_of_those_that_are_kept_and_no_more(
    run: Verify, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    article = extract(Page(url=URL, body=HTML))
    assert isinstance(article, Article), article
    urls = [f"http://gazette.test/{number}" for number in range(12)]
    with Archive(path) as archive, Snapshots(path) as snapshots:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        discover(archive, run_id, *urls, snapshot_digest=snapshots.keep(b"<rss/>", now=NOW))
        claims = claim_all(archive, run_id)
        for number, url in enumerate(urls):
            # Every second record is a link, of which no page is kept.
            body = HTML.replace(b"Three", str(number).encode())
            page = {
                "article": extract(Page(url=url, body=body)),
                "snapshot_digest": snapshots.keep(body, now=NOW),
            }
            link = {
                "article": replace(article, title=f"Link {number}", text="", removals=()),
                "snapshot_digest": None,
                "link_only": True,
            }
            told = link if number % 2 else page
            archive.commit(outcome(run_id, claims[url], record_url=url, **told))
        archive.finish_run(run_id, status="finished", now=LATER)
    for asked, read in (("5", 5), ("7", 6)):
        result = run("--sample", asked, "--json")
        assert result.exit_code == 0, result.output
        said = json.loads(result.stdout)
        assert said["read_again"] == {"same": read, "other_rules": 0, "not_read": 0}
        assert said["checked"]["records"] == 12


def test_a_flipped_text_is_one_line_and_exit_6(run: Verify, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    build(path)
    query(path, "UPDATE articles SET body = replace(body, 'school', 'schoal')")
    result = run("--sample", "0")
    assert result.exit_code == 6
    assert result.stdout == "record 1: its title or text is not that of its present revision\n"
    assert "1 fault. Keep both files as they are" in result.stderr


def test_a_text_that_its_snapshot_does_not_give_is_a_fault(run: Verify, tmp_path: Path) -> None:
    build(tmp_path / "archive.db", text="This text never stood on the page.")
    result = run("--all", "--json")
    assert result.exit_code == 6
    said = json.loads(result.stdout)
    assert (said["ok"], said["read_again"]) == (
        False,
        {"same": 0, "other_rules": 0, "not_read": 0},
    )
    assert said["faults"] == [
        {"where": "record 1", "what": "its snapshot gives another text now", "record": 1}
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"extractor": "newsward-extraction 0, trafilatura 0"},
        {"removals": (Removal(position=9, part=Part.BLOCK, rule="source:drop", text="Ours"),)},
        {"removals": (Removal(position=9, part=Part.BLOCK, rule="site-memory", text="Ours"),)},
    ],
    ids=["another version", "rules of the source", "what was learned of the site"],
)
def test_a_text_that_other_rules_read_is_counted_and_not_accused(
    changes: dict[str, object], run: Verify, tmp_path: Path
) -> None:
    build(tmp_path / "archive.db", text="Other rules read this.", **changes)
    result = run("--all")
    assert result.exit_code == 0, result.output
    assert "0 with the same text, 1 read by other rules, not compared." in result.stderr


def test_a_damaged_snapshot_is_told_once(run: Verify, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    build(path)
    query(snapshots_path(path), "UPDATE snapshots SET body = x'00' WHERE id = 2")
    result = run()
    assert result.exit_code == 6
    (line,) = result.stdout.splitlines()
    assert line.endswith("its packed body cannot be unpacked")
    assert "1 that could not be read now." in result.stderr


@pytest.mark.parametrize("place", [100, 4096 * 3], ids=["its schema", "its tables"])
def test_an_archive_that_cannot_even_be_opened_is_damage_exit_6(
    place: int, run: Verify, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    build(path)
    torn = bytearray(path.read_bytes())
    for page in range(place, len(torn), 4096):
        torn[page : page + 512] = b"\xff" * 512
    path.write_bytes(torn)
    result = run("--sample", "0")
    assert result.exit_code == 6, result.output


def test_no_archive_no_verification(run: Verify, tmp_path: Path) -> None:
    result = run()
    assert result.exit_code == 2
    assert "there is no archive here" in result.output
    assert list(tmp_path.iterdir()) == []
