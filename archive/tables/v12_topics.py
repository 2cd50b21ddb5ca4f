"""What records are about: topics with evidence, names, figures, and the rules that said so."""

from sqlite_utils import Database

TABLES = (
    """
CREATE TABLE topic_rules ( -- One row is a version of the topic rules that was applied.
  id INTEGER PRIMARY KEY, -- the highest holds
  version TEXT NOT NULL, -- its own version and the beginning of its sha256
  text TEXT NOT NULL, -- the whole file
  applied_at TEXT NOT NULL -- UTC
)
""",
    """
CREATE TABLE topics ( -- One row is a topic of the rules.
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE, -- its id in topics.toml
  label TEXT NOT NULL, -- what we call it
  definition TEXT NOT NULL, -- what belongs to it
  sensitivity TEXT NOT NULL CHECK (sensitivity IN ('low', 'medium', 'high')), -- high: with a route
  report_routes TEXT NOT NULL, -- JSON: where to report or find help, ids of entities.toml
  reported_as TEXT NOT NULL -- JSON: words that sources use and that we do not
)
""",
    """
CREATE TABLE article_topics ( -- One row is a topic of a record, with the words that say so.
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  topic_id INTEGER NOT NULL REFERENCES topics(id), -- the topic
  score REAL NOT NULL, -- weight of its words; 2 and more make it a topic of the record
  is_primary INTEGER NOT NULL, -- 1: the topic with the highest score
  evidence TEXT NOT NULL, -- JSON: each term with kind, place, offsets and sentence
  rules TEXT NOT NULL, -- version of the topic rules
  PRIMARY KEY (article_id, topic_id)
) WITHOUT ROWID
""",
    """
CREATE TABLE article_entities ( -- One row is an organisation, platform, law or country named there.
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  entity TEXT NOT NULL, -- its id in entities.toml; never a person
  kind TEXT NOT NULL, -- organisation, platform, law or country
  name TEXT NOT NULL, -- its full name
  mentions INTEGER NOT NULL, -- how often it is named
  in_title INTEGER NOT NULL, -- 1: the title names it
  sentence TEXT NOT NULL, -- the first sentence that does
  PRIMARY KEY (article_id, entity)
) WITHOUT ROWID
""",
    """
CREATE TABLE article_statistics ( -- One row is a sentence of a record with a figure in it.
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  position INTEGER NOT NULL, -- place among them, from 1
  number TEXT NOT NULL, -- the figure as written
  counts TEXT NOT NULL, -- what it counts; empty when only the sentence says it
  sentence TEXT NOT NULL, -- as written
  PRIMARY KEY (article_id, position)
) WITHOUT ROWID
""",
    "CREATE INDEX article_topics_topic ON article_topics(topic_id, article_id)",
    "CREATE INDEX article_entities_entity ON article_entities(entity, article_id)",
)


def migrate(db: Database) -> None:
    """Topics of records, with evidence."""
    for statement in TABLES:
        db.execute(statement.strip())
