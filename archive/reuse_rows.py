"""The rows of what was found: stories, their records, reuse links, merges, a person's word.

Every function works inside the transaction of its caller.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from archive.records import DIGEST_ITEM
from archive.stories.kept_evidence import kept
from archive.stories.origin import Derivation, Member, origin_of
from archive.stories.values import RULES, Confidence, Evidence, Judgement
from archive.story_rows import TextRow

# An origin is among the earliest records: a story of thousands costs no more than one of a few.
_EARLIEST = 60


def keep_link(
    db: Database,
    rows: tuple[TextRow, TextRow],
    evidence: Evidence,
    *,
    judged: Judgement,
    now: str,
) -> None:
    """Keep what the first of two records has of the second."""
    a, b = rows
    derived = {"a": a.article_id, "b": b.article_id, None: None}[judged.derived]
    db.execute("DELETE FROM reuse_links WHERE a_id = ? AND b_id = ?", [b.article_id, a.article_id])
    db.execute(
        "INSERT INTO reuse_links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (a_id, b_id) DO UPDATE SET kind = excluded.kind,"
        " derived_id = excluded.derived_id, confidence = excluded.confidence,"
        " explanation = excluded.explanation, evidence = excluded.evidence,"
        " a_revision = excluded.a_revision, b_revision = excluded.b_revision,"
        " rules = excluded.rules, decided_at = excluded.decided_at",
        [
            *(a.article_id, b.article_id, judged.kind, derived, judged.confidence),
            *(
                judged.explanation,
                kept(evidence, judged.kind, a.told, b.told),
                a.revision,
                b.revision,
            ),
            *(RULES, now),
        ],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadBefore:
    """How a record was placed before; `text_hash` is empty when it is to be placed anew."""

    story_id: int
    text_hash: str
    how: str
    score: float


def read_before(db: Database, article_id: int) -> ReadBefore | None:
    """How a record was placed before; None when it was not."""
    row = db.execute(
        "SELECT story_id, text_hash, how, score FROM article_stories WHERE article_id = ?",
        [article_id],
    ).fetchone()
    if row is None:
        return None
    return ReadBefore(story_id=row[0], text_hash=row[1], how=row[2], score=row[3])


def story_of(db: Database, article_id: int) -> int | None:
    """The story of a record that was read; None before that."""
    row = db.execute(
        "SELECT story_id FROM article_stories WHERE article_id = ?", [article_id]
    ).fetchone()
    return None if row is None else int(row[0])


def stories_of(db: Database, article_ids: Iterable[int]) -> dict[int, int]:
    """The stories of some records."""
    return dict(
        db.execute(
            "SELECT article_id, story_id FROM article_stories"
            " WHERE article_id IN (SELECT value FROM json_each(?)) AND text_hash <> ''",
            [json.dumps([*article_ids])],
        ).fetchall()
    )


def verdicts_on(db: Database, article_id: int) -> dict[int, str]:
    """What a person said of a record and others, by the number of the other."""
    rows = db.execute(
        "SELECT other_id, verdict FROM story_verdicts WHERE one_id = :id"
        " UNION ALL SELECT one_id, verdict FROM story_verdicts WHERE other_id = :id",
        {"id": article_id},
    )
    return dict(rows.fetchall())


def keep_verdict(
    db: Database, pair: tuple[int, int], verdict: str, *, decided_by: str, now: str
) -> None:
    """Write a person's word on two records down; the newest holds."""
    db.execute(
        "INSERT INTO story_verdicts VALUES (?, ?, ?, ?, ?) ON CONFLICT (one_id, other_id)"
        " DO UPDATE SET verdict = excluded.verdict, decided_by = excluded.decided_by,"
        " decided_at = excluded.decided_at",
        [*sorted(pair), verdict, decided_by, now],
    )


def new_story(db: Database, title: str, *, before: int | None = None) -> int:
    """Begin a story; with `before`, under the number that its first record's story had."""
    if before is not None:
        is_free = db.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM article_stories WHERE story_id = ?"
            " AND text_hash <> '')",
            [before],
        ).fetchone()[0]
        if is_free:
            db.execute(
                "UPDATE stories SET title = ?, first_published = NULL, last_published = NULL,"
                " merged_into = NULL WHERE id = ?",
                [title, before],
            )
            return before
    row = db.execute("INSERT INTO stories (title) VALUES (?) RETURNING id", [title]).fetchone()
    return int(row[0])


def keep_place(
    db: Database, row: TextRow, story_id: int, *, placed: tuple[str, float], terms: bytes
) -> None:
    """Write down which story a record tells, and its signature."""
    how, score = placed
    db.execute(
        "INSERT INTO article_stories VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (article_id)"
        " DO UPDATE SET story_id = excluded.story_id, how = excluded.how, score = excluded.score,"
        " day = excluded.day, text_hash = excluded.text_hash, rules = excluded.rules,"
        " terms = excluded.terms",
        [row.article_id, story_id, how, score, row.day, row.text_hash, RULES, terms],
    )


