"""Reading what an export writes: row by row, so that a million records need no more memory.

Every function reads from the database that it is given and writes nothing.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.excerpts import allowed, excerpt
from archive.exported import ExportedRecord, ExportedSource
from archive.search import Bound
from archive.search_bounds import LARGEST, Also, Condition, condition
from archive.statements import select


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which records: an FTS5 expression (None: every record) and what must hold beside it.

    `also` adds records that have not the words. `with_text` asks for the full text beside the
    excerpt.
    """

    match: str | None
    condition: Condition
    also: Also | None = None
    with_text: bool = False

    @property
    def parameters(self) -> dict[str, object]:
        """The values that the SQL names."""
        own = self.condition.parameters | {"match": self.match}
        if self.also is None:
            return own
        return self.also.parameters | own | {"oldest": 0, "newest": LARGEST}

    @property
    def numbers(self) -> str:
        """SQL for the numbers of the records, as `id`; the search index alone where it can tell."""
        tables, number, where = "articles", "articles.id", "true"
        if self.match is not None:
            tables = _MATCHES if self.condition.reads_records else "articles_fts"
            number, where = "articles_fts.rowid", "articles_fts MATCH :match"
        sql = select(f"{number} AS id", tables, where=f"{where}{self.condition.sql}")
        if self.also is None:
            return sql
        return f"{sql} UNION {select('id', f'({self.also.numbers})')}"


def within(db: Database, bounds: Sequence[Bound], *, is_search: bool) -> Condition:
    """What holds of the records within these bounds, among matches or among all records."""
    return condition(db, bounds, number="articles_fts.rowid" if is_search else "articles.id")


_MATCHES = "articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid"
_COLUMNS = """
articles.id, articles.title, articles.url, sources.slug, sources.name, articles.published,
  articles.published_precision, articles.modified, articles.authors, articles.language,
  articles.word_count, sources.licence, articles.first_seen_at, sources.link_only, articles.body
"""
_ASKED = """
(SELECT rights.signals FROM revisions JOIN rights ON rights.fetch_id = revisions.fetch_id
  WHERE revisions.article_id = articles.id AND revisions.revision = articles.revision)
"""
_TOPICS = """
(SELECT json_group_array(slug) FROM (SELECT slug FROM article_topics
  JOIN topics ON topics.id = topic_id WHERE article_id = articles.id
  ORDER BY is_primary DESC, score DESC, slug))
"""
_ISSUE = """
(SELECT digests.name FROM digest_items JOIN digests ON digests.id = digest_id
  WHERE digest_items.article_id = articles.id AND direction = 'in')
"""
# Each with its table, which an archive that an older program made, opened for reading alone, may
# not have. What a page asks stands in the page, or in the headers that it came with.
_SIGNALS = (
    ("record_signals", "(SELECT signals FROM record_signals WHERE article_id = articles.id)"),
    ("rights", _ASKED),
)
_LATER = (
    ("record_signals", "(SELECT wire_credit FROM record_signals WHERE article_id = articles.id)"),
    *_SIGNALS,
    ("article_topics", _TOPICS),
    ("digest_items", _ISSUE),
)


def count(db: Database, selection: Selection) -> int:
    """How many records are selected, counted apart from reading them.

    Where the search index alone can tell, it does: a record that it names and that is not there
    makes the two differ.
    """
    sql = select("count(*)", f"({selection.numbers})")
    (found,) = db.execute(sql, selection.parameters).fetchone()
    return int(found)


def numbers(db: Database, selection: Selection) -> list[int]:
    """The numbers of the selected records, in order of arrival."""
    rows = db.execute(f"{selection.numbers} ORDER BY 1", selection.parameters)
    return [number for (number,) in rows.fetchall()]


