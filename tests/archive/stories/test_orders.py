"""In whatever order articles arrive, the stories are much the same."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from commits import NOW, SOURCE, query

from archive.records import text_hash
from archive.store import Archive
from archive.story_keeping import StoryKeeper

Row = dict[str, str]


def articles(shared: Path, count: int) -> list[Row]:
    with gzip.open(shared / "stories" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    # Whole stories: a sample of single articles would have nothing to bring together.
    stories: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        stories[row["story"]].append(row)
    names = sorted(stories)
    random.Random(1).shuffle(names)
    return [row for name in names for row in stories[name]][:count]


def stories_of(rows: Sequence[Row], path: Path) -> dict[str, int]:
    with Archive(path) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        with archive.transaction() as db:
            db.conn.executemany(
                "INSERT INTO articles (title, url, published, text_hash, body, source_id, kind,"
                " word_count, published_precision, canonical_own, first_seen_at, revision)"
                " SELECT ?, ?, ?, ?, ?, id, 'article', 1, 'day', 0, ?, 1 FROM sources",
                [
                    (
                        *(row["title"], f"http://gazette.test/{number}", row.get("date")),
                        *(text_hash(row["title"], row["text"]), row["text"], NOW),
                    )
                    for number, row in enumerate(rows)
                ],
            )
        StoryKeeper(archive).follow(now=NOW)
    found = query(path, "SELECT story_id FROM article_stories ORDER BY article_id")
    return {
        f"{row['id']} {row['text'][:80]}": int(str(story))
        for row, (story,) in zip(rows, found, strict=True)
    }


def b_cubed(one: dict[str, int], other: dict[str, int]) -> float:
    first, second = defaultdict(set), defaultdict(set)
    for key in one:
        first[one[key]].add(key)
        second[other[key]].add(key)
    both = [(first[one[key]], second[other[key]]) for key in one]
    precision = sum(len(a & b) / len(b) for a, b in both) / len(both)
    recall = sum(len(a & b) / len(a) for a, b in both) / len(both)
    return 2 * precision * recall / (precision + recall)


def likeness_of_orders(shared: Path, folder: Path, *, count: int, orders: int) -> list[float]:
    rows = articles(shared, count)
    found = []
    for seed in range(orders):
        random.Random(seed).shuffle(rows)
        found.append(stories_of(rows, folder / f"{seed}.db"))
    return [b_cubed(one, other) for one, other in pairwise(found)]


def found(path: Path) -> list[object]:
    selects = (
        "article_id, story_id FROM article_stories",
        "id, title, merged_into FROM stories",
        "one_id, other_id, state FROM story_merges",
        "a_id, b_id, kind, derived_id, explanation, evidence FROM reuse_links",
        "* FROM fingerprints",
        "* FROM common_fingerprints",
        "* FROM signature_terms",
        "* FROM term_counts",
    )
    return [query(path, f"SELECT {select}") for select in selects]


@pytest.mark.slow
def test_a_rebuild_finds_what_was_found_as_the_records_came(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    rows = articles(shared, 60)
    # In this order stories become part of others and come apart again, while they are read.
    random.Random(1).shuffle(rows)
    stories_of(rows, path)
    before = found(path)
    with Archive(path) as archive:
        StoryKeeper(archive).rebuild(now=NOW)
    assert found(path) == before


@pytest.mark.slow
def test_two_orders_of_arrival_give_much_the_same_stories(shared: Path, tmp_path: Path) -> None:
    assert min(likeness_of_orders(shared, tmp_path, count=150, orders=2)) >= 0.9


@pytest.mark.long
@pytest.mark.timeout(3600)  # six thousand records are read, on a machine that may be busy
def test_twenty_orders_of_arrival_give_much_the_same_stories(shared: Path, tmp_path: Path) -> None:
    alike = likeness_of_orders(shared, tmp_path, count=300, orders=20)
    assert sum(alike) / len(alike) >= 0.95