def propose_merges(
    db: Database, article_id: int, merges: Mapping[tuple[int, int], float], *, now: str
) -> None:
    """Log that pairs of stories may be one, the lower number first; what was said before stands."""
    for (one, other), score in sorted(merges.items()):
        db.execute(
            "INSERT INTO story_merges (one_id, other_id, article_id, score, proposed_at)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (one_id, other_id) DO UPDATE SET"
            " score = max(score, excluded.score) WHERE score < excluded.score",
            [one, other, article_id, score, now],
        )


def story_begun_by(db: Database, article_id: int) -> int:
    """Begin a story with a record that leaves another."""
    (title,) = db.execute("SELECT title FROM articles WHERE id = ?", [article_id]).fetchone()
    return new_story(db, title)


def move(db: Database, article_id: int, story_id: int, *, placed: tuple[str, float]) -> None:
    """Write down that a record tells another story than was thought, how and how well it fits."""
    db.execute(
        "UPDATE article_stories SET story_id = ?, how = ?, score = ? WHERE article_id = ?",
        [story_id, *placed, article_id],
    )


def lead_to(db: Database, story_id: int, into: int, *, article_id: int, now: str) -> None:
    """Have the number of a story without records lead to another; `article_id` showed it."""
    db.execute("UPDATE stories SET merged_into = ? WHERE ? IN (id, merged_into)", [into, story_id])
    db.execute(
        "INSERT INTO story_merges (one_id, other_id, article_id, score, state, proposed_at)"
        " VALUES (?, ?, ?, 1, 'merged', ?) ON CONFLICT (one_id, other_id) DO UPDATE SET"
        " state = 'merged'",
        [*sorted((story_id, into)), article_id, now],
    )


def refresh(db: Database, story_id: int, *, anew: bool = False) -> None:
    """Bring title, dates and origin of a story up to its records; `anew` after some left it."""
    members = _members(db, story_id)
    if not members:
        return
    if anew:
        db.execute(
            "UPDATE stories SET first_published = NULL, last_published = NULL WHERE id = ?",
            [story_id],
        )
    origin = origin_of(members, _derivations(db, [member.article_id for member in members]))
    titles = {member.article_id: member.title for member in members}
    (first, last) = db.execute(
        "SELECT min(published), max(published) FROM article_stories JOIN articles"
        " ON articles.id = article_id WHERE article_id IN (SELECT value FROM json_each(?))",
        [json.dumps([*titles])],
    ).fetchone()
    db.execute(
        "UPDATE stories SET title = :title,"
        " first_published = coalesce(min(first_published, :first), first_published, :first),"
        " last_published = coalesce(max(last_published, :last), last_published, :last),"
        " origin_id = :origin, origin_name = :name, origin_confidence = :confidence,"
        " origin_why = :why WHERE id = :id",
        {
            "title": titles.get(origin.article_id or 0, members[0].title),
            "first": first,
            "last": last,
            "origin": origin.article_id,
            "name": origin.name,
            "confidence": origin.confidence,
            "why": origin.why,
            "id": story_id,
        },
    )


def _members(db: Database, story_id: int) -> list[Member]:
    rows = db.execute(
        "SELECT articles.id, articles.title, published, published_precision, wire_credit,"
        " articles.kind = ? FROM article_stories JOIN articles"
        " ON articles.id = article_stories.article_id"
        " LEFT JOIN record_signals ON record_signals.article_id = articles.id"
        " WHERE story_id = ? AND article_stories.text_hash <> ''"
        " ORDER BY day, articles.id LIMIT ?",
        [DIGEST_ITEM, story_id, _EARLIEST],
    )
    return [
        Member(
            article_id=row[0],
            title=row[1],
            published=row[2],
            precision=row[3],
            wire=row[4],
            is_item=bool(row[5]),
        )
        for row in rows
    ]


def _derivations(db: Database, article_ids: list[int]) -> list[Derivation]:
    rows = db.execute(
        "SELECT derived_id, iif(derived_id = a_id, b_id, a_id), confidence FROM reuse_links"
        " WHERE a_id IN (SELECT value FROM json_each(?)) AND derived_id IS NOT NULL",
        [json.dumps(article_ids)],
    )
    return [
        Derivation(derived=derived, source=source, confidence=Confidence(confidence))
        for derived, source, confidence in rows
    ]


def forget(db: Database, article_id: int) -> None:
    """Take a record whose text is not kept any more out of all that was found."""
    story_id = story_of(db, article_id)
    # A record that was never read has nothing there, and the look for it goes over all rows.
    if story_id is None:
        return
    db.execute("DELETE FROM fingerprints WHERE article_id = ?", [article_id])
    db.execute("DELETE FROM signature_terms WHERE article_id = ?", [article_id])
    db.execute("DELETE FROM article_stories WHERE article_id = ?", [article_id])
    refresh(db, story_id)
