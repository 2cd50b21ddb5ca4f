"""Rows of topics, names and figures."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from archive.endings import Ending
from archive.records import Article, Stored
from archive.topics.matching import Hit
from archive.topics.rules import Topic, TopicRules, rules_of, shipped_topics
from archive.topics.subject import Subject, subject_of
from archive.topics.words import Told

# Endings after which a record has another text, title or right to a text than before.
_WRITTEN = frozenset(
    {
        *(Ending.NEW, Ending.REVISED, Ending.REREAD),
        *(Ending.LINKED, Ending.RELINKED, Ending.RESERVED),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRow:
    """A record as the topic rules read it."""

    article_id: int
    title: str
    text: str
    topics: tuple[str, ...]


def keep_topics(db: Database, topics: Sequence[Topic]) -> None:
    """Make the table of topics as the rules have it; topics that are gone keep their row."""
    for topic in topics:
        db.execute(
            "INSERT INTO topics (slug, label, definition, sensitivity, report_routes, reported_as)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (slug) DO UPDATE SET label = excluded.label,"
            " definition = excluded.definition, sensitivity = excluded.sensitivity,"
            " report_routes = excluded.report_routes, reported_as = excluded.reported_as"
            " WHERE (label, definition, sensitivity, report_routes, reported_as) IS NOT"
            " (excluded.label, excluded.definition, excluded.sensitivity, excluded.report_routes,"
            " excluded.reported_as)",
            [
                *(topic.id, topic.label, topic.definition, topic.sensitivity),
                *(json.dumps(topic.report_routes), json.dumps(topic.reported_as)),
            ],
        )


def keep_subject(db: Database, article_id: int, subject: Subject) -> None:
    """Make topics, names and figures of a record those of its present text."""
    db.execute("DELETE FROM article_topics WHERE article_id = ?", [article_id])
    db.execute("DELETE FROM article_entities WHERE article_id = ?", [article_id])
    db.execute("DELETE FROM article_statistics WHERE article_id = ?", [article_id])
    decision = subject.decision
    for tag in decision.tags:
        db.execute(
            "INSERT INTO article_topics (article_id, topic_id, score, is_primary, evidence, rules)"
            " SELECT ?, id, ?, ?, ?, ? FROM topics WHERE slug = ?",
            [
                *(article_id, tag.score, int(tag.is_primary)),
                *(json.dumps([_evidence(hit) for hit in tag.hits]), decision.version, tag.topic),
            ],
        )
    db.conn.executemany(
        "INSERT INTO article_entities VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(article_id, mention.entity.id, mention.entity.kind, mention.entity.name),
                *(mention.count, int(mention.in_title), mention.sentence),
            )
            for mention in subject.mentions
        ],
    )
    db.conn.executemany(
        "INSERT INTO article_statistics VALUES (?, ?, ?, ?, ?)",
        [
            (article_id, position, figure.number, figure.counts, figure.sentence)
            for position, figure in enumerate(subject.statistics, 1)
        ],
    )


def follow(db: Database, article: Article | None, stored: Stored) -> None:
    """Give a record that a commit has written the subject of its text."""
    if article is None or stored.article_id is None or stored.ending not in _WRITTEN:
        return
    if article.subject is not None:
        keep_subject(db, stored.article_id, article.subject)


def tag_anew(db: Database, article_id: int) -> None:
    """Read what a record is about again, from the text that it has now."""
    row = db.execute("SELECT title, body FROM articles WHERE id = ?", [article_id]).fetchone()
    rules = rules_of(applied_rules(db))
    keep_subject(db, article_id, subject_of(Told(title=row[0], text=row[1]), rules))


def keep_shipped(db: Database) -> None:
    """Bring the table of topics to the rules of this program, unless others were applied."""
    if applied_rules(db) is None:
        keep_topics(db, [*shipped_topics().values()])


def _evidence(hit: Hit) -> dict[str, Any]:
    told = asdict(hit)
    return {key: told[key] for key in ("term", "kind", "place", "start", "end", "sentence")}


def apply_rules(db: Database, rules: TopicRules, now: str) -> None:
    """Note that these rules hold from now on."""
    db.execute(
        "INSERT INTO topic_rules (version, text, applied_at) VALUES (?, ?, ?)",
        [rules.version, rules.text, now],
    )
    keep_topics(db, [*rules.topics.values()])


def applied_rules(db: Database) -> str | None:
    """The text of the rules that hold; None for those that come with the program."""
    # An archive that no newer newsward has written to has no rules of its own.
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'topic_rules'").fetchone():
        return None
    row = db.execute("SELECT text FROM topic_rules ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else str(row[0])


def texts(db: Database, *, after: int, count: int) -> list[TextRow]:
    """The next records by number, with the topics that they have."""
    rows = db.execute(
        "SELECT id, title, body, (SELECT json_group_array(slug) FROM article_topics JOIN topics"
        " ON topics.id = topic_id WHERE article_id = articles.id) FROM articles"
        " WHERE id > ? ORDER BY id LIMIT ?",
        [after, count],
    )
    return [
        TextRow(
            article_id=row[0],
            title=row[1],
            text=row[2],
            topics=tuple(sorted(json.loads(row[3]))),
        )
        for row in rows
    ]


def is_still(db: Database, row: TextRow) -> bool:
    """Whether a record has the text that was read."""
    found = db.execute(
        "SELECT 1 FROM articles WHERE id = ? AND title = ? AND body = ?",
        [row.article_id, row.title, row.text],
    ).fetchone()
    return found is not None


def counts(db: Database) -> Iterator[tuple[str, str, int, str]]:
    """Slug, label, number of records and sensitivity of each topic, the largest first."""
    yield from db.execute(
        "SELECT slug, label, (SELECT count(*) FROM article_topics WHERE topic_id = topics.id),"
        " sensitivity FROM topics ORDER BY 3 DESC, slug"
    )
