"""What says words of a record elsewhere: items of newsletters, stories. A takedown goes there too.

Every function works inside the transaction of its caller.
"""

import json
from typing import Any

from sqlite_utils import Database

from archive.takedown_rows import Target
from archive.tombstones import drop_snapshot


def items_quoting(db: Database, target: Target) -> list[int]:
    """The records of newsletter items that link to one of these addresses."""
    rows = db.execute(
        "SELECT DISTINCT links.article_id FROM links"
        " JOIN digest_items ON digest_items.article_id = links.article_id"
        " JOIN digests ON digests.id = digest_items.digest_id AND digests.direction = 'in'"
        " WHERE links.to_url IN (SELECT value FROM json_each(?)) AND links.article_id IS NOT ?"
        " ORDER BY links.article_id",
        [json.dumps(sorted(target.addresses)), target.article_id],
    ).fetchall()
    return [article_id for (article_id,) in rows]


def drop_issues(db: Database, target: Target, redaction_id: int) -> None:
    """Note the bodies of the newsletters that a record stands in, or that quote it.

    Whole: they are mails, PDF and Word files, in which nobody finds a word safely.
    """
    rows = db.execute(
        "SELECT DISTINCT digests.snapshot_digest FROM digest_items"
        " JOIN digests ON digests.id = digest_items.digest_id"
        " WHERE digest_items.article_id IN (SELECT value FROM json_each(?))",
        [json.dumps([target.article_id, *items_quoting(db, target)])],
    ).fetchall()
    for (digest,) in rows:
        drop_snapshot(db, digest, redaction_id)


# Stories whose title or origin is that of a record.
_TOLD = """
SELECT id, title, origin_id, origin_name, origin_confidence, origin_why FROM stories
WHERE id IN (SELECT story_id FROM article_stories WHERE article_id = :id
  UNION SELECT id FROM stories WHERE origin_id = :id)
AND (origin_id = :id OR title IN (SELECT title FROM revisions WHERE article_id = :id))
"""
_ANOTHER_TITLE = """
SELECT articles.title FROM article_stories JOIN articles ON articles.id = article_id
WHERE story_id = ? AND article_id <> ? ORDER BY published IS NULL, published, article_id LIMIT 1
"""


def stories_told_by(db: Database, article_id: int) -> list[dict[str, Any]]:
    """The stories that have their title or origin from a record, as they are."""
    cursor = db.execute(_TOLD, {"id": article_id})
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


def untell_stories(db: Database, article_id: int) -> None:
    """Give stories that have their title from a record that of another one, or none."""
    for story in stories_told_by(db, article_id):
        row = db.execute(_ANOTHER_TITLE, [story["id"], article_id]).fetchone()
        db.execute(
            "UPDATE stories SET title = ?, origin_id = NULL, origin_name = NULL,"
            " origin_confidence = 'unknown', origin_why = NULL WHERE id = ?",
            [row[0] if row else "", story["id"]],
        )


def give_back(db: Database, story: dict[str, Any]) -> None:
    """Give a story the title and origin that it had, where it is still there."""
    db.execute(
        "UPDATE stories SET title = :title, origin_id = :origin_id, origin_name = :origin_name,"
        " origin_confidence = :origin_confidence, origin_why = :origin_why WHERE id = :id",
        story,
    )
