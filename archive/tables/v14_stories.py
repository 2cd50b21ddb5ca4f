"""Stories: what candidates are found by, what was found, what a person decided."""

from sqlite_utils import Database

TABLES = (
    """
CREATE TABLE fingerprints ( -- One row is a winnowed fingerprint of five words of a record.
  fingerprint INTEGER NOT NULL, -- blake2b of the words, 63 bits
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- a record that has them
  PRIMARY KEY (fingerprint, article_id)
) WITHOUT ROWID
""",
    """
CREATE TABLE common_fingerprints ( -- One row is a fingerprint of so many records that it is none.
  fingerprint INTEGER PRIMARY KEY -- as in fingerprints, where it stands no more
) WITHOUT ROWID
""",
    """
CREATE TABLE signature_terms ( -- One row is one of the terms that tell most of a record.
  term INTEGER NOT NULL, -- crc32 of the term
  day INTEGER NOT NULL, -- of its date, or when it was first seen; 1 is the first day of the year 1
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  PRIMARY KEY (term, day, article_id)
) WITHOUT ROWID
""",
    """
CREATE TABLE term_counts ( -- One row is a term and how many records have it.
  term INTEGER PRIMARY KEY, -- crc32 of the term; -1 counts all records
  records INTEGER NOT NULL -- counted as they came; newsward stories rebuild counts anew
) WITHOUT ROWID
""",
    """
CREATE TABLE stories ( -- One row is a story: the records that tell of one event.
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given to another story
  title TEXT NOT NULL, -- that of its origin, else of its first record
  first_published TEXT, -- ISO 8601: the earliest date among its records
  last_published TEXT, -- ISO 8601: the latest date among its records
  origin_id INTEGER REFERENCES articles(id) ON DELETE SET NULL, -- the record that had it first
  origin_name TEXT, -- the agency that it comes from, in the archive or not
  origin_confidence TEXT NOT NULL DEFAULT 'unknown'
    CHECK (origin_confidence IN ('certain', 'probable', 'unknown')), -- how sure the origin is
  origin_why TEXT, -- the reason in words
  merged_into INTEGER REFERENCES stories(id) -- the story that it is part of now; empty: none
)
""",
    """
CREATE TABLE article_stories ( -- One row is a record that was read for stories, and its story.
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, -- the record
  story_id INTEGER NOT NULL REFERENCES stories(id), -- the story that it tells
  how TEXT NOT NULL, -- first, copy, excerpt, rewrite, same event or person
  score REAL NOT NULL, -- how well it fits the story, 0 to 1
  day INTEGER NOT NULL, -- as in signature_terms
  text_hash TEXT NOT NULL, -- of the text that was read, as in articles
  rules TEXT NOT NULL, -- version of the rules
  terms BLOB NOT NULL -- its signature: each term in 4 bytes, its weight of 255 in 1
)
""",
    """
CREATE TABLE reuse_links ( -- One row is what two records have of one another, with the evidence.
  a_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record that came later
  b_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the one that was there
  kind TEXT NOT NULL
    CHECK (kind IN ('copy', 'excerpt', 'rewrite', 'same event')), -- what they are to each other
  derived_id INTEGER, -- which of the two took from the other; empty: not known
  confidence TEXT NOT NULL
    CHECK (confidence IN ('certain', 'probable', 'unknown')), -- how sure derived_id is
  explanation TEXT NOT NULL, -- why, in one sentence
  evidence TEXT NOT NULL, -- JSON with offsets into the texts of the two revisions
  a_revision INTEGER NOT NULL, -- the revision of a_id that was compared
  b_revision INTEGER NOT NULL, -- the revision of b_id that was compared
  rules TEXT NOT NULL, -- version of the rules
  decided_at TEXT NOT NULL, -- UTC
  PRIMARY KEY (a_id, b_id)
) WITHOUT ROWID
""",
    """
CREATE TABLE story_verdicts ( -- One row is a person's word on two records; no run overrules it.
  one_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the lower number
  other_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the higher number
  verdict TEXT NOT NULL
    CHECK (verdict IN ('together', 'apart', 'rejected')), -- apart: two stories; rejected: no link
  decided_by TEXT NOT NULL, -- who said so
  decided_at TEXT NOT NULL, -- UTC
  PRIMARY KEY (one_id, other_id)
) WITHOUT ROWID
""",
    """
CREATE TABLE story_merges ( -- One row is two stories that may be one: a person decides.
  one_id INTEGER NOT NULL REFERENCES stories(id), -- the lower number
  other_id INTEGER NOT NULL REFERENCES stories(id), -- the higher number
  article_id INTEGER REFERENCES articles(id) ON DELETE SET NULL, -- the record that fits both
  score REAL NOT NULL, -- how well it fits the one that it did not join
  state TEXT NOT NULL DEFAULT 'proposed'
    CHECK (state IN ('proposed', 'merged', 'refused')), -- what a person said to it
  proposed_at TEXT NOT NULL, -- UTC
  PRIMARY KEY (one_id, other_id)
) WITHOUT ROWID
""",
    """
CREATE TABLE stories_waiting ( -- One row is a record whose text is still to be read for stories.
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE -- the record
)
""",
    "CREATE INDEX article_stories_story ON article_stories(story_id, day)",
    "CREATE INDEX reuse_links_b ON reuse_links(b_id)",
    "CREATE INDEX story_verdicts_other ON story_verdicts(other_id)",
    # Whoever writes a text, it is read for stories; evidence about a text that is gone is gone.
    """
CREATE TRIGGER stories_of_new AFTER INSERT ON articles BEGIN
  INSERT INTO stories_waiting (article_id) VALUES (new.id) ON CONFLICT DO NOTHING;
END
""",
    """
CREATE TRIGGER stories_of_changed AFTER UPDATE OF text_hash, kind ON articles
WHEN old.text_hash IS NOT new.text_hash OR old.kind IS NOT new.kind BEGIN
  INSERT INTO stories_waiting (article_id) VALUES (new.id) ON CONFLICT DO NOTHING;
  DELETE FROM reuse_links WHERE a_id = new.id;
  DELETE FROM reuse_links WHERE b_id = new.id;
  UPDATE stories SET title = new.title WHERE title = old.title
    AND id = (SELECT story_id FROM article_stories WHERE article_id = new.id);
END
""",
    # The title of a record that is taken down must not stay behind on its story.
    """
CREATE TRIGGER stories_of_removed BEFORE DELETE ON articles BEGIN
  UPDATE stories SET title = coalesce((
    SELECT articles.title FROM article_stories JOIN articles ON articles.id = article_id
    WHERE story_id = stories.id AND article_id <> old.id ORDER BY day, article_id LIMIT 1
  ), '') WHERE title = old.title
    AND id = (SELECT story_id FROM article_stories WHERE article_id = old.id);
END
""",
    "INSERT INTO stories_waiting (article_id) SELECT id FROM articles ORDER BY id",
)


def migrate(db: Database) -> None:
    """Stories, what copies what, and the waiting list by which records are read for them."""
    for statement in TABLES:
        db.execute(statement.strip())
