"""Stories in half the room: fewer and shorter fingerprints and terms, short hashes of texts."""

from sqlite_utils import Database

TABLES = (
    *(
        f"DROP TABLE {name}"
        for name in ("fingerprints", "common_fingerprints", "signature_terms", "term_counts")
    ),
    """
CREATE TABLE fingerprints ( -- One row is a winnowed fingerprint of five words of a record.
  fingerprint INTEGER NOT NULL, -- blake2b of the words, 32 bits, with a sign
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
CREATE TABLE signature_terms ( -- One row is one of the terms by which a record is found.
  term INTEGER NOT NULL, -- the upper 31 bits of crc32 of the term
  day INTEGER NOT NULL, -- of its date, or when it was first seen; 1 is the first day of the year 1
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  PRIMARY KEY (term, day, article_id)
) WITHOUT ROWID
""",
    """
CREATE TABLE term_counts ( -- One row is a term and how many records have it.
  term INTEGER PRIMARY KEY, -- as in signature_terms; -1 counts all records
  records INTEGER NOT NULL -- counted as they came; newsward stories rebuild counts anew
) WITHOUT ROWID
""",
    # A table that triggers name cannot be renamed: it is put aside, and made again.
    "CREATE TEMP TABLE placed AS SELECT * FROM article_stories",
    "DROP TABLE article_stories",
    """
CREATE TABLE article_stories ( -- One row is a record that was read for stories, and its story.
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, -- the record
  story_id INTEGER NOT NULL REFERENCES stories(id), -- the story that it tells
  how TEXT NOT NULL, -- first, copy, excerpt, rewrite, same event or person
  score REAL NOT NULL, -- how well it fits the story, 0 to 1
  day INTEGER NOT NULL, -- as in signature_terms
  text_hash TEXT NOT NULL, -- of the text that was read: 16 characters of that in articles
  rules TEXT NOT NULL, -- version of the rules
  terms BLOB NOT NULL -- its signature: each term in 4 bytes, its weight of 255 in 1
)
""",
    # What was read by the shorter rules is read again; numbers of stories and verdicts stay.
    """
INSERT INTO article_stories
  SELECT article_id, story_id, how, score, day, '', rules, x'' FROM placed
""",
    "DROP TABLE placed",
    "CREATE INDEX article_stories_story ON article_stories(story_id, day)",
    "DELETE FROM reuse_links",
    "DELETE FROM story_merges WHERE state = 'proposed'",
    """
INSERT INTO stories_waiting (article_id) SELECT id FROM articles WHERE true ORDER BY id
  ON CONFLICT DO NOTHING
""",
)


def migrate(db: Database) -> None:
    """Shorter tables to find stories by; every record waits to be read again."""
    for statement in TABLES:
        db.execute(statement.strip())
