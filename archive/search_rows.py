"""Searching: which records match a query, in which order, and how many there are.

Every function reads from the database that it is given and writes nothing.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.search_bounds import Also, Condition
from archive.statements import select
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

_NUMBER = "articles_fts.rowid"
_RANKED = "articles_fts.rowid AS id, bm25(articles_fts, :title_weight, 1.0) AS rank"
# CROSS: the matches lead, and each is looked up among the articles; never the other way round.
_JOINED = "articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid"

_HITS = """
SELECT articles.id, articles.title, articles.url, sources.slug, sources.name, articles.published,
  articles.word_count
FROM articles JOIN sources ON sources.id = articles.source_id
WHERE articles.id IN (SELECT value FROM json_each(?))
"""

# Control characters that no text of ours has a use for.
_MARK, _UNMARK = "\x02", "\x03"
_SNIPPET = """
SELECT snippet(articles_fts, 1, char(2), char(3), ' … ', :tokens)
FROM articles_fts WHERE articles_fts MATCH :match AND rowid = :number
"""


# FTS5 tries each match of a text as the beginning of its snippet: a second for 10,000 of them, and
# a page that says one word 300,000 times would keep a search for minutes. No news is so long.
_LONG_TEXT = 4_000
_WHOLE = "SELECT body FROM articles_fts WHERE articles_fts MATCH :match AND rowid = :number"
_TERM = re.compile(r'"((?:[^"]|"")+)"')
_SAME_BEGINNING = 5
_NEAR = 1_000


# What is said of a record that has not the words: the sentence for which it has the topic.
_EVIDENCE = """
SELECT json_extract(evidence, '$[0].sentence') FROM article_topics
WHERE article_id = ? AND topic_id = ?
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some of the matches, and how many there are; with `more`, there are more than `total`."""

    hits: tuple[Hit, ...]
    total: int
    more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What to search for: an FTS5 expression, None for any words, and what must hold beside it.

    `newest` leaves out the records that came after that number. `also` adds records that have not
    the words; they rank behind those that have.
    """

    match: str | None
    condition: Condition
    newest: int
    also: Also | None = None

    @property
    def ranked(self) -> str:
        """What is asked of each match: its number and its rank, which is one where no word is."""
        return "articles.id AS id, 0.0 AS rank" if self.match is None else _RANKED

    def matches(self, what: str, *, limit: str = "") -> str:
        """SQL: what is asked of the matches; with a limit, of the newest."""
        number, words, tables = _NUMBER, "articles_fts MATCH :match AND ", "articles_fts"
        if self.match is None:
            number, words, tables = "articles.id", "", "articles"
        elif self.condition.reads_records:
            tables = _JOINED
        return select(
            what,
            tables,
            where=f"{words}{number} BETWEEN :oldest AND :newest{self.condition.sql}",
            order=f"{number} DESC" if limit else "",
            limit=limit,
        )

    @property
    def parameters(self) -> dict[str, object]:
        """The values that the SQL names."""
        also = self.also.parameters if self.also else {}
        return (
            also
            | self.condition.parameters
            | {
                "match": self.match,
                "oldest": self.condition.first,
                "newest": min(self.newest, self.condition.last),
            }
        )


