"""Topics in a real archive: kept, tried, applied."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from commits import ARTICLE, NOW, PAGE, SOURCE, begin, claim_all, one, outcome, query

from archive import topic_rows
from archive.reading import ReadArchive
from archive.retagging import apply, retag
from archive.statements import select
from archive.store import Archive
from archive.topics.rules import parse_rules, shipped_rules

OTHER = """
[meta]
version = "other"
[gate]
child = ["pupils"]
online = ["button"]
[[topic]]
id = "buttons"
label = "Buttons"
definition = "Reporting buttons."
sensitivity = "low"
strong = ["reporting button"]
"""
TEXT = (
    "Three invented schools tested a button on TikTok. Reports of online grooming"
    " rose, children said.\n\nPupils used it 40 times in a month, and 300 children were asked."
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "archive.db"
    with Archive(file) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        run_id = begin(archive)
        claims = claim_all(archive, run_id)
        article = replace(ARTICLE, text=TEXT)
        archive.commit(
            replace(outcome(run_id, next(iter(claims.values()))), article=article, record_url=PAGE)
        )
        archive.finish_run(run_id, status="finished", now=NOW)
    return file


def slugs(path: Path) -> list[object]:
    rows = query(
        path, "SELECT slug FROM article_topics JOIN topics ON topics.id = topic_id ORDER BY slug"
    )
    return [row[0] for row in rows]


def test_applied_rules_are_kept_whole_and_every_record_gets_its_topics(path: Path) -> None:
    with Archive(path) as archive:
        (changed,) = apply(archive, shipped_rules(), now=NOW)
    assert "grooming" in changed.gained
    assert slugs(path) == sorted(changed.gained)
    assert one(path, "SELECT text FROM topic_rules") == shipped_rules().text
    (evidence,) = json.loads(
        str(
            one(
                path,
                "SELECT evidence FROM article_topics JOIN topics ON topics.id = topic_id"
                " WHERE slug = 'grooming'",
            )
        )
    )
    assert TEXT[evidence["start"] : evidence["end"]] == "online grooming"
    assert evidence["sentence"] == "Reports of online grooming rose, children said."
    assert query(path, "SELECT entity, mentions FROM article_entities") == [("tiktok", 1)]
    assert query(path, "SELECT number, counts FROM article_statistics WHERE number = '300'") == [
        ("300", "children")
    ]
    assert one(path, "SELECT DISTINCT rules FROM article_topics") == shipped_rules().version


def test_trying_rules_says_what_would_change_and_changes_nothing(path: Path) -> None:
    with Archive(path) as archive:
        list(apply(archive, shipped_rules(), now=NOW))
    before = path.read_bytes()
    with ReadArchive(path) as reader:
        (found,) = retag(reader, parse_rules(OTHER, "other.toml"), keep=False)
    assert found.gained == ("buttons",)
    assert "grooming" in found.lost
    assert path.read_bytes() == before


def test_the_rules_applied_last_hold_and_the_old_topics_are_gone(path: Path) -> None:
    other = parse_rules(OTHER, "other.toml")
    with Archive(path) as archive:
        list(apply(archive, shipped_rules(), now=NOW))
        list(apply(archive, other, now=NOW))
        with archive.moment() as db:
            assert topic_rows.applied_rules(db) == OTHER
            found = {slug: count for slug, _, count, _ in topic_rows.counts(db)}
    assert slugs(path) == ["buttons"]
    assert found["buttons"] == 1
    assert found["grooming"] == 0


def test_a_record_that_is_taken_out_takes_its_topics_along(path: Path) -> None:
    with Archive(path) as archive:
        list(apply(archive, shipped_rules(), now=NOW))
        with archive.transaction() as db:
            db.execute("UPDATE frontier SET article_id = NULL")
            db.execute("UPDATE provenance SET article_id = NULL")
            db.execute("DELETE FROM articles")
    for table in ("article_topics", "article_entities", "article_statistics"):
        assert one(path, select("count(*)", table)) == 0
