"""A copy fit to publish: what is where, without the texts.

A fresh file is written row by row; nothing is copied from the archive's own file, so that no page
of it, free or not, can come along.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database

from archive import export_rows, searching
from archive.database import explained
from archive.errors import ArchiveDamagedError, ConfigurationError
from archive.exported import ExportedRecord
from archive.published_excerpts import Sentences, opening, published_excerpt, summary
from archive.reading import ReadArchive, source_views
from archive.views import SourceView
from archive.whole_files import replacing

# "NWRP": `PRAGMA application_id` of a published copy. Only such a file is ever replaced by one.
APPLICATION_ID = 0x4E575250
SCHEMA_VERSION = 3

PUBLICATION = """
CREATE TABLE publication ( -- One row says what this file is.
  id INTEGER PRIMARY KEY,
  published_at TEXT NOT NULL, -- UTC; when this file was made
  program TEXT NOT NULL, -- version of newsward
  records INTEGER NOT NULL, -- how many articles are in it
  notice TEXT NOT NULL -- what may be done with it
)
"""

SOURCES = """
CREATE TABLE sources ( -- One row is a publisher channel with at least one article here.
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE, -- short name
  name TEXT NOT NULL, -- what readers call it
  homepage TEXT NOT NULL, -- address of its front page
  country TEXT, -- two capitals, or EU, INT
  language TEXT, -- language tag of its articles
  kind TEXT NOT NULL, -- what sort of publisher it is
  licence TEXT -- under which terms it publishes, as far as known; empty: all rights reserved
)
"""

ARTICLES = """
CREATE TABLE articles ( -- One row is an article: where to read it, and how it begins.
  id INTEGER PRIMARY KEY, -- the record's number in the archive that this file was made from
  title TEXT NOT NULL, -- without the site's name
  url TEXT, -- where to read it; of a newsletter's item its issue, empty when that was a file
  published TEXT, -- ISO 8601, as precise as published_precision says
  published_precision TEXT, -- second, minute, day, month
  source_id INTEGER NOT NULL REFERENCES sources(id), -- who published it
  story_id INTEGER REFERENCES stories(id), -- the story that it tells; empty: not read for stories
  language TEXT, -- language tag
  word_count INTEGER NOT NULL, -- words of the whole article
  excerpt TEXT NOT NULL -- its publisher's summary or how it begins; no whole sentence of a text
)
"""

TOPICS = """
CREATE TABLE topics ( -- One row is a topic that an article here has.
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE, -- short name
  label TEXT NOT NULL, -- what readers call it
  definition TEXT NOT NULL, -- what belongs to it
  sensitivity TEXT NOT NULL -- low, medium or high
)
"""

ARTICLE_TOPICS = """
CREATE TABLE article_topics ( -- One row is a topic of an article.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- the article
  topic_id INTEGER NOT NULL REFERENCES topics(id), -- the topic
  is_primary INTEGER NOT NULL, -- 1: its main topic
  PRIMARY KEY (article_id, topic_id)
) WITHOUT ROWID
"""

STORIES = """
CREATE TABLE stories ( -- One row is a story: the articles that tell of one event.
  id INTEGER PRIMARY KEY, -- the story's number in the archive
  title TEXT NOT NULL, -- the title of its origin, else of its first article
  first_published TEXT, -- ISO 8601: the earliest date among its articles
  last_published TEXT, -- ISO 8601: the latest date among its articles
  origin_id INTEGER REFERENCES articles(id), -- the article that had it first, when that is known
  origin_confidence TEXT NOT NULL -- how sure the origin is: certain, probable, unknown
)
"""

INDEXES = (
    "CREATE INDEX articles_story ON articles(story_id, published)",
    "CREATE INDEX article_topics_topic ON article_topics(topic_id, article_id)",
    "CREATE INDEX articles_published ON articles(published)",
    "CREATE INDEX articles_source ON articles(source_id, published)",
)

LATEST = """
CREATE VIEW latest AS -- Articles by date, newest first, undated last; with source.
SELECT articles.id, articles.title, sources.name AS source, articles.published, articles.excerpt,
  articles.url
