"""Reading what an issue is made of, and keeping what it had.

Every function works in the transaction, or the moment, of its caller.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive import search_bounds
from archive.digest.selection import Candidate, Key, keys_of
from archive.digest.values import Issue, RecordFacts, Topic
from archive.errors import ConfigurationError
from archive.excerpts import MOST_CHARACTERS, allowed
from archive.periods import end_of
from archive.records import DIGEST_ITEM
from archive.search import Field


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which records an issue is about: those of a month, of these topics and sources if any."""

    month: str
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, object]:
        """The values that the SQL names."""
        return {
            "first": self.month,
            "last": end_of(self.month),
            "item": DIGEST_ITEM,
            "topics": json.dumps(self.topics),
            "sources": json.dumps(self.sources),
        }


_COLUMNS = """
SELECT articles.id, articles.title, sources.slug, sources.kind, articles.published,
  articles.text_hash,
  (SELECT count(*) FROM article_statistics WHERE article_id = articles.id),
  (SELECT label FROM article_topics JOIN topics ON topics.id = topic_id
   WHERE article_id = articles.id AND is_primary),
  sources.link_only OR articles.kind = 'link'
FROM articles JOIN sources ON sources.id = articles.source_id
"""
_CANDIDATES = f"""
{_COLUMNS}
WHERE articles.published >= :first AND articles.published <= :last AND articles.kind <> :item
"""
_BY_TOPIC = """
 AND articles.id IN (SELECT article_id FROM article_topics JOIN topics ON topics.id = topic_id
  WHERE topics.slug IN (SELECT value FROM json_each(:topics)))
"""
# Those that stand in issues of other months.
_USED = """
WHERE articles.id IN (
  SELECT article_id FROM digest_items JOIN digests ON digests.id = digest_id
  WHERE direction = 'out' AND issued IS NOT :first
)
"""
_BY_SOURCE = " AND sources.slug IN (SELECT value FROM json_each(:sources))"


def candidates(db: Database, asked: Asked) -> list[Candidate]:
    """The records that an issue could have, in order of arrival.

    Raises:
        ConfigurationError: no such topic or source.
    """
    _check(db, Field.TOPIC, asked.topics, "SELECT slug FROM topics ORDER BY slug")
    _check(db, Field.SOURCE, asked.sources, "SELECT slug FROM sources ORDER BY slug")
    sql = _CANDIDATES + _BY_TOPIC * bool(asked.topics) + _BY_SOURCE * bool(asked.sources)
    rows = db.execute(sql + " ORDER BY articles.id", asked.parameters).fetchall()
    return _as_candidates(db, rows)


def without_date(db: Database, month: str) -> int:
    """How many records were first seen in a month and have no date: an issue leaves them out."""
    row = db.execute(
        "SELECT count(*) FROM articles WHERE published IS NULL AND kind <> :item"
        " AND first_seen_at >= :first AND first_seen_at <= :last",
        {"item": DIGEST_ITEM, "first": month, "last": end_of(month)},
    ).fetchone()
    return int(row[0])


def _check(db: Database, field: Field, asked: Sequence[str], slugs: str) -> None:
    known = [slug for (slug,) in db.execute(slugs)]
    for slug in asked:
        if slug not in known:
            raise ConfigurationError(search_bounds.missing(field, slug, known))


def _as_candidates(db: Database, rows: Sequence[tuple[Any, ...]]) -> list[Candidate]:
    stories = _stories(db, [row[0] for row in rows])
    found = []
    for row in rows:
        story, is_origin = stories.get(row[0], (None, False))
        found.append(
            Candidate(
                article_id=row[0],
                title=row[1],
                source=row[2],
                source_kind=row[3],
                published=row[4] or "",
                text_hash=row[5],
                figures=row[6],
                section=row[7],
                link_only=bool(row[8]),
                story=story,
                is_origin=is_origin,
            )
        )
    return found


def _stories(db: Database, numbers: Sequence[int]) -> dict[int, tuple[int, bool]]:
    """The story of each record that is in one, and whether it is its original.

    Records that no crawl or `newsward stories` has read for stories are in none; an archive that an
    older program made, opened for reading alone, has no such table.
    """
    if not db.table("article_stories").exists():
        return {}
    rows = db.execute(
        "SELECT article_id, story_id, origin_id IS article_id FROM article_stories"
        " JOIN stories ON stories.id = story_id"
        " WHERE article_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(numbers))],
    )
    return {article_id: (story, bool(is_origin)) for article_id, story, is_origin in rows}


def used(db: Database, asked: Asked) -> frozenset[Key]:
    """What the records share that stand in issues of other months; see `selection.keys_of`."""
    rows = db.execute(_COLUMNS + _USED, asked.parameters).fetchall()
    return frozenset(key for one in _as_candidates(db, rows) for key in keys_of(one))


