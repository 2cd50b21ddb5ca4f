"""By which rules a list was last read: by other ones it is read anew."""

from sqlite_utils import Database

LIST_RULES = """
CREATE TABLE list_rules ( -- One row is how a feed, sitemap or listing is to be read.
  frontier_id INTEGER PRIMARY KEY REFERENCES frontier(id), -- its address
  rules TEXT NOT NULL -- JSON: what sources.toml says of its links, its pages and its hosts
)
"""


def migrate(db: Database) -> None:
    """A rule that was mended is tried at once, whatever the server says of its unchanged page."""
    db.execute(LIST_RULES.strip())
