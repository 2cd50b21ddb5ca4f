"""Seals of what was asked, found and decided about records: topics, rights, digests, stories."""

from sqlite_utils import Database

from archive.group_seals import seal_groups

GROUP_SEALS = """
CREATE TABLE group_seals ( -- One row is the seal of rows that belong together.
  kind TEXT NOT NULL, -- what they are: subject, origin, issue, reuse, decision, ...
  key INTEGER NOT NULL, -- what they have in common: the number of a record, fetch, issue, ...
  seal TEXT NOT NULL, -- sha256 over the rows; newsward verify compares
  PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


def migrate(db: Database) -> None:
    """What finds a change in topics, rights, newsletters, stories, watches and decisions."""
    db.execute(GROUP_SEALS.strip())
    seal_groups(db)
