"""The rows of what pages ask and credit; every function works inside its caller's transaction."""

import json

from sqlite_utils import Database

from archive.records import Article


def keep_signals(db: Database, article_id: int, article: Article) -> None:
    """Make a record's signals and wire credit those of its page as it was read now.

    Nothing is written where they are what they were.
    """
    signals = json.dumps(article.signals) if article.signals else None
    if signals is None and article.wire_credit is None:
        db.execute("DELETE FROM record_signals WHERE article_id = ?", [article_id])
        return
    db.execute(
        "INSERT INTO record_signals (article_id, wire_credit, signals) VALUES (?, ?, ?)"
        " ON CONFLICT (article_id) DO UPDATE SET"
        " wire_credit = excluded.wire_credit, signals = excluded.signals"
        " WHERE (wire_credit, signals) IS NOT (excluded.wire_credit, excluded.signals)",
        [article_id, article.wire_credit, signals],
    )


def signals_of(db: Database, article_id: int) -> tuple[str | None, tuple[str, ...]]:
    """The agency that a record is credited to, None without one, and the signals of its page."""
    # An archive that an older program made, opened for reading alone, has no such table.
    if not db.table("record_signals").exists():
        return None, ()
    row = db.execute(
        "SELECT wire_credit, signals FROM record_signals WHERE article_id = ?", [article_id]
    ).fetchone()
    if row is None:
        return None, ()
    return row[0], tuple(json.loads(row[1])) if row[1] else ()
