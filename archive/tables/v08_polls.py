"""How often each feed, sitemap and listing is asked, by what it brought so far."""

from sqlite_utils import Database

POLLS = """
CREATE TABLE polls ( -- One row is how often a feed, sitemap or listing is asked, and why so.
  frontier_id INTEGER PRIMARY KEY REFERENCES frontier(id), -- its address
  interval INTEGER NOT NULL, -- seconds from one good answer to the next question
  successes INTEGER NOT NULL, -- good answers in a row
  named INTEGER NOT NULL, -- links that its last reading named
  new INTEGER NOT NULL, -- those of them that nobody had met before
  last_new_at TEXT -- UTC; when it last named a link that was new
)
"""


def migrate(db: Database) -> None:
    """Feeds, sitemaps and listings are asked as often as they bring something."""
    db.execute(POLLS.strip())
