import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from commits import ARTICLE, LATER, NOW, PAGE, SOURCE, begin, discover, query, store

from archive.store import Archive
from crawler.cli import newsward

# Invented, like all texts of these tests.
FIRST = "Three schools tested a button. Pupils used it 40 times. The Quay Trust paid for it."
SECOND = (
    "Three schools tested a button. Pupils used it 44 times."
    " It ran in the trust <script>alert(1)</script>."
)
THIRD = "Three schools tested a button. Pupils used it 44 times."

Diff = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Diff:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        for number, text in enumerate((FIRST, SECOND, THIRD)):
            run_id = begin(archive)
            if not number:
                discover(archive, run_id, PAGE, PAGE + "?2")
            store(archive, run_id, replace(ARTICLE, text=text))
            archive.finish_run(run_id, status="finished", now=LATER)
        run_id = begin(archive)
        store(archive, run_id, replace(ARTICLE, text=FIRST), PAGE + "?2")
        archive.finish_run(run_id, status="finished", now=LATER)
    query(path, "UPDATE revisions SET reason = 're-extraction' WHERE article_id = 1 AND revision=3")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(newsward, ["diff", *arguments])

    return call


def test_a_publishers_edit_is_told_with_its_sentences_numbers_and_names(run: Diff) -> None:
    result = run("1", "--rev", "1:2")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Schools test a reporting button\n"
        "http://gazette.test/one\n"
        "before: revision 1, 22 November 2026, 10:00:00 UTC, first text\n"
        "after: revision 2, 22 November 2026, 10:00:00 UTC, publisher's edit\n"
        "The publisher changed the page.\n"
        "Sentences: 1 same, 1 changed, 1 added, 1 removed.\n"
        "Numbers changed: no longer 40; now 44, 1.\n"
        "Names changed: no longer Quay Trust.\n"
        "  … 1 unchanged\n"
        "- Pupils used it [-40-] times.\n"
        "+ Pupils used it [+44+] times.\n"
        "- The Quay Trust paid for it.\n"
        "+ It ran in the trust <script>alert(1)</script>.\n"
    )


def test_a_name_that_the_publisher_took_out_is_not_told_but_that_it_was(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    told = "Three schools tested a button. Pupils used it 40 times. {} paid for all of it."
    with Archive(path) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        for number, payer in enumerate(("Marla Quillon", "A parent")):
            run_id = begin(archive)
            if not number:
                discover(archive, run_id, PAGE)
            store(archive, run_id, replace(ARTICLE, text=told.format(payer)))
            archive.finish_run(run_id, status="finished", now=LATER)
    said = CliRunner().invoke(newsward, ["diff", "1", "--archive", str(path)]).stdout
    assert "What was taken out of the first text since stands as [redacted]." in said
    assert "Quillon" not in said


def test_a_new_reading_is_told_apart_from_an_edit(run: Diff) -> None:
    assert "The page is the same: our own rules read it anew." in run("1").stdout
    assert (
        "The publisher changed the page, and our own rules read it anew."
        in run("1", "--rev", "1").stdout
    )


def test_json_has_the_keys_that_the_help_names(run: Diff) -> None:
    said = json.loads(run("1", "--rev", "1:2", "--json").stdout)
    assert list(said) == [
        *("record", "url", "title", "cause", "before", "after", "steps"),
        *("numbers", "names", "sentences"),
    ]
    text = " ".join(run("--help").stdout.split())
    assert all(key in text for key in said)
    assert all(key in text for key in said["sentences"][0])
    assert said["numbers"] == {"removed": ["40"], "added": ["44", "1"]}
    assert said["sentences"][1]["before"] == [
        {"text": "Pupils used it ", "is_changed": False},
        {"text": "40", "is_changed": True},
        {"text": " times.", "is_changed": False},
    ]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_stands_alone_and_escapes_what_the_archive_holds(run: Diff) -> None:
    page = run("1", "--rev", "1:2", "--html").stdout
    tags = Tags()
    tags.feed(page)
    names = {name for name, _ in tags.seen}
    assert {"html", "ins", "del", "p", "h1"} <= names
    assert not names & {"script", "img", "link", "a", "iframe"}
    assert "<del>40</del>" in page
    assert "<ins>44</ins>" in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2",), "Record 2 has had one text only"),
        (("1", "--rev", "x"), "--rev x: not two numbers"),
        (("1", "--rev", "2:2"), "that is one text"),
        (("1", "--rev", "1:9"), "Record 1 has no revision 9"),
        (("9",), "there is no record 9"),
        (("1", "--html", "--json"), "choose one"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_line(
    arguments: tuple[str, ...], said: str, run: Diff
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
