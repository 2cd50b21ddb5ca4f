"""`newsward extract`, as a person calls it."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import newsward

URL = "https://news.example/story"
STORY = [
    f"The invented paragraph number {n} tells of an invented school and stops." for n in range(9)
]


def page(*more: str) -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in (*STORY, *more))
    return (
        "<html lang=en><head><title>An invented story</title></head><body><nav><a href=/>Home</a>"
        f"</nav><article><h1>An invented story</h1>{paragraphs}</article></body></html>"
    ).encode()


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(newsward, ["extract", *map(str, arguments)], input=stdin)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_bytes(page("Sign up to our newsletter."))
    return file


def write_batch(folder: Path, rows: Sequence[object]) -> Path:
    batch = folder / "pages.jsonl"
    batch.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return batch


def test_a_page_is_shown_as_title_and_text(file: Path) -> None:
    result = run(file, "--url", URL)
    assert result.exit_code == 0
    assert result.stdout == "An invented story\n\n" + "\n\n".join(STORY) + "\n"


def test_markdown_has_the_title_as_its_heading(file: Path) -> None:
    result = run(file, "--url", URL, "--markdown")
    assert result.stdout.startswith(f"# An invented story\n\n<{URL}>\n\n{STORY[0]}\n\n")


def test_explain_marks_each_block_as_kept_or_removed_and_by_which_rule(file: Path) -> None:
    lines = run(file, "--url", URL, "--explain").stdout.splitlines()
    assert lines[0] == "- [boilerplate] Home"
    assert f"+ {STORY[0]}" in lines
    assert lines[-1].startswith("- [")
    assert lines[-1].endswith("] Sign up to our newsletter.")


def test_explain_shows_the_blocks_of_a_page_that_is_no_article_too(tmp_path: Path) -> None:
    short = tmp_path / "short.html"
    short.write_bytes(b"<title>Invented</title><nav>Home</nav><p>An invented line.</p>")
    result = run(short, "--url", URL, "--explain")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (3, "+ An invented line.")
    assert "no article (too-short" in result.stderr
    assert run(short, "--url", URL).stdout == ""


def test_json_is_one_object_a_line_for_each_file(file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(page()))
    result = run(file, packed, "--url", URL, "--url", URL + "/2", "--json")
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["id"], first["url"], first["ending"]) == (str(file), URL, "article")
    assert (second["url"], second["text"]) == (URL + "/2", first["text"])
    assert {"position", "part", "rule", "text"} == set(first["removals"][0])


def test_a_page_that_is_no_article_says_why_and_the_next_is_shown(
    file: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.html"
    empty.write_bytes(b"")
    result = run(empty, file, "--url", URL, "--url", URL)
    assert result.exit_code == 3
    assert result.stderr == f"newsward: {empty}: no article (too-short: the page is empty).\n"
    assert STORY[0] in result.stdout
    alone = run(empty, "--url", URL, "--json")
    assert (alone.exit_code, json.loads(alone.stdout)["ending"]) == (3, "too-short")


def test_a_page_can_come_from_standard_input() -> None:
    assert STORY[3] in run("-", "--url", URL, stdin=gzip.compress(page())).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name a FILE"),
        (["a.html"], "1 FILE and 0 --url: give one for each."),
        (["--batch", "b", "--markdown"], "--batch names the pages itself and prints JSON."),
        (["--batch", "b", "--url", "u"], "--batch names the pages itself and prints JSON."),
        (
            ["missing.html", "--url", URL],
            "missing.html: cannot be read (No such file or directory)",
        ),
        (["--batch", "missing.jsonl"], "missing.jsonl: cannot be read (No such file or directory)"),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_a_line(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_batch_prints_a_line_each_and_exits_3_when_some_could_not_be_read(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_bytes(b"<p>Short.</p>")
    rows = [
        {"id": 1, "path": file.name, "url": URL},
        {"id": 2, "path": "empty", "url": URL},
        {"id": 3, "path": "missing", "url": URL},
    ]
    result = run("--batch", write_batch(tmp_path, rows), "--workers", 1)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["id"] for one in found] == [1, 2, 3]
    assert [one["ending"] for one in found[::2]] == ["article", "no-file"]
    assert found[0]["text"] == "\n\n".join(STORY)
    assert result.exit_code == 3
    assert "pages: 3 (article: 1, no-title: 1, no-file: 1) · not read: 1 · " in result.stderr
    # A page that was read and is no article is no failure.
    assert run("--batch", write_batch(tmp_path, rows[:2]), "--workers", 1).exit_code == 0
    assert run("--batch", write_batch(tmp_path, rows[2:]), "--workers", 1).exit_code == 4
    nothing = run("--batch", write_batch(tmp_path, []), "--workers", 1)
    assert (nothing.exit_code, nothing.stdout) == (0, "")


def test_a_batch_from_standard_input_finds_its_pages_from_here(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    row = json.dumps({"id": "é", "path": file.name, "url": URL}).encode()
    result = run("--batch", "-", "--workers", 1, stdin=row)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["id"] == "é"


@pytest.mark.slow
def test_ctrl_c_ends_a_batch_at_once_and_leaves_no_process(file: Path, tmp_path: Path) -> None:
    batch = write_batch(tmp_path, [{"path": file.name, "url": URL}] * 4000)
    with subprocess.Popen(
        [str(Path(sys.executable).with_name("newsward")), "extract", "--batch", str(batch)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert isinstance(process.stdout, io.BufferedReader)
        assert json.loads(process.stdout.readline())["ending"] == "article"
        os.killpg(process.pid, signal.SIGINT)
        _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode().splitlines()[-1] == "newsward: interrupted"
    deadline = time.monotonic() + 100
    while _is_alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _is_alive(process.pid)


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
