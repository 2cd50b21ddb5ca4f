"""Searching: which records match a query, in which order, and how many there are.

Every function reads from the database that it is given and writes nothing.
"""

import json
import re
from dataclasses import dataclass

from sqlite_utils import Database

from archive.periods import end_of
from archive.views import Hit

# bm25 costs about 1.3 us for each row that matches: half a second for a word that half a million
# articles have. Nobody reads so far: the newest matches are ranked, then the next newest.
RANKED_AT_ONCE = 2_000
# Counting stops there and says so.
COUNTED = 10_000
# A word in the title says more about an article than one in its text.
TITLE_WEIGHT = 5.0
# Tokens of the text around a match; FTS5 allows 64.
SNIPPET_TOKENS = 30

_FILTER = """
  AND (:source_id IS NULL OR articles.source_id = :source_id)
  -- A record dated to the month alone counts when any day of that month does.
  AND (:since IS NULL OR articles.published >= substr(:since, 1, length(articles.published)))
  AND (:before IS NULL OR articles.published < :before)
"""
# CROSS: the matches lead, and each is looked up among the articles; never the other way round.
_JOINED = "articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid"


def _ranked(tables: str, condition: str) -> str:
    return f"""
SELECT id, -score FROM (
  SELECT articles_fts.rowid AS id, bm25(articles_fts, {TITLE_WEIGHT}, 1.0) AS score
  FROM {tables} WHERE articles_fts MATCH :match {condition}
  ORDER BY articles_fts.rowid DESC LIMIT {RANKED_AT_ONCE} OFFSET :first
) ORDER BY score, id DESC LIMIT :limit OFFSET :offset
"""  # noqa: S608  # only the constants above


def _counted(tables: str, condition: str) -> str:
    return f"""
SELECT count(*) FROM (
  SELECT 1 FROM {tables} WHERE articles_fts MATCH :match {condition} LIMIT {COUNTED + 1}
)
"""  # noqa: S608  # only the constants above


_RANKED = {False: _ranked("articles_fts", ""), True: _ranked(_JOINED, _FILTER)}
_COUNTED = {False: _counted("articles_fts", ""), True: _counted(_JOINED, _FILTER)}

_HITS = """
SELECT articles.id, articles.title, articles.url, sources.slug, sources.name, articles.published
FROM articles JOIN sources ON sources.id = articles.source_id
WHERE articles.id IN (SELECT value FROM json_each(?))
"""

# Control characters that no text of ours has a use for.
_MARK, _UNMARK = "\x02", "\x03"
_SNIPPET = f"""
SELECT snippet(articles_fts, 1, char(2), char(3), ' … ', {SNIPPET_TOKENS})
FROM articles_fts WHERE articles_fts MATCH ? AND rowid = ?
"""  # noqa: S608  # only a constant


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What to search for: an FTS5 expression, and the bounds beside it.

    `since` and `until` are periods as `archive.periods` reads them, both ends included.
    """

    match: str
    source_id: int | None = None
    since: str | None = None
    until: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether there is a bound that FTS5 does not know of."""
        return any(bound is not None for bound in (self.source_id, self.since, self.until))

    @property
    def parameters(self) -> dict[str, object]:
        """The values that the SQL names."""
        return {
            "match": self.match,
            "source_id": self.source_id,
            "since": self.since,
            "before": None if self.until is None else end_of(self.until),
        }


def count(db: Database, search: Search) -> tuple[int, bool]:
    """How many records match, and whether there are more than that."""
    (found,) = db.execute(_COUNTED[search.is_filtered], search.parameters).fetchone()
    return min(found, COUNTED), found > COUNTED


def hits(db: Database, search: Search, *, limit: int, offset: int) -> tuple[Hit, ...]:
    """One page of the matches: the newest 2,000 by rank, then the next 2,000 by rank, and so on.

    Within a rank the newest comes first. Pages of one search never overlap and miss none.
    """
    scores = dict(_page(db, search, limit=limit, offset=offset))
    rows = db.execute(_HITS, [json.dumps(list(scores))]).fetchall()
    records = {row[0]: row for row in rows}
    return tuple(
        _hit(db, search, records[article_id], score) for article_id, score in scores.items()
    )


def _page(db: Database, search: Search, *, limit: int, offset: int) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    while len(found) < limit:
        start = offset + len(found)
        first = start - start % RANKED_AT_ONCE
        rows = db.execute(
            _RANKED[search.is_filtered],
            search.parameters
            | {"first": first, "offset": start - first, "limit": limit - len(found)},
        ).fetchall()
        found += rows
        # Only a page that reaches the end of what is ranked at once goes on into the next.
        if not rows or (start + len(rows)) % RANKED_AT_ONCE:
            break
    return found


def _hit(
    db: Database, search: Search, row: tuple[int, str, str, str, str, str | None], score: float
) -> Hit:
    (marked,) = db.execute(_SNIPPET, [search.match, row[0]]).fetchone()
    snippet, marks = _unmarked(marked or "")
    return Hit(
        id=row[0],
        title=row[1],
        url=row[2],
        source=row[3],
        source_name=row[4],
        published=row[5],
        snippet=snippet,
        marks=marks,
        score=round(score, 4),
    )


def _unmarked(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The snippet as one line, and the spans that stood between marks."""
    text, spans, start = "", [], 0
    for piece in re.split(f"([{_MARK}{_UNMARK}])", " ".join(marked.split())):
        if piece == _MARK:
            start = len(text)
        elif piece == _UNMARK:
            spans.append((start, len(text)))
        else:
            text += piece
    return text, tuple(spans)
