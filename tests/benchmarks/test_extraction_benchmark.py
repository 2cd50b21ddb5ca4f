import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # each starts a process for each extractor

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "extraction.py"


def benchmark(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=110,
    )


def figures(*arguments: object) -> dict[str, dict[str, Any]]:
    done = benchmark(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    [corpus] = json.loads(done.stdout)["corpora"]
    return {"": {"pages": corpus["pages"]}, **corpus["figures"]}


def test_pages_with_bodies_and_metadata_are_measured_for_every_extractor(corpus: Path) -> None:
    found = figures(corpus, "--only", "newsward", "trafilatura")
    assert found[""]["pages"] == 3
    ours = found["newsward"]
    assert ours["f1"] == ours["exact"] == ours["title"] == ours["authors"] == ours["date"] == 1.0
    assert ours["errors"] == []
    assert ours["empty"] == ours["network_attempts"] == 0
    assert ours["cpu_ratio"] > 0
    assert ours["peak_mb"] is None or 10 < ours["peak_mb"] < 1000
    # The headline counts as body for trafilatura and not in the truth.
    theirs = found["trafilatura"]
    assert theirs["recall"] == 1.0
    assert theirs["f1"] < 1.0
    assert ours["f1_difference_low"] > 0
    assert theirs["cpu_ratio"] == 1.0


def test_english_pages_are_those_that_declare_it(corpus: Path) -> None:
    assert figures(corpus, "--english", "--only", "newsward")[""]["pages"] == 2


def test_pieces_of_text_are_counted_where_the_truth_has_pieces(segments: Path) -> None:
    ours = figures(segments, "--only", "newsward")["newsward"]
    assert (ours["precision"], ours["recall"], ours["exact"]) == (1.0, 0.5, None)
    assert ours["title"] is None


def test_a_checkout_of_the_public_benchmark_is_read_as_it_is(checkout: Path) -> None:
    assert figures(checkout, "--only", "newsward")["newsward"]["f1"] == 1.0


def test_the_table_names_every_extractor(corpus: Path) -> None:
    done = benchmark(corpus, "--only", "newsward", "trafilatura-fast")
    assert "small: 3 pages" in done.stdout
    assert "newsward " in done.stdout
    assert "trafilatura-fast " in done.stdout


def test_an_extractor_that_is_not_installed_is_said_and_skipped(corpus: Path) -> None:
    missing = corpus / "no-python"
    done = benchmark(corpus, "--only", "newsward", "goose3", "--python", f"goose3={missing}")
    assert done.returncode == 0
    assert done.stderr.startswith("goose3: skipped")
    assert "newsward" in done.stdout
    assert "goose3" not in done.stdout


def test_a_folder_without_a_corpus_is_a_usage_error(tmp_path: Path) -> None:
    done = benchmark(tmp_path)
    assert done.returncode == 2
    assert "gold.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


EXTRACTOR = """
import importlib, sys
sys.path.insert(0, {folder!r})
extractors = importlib.import_module("extractors")

def unruly():
    def extract(body, url):
        if "fetch" in url:
            import socket
            socket.getaddrinfo("news.example", 80)
        if "die" in url:
            import os
            os._exit(3)
        print("noise between the answers")
        return extractors.Found(text=url)
    return extract

extractors.EXTRACTORS["newsward"] = ("newsward", unruly)
extractors.main("newsward")
"""


def ask(*urls: str, page: Path) -> list[dict[str, object]]:
    program = EXTRACTOR.format(folder=str(PROGRAM.parent))
    pages = "".join(json.dumps({"path": str(page), "url": url}) + "\n" for url in urls)
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        input=pages,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_extractor_gets_no_network_and_its_attempts_are_counted(corpus: Path) -> None:
    hello, fetched, plain = ask("fetch", "plain", page=corpus / "pages" / "swings.html.gz")
    assert hello == {"version": ""}
    assert fetched["network"] == plain["network"] == 1
    assert "NetworkError" in str(fetched["error"])
    assert plain["text"] == "plain"


def test_what_an_extractor_prints_does_not_get_between_the_answers(corpus: Path) -> None:
    answers = ask("one", "two", page=corpus / "pages" / "swings.html.gz")
    assert [answer.get("text") for answer in answers] == [None, "one", "two"]


def test_an_extractor_that_dies_leaves_its_page_unanswered(corpus: Path) -> None:
    answers = ask("one", "die", "two", page=corpus / "pages" / "swings.html.gz")
    assert [answer.get("text") for answer in answers] == [None, "one"]


@pytest.mark.parametrize("value", ["goose3", "nobody=python3"])
def test_a_python_without_a_known_name_is_a_usage_error(corpus: Path, value: str) -> None:
    done = benchmark(corpus, "--python", value)
    assert done.returncode == 2
    assert "NAME=PATH" in done.stderr


@pytest.mark.usefixtures("metrics")
def test_what_an_extractor_does_not_look_for_is_not_counted_against_it() -> None:
    program = importlib.import_module("extraction")
    corpora = importlib.import_module("corpora")
    case = corpora.Case(
        id="page", path=Path("page"), url="", title="A title", authors=["A"], date="2024-05-06"
    )
    nothing = {"text": "", "title": None, "authors": None, "date": None}
    answer = nothing | {"error": None, "seconds": 0.1}
    both = program.Tally(), program.Tally(lacks=frozenset({"authors", "date"}))
    for tally in both:
        tally.add(case, answer)
    figures = program.summary({"looks": both[0], "lacks": both[1]})
    assert [figures["looks"][key] for key in ("title", "authors", "date")] == [0.0, 0.0, 0.0]
    assert [figures["lacks"][key] for key in ("title", "authors", "date")] == [0.0, None, None]
