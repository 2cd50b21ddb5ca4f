"""Newsletter issues, those that came in and those that went out, and their items."""

from sqlite_utils import Database

TABLES = (
    """
CREATE TABLE digests ( -- One row is an issue of a newsletter: imported, or made of the archive.
  id INTEGER PRIMARY KEY,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')), -- in: imported; out: made here
  name TEXT NOT NULL, -- name of its file, or its address
  title TEXT, -- as the issue says it
  issued TEXT, -- ISO 8601: when it was sent, or the month that it is about
  snapshot_digest TEXT, -- sha256 of the file, its name in snapshots.db
  run_id INTEGER REFERENCES runs(id), -- the run that brought it
  added_at TEXT NOT NULL, -- UTC
  UNIQUE (direction, snapshot_digest)
)
""",
    """
CREATE TABLE digest_items ( -- One row is an item of an issue.
  id INTEGER PRIMARY KEY,
  digest_id INTEGER NOT NULL REFERENCES digests(id) ON DELETE CASCADE, -- the issue
  position INTEGER NOT NULL, -- place in the issue, from 1
  number INTEGER, -- as printed; empty when none is
  article_id INTEGER REFERENCES articles(id) ON DELETE CASCADE, -- the record: item or article
  first_character INTEGER, -- of the text of the issue, from 0
  last_character INTEGER, -- the first one behind the item
  date TEXT, -- as the item says, ISO 8601
  date_precision TEXT, -- day or month
  warnings TEXT, -- JSON: what is uncertain about it
  UNIQUE (digest_id, position)
)
""",
    "CREATE INDEX digest_items_article ON digest_items(article_id)",
)


def migrate(db: Database) -> None:
    """Digests in and out."""
    for statement in TABLES:
        db.execute(statement.strip())
