"""The labelled set, the figures on it, and the program that prints them."""

import gzip
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from archive.topics.matching import decide
from archive.topics.rules import shipped_rules

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def labelled() -> Iterator[ModuleType]:
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module("labelled")
    sys.path.remove(str(BENCHMARKS))


def test_the_labelled_set_is_what_it_says(labelled: ModuleType) -> None:
    items = labelled.read_labelled()
    topics = shipped_rules().topics
    assert len({item.id for item in items}) == len(items)
    assert len({item.told for item in items}) == len(items)
    articles = [item for item in items if item.id.startswith("a")]
    assert len(articles) >= 60
    assert len(items) - len(articles) >= 200
    assert all(80 <= len(item.told.text.split()) <= 250 for item in articles)
    assert all(set(item.topics) <= set(topics) for item in items)
    assert all(item.admit == bool(item.topics) for item in items)
    assert 0.3 < sum(not item.admit for item in items) / len(items) < 0.6
    assert {topic for item in items for topic in item.topics} == set(topics)


def test_no_text_is_in_two_sets(labelled: ModuleType) -> None:
    items = [item for name in labelled.SETS for item in labelled.read_labelled(name)]
    assert len({item.id for item in items}) == len(items)
    assert len({item.told for item in items}) == len(items)
    assert all(item.admit == bool(item.topics) for item in items)


# Slightly below what benchmarks/topics.py measures. Whoever changes the rules changes these only
# upwards, and tunes on nothing that is unseen.
@pytest.mark.parametrize(
    ("name", "precision", "recall", "macro_f1"),
    [("labelled", 0.98, 0.99, 0.88), ("further", 0.98, 0.98, 0.79), ("unseen", 0.97, 0.93, 0.85)],
)
def test_the_rules_find_what_belongs_and_what_it_is_about(
    labelled: ModuleType, name: str, precision: float, recall: float, macro_f1: float
) -> None:
    rules = shipped_rules()
    judged = labelled.judge(labelled.read_labelled(name), lambda told: decide(told, rules))
    counts = labelled.admission(judged)
    assert counts.precision >= precision
    assert counts.recall >= recall
    assert labelled.macro_f1(labelled.by_topic(judged, rules.topics).values()) >= macro_f1


def test_the_arithmetic_is_that_of_precision_recall_and_f1(labelled: ModuleType) -> None:
    counts = labelled.Counts(right=6, wrong=2, missed=4)
    assert (counts.precision, counts.recall) == (0.75, 0.6)
    assert counts.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    nothing = labelled.Counts()
    assert (nothing.precision, nothing.recall, nothing.f1) == (1.0, 1.0, 1.0)
    assert labelled.macro_f1([counts, nothing]) == pytest.approx((counts.f1 + 1) / 2)


def test_general_news_is_hardly_admitted(labelled: ModuleType, shared: Path) -> None:
    file = shared / "stories" / "articles.jsonl.gz"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    rules = shipped_rules()
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        decisions = [
            decide(labelled.Told(title=row["title"], text=row["text"]), rules)
            for row in map(json.loads, rows)
        ]
    assert sum(decision.admitted for decision in decisions) <= 0.005 * len(decisions)


@pytest.mark.slow
def test_the_program_prints_its_figures(tmp_path: Path, corpus: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    rows = [
        {"id": "1", "title": "A new bridge", "text": "It is invented."},
        {"id": "2", "title": "Online grooming of children rises", "text": "It is invented."},
    ]
    with gzip.open(news / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    program = [sys.executable, str(BENCHMARKS / "topics.py"), str(news), str(corpus)]
    done = subprocess.run([*program, "--json"], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert set(found["sets"]) == {"labelled", "further", "unseen"}
    assert found["speed"]["cpu_ms"] > 0
    assert found["speed"]["ratio"] > 0
    assert (found["general_news"]["texts"], found["general_news"]["admitted"]) == (4, 1)
    assert found["general_news"]["folders"][0]["admitted"][0]["id"] == "2"
    said = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    assert "general news: 1 of 4 texts admitted" in said
