"""Articles with the story that each belongs to, and an archive made of them.

A row of ARTICLES.jsonl.gz has `id`, `corpus`, `story`, `title`, `text`, and may have `date`,
`source`, `url` and `topic`.
"""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.records import text_hash
from archive.store import Archive

NOW = "2026-11-22T10:00:00Z"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One article; `date` is ISO 8601, None when the corpus has none."""

    id: str
    corpus: str
    story: str
    title: str
    text: str
    date: str | None = None
    source: str = "unknown"
    url: str | None = None


def read_pieces(path: Path) -> list[Piece]:
    """The articles of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [
        Piece(
            id=row["id"],
            corpus=row.get("corpus") or "articles",
            story=row["story"],
            title=row.get("title") or "",
            text=row["text"],
            date=row.get("date"),
            source=row.get("source") or "unknown",
            url=row.get("url"),
        )
        for row in rows
    ]


def by_corpus(pieces: Iterable[Piece]) -> dict[str, list[Piece]]:
    """The articles of each corpus."""
    found: defaultdict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        found[piece.corpus].append(piece)
    return dict(found)


def in_arrival(pieces: Sequence[Piece], seed: int) -> list[Piece]:
    """By date where all are dated, else shuffled."""
    if all(piece.date for piece in pieces):
        return sorted(pieces, key=lambda piece: (piece.date or "", piece.id))
    shuffled = sorted(pieces, key=lambda piece: piece.id)
    random.Random(seed).shuffle(shuffled)
    return shuffled


def fill(archive: Archive, pieces: Iterable[Piece], *, seen: str = NOW) -> None:
    """Put articles into an archive as records, in this order; nothing is read for stories yet."""
    with archive.transaction() as db:
        (last,) = db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()
        for number, piece in enumerate(pieces, last + 1):
            db.execute(
                "INSERT INTO sources (slug, name, homepage, kind, scope, enabled, updated_at)"
                " VALUES (?, ?, '', 'news', 'all', 1, ?) ON CONFLICT DO NOTHING",
                [piece.source, piece.source, seen],
            )
            db.execute(
                "INSERT INTO articles (title, url, published, source_id, kind, word_count,"
                " published_precision, canonical_own, first_seen_at, revision, text_hash, body)"
                " SELECT ?, ?, ?, id, 'article', ?, ?, 0, ?, 1, ?, ? FROM sources WHERE slug = ?",
                [
                    *(piece.title, f"https://corpus.test/{number}", piece.date),
                    *(len(piece.text.split()), "day" if piece.date else None, seen),
                    *(text_hash(piece.title, piece.text), piece.text, piece.source),
                ],
            )


def found_stories(archive: Archive) -> list[int]:
    """The story of each article, in the order of arrival."""
    with archive.moment() as db:
        rows = db.execute(
            "SELECT story_id FROM articles JOIN article_stories ON article_id = articles.id"
            " ORDER BY articles.id"
        ).fetchall()
    return [story_id for (story_id,) in rows]


def chunks(pieces: Sequence[Piece], size: int) -> Iterator[Sequence[Piece]]:
    """The articles, so many at a time."""
    for at in range(0, len(pieces), size):
        yield pieces[at : at + size]
