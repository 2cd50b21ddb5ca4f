"""`newsward topics` on a real archive; the texts are invented."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from commits import ARTICLE, NOW, PAGE, SOURCE, begin, claim_all, outcome, query

from archive.store import Archive
from archive.topics.rules import shipped_rules
from archive.topics.subject import subject_of
from archive.topics.words import Told
from crawler.cli import newsward

TITLE = "Online grooming rises, an invented children's charity says"
TEXT = (
    "Reports of grooming on an app rose.\n\nPupils of three invented schools were asked, and"
    " a dog grooming salon was not."
)
OTHER = """
[meta]
version = "other"
[gate]
child = ["pupils"]
online = ["app"]
[[topic]]
id = "salons"
label = "Salons"
definition = "Salons for dogs."
sensitivity = "low"
strong = ["grooming salon"]
together = ["pupils + salon"]
"""

Run = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "archive.db"
    with Archive(file) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        subject = subject_of(Told(title=TITLE, text=TEXT), shipped_rules())
        article = replace(ARTICLE, title=TITLE, text=TEXT, subject=subject)
        (claim,) = claim_all(archive, run_id).values()
        archive.commit(replace(outcome(run_id, claim), article=article, record_url=PAGE))
        archive.finish_run(run_id, status="finished", now=NOW)
    return file


@pytest.fixture
def topics(path: Path) -> Run:
    def run(*arguments: object) -> Result:
        told = ["topics", *map(str, arguments), "--archive", str(path)]
        return CliRunner().invoke(newsward, told)

    return run


@pytest.fixture
def other(tmp_path: Path) -> Path:
    file = tmp_path / "other.toml"
    file.write_text(OTHER, encoding="utf-8")
    return file


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    file = tmp_path / "article.txt"
    file.write_bytes(f"\ufeff{TITLE}\r\n\r\n{TEXT}\n".encode())
    return file


def read(done: Result) -> Any:  # noqa: ANN401 - what a command prints as JSON
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def slugs(path: Path) -> set[object]:
    joined = "SELECT slug FROM article_topics JOIN topics ON topics.id = topic_id"
    return {row[0] for row in query(path, joined)}


@pytest.mark.parametrize("asked", ["1", PAGE, "FILE"])
def test_a_record_its_address_and_a_file_are_explained_alike(
    topics: Run, text_file: Path, asked: str
) -> None:
    told = read(topics("explain", text_file if asked == "FILE" else asked, "--json"))
    assert told["admitted"] is True
    assert told["reason"].startswith("'online grooming' in the title is of the topic 'Grooming")
    assert told["rules"] == shipped_rules().version
    first = told["topics"][0]
    assert (first["topic"], first["is_primary"]) == ("grooming", True)
    assert first["score"] > 2
    evidence = first["evidence"][0]
    assert (evidence["term"], evidence["kind"], evidence["place"]) == (
        *("online grooming", "strong", "title"),
    )
    assert evidence["sentence"] == TITLE
    assert TITLE[evidence["start"] : evidence["end"]] == "Online grooming"
    assert told["masked"] == ["dog grooming", "grooming salon"]
    assert {"children", "pupils"} <= set(told["child"])
    assert "app" in told["online"]


def test_an_explanation_for_a_person_names_each_term_with_its_sentence(topics: Run) -> None:
    said = topics("explain", 1).stdout
    assert said.startswith("Admitted: 'online grooming' in the title")
    assert f"  strong 'online grooming' in the title: {TITLE}\n" in said
    assert "Means something else: dog grooming, grooming salon." in said
    assert f"Rules {shipped_rules().version}\n" in said


def test_a_text_of_something_else_is_not_admitted_and_says_why(topics: Run, tmp_path: Path) -> None:
    file = tmp_path / "wedding.txt"
    file.write_text("Bride and groom thank the choir\n\nPupils sang online.", encoding="utf-8")
    told = read(topics("explain", file, "--json"))
    assert (told["admitted"], told["topics"]) == (False, [])
    assert told["reason"] == "no topic has enough of its words in it"


def test_a_file_is_explained_where_there_is_no_archive(text_file: Path, tmp_path: Path) -> None:
    told = ["topics", "explain", str(text_file), "--archive", str(tmp_path / "none.db"), "--json"]
    assert read(CliRunner().invoke(newsward, told))["admitted"]
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("asked", ["no-such-file.txt", "7", "http://gazette.test/unknown"])
def test_what_is_not_there_is_one_line_and_a_usage_error(topics: Run, asked: str) -> None:
    done = topics("explain", asked)
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert asked in done.stderr


def test_other_rules_explain_the_same_text(topics: Run, other: Path) -> None:
    told = read(topics("explain", 1, "--rules", other, "--json"))
    assert [topic["topic"] for topic in told["topics"]] == ["salons"]
    assert told["topics"][0]["evidence"][0]["term"] == "grooming salon"


def test_trying_rules_shows_what_would_change_and_changes_nothing(
    topics: Run, path: Path, other: Path
) -> None:
    before = slugs(path)
    told = read(topics("try", other, "--json"))
    assert (told["records"], told["changed"], told["gained"]) == (1, 1, {"salons": 1})
    assert told["lost"]["grooming"] == 1
    assert told["articles"][0]["article_id"] == 1
    said = topics("try", other).stdout
    assert "+salons" in said
    assert "1 record read: the topics of 1 would change" in said
    assert slugs(path) == before
    assert "salons" not in before


def test_applied_rules_change_the_records_and_can_be_taken_back(
    topics: Run, path: Path, other: Path
) -> None:
    before = slugs(path)
    assert "changed" in topics("apply", other).stdout
    assert slugs(path) == {"salons"}
    assert topics("rules").stdout == OTHER
    assert read(topics("explain", 1, "--json"))["rules"].startswith("other+")
    assert topics("apply", "--shipped").exit_code == 0
    assert slugs(path) == before


def test_rules_applied_to_a_mistyped_archive_make_none(tmp_path: Path) -> None:
    missing = tmp_path / "arhcive.db"
    done = CliRunner().invoke(newsward, ["topics", "apply", "--shipped", "--archive", str(missing)])
    assert done.exit_code == 2
    assert str(missing) in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_rules_that_hold_are_printed_whole(topics: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(topics("rules").stdout, encoding="utf-8")
    assert copy.read_text(encoding="utf-8") == shipped_rules().text
    assert read(topics("try", copy, "--json"))["changed"] == 0


@pytest.mark.parametrize("command", ["try", "apply"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("= 1", "not valid TOML"),
        (OTHER.replace("[gate]", "[fence]"), "there is no table [gate]"),
        (OTHER.replace("pupils + salon", "<nobody> + salon"), "there is no group <nobody>"),
    ],
)
def test_a_bad_rule_file_is_one_line_and_changes_nothing(
    topics: Run, path: Path, tmp_path: Path, command: str, text: str, said: str
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    before = slugs(path)
    done = topics(command, file)
    assert done.exit_code == 2
    assert said in done.stderr
    assert str(file) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert slugs(path) == before
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM topic_rules").fetchone() == (0,)
    db.close()


def test_the_list_counts_the_records_of_each_topic(topics: Run) -> None:
    rows = {row["topic"]: row for row in read(topics("list", "--json"))}
    assert rows["grooming"]["records"] == 1
    assert rows["grooming"]["label"] == "Grooming and online sexual contact"
    assert len(rows) == len(shipped_rules().topics)
    assert "Child sexual abuse material" in topics("list").stdout


def test_the_explanation_in_the_docs_is_what_the_command_prints(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "topics.md").read_text(encoding="utf-8")
    example = page.partition("$ cat article.txt\n")[2].partition("```")[0]
    text, _, printed = example.partition("$ newsward topics explain article.txt\n")
    file = tmp_path / "article.txt"
    file.write_text(text, encoding="utf-8")
    told = ["topics", "explain", str(file), "--archive", str(tmp_path / "none.db")]
    said = CliRunner().invoke(newsward, told).stdout
    # The version names every byte of the rules.
    assert said.rpartition("Rules ")[0] == printed.rpartition("Rules ")[0]
