import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.commands.search import search
from archive.database import open_archive


def run(archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(search, [*arguments, "--archive", str(archive)])


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """CliRunner puts its own stdout in place; that one says it is a terminal."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)


def test_away_from_a_terminal_hits_are_rows_for_programs_and_the_total_is_on_stderr(
    archive_file: Path,
) -> None:
    result = run(archive_file, "grooming", "instagram")
    header, row = result.stdout.splitlines()
    assert header.split("\t") == ["id", "published", "source", "title", "url", "snippet"]
    assert row.split("\t")[:3] == ["1", "2026-11-20T09:30:00+00:00", "harbour-blog"]
    assert result.stderr.startswith("1 record found in ")
    assert result.exit_code == 0


@pytest.mark.usefixtures("on_a_terminal")
def test_on_a_terminal_hits_are_cards_whose_matches_are_marked(archive_file: Path) -> None:
    lines = CliRunner().invoke(
        search, ["grooming", "--archive", str(archive_file)], env={"NO_COLOR": "1"}
    )
    assert lines.stdout.splitlines()[:3] == [
        "1  Police warn of sextortion on Instagram",
        "   Harbour Blog · 20 November 2026",
        "   http://blog.test/1",
    ]
    assert "young people were [groomed] on Instagram" in lines.stdout
    styled = (
        CliRunner().invoke(search, ["grooming", "--archive", str(archive_file)], color=True).stdout
    )
    assert "were \x1b[4mgroomed\x1b[0m on" in styled


def test_json_has_the_spans_of_the_matches(archive_file: Path) -> None:
    found = json.loads(run(archive_file, "self-harm", "--json").stdout)
    assert (found["total"], found["more"], found["query"]) == (1, False, "self-harm")
    (hit,) = found["hits"]
    ((start, end),) = hit["marks"]
    assert hit["snippet"][start:end] == "Self-harm"


def test_a_word_with_a_minus_is_left_out_and_no_option(archive_file: Path) -> None:
    rows = run(archive_file, "police", "-harm", "-instagram").stdout.splitlines()
    assert [row.split("\t")[0] for row in rows[1:]] == ["2"]


def test_a_misspelt_option_is_no_word_to_leave_out(archive_file: Path) -> None:
    result = run(archive_file, "police", "--sorce=gazette")
    assert result.exit_code == 2
    assert "No such option '--sorce'. Did you mean '--source'?" in result.stderr


def test_what_is_not_found_gets_advice_and_is_no_failure(archive_file: Path) -> None:
    result = run(archive_file, "police", "nowhere", "--since", "2020")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "None of 4 records matches" in result.stderr
    assert "without --since" in result.stderr


def test_a_query_that_only_leaves_out_gets_its_hint(archive_file: Path) -> None:
    result = run(archive_file, "-police")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "A query needs a word to look for beside the words to leave out.\n"


def test_an_empty_archive_says_what_would_fill_it(tmp_path: Path) -> None:
    open_archive(tmp_path / "archive.db", create=True).close()
    assert "newsward crawl" in run(tmp_path / "archive.db", "police").stderr


def test_more_than_the_limit_is_said(archive_file: Path) -> None:
    result = run(archive_file, "invented", "--limit", "3")
    assert len(result.stdout.splitlines()) == 4
    assert "the first 3 shown" in result.stderr
    assert result.stderr.startswith("4 records found")


@pytest.mark.usefixtures("on_a_terminal")
def test_a_hostile_title_sends_no_orders_to_the_terminal(archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute("UPDATE articles SET title = char(27) || ']0;police' || char(7)")
    db.close()
    result = CliRunner().invoke(
        search, ["police", "--archive", str(archive_file)], env={"NO_COLOR": "1"}
    )
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
