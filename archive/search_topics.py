"""What sources call a topic finds the records of that topic, whatever words these use themselves.

Every function reads from the database that it is given and writes nothing.
"""

import json
from collections.abc import Callable, Sequence

from sqlite_utils import Database

from archive.search import Bound, named_in
from archive.search_bounds import Also, Condition, condition
from archive.statements import select

FILED = "\u201c{phrase}\u201d is filed under: {label}; its records (topic:{slug}) are found too."

_NUMBER = "article_topics.article_id"
_JOINED = "article_topics JOIN articles ON articles.id = article_topics.article_id"
_WITH_THE_REST = """
AND article_topics.article_id
  IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :also_rest)
"""
_WITHOUT_THE_EXCLUDED = """
AND article_topics.article_id
  NOT IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :also_excluded)
"""


def filed_under(
    db: Database,
    text: str,
    bounds: Sequence[Bound],
    *,
    narrow: Callable[[Condition], None] = lambda _made: None,
) -> tuple[Also, str] | None:
    """The records of the topic that a query names in the words of sources, and a line that says so.

    They are within the bounds and have the other words of the query; `narrow` adds what must hold
    of them besides. None when the query names no
    topic, or the archive is older than topics.
    """
    words = _words_of_sources(db)
    named = named_in(text, words)
    if named is None:
        return None
    topic_id, slug, label = words[named.phrase]
    beside = condition(db, bounds, number=_NUMBER)
    if beside.nothing:
        return None
    narrow(beside)
    where = f"topic_id = :also_topic AND {_NUMBER} BETWEEN :oldest AND :newest{beside.sql}"
    parameters: dict[str, object] = beside.parameters | {"also_topic": topic_id}
    if named.rest is not None:
        where += _WITH_THE_REST
        parameters["also_rest"] = named.rest
    if named.excluded is not None:
        where += _WITHOUT_THE_EXCLUDED
        parameters["also_excluded"] = named.excluded
    tables = _JOINED if beside.reads_records else "article_topics"
    numbers = select(f"{_NUMBER} AS id", tables, where=where)
    also = Also(topic_id=topic_id, numbers=numbers, parameters=parameters)
    return also, FILED.format(phrase=named.phrase, label=label, slug=slug)


def _words_of_sources(db: Database) -> dict[str, tuple[int, str, str]]:
    """Number, slug and label of the topic that each phrase stands for."""
    there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'topics'").fetchone()
    if not there:
        return {}
    found: dict[str, tuple[int, str, str]] = {}
    for topic_id, slug, label, phrases in db.execute(
        "SELECT id, slug, label, reported_as FROM topics ORDER BY id"
    ):
        for phrase in json.loads(phrases):
            found.setdefault(phrase, (topic_id, slug, label))
    return found
