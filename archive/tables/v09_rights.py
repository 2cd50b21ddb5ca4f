"""What a host asks of us, and what each page asked of whoever keeps it."""

from sqlite_utils import Database

HOSTS = """
CREATE TABLE hosts ( -- One row is a host that asked us to wait, or that does not answer.
  host TEXT PRIMARY KEY, -- with its port when that is unusual
  failures INTEGER NOT NULL, -- addresses in a row that brought no answer at all
  rests INTEGER NOT NULL, -- times in a row that it was left alone: each is longer
  until TEXT, -- UTC; none of its addresses is asked before
  reason TEXT, -- why, in words
  run_id INTEGER REFERENCES runs(id) -- the run that noted this; it asks the host no more
) WITHOUT ROWID
"""

SITE_FILES = """
CREATE TABLE site_files ( -- One row is the last good copy of what a host asks of all crawlers.
  host TEXT NOT NULL, -- with its port when that is unusual
  name TEXT NOT NULL
    CHECK (name IN ('robots.txt', 'tdmrep.json')), -- what it is
  status INTEGER NOT NULL, -- HTTP status; from 400 to 499: there is none
  body BLOB NOT NULL, -- its first 512 KiB
  fetched_at TEXT NOT NULL, -- UTC; when it was last read
  changed_at TEXT NOT NULL, -- UTC; when it last differed from the copy before
  PRIMARY KEY (host, name)
) WITHOUT ROWID
"""

RIGHTS = """
CREATE TABLE rights ( -- One row is what was allowed and asked when a page was fetched.
  fetch_id INTEGER PRIMARY KEY REFERENCES fetches(id), -- the exchange
  robots TEXT, -- what the robots.txt of its host said of the address
  signals TEXT, -- JSON: each signal, where it stood first: licence, noarchive, tdm-reservation, ...
  reserved TEXT -- the signals for which only title, date and link are kept; empty: none
)
"""

# The sentence on robots.txt as it is known now; of fetches before, as it was concluded.
_ROBOTS_BEFORE = """iif(runs.trigger = 'crawl' AND fetches.status IS NOT NULL,
    ' The robots.txt of its host allowed it.', '')"""
_ROBOTS_NOW = """coalesce(' ' || rights.robots || '.', iif(runs.trigger = 'crawl'
    AND fetches.status IS NOT NULL, ' The robots.txt of its host allowed it.', ''))
  || coalesce(' The page or its site says: ' || (
    SELECT group_concat(value, '; ') FROM json_each(rights.signals)) || '.', '')
  || coalesce(' Only title, date and link are kept, because of: ' || rights.reserved || '.', '')"""
_JOIN_BEFORE = "JOIN runs ON runs.id = fetches.run_id WHERE frontier.article_id"
_JOIN_NOW = (
    "JOIN runs ON runs.id = fetches.run_id LEFT JOIN rights ON rights.fetch_id = fetches.id"
    " WHERE frontier.article_id"
)


def migrate(db: Database) -> None:
    """Hosts that rest, copies of robots.txt, and the rights of each page, in words too."""
    for table in (HOSTS, SITE_FILES, RIGHTS):
        db.execute(table.strip())
    # Earlier tables added their own words to the view: what is there is what is changed.
    (view,) = db.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'provenance_in_words'"
    ).fetchone()
    db.execute("DROP VIEW provenance_in_words")
    db.execute(view.replace(_ROBOTS_BEFORE, _ROBOTS_NOW).replace(_JOIN_BEFORE, _JOIN_NOW))
