"""How well the topic rules find what belongs, what it is about, and how long they take.

    python benchmarks/topics.py [FOLDER...] [--rules FILE] [--json]

Measured on the labelled texts of tests/archive/topics/labelled: precision and recall of admission,
F1 of the tags of each topic and its mean over all topics; for the first set, for those on which the
rules were tuned since, and for one on which nothing was tuned. Time is CPU time of this process for
one article of 4 kB, beside that of one regular expression a topic over the same articles.

A FOLDER holds general news: a corpus as benchmarks/extraction.py reads it (its English pages are
extracted as a crawl does), or `articles.jsonl.gz` with `title` and `text`. Every text of it that is
admitted is counted as false and named, so that a reader can say whether it is.

docs/benchmarks.md says how the figures are made and what we measured.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpora import NotACorpusError, read_corpus
from labelled import (
    SETS,
    Labelled,
    admission,
    by_topic,
    judge,
    macro_f1,
    main_topic,
    read_labelled,
)

from archive.records import Page, Rejected
from archive.topics.matching import decide
from archive.topics.rules import TermKind, TopicRules, read_rules, shipped_rules
from archive.topics.words import Told
from crawler.extraction import extract

ARTICLE_BYTES = 4_000
ROUNDS = 15
ARTICLES = 40
# What the rules are to reach; the program does not fail below, the tests do.
REACH = {
    "precision": "0.97",
    "recall": "0.93",
    "macro_f1": "0.85",
    "cpu_ms": "2 ms",
    "admitted": "0.5 %",
}


def quality(items: Sequence[Labelled], rules: TopicRules) -> dict[str, Any]:
    """The figures of some labelled texts."""
    judged = judge(items, lambda told: decide(told, rules))
    counts = admission(judged)
    topics = by_topic(judged, rules.topics)
    return {
        "texts": len(items),
        "precision": round(counts.precision, 4),
        "recall": round(counts.recall, 4),
        "macro_f1": round(macro_f1(topics.values()), 4),
        "main_topic": round(main_topic(judged), 4),
        "wrongly_admitted": [
            one.item.id for one in judged if one.decision.admitted and not one.item.admit
        ],
        "missed": [one.item.id for one in judged if one.item.admit and not one.decision.admitted],
        "topics": {
            topic: {"f1": round(c.f1, 3), "right": c.right, "wrong": c.wrong, "missed": c.missed}
            for topic, c in topics.items()
        },
    }


def of_four_kilobytes(items: Sequence[Labelled]) -> list[Told]:
    """Articles of 4,000 bytes of the labelled ones, each begun with another."""
    whole = [item.told for item in items if item.id.startswith("a")]
    made = []
    for number, told in enumerate(whole[:ARTICLES]):
        text = "\n".join(one.text for one in [*whole[number:], *whole[:number]])
        made.append(
            Told(title=told.title, text=text.encode()[:ARTICLE_BYTES].decode(errors="ignore"))
        )
    return made


def speed(items: Sequence[Labelled], rules: TopicRules) -> dict[str, float]:
    """CPU milliseconds an article, the best of some rounds, and the same for plain expressions."""
    articles = of_four_kilobytes(items)
    expressions = [
        re.compile(r"\b(?:" + "|".join(map(re.escape, terms)) + r")(?:e?s)?\b")
        for topic in rules.topics.values()
        if (terms := [term for kind, term in topic.terms if kind is not TermKind.CASED])
    ]

    def plain(told: Told) -> None:
        text = f"{told.title}\n{told.text}".lower()
        for expression in expressions:
            expression.findall(text)

    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_cpu_ms(articles, lambda told: decide(told, rules)))
        theirs.append(_cpu_ms(articles, plain))
    return {
        "cpu_ms": round(min(ours), 3),
        "regular_expressions_cpu_ms": round(min(theirs), 3),
        "ratio": round(min(theirs) / min(ours), 1),
    }


def _cpu_ms(articles: Sequence[Told], work: Callable[[Told], object]) -> float:
    before = time.process_time()
    for told in articles:
        work(told)
    return (time.process_time() - before) * 1000 / len(articles)


def general_news(folder: Path) -> Iterator[tuple[str, Told]]:
    """The texts of a folder, each with its name."""
    rows = folder / "articles.jsonl.gz"
    if rows.is_file():
        with gzip.open(rows, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                yield str(row["id"]), Told(title=row["title"], text=row["text"])
        return
    for case in read_corpus(folder, english=True).cases:
        page = Page(url=case.url, body=gzip.decompress(case.path.read_bytes()))
        article = extract(page)
        if not isinstance(article, Rejected):
            yield case.id, Told(title=article.title, text=article.text)


def admitted_of(folder: Path, rules: TopicRules) -> dict[str, Any]:
    """How many texts of a folder are admitted, and which."""
    texts, admitted = 0, []
    for name, told in general_news(folder):
        texts += 1
        decision = decide(told, rules)
        if decision.admitted:
            admitted.append({"id": name, "title": told.title, "reason": decision.reason})
    return {"folder": folder.resolve().name, "texts": texts, "admitted": admitted}


def measure(folders: Sequence[Path], rules: TopicRules) -> dict[str, Any]:
    """All figures."""
    sets = {name: read_labelled(name) for name in SETS}
    news = [admitted_of(folder, rules) for folder in folders]
    texts = sum(one["texts"] for one in news)
    return {
        "rules": rules.version,
        "reach": REACH,
        "sets": {name: quality(part, rules) for name, part in sets.items()},
        "speed": speed(sets["labelled"], rules),
        "general_news": {
            "texts": texts,
            "admitted": sum(len(one["admitted"]) for one in news),
            "share": round(sum(len(one["admitted"]) for one in news) / texts, 5) if texts else None,
            "folders": news,
        },
    }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The figures for a person."""
    yield f"topic rules {found['rules']}"
    for name, told in found["sets"].items():
        yield (
            f"{name:8} {told['texts']} texts: precision {told['precision']:.3f} (reach"
            f" {REACH['precision']}), recall {told['recall']:.3f} ({REACH['recall']}), macro-F1 of"
            f" tags {told['macro_f1']:.3f} ({REACH['macro_f1']}), main topic right"
            f" {told['main_topic']:.3f}"
        )
        if told["wrongly_admitted"] or told["missed"]:
            wrong, missed = (
                ", ".join(told[key]) or "none" for key in ("wrongly_admitted", "missed")
            )
            yield f"         wrongly admitted: {wrong}; missed: {missed}"
    yield ""
    yield f"{'F1 of':22} {'  '.join(f'{name:>8}' for name in SETS)}"
    for topic in found["sets"]["unseen"]["topics"]:
        each = (f"{found['sets'][name]['topics'][topic]['f1']:8.2f}" for name in SETS)
        yield f"{topic:22} {'  '.join(each)}"
    time_ = found["speed"]
    yield ""
    yield (
        f"{time_['cpu_ms']:.2f} ms CPU an article of 4 kB (reach {REACH['cpu_ms']}); one regular"
        f" expression a topic {time_['regular_expressions_cpu_ms']:.2f} ms: {time_['ratio']} times"
    )
    news = found["general_news"]
    if news["texts"]:
        yield (
            f"general news: {news['admitted']} of {news['texts']:,} texts admitted"
            f" ({news['share']:.2%}; reach {REACH['admitted']})"
        )
        for folder in news["folders"]:
            yield f"  {folder['folder']}: {len(folder['admitted'])} of {folder['texts']:,}"
            for one in folder["admitted"]:
                yield f"    {one['id']}: {one['title']} ({one['reason']})"


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--rules", type=Path, metavar="FILE", help="other rules than those shipped")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rules = read_rules(asked.rules) if asked.rules else shipped_rules()
    try:
        found = measure(asked.folders, rules)
    except NotACorpusError as error:
        parser.error(str(error))
    print(json.dumps(found, indent=2) if asked.json else "\n".join(lines(found)))


if __name__ == "__main__":
    main()
