"""How each source was doing when it was last crawled, for Datasette and for `newsward health`."""

from sqlite_utils import Database

HEALTH = """
CREATE TABLE health ( -- One row is how a source was doing at the end of the last crawl of it.
  source_id INTEGER PRIMARY KEY REFERENCES sources(id), -- the source
  judged_at TEXT NOT NULL, -- UTC
  state TEXT NOT NULL CHECK (state IN ('good', 'watch', 'person')), -- person: someone has to look
  problem TEXT, -- the worst that is wrong, docs/health.md explains the names; empty: nothing
  what TEXT, -- the same in words
  since TEXT, -- UTC; since when
  next TEXT, -- what to do about it
  url TEXT, -- the feed, sitemap or listing that it is about
  proposed_url TEXT, -- the address to list in its place
  per_week REAL, -- new articles a week that its own history lets us expect
  last_week INTEGER, -- new articles in the seven days before it was last read
  empty_share REAL, -- of its newest pages, 0 to 1: came and held no article
  refused_share REAL, -- of its newest pages, 0 to 1: refused to us
  robots_changed_at TEXT, -- UTC; when a robots.txt of its lists was last found to be another
  junk_share REAL -- of the text of its newest records, 0 to 1: taken out by junk rules
)
"""

SOURCE_HEALTH = """
CREATE VIEW source_health AS -- How each source is doing, those that need a person first.
SELECT sources.name AS source, health.state, health.what, health.since, health.next,
  sources.last_success_at, sources.last_new_article_at, health.per_week, health.last_week,
  health.empty_share, health.refused_share, health.junk_share, health.robots_changed_at,
  health.problem, health.url, health.proposed_url, health.judged_at, sources.slug,
  sources.id AS source_id
FROM health JOIN sources ON sources.id = health.source_id
WHERE sources.enabled
ORDER BY CASE health.state WHEN 'person' THEN 1 WHEN 'watch' THEN 2 ELSE 3 END, sources.name
"""


def migrate(db: Database) -> None:
    """How each source is doing, and what finds the fetches of an address or a source."""
    db.execute(HEALTH.strip())
    db.execute(SOURCE_HEALTH.strip())
    # With all that is asked of them, so that no row of the table itself is read.
    db.execute("CREATE INDEX fetches_frontier ON fetches(frontier_id, id, ending)")
    db.execute("CREATE INDEX fetches_source ON fetches(source_id, fetched_at, frontier_id, ending)")