FROM articles JOIN sources ON sources.id = articles.source_id
ORDER BY articles.published DESC
"""

NOTICE = (
    "Titles and excerpts belong to their publishers and are here to find the articles by. Read an"
    " article at its address. Sources with a licence say so in sources.licence."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What a published copy holds; `size` in bytes."""

    path: Path
    records: int
    sources: int
    size: int


def publish(
    archive: Path,
    out: Path,
    *,
    now: str,
    done: Callable[[int, int], None] = lambda _read, _left: None,
) -> Published:
    """Write the published copy of an archive to `out`, whole or not at all.

    Records that were taken down or are restricted are not in the archive's tables and so not here.
    `done` is told now and then how many texts are read, and how many are left to read.

    Raises:
        ConfigurationError: `out` is there and is no published copy.
        ArchiveDamagedError: not as many records were written as were found.
        ArchiveUnavailableError: `out` cannot be written.
    """
    _check_replaceable(out)
    with ReadArchive(archive) as reader, replacing(out, archive=archive) as part:
        with explained(out), contextlib.closing(_created(part)) as db:
            with reader.moment() as kept:
                sources = _add_sources(db, source_views(kept))
                _find_excerpts(db, kept, done)
                found = _add_articles(db, kept, sources)
                _add_topics(db, kept)
                _add_stories(db, kept)
            records = _complete(db, now)
            if found != records:
                raise ArchiveDamagedError(
                    f"{reader.path}: {found:,} records found and {records:,} published."
                    " `newsward verify` says where they differ; nothing was published."
                )
        return Published(path=out, records=records, sources=len(sources), size=part.stat().st_size)


def _check_replaceable(out: Path) -> None:
    if not out.exists():
        return
    with out.open("rb") as file:
        header = file.read(100)
    # https://sqlite.org/fileformat2.html#application_id
    if int.from_bytes(header[68:72]) != APPLICATION_ID:
        raise ConfigurationError(
            f"{out}: this file is there and is no published copy. Name another, or move it away."
        )


def create_schema(db: Database) -> None:
    """Make the tables of a published copy in an empty database."""
    for statement in (
        *(PUBLICATION, SOURCES, STORIES, ARTICLES, TOPICS, ARTICLE_TOPICS),
        *INDEXES,
        LATEST,
    ):
        db.execute(statement.strip())
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _created(path: Path) -> Database:
    # The file is nobody's yet: a kill leaves a part that the next run does not look at.
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA foreign_keys = ON")
    db = Database(connection, execute_plugins=False)
    create_schema(db)
    return db


def _add_sources(db: Database, sources: Iterable[SourceView]) -> dict[str, int]:
    """Add the sources that have records; their numbers by slug."""
    numbers = {}
    for source in sources:
        if source.records:
            row = db.execute(
                "INSERT INTO sources (slug, name, homepage, country, language, kind, licence)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                [
                    *(source.slug, source.name, source.homepage, source.country),
                    *(source.language, source.kind, source.licence),
                ],
            ).fetchone()
            numbers[source.slug] = int(row[0])
    return numbers


# After so many texts is told how far reading them is.
_EVERY = 1_000

# What may become an excerpt: no part of the file, and gone with the connection.
_DRAFTS = """
CREATE TEMP TABLE drafts (id INTEGER PRIMARY KEY, said TEXT, begun TEXT, excerpt TEXT)
"""


def _find_excerpts(db: Database, kept: Database, done: Callable[[int, int], None]) -> None:
    """Note in `drafts` what may be quoted of each article: no text has a whole sentence in it."""
    db.execute("BEGIN")
    db.execute(_DRAFTS)
    (articles,) = kept.execute("SELECT count(*) FROM articles").fetchone()
    sentences = Sentences(articles)
    db.conn.executemany("INSERT INTO drafts VALUES (?, ?, ?, NULL)", _drafts(kept, sentences))
    sentences.read(_counted(export_rows.texts(kept), export_rows.count_texts(kept), done))
    db.conn.create_function(
        "excerpt_of", 2, lambda said, begun: published_excerpt(said, begun, sentences)
    )
    db.execute("UPDATE drafts SET excerpt = excerpt_of(said, begun)")
    db.execute("COMMIT")