def records(db: Database, selection: Selection) -> Iterator[ExportedRecord]:
    """The selected records in order of arrival, read as they are asked for."""
    tables, where, order = "articles", f"true{selection.condition.sql}", "articles.id"
    if selection.also is not None:
        where = f"articles.id IN ({selection.numbers})"
    elif selection.match is not None:
        tables, order = _MATCHES, "articles_fts.rowid"
        where = f"articles_fts MATCH :match{selection.condition.sql}"
    sql = select(
        f"{_COLUMNS}, {_later(db, _LATER)}",
        f"{tables} JOIN sources ON sources.id = articles.source_id",
        where=where,
        order=order,
    )
    for row in db.execute(sql, selection.parameters):
        yield _record(row, with_text=selection.with_text)


def _later(db: Database, columns: Sequence[tuple[str, str]]) -> str:
    return ", ".join(sql if db.table(name).exists() else "NULL" for name, sql in columns)


def _record(row: tuple[Any, ...], *, with_text: bool) -> ExportedRecord:
    link_only, body = bool(row[13]), row[14]
    signals, headers, topics = (tuple(json.loads(value or "[]")) for value in row[16:19])
    return ExportedRecord(
        id=row[0],
        title=row[1],
        url=row[2],
        source=row[3],
        source_name=row[4],
        published=row[5],
        published_precision=row[6],
        modified=row[7],
        authors=tuple(row[8].split("; ")) if row[8] else (),
        language=row[9],
        word_count=row[10],
        licence=row[11],
        first_seen_at=row[12],
        # A source that became link-only may have texts from before.
        excerpt="" if link_only else excerpt(body, allowed([*signals, *headers])),
        wire_credit=row[15],
        signals=signals,
        topics=topics,
        issue=row[19],
        text=body if with_text and not link_only else None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Quotable:
    """A record of which something may be quoted: `most` characters, as far as its page says.

    `description` is what its publisher says of it, and of no other record; else it is empty.
    """

    id: int
    title: str
    description: str
    body: str
    most: int


# What several records say of themselves is the site's own advertisement.
_OWN_DESCRIPTION = """
CASE WHEN articles.description NOT IN (SELECT description FROM articles
  WHERE description IS NOT NULL GROUP BY description HAVING count(*) > 1)
THEN articles.description END
"""


def quotables(db: Database) -> Iterator[Quotable]:
    """The records of which something may be quoted, in order of arrival."""
    sql = select(
        f"articles.id, articles.title, {_OWN_DESCRIPTION}, articles.body, {_later(db, _SIGNALS)}",
        "articles JOIN sources ON sources.id = articles.source_id",
        where="NOT sources.link_only AND articles.body <> ''",
        order="articles.id",
    )
    for number, title, description, body, signals, headers in db.execute(sql):
        most = allowed([*json.loads(signals or "[]"), *json.loads(headers or "[]")])
        if most:
            yield Quotable(
                id=number, title=title, description=description or "", body=body, most=most
            )


def texts(db: Database) -> Iterator[str]:
    """Every text that a record has or had, and what was taken out of each."""
    rows = db.execute("SELECT body FROM revisions UNION ALL SELECT text FROM removals")
    return (text for (text,) in rows)


def count_texts(db: Database) -> int:
    """How many `texts` gives."""
    return db.table("revisions").count + db.table("removals").count


_SOURCES = """
FROM sources LEFT JOIN frontier
  ON frontier.source_id = sources.id AND frontier.kind = 'feed' AND frontier.depth = 0
  AND frontier.state <> 'closed'
WHERE :source_id IS NULL OR sources.id = :source_id
"""


def count_sources(db: Database, source_id: int | None) -> int:
    """How many rows `sources` gives."""
    (found,) = db.execute(f"SELECT count(*) {_SOURCES}", {"source_id": source_id}).fetchone()
    return int(found)


def sources(db: Database, source_id: int | None) -> Iterator[ExportedSource]:
    """Every source by name, once for each of its feeds."""
    rows = db.execute(
        "SELECT sources.slug, sources.name, sources.homepage, sources.language, frontier.url"
        f" {_SOURCES} ORDER BY sources.name, sources.id, frontier.id",
        {"source_id": source_id},
    )
    for slug, name, homepage, language, feed in rows:
        yield ExportedSource(slug=slug, name=name, homepage=homepage, language=language, feed=feed)