def newest(db: Database) -> int:
    """The number of the newest record, 0 when there is none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0])


def page(db: Database, search: Search, *, limit: int, offset: int) -> Page:
    """One page of the matches: the newest 2,000 by rank, then the next 2,000 by rank, and so on.

    Within a rank the newest comes first. Pages of one search never overlap and miss none, also
    when records arrive between one page and the next, as long as `newest` stays the same.
    """
    found: list[tuple[int, float]] = []
    first = offset - offset % RANKED_AT_ONCE
    while True:
        rows = _window(db, search, first)
        ranked = sorted(rows, key=lambda row: (row[1], -row[0]))
        found += ranked[max(offset - first, 0) :]
        first += len(rows)
        if len(found) >= limit or len(rows) < RANKED_AT_ONCE:
            break
    # An empty window behind the end does not say where the end is.
    last = rows[-1][0] if rows else min(search.newest, search.condition.last) + 1
    total = first if rows else 0
    if len(rows) == RANKED_AT_ONCE or not rows:
        total += _count_below(db, search, last, COUNTED + 1 - total)
    return Page(
        hits=_hits(db, search, dict(found[:limit])),
        total=min(total, COUNTED),
        more=total > COUNTED,
    )


def _window(db: Database, search: Search, first: int) -> list[tuple[int, float]]:
    # bm25 runs for the rows of the window alone: FTS5 gives the newest first without sorting.
    sql = (
        search.matches(search.ranked, limit=":window OFFSET :first")
        if search.also is None
        else _wider_window(search, search.also)
    )
    rows: list[tuple[int, float]] = db.execute(
        sql,
        search.parameters
        | {"first": first, "window": RANKED_AT_ONCE, "title_weight": TITLE_WEIGHT},
    ).fetchall()
    return rows


def _wider_window(search: Search, also: Also) -> str:
    # The newest of both together are among the newest of each.
    matches = search.matches(_RANKED, limit=":first + :window")
    beside = select("id", f"({also.numbers})", order="id DESC", limit=":first + :window")
    both = f"{select('*', f'({matches})')} UNION ALL {select('id, 0.0', f'({beside})')}"
    return select(
        "id, min(rank)",
        f"({both})",
        group="id",
        order="id DESC",
        limit=":window OFFSET :first",
    )


def _count_below(db: Database, search: Search, last: int, most: int) -> int:
    numbers = search.matches(_NUMBER if search.match is not None else "articles.id")
    if search.also is not None:
        numbers += f" UNION {select('id', f'({search.also.numbers})')}"
    (found,) = db.execute(
        select("count(*)", f"({numbers} LIMIT :most)"),
        search.parameters | {"newest": last - 1, "most": max(most, 0)},
    ).fetchone()
    return int(found)


def _hits(db: Database, search: Search, scores: dict[int, float]) -> tuple[Hit, ...]:
    rows = db.execute(_HITS, [json.dumps(list(scores))]).fetchall()
    records = {row[0]: row for row in rows}
    return tuple(
        _hit(db, search, records[article_id], -score) for article_id, score in scores.items()
    )


def _hit(db: Database, search: Search, row: tuple[Any, ...], score: float) -> Hit:
    snippet, marks = _unmarked(_marked(db, search, row[0], is_long=row[6] > _LONG_TEXT))
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


def _marked(db: Database, search: Search, number: int, *, is_long: bool) -> str:
    if search.match is None:
        return _beginning(db, number)
    found = db.execute(
        _WHOLE if is_long else _SNIPPET,
        {"match": search.match, "number": number, "tokens": SNIPPET_TOKENS},
    ).fetchone()
    if found is not None and is_long:
        return _around_first_word(found[0], search.match)
    if found is None and search.also is not None:
        found = db.execute(_EVIDENCE, [number, search.also.topic_id]).fetchone()
    return str((found and found[0]) or "")


def _beginning(db: Database, number: int) -> str:
    (begins,) = db.execute(
        "SELECT substr(body, 1, ?) FROM articles WHERE id = ?", [_NEAR, number]
    ).fetchone()
    words = begins.split()
    is_cut = len(begins) == _NEAR or len(words) > SNIPPET_TOKENS
    return " ".join([*words[:SNIPPET_TOKENS], *(["…"] if is_cut else [])])


def _around_first_word(body: str, match: str) -> str:
    """The words around the first one that a query asks for, marked; else the beginning of a text.

    For texts that are too long for FTS5's own snippets; words are told by how they begin.
    """
    asked = {word for term in _TERM.findall(match) for word in re.findall(r"\w+", term)}
    begins = "|".join(sorted(re.escape(word[:_SAME_BEGINNING]) for word in asked))
    found = re.search(rf"\b(?:{begins})\w*", body, re.IGNORECASE) if begins else None
    start, end = found.span() if found else (0, 0)
    before = body[max(start - _NEAR, 0) : start].split()
    is_cut = start > _NEAR or len(before) > SNIPPET_TOKENS // 2
    before = before[-SNIPPET_TOKENS // 2 :]
    after = body[end : end + _NEAR].split()[: SNIPPET_TOKENS // 2]
    middle = [_MARK + body[start:end] + _UNMARK] if found else []
    text = " ".join([*before, *middle, *after])
    return f"{'… ' if is_cut else ''}{text} …"


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