def _counted(texts: Iterable[str], count: int, done: Callable[[int, int], None]) -> Iterator[str]:
    for read, text in enumerate(texts):
        if read % _EVERY == 0:
            done(read, count - read)
        yield text


def _drafts(kept: Database, sentences: Sentences) -> Iterator[tuple[int, str, str]]:
    for one in export_rows.quotables(kept):
        said = summary(one.description, one.title, one.body, one.most)
        begun = opening(one.body, one.most)
        sentences.expect(said)
        sentences.expect(begun)
        yield one.id, said, begun


def _add_articles(db: Database, kept: Database, sources: dict[str, int]) -> int:
    """Add every article; how many were counted apart from reading them."""
    everything = searching.select(kept, None, searching.Bounds())
    db.execute("BEGIN")
    db.conn.executemany(
        "INSERT INTO articles (id, title, url, published, published_precision, source_id, language,"
        " word_count, excerpt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
        " coalesce((SELECT excerpt FROM drafts WHERE id = ?1), ''))",
        _rows(export_rows.records(kept, everything), sources),
    )
    db.execute("COMMIT")
    return export_rows.count(kept, everything)


def _add_topics(db: Database, kept: Database) -> None:
    """Add the topics of the articles that are there: which, and never the sentences that say so."""
    # An archive that an older program made, opened for reading alone, has no such table.
    if not kept.table("topics").exists():
        return
    db.execute("BEGIN")
    db.conn.executemany(
        "INSERT INTO topics VALUES (?, ?, ?, ?, ?)",
        kept.execute("SELECT id, slug, label, definition, sensitivity FROM topics"),
    )
    db.conn.executemany(
        "INSERT INTO article_topics SELECT ?1, ?2, ?3 FROM articles WHERE id = ?1",
        kept.execute("SELECT article_id, topic_id, is_primary FROM article_topics"),
    )
    db.execute("DELETE FROM topics WHERE id NOT IN (SELECT topic_id FROM article_topics)")
    db.execute("COMMIT")


def _add_stories(db: Database, kept: Database) -> None:
    """Add the stories that articles here tell; the title of a story is that of one of them."""
    if not kept.table("stories").exists():
        return
    db.execute("BEGIN")
    db.conn.executemany(
        "INSERT INTO stories SELECT ?1, ?2, ?3, ?4, (SELECT id FROM articles WHERE id = ?5), ?6",
        kept.execute(
            "SELECT id, title, first_published, last_published, origin_id, origin_confidence"
            " FROM stories"
        ),
    )
    db.conn.executemany(
        "UPDATE articles SET story_id = ?2 WHERE id = ?1"
        " AND EXISTS (SELECT 1 FROM stories WHERE id = ?2)",
        kept.execute("SELECT article_id, story_id FROM article_stories"),
    )
    db.execute(
        "DELETE FROM stories WHERE id NOT IN"
        " (SELECT story_id FROM articles WHERE story_id IS NOT NULL)"
    )
    # The words of a title that no article here has are nobody's to publish.
    db.execute(
        "UPDATE stories SET title = (SELECT title FROM articles WHERE story_id = stories.id"
        " ORDER BY published IS NULL, published, id LIMIT 1)"
        " WHERE title NOT IN (SELECT title FROM articles WHERE story_id = stories.id)"
    )
    db.execute("COMMIT")


def _rows(
    records: Iterator[ExportedRecord], sources: dict[str, int]
) -> Iterator[tuple[object, ...]]:
    for record in records:
        yield (
            *(record.id, record.title, record.link, record.published, record.published_precision),
            *(sources[record.source], record.language, record.word_count),
        )


def _complete(db: Database, now: str) -> int:
    """Say what the file is, and make it ready to be searched; how many articles are in it."""
    (records,) = db.execute("SELECT count(*) FROM articles").fetchone()
    db.execute(
        "INSERT INTO publication (published_at, program, records, notice) VALUES (?, ?, ?, ?)",
        [now, f"newsward {version('newsward')}", records, NOTICE],
    )
    db.table("articles").enable_fts(["title", "excerpt"], tokenize="porter")
    db.table("articles").optimize()
    db.execute("ANALYZE")
    db.execute("VACUUM")
    return int(records)
