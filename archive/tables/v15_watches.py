"""Saved searches, and what each of them has sent: no record twice, none forgotten."""

from sqlite_utils import Database

TABLES = (
    """
CREATE TABLE watches ( -- One row is a saved search whose new records are sent to someone.
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- what people call it
  query TEXT NOT NULL, -- as a person types it, fields too; wiped when it is removed
  every TEXT NOT NULL, -- crawl, day, month, days of the week, or a duration such as 6h
  destination TEXT NOT NULL, -- mail:ADDRESS, atom:PATH or webhook:URL; wiped when it is removed
  behind_record INTEGER NOT NULL, -- records up to this number were there before it
  added_at TEXT NOT NULL, -- UTC
  due_at TEXT NOT NULL, -- UTC; it is not looked at before
  removed_at TEXT, -- UTC; its row stays with the log of what it sent
  failures INTEGER NOT NULL DEFAULT 0, -- sendings in a row that failed
  failed_at TEXT, -- UTC; the last of them
  failure TEXT -- why, in words; empty when the last sending went well
)
""",
    """
CREATE TABLE watch_messages ( -- One row is a message of a watch: decided first, then sent.
  id INTEGER PRIMARY KEY,
  watch_id INTEGER NOT NULL REFERENCES watches(id), -- whose
  token TEXT NOT NULL UNIQUE, -- names it to whoever receives it, the same at every try
  made_at TEXT NOT NULL, -- UTC; when its records were chosen
  sent_at TEXT, -- UTC; empty: it waits for the next try
  tries INTEGER NOT NULL DEFAULT 0 -- how often it was tried
)
""",
    """
CREATE TABLE watch_items ( -- One row is a record that a watch has sent, or is about to.
  watch_id INTEGER NOT NULL REFERENCES watches(id), -- the watch
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  message_id INTEGER NOT NULL REFERENCES watch_messages(id), -- with what
  PRIMARY KEY (watch_id, article_id)
) WITHOUT ROWID
""",
    "CREATE UNIQUE INDEX watches_name ON watches(name) WHERE removed_at IS NULL",
    "CREATE INDEX watch_messages_waiting ON watch_messages(watch_id, id) WHERE sent_at IS NULL",
    "CREATE INDEX watch_items_message ON watch_items(message_id)",
    "CREATE INDEX watch_items_article ON watch_items(article_id)",
)


def migrate(db: Database) -> None:
    """Watches: what is looked for, for whom, and what they were sent."""
    for statement in TABLES:
        db.execute(statement.strip())