def used_records(db: Database, month: str) -> frozenset[int]:
    """The records that stand in issues of other months."""
    rows = db.execute(
        "SELECT article_id FROM digest_items JOIN digests ON digests.id = digest_id"
        " WHERE direction = 'out' AND issued IS NOT ? AND article_id IS NOT NULL",
        [month],
    )
    return frozenset(article_id for (article_id,) in rows)


_FACTS = """
SELECT articles.id, articles.title, articles.url, sources.slug, sources.name, sources.country,
  sources.licence, articles.published, articles.published_precision,
  sources.link_only OR articles.kind = 'link', articles.body,
  (SELECT signals FROM record_signals WHERE article_id = articles.id),
  coalesce(
    (SELECT status FROM frontier JOIN fetches ON frontier_id = frontier.id
     WHERE frontier.article_id = articles.id AND frontier.url = articles.url
     ORDER BY fetches.id DESC LIMIT 1),
    (SELECT status FROM frontier JOIN fetches ON frontier_id = frontier.id
     WHERE frontier.article_id = articles.id ORDER BY fetches.id DESC LIMIT 1)),
  (SELECT json_group_array(sentence) FROM article_statistics WHERE article_id = articles.id),
  (SELECT rights.signals FROM revisions JOIN rights ON rights.fetch_id = revisions.fetch_id
   WHERE revisions.article_id = articles.id AND revisions.revision = articles.revision)
FROM articles JOIN sources ON sources.id = articles.source_id
WHERE articles.id IN (SELECT value FROM json_each(?))
"""
_GONE = frozenset({404, 410})
_PRECISIONS = {"month": len("2026-11"), "year": len("2026")}


def facts(db: Database, numbers: Iterable[int]) -> dict[int, RecordFacts]:
    """What an item may say of each of these records; those that are not there are left out."""
    rows = db.execute(_FACTS, [json.dumps(list(numbers))]).fetchall()
    return {row[0]: _facts(db, row) for row in rows}


def _facts(db: Database, row: tuple[Any, ...]) -> RecordFacts:
    signals = [*json.loads(row[11] or "[]"), *json.loads(row[14] or "[]")]
    # A page that wants less shown than that is not quoted by whole sentences.
    no_quotes = allowed(map(str, signals)) < MOST_CHARACTERS
    link_only = bool(row[9])
    topics, evidence = _topics(db, row[0])
    may_quote = not link_only and not no_quotes
    return RecordFacts(
        article_id=row[0],
        title=row[1],
        url=row[2],
        source=row[3],
        source_name=row[4],
        country=row[5],
        licence=row[6],
        published=row[7] and row[7][: _PRECISIONS.get(row[8], len("2026-11-22"))],
        text=row[10] if may_quote else "",
        link_only=link_only,
        no_quotes=no_quotes,
        is_dead=row[12] in _GONE,
        topics=topics,
        figures=tuple(json.loads(row[13])) if may_quote else (),
        evidence=evidence if may_quote else (),
    )


def _topics(db: Database, article_id: int) -> tuple[tuple[Topic, ...], tuple[str, ...]]:
    topics, evidence = [], []
    for slug, label, sensitivity, routes, reported_as, hits in db.execute(
        "SELECT slug, label, sensitivity, report_routes, reported_as, evidence FROM article_topics"
        " JOIN topics ON topics.id = topic_id WHERE article_id = ?"
        " ORDER BY is_primary DESC, score DESC, slug",
        [article_id],
    ):
        topics.append(
            Topic(
                slug=slug,
                label=label,
                sensitivity=sensitivity,
                routes=tuple(json.loads(routes)),
                reported_as=tuple(json.loads(reported_as)),
            )
        )
        evidence += [hit["sentence"] for hit in json.loads(hits) if hit["place"] != "title"]
    return tuple(topics), tuple(evidence)


def readers_country(db: Database, numbers: Iterable[int]) -> str | None:
    """The country of most sources of these records; None when none says one."""
    rows = db.execute(
        "SELECT country FROM articles JOIN sources ON sources.id = source_id"
        " WHERE length(country) = 2 AND country <> 'EU'"
        " AND articles.id IN (SELECT value FROM json_each(?)) ORDER BY country",
        [json.dumps(list(numbers))],
    )
    common = Counter(str(country) for (country,) in rows).most_common(1)
    return common[0][0] if common else None


def keep(db: Database, issue: Issue, *, name: str, now: str) -> int:
    """Keep which records an issue has, in place of an earlier one of that month and title."""
    db.execute(
        "DELETE FROM digests WHERE direction = 'out' AND issued = ? AND title = ?",
        [issue.month, issue.title],
    )
    row = db.execute(
        "INSERT INTO digests (direction, name, title, issued, added_at)"
        " VALUES ('out', ?, ?, ?, ?) RETURNING id",
        [name, issue.title, issue.month, now],
    ).fetchone()
    db.conn.executemany(
        "INSERT INTO digest_items (digest_id, position, number, article_id, date, date_precision)"
        " SELECT ?, ?, ?, id, published, published_precision FROM articles WHERE id = ?",
        [(row[0], item.number, item.number, item.record.article_id) for item in issue.items],
    )
    return int(row[0])
