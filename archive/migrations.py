"""Every table of the archive, in order, append only.

The schema is public API: people use it with `sqlite-utils` and Datasette directly. A table is
added by a file of its own in `archive/tables`, never by editing what was released. The comment
beside each column is its documentation: `docs/schema.md` is generated from a fresh archive. The
file also works as it is with `sqlite-utils migrate archive.db archive/migrations.py`.

Times are ISO 8601 in UTC. Keys are INTEGER, so that a row's number follows its time of arrival.
"""

from sqlite_utils import Database, Migrations

from archive.provenance_in_words import PROVENANCE_IN_WORDS
from archive.seals import seal_everything
from archive.tables import later_tables

migrations = Migrations("newsward")

# "NWRD": what `file` and `PRAGMA application_id` show for an archive of ours.
APPLICATION_ID = 0x4E575244
# `PRAGMA user_version` of an archive: 5 for the tables below, more with each file of
# `archive/tables`. A newer archive is refused.
SCHEMA_VERSION = max([5, *(number for number, _, _ in later_tables())])

SOURCES = """
CREATE TABLE sources ( -- One row is a listed source.
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE, -- its id in sources.toml
  name TEXT NOT NULL, -- what readers call it
  homepage TEXT NOT NULL, -- address of its front page
  country TEXT, -- two capitals, or EU, INT
  language TEXT, -- language tag of its articles
  kind TEXT NOT NULL, -- what sort of publisher it is
  scope TEXT NOT NULL CHECK (scope IN ('all', 'filter')), -- keep all, or what its topics admit
  licence TEXT, -- under which terms it publishes, as far as known
  link_only INTEGER NOT NULL DEFAULT 0, -- 1: title, date and link are kept, never the text
  enabled INTEGER NOT NULL DEFAULT 1, -- 1: crawled when due
  last_success_at TEXT, -- when a feed, sitemap or listing of it was last read
  last_new_article_at TEXT, -- when a record of it was last added
  updated_at TEXT NOT NULL -- when this row last changed
)
"""

RUNS = """
CREATE TABLE runs ( -- One row is one crawl, ingest, re-extraction or import.
  id INTEGER PRIMARY KEY,
  trigger TEXT NOT NULL, -- what started it: crawl, ingest, ...
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'failed')), -- state
  started_at TEXT NOT NULL, -- UTC
  finished_at TEXT, -- UTC; empty while it runs
  program TEXT NOT NULL, -- version of newsward
  counts TEXT, -- JSON: how many fetches had each ending
  manifest_hash TEXT, -- sha256 over the previous run's manifest hash and all fetches of this run
  previous_hash TEXT -- the previous run's manifest hash: together an unbroken chain
)
"""

FRONTIER = """
CREATE TABLE frontier ( -- One row is an address that we know of, and when to ask it next.
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE, -- the canonical address
  host TEXT NOT NULL, -- its host, for fairness and politeness
  source_id INTEGER NOT NULL REFERENCES sources(id), -- the source that it was found at
  kind TEXT NOT NULL, -- what is expected there: feed, sitemap, listing, digest, article
  depth INTEGER NOT NULL DEFAULT 0, -- steps from the source list
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'leased', 'closed', 'quarantined')), -- closed: never asked again
  not_before TEXT NOT NULL, -- UTC; due from then on
  run_id INTEGER REFERENCES runs(id), -- the run that holds or last held it
  tries INTEGER NOT NULL DEFAULT 0, -- failures in a row
  etag TEXT, -- validator of the last good answer
  last_modified TEXT, -- validator of the last good answer
  snapshot_digest TEXT, -- sha256 of the last good body
  article_id INTEGER REFERENCES articles(id), -- the record that it led to
  last_ending TEXT, -- how the last fetch of it ended
  last_fetched_at TEXT, -- UTC
  title_hint TEXT, -- the title given where it was found
  published_hint TEXT, -- the date given where it was found
  found_at TEXT NOT NULL -- UTC; when it was first seen
)
"""

FETCHES = """
CREATE TABLE fetches ( -- One row is one HTTP exchange, whatever its ending.
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs(id), -- the run that made it
  frontier_id INTEGER NOT NULL REFERENCES frontier(id), -- what was asked for
  source_id INTEGER NOT NULL REFERENCES sources(id), -- for whom
  url TEXT NOT NULL, -- the address asked
  final_url TEXT NOT NULL, -- the address that answered, after redirects
  redirects TEXT, -- JSON: each address left, with its status
  fetched_at TEXT NOT NULL, -- UTC
  status INTEGER, -- HTTP status; empty when no answer came
  headers TEXT, -- JSON: the response headers that matter
  elapsed_ms INTEGER, -- milliseconds until the body was complete
  bytes INTEGER, -- length of the body in bytes, content encoding undone
  snapshot_digest TEXT, -- sha256 of the body: its name in snapshots.db
  ending TEXT NOT NULL, -- how it ended; docs/endings.md explains the names
  detail TEXT -- what was seen, in words
)
"""

ARTICLES = """
CREATE TABLE articles ( -- One row is a record: the present text of an article.
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL, -- without the site's name
  url TEXT NOT NULL UNIQUE, -- identity: the address that answered, made canonical by us
  published TEXT, -- ISO 8601, as precise as published_precision says
  source_id INTEGER NOT NULL REFERENCES sources(id), -- who published it
  kind TEXT NOT NULL DEFAULT 'article', -- article, or link when only title and link are kept
  authors TEXT, -- names, separated by "; "
  word_count INTEGER NOT NULL, -- words of the body
  description TEXT, -- the standfirst or summary that the page declares
  language TEXT, -- language tag
  published_precision TEXT, -- second, minute, day, month
  published_source TEXT, -- where the date was read: json-ld, meta, url, link hint, ...
  modified TEXT, -- ISO 8601, as the page declares it
  site_name TEXT, -- as the page declares it
  canonical_url TEXT, -- as the page declares it: a claim, never a key
  canonical_own INTEGER NOT NULL DEFAULT 0, -- 1: the claim stays in the page's registered domain
  first_seen_at TEXT NOT NULL, -- UTC
  revision INTEGER NOT NULL, -- number of the present text in revisions
  text_hash TEXT NOT NULL, -- sha256 of title and text, see archive.records.text_hash
  body TEXT NOT NULL -- plain text, blocks separated by an empty line; kept last for fast scans
)
"""

ARTICLE_SEEN = """
CREATE TABLE article_seen ( -- When a record was last met: apart, so that a visit writes no article.
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, -- the record
  last_seen_at TEXT NOT NULL, -- UTC; its page was last there
  last_checked_at TEXT NOT NULL -- UTC; its page was last asked for
)
"""

REVISIONS = """
CREATE TABLE revisions ( -- One row is a text that a record has or had.
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  revision INTEGER NOT NULL, -- 1 is the first text
  reason TEXT NOT NULL, -- first text, publisher's edit, re-extraction
  seen_at TEXT NOT NULL, -- UTC
  fetch_id INTEGER NOT NULL REFERENCES fetches(id), -- the exchange that brought it
  snapshot_digest TEXT, -- sha256 of the body that it was read from; empty for a link
  extractor TEXT NOT NULL, -- program and rule versions that read it
  title TEXT NOT NULL, -- as read then
  text_hash TEXT NOT NULL, -- sha256 of title and text
  words_added INTEGER NOT NULL, -- words that the revision before did not have
  words_removed INTEGER NOT NULL, -- words of the revision before that are gone
  body TEXT NOT NULL, -- as read then
  UNIQUE (article_id, revision)
)
"""

REMOVALS = """
CREATE TABLE removals ( -- One row is what one rule took out at one place: the receipt.
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  revision_id INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE, -- the text it left
  position INTEGER NOT NULL, -- place of its first block among all blocks of the page, from 0
  blocks INTEGER NOT NULL DEFAULT 1, -- how many neighbouring blocks it is
  part TEXT NOT NULL, -- block, prefix or suffix of the block at that place
  rule TEXT NOT NULL, -- the rule that took it out
  text TEXT NOT NULL -- what was taken out, blocks separated by an empty line
)
"""

PROVENANCE = """
CREATE TABLE provenance ( -- One row is a place where an address, and so its record, was found.
  id INTEGER PRIMARY KEY,
  frontier_id INTEGER NOT NULL REFERENCES frontier(id), -- the address
  article_id INTEGER REFERENCES articles(id) ON DELETE CASCADE, -- the record, once there is one
  relation TEXT NOT NULL, -- feed entry, sitemap row, listing link, ..., redirected from, also at
  place TEXT NOT NULL, -- address of the feed, sitemap, listing page, or of the other page
  position INTEGER, -- place within it, from 1
  evidence TEXT, -- JSON: title and date given there, or the redirect's status
  seen_at TEXT NOT NULL, -- UTC
  UNIQUE (frontier_id, relation, place)
)
"""

QUARANTINE = """
CREATE TABLE quarantine ( -- One row is an address that could not be handled; kept until run again.
  id INTEGER PRIMARY KEY,
  frontier_id INTEGER NOT NULL UNIQUE REFERENCES frontier(id), -- the address
  fetch_id INTEGER NOT NULL REFERENCES fetches(id), -- the last try
  reason TEXT NOT NULL, -- the ending of the last try
  detail TEXT, -- what was seen, in words
  tries INTEGER NOT NULL, -- failures in a row
  since TEXT NOT NULL -- UTC
)
"""

INDEXES = (
    "CREATE INDEX frontier_due ON frontier(state, not_before)",
    "CREATE INDEX frontier_host ON frontier(host, state)",
    "CREATE INDEX frontier_article ON frontier(article_id)",
    "CREATE INDEX frontier_source ON frontier(source_id, kind)",
    "CREATE INDEX fetches_url ON fetches(url, fetched_at)",
    "CREATE INDEX fetches_run ON fetches(run_id, ending)",
    "CREATE INDEX fetches_snapshot ON fetches(snapshot_digest)",
    "CREATE INDEX articles_published ON articles(published)",
    "CREATE INDEX articles_source ON articles(source_id, published)",
    "CREATE INDEX articles_kind ON articles(kind, published)",
    "CREATE INDEX articles_language ON articles(language, published)",
    "CREATE INDEX articles_canonical ON articles(canonical_url)",
    "CREATE INDEX revisions_snapshot ON revisions(snapshot_digest)",
    "CREATE INDEX removals_article ON removals(article_id)",
    "CREATE INDEX removals_revision ON removals(revision_id, position)",
    "CREATE INDEX removals_rule ON removals(rule)",
    "CREATE INDEX provenance_article ON provenance(article_id)",
)

LATEST = """
CREATE VIEW latest AS -- Records by date, newest first, undated last; with source, without text.
SELECT articles.id, articles.title, sources.name AS source, articles.published,
  articles.word_count, articles.url
FROM articles JOIN sources ON sources.id = articles.source_id
ORDER BY articles.published DESC
"""


@migrations()
def spine(db: Database) -> None:
    """Sources, runs, frontier, fetches; records with revisions, removals and provenance."""
    for statement in (
        *(SOURCES, RUNS, FRONTIER, FETCHES, ARTICLES, ARTICLE_SEEN, REVISIONS),
        *(REMOVALS, PROVENANCE, QUARANTINE, LATEST, *INDEXES),
    ):
        db.execute(statement.strip())


@migrations()
def full_text_search(db: Database) -> None:
    """FTS5 as `sqlite-utils` makes it, its UPDATE trigger narrowed to the indexed columns.

    The stock trigger indexes the text again on every UPDATE of a row, whatever the column; this
    one costs nothing unless title or body change.
    """
    db.table("articles").enable_fts(["title", "body"], tokenize="porter", create_triggers=True)
    (stock,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'articles_au'").fetchone()
    db.execute("DROP TRIGGER articles_au")
    db.execute(stock.replace("AFTER UPDATE ON", "AFTER UPDATE OF title, body ON"))


LINKS = """
CREATE TABLE links ( -- One row is a link out of a text of a record.
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, -- the record
  revision_id INTEGER NOT NULL REFERENCES revisions(id) ON DELETE CASCADE, -- the text it stands in
  position INTEGER NOT NULL, -- place among the links of that text, from 1
  to_url TEXT NOT NULL, -- where it leads: http or https, canonical
  to_article_id INTEGER REFERENCES articles(id) ON DELETE SET NULL, -- the record there, if any
  anchor TEXT NOT NULL -- the words that are linked
)
"""

SEALS = """
CREATE TABLE seals ( -- One row is the seal of a row as it was written; newsward verify compares.
  kind TEXT NOT NULL
    CHECK (kind IN ('fetch', 'place', 'revision', 'record', 'run')), -- what is sealed
  row_id INTEGER NOT NULL, -- its id in fetches, provenance, revisions, articles or runs
  seal TEXT NOT NULL, -- sha256 over the row; a revision's covers its removals and links too
  PRIMARY KEY (kind, row_id)
) WITHOUT ROWID
"""


@migrations()
def links_out(db: Database) -> None:
    """Where the texts link to."""
    db.execute(LINKS.strip())
    for columns in ("revision_id, position", "article_id", "to_url", "to_article_id"):
        name = columns.partition(",")[0]
        db.execute(f"CREATE INDEX links_{name} ON links({columns})")


@migrations()
def seals(db: Database) -> None:
    """What finds a flipped byte; what is there already is sealed as it is."""
    db.execute(SEALS.strip())
    seal_everything(db)


@migrations()
def provenance_in_words(db: Database) -> None:
    """The chain of each record, readable in Datasette and with `sqlite-utils`."""
    db.execute(PROVENANCE_IN_WORDS.strip())


FURNITURE = """
CREATE TABLE furniture ( -- One row is a block that a site repeats: taken out of its next pages.
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources(id), -- the source whose pages show it
  text_hash TEXT NOT NULL, -- sha256 of its words in lower case
  text TEXT NOT NULL, -- as one of the pages had it
  place TEXT NOT NULL
    CHECK (place IN ('first', 'last', 'both')), -- among which blocks of the articles it stands
  articles INTEGER NOT NULL, -- distinct articles that it was seen on, of the newest 200
  state TEXT NOT NULL DEFAULT 'learned'
    CHECK (state IN ('learned', 'dismissed')), -- dismissed: never taken out, never learned again
  learned_at TEXT NOT NULL, -- UTC
  run_id INTEGER NOT NULL REFERENCES runs(id), -- the run at whose end it was learned
  UNIQUE (source_id, text_hash)
)
"""

REREADS = """
CREATE TABLE rereads ( -- One row is a revision that newsward reextract read from an older fetch.
  revision_id INTEGER PRIMARY KEY REFERENCES revisions(id) ON DELETE CASCADE, -- the revision
  run_id INTEGER NOT NULL REFERENCES runs(id) -- the run that read it
)
"""


@migrations()
def memory(db: Database) -> None:
    """What sites repeat, and which revisions come from reading kept pages again."""
    db.execute(FURNITURE.strip())
    db.execute(REREADS.strip())
    db.execute("CREATE INDEX rereads_run ON rereads(run_id)")


REDACTIONS = """
CREATE TABLE redactions ( -- One row is a decision to take something out; it names nobody in it.
  id INTEGER PRIMARY KEY,
  action TEXT NOT NULL
    CHECK (action IN ('remove', 'phrase', 'restrict', 'release')), -- what was done to the record
  reason TEXT NOT NULL
    CHECK (reason IN ('privacy', 'legal', 'safety', 'error', 'other')), -- class of the reason
  decided_by TEXT NOT NULL, -- who decided
  decided_at TEXT NOT NULL, -- UTC
  article_id INTEGER -- the record's number, given to no other; empty if there was no record
)
"""

TOMBSTONES = """
CREATE TABLE tombstones ( -- One row is an address that is never asked and never kept again.
  url_hash TEXT PRIMARY KEY, -- sha256 of the canonical address
  redaction_id INTEGER NOT NULL REFERENCES redactions(id) -- the decision
) WITHOUT ROWID
"""

DROPPED_SNAPSHOTS = """
CREATE TABLE dropped_snapshots ( -- One row is a body that was taken out of snapshots.db.
  snapshot_digest TEXT PRIMARY KEY, -- sha256 of the body
  redaction_id INTEGER NOT NULL REFERENCES redactions(id) -- the decision
) WITHOUT ROWID
"""

RESTRICTED = """
CREATE TABLE restricted ( -- One row is a record that is kept and that nobody finds until released.
  article_id INTEGER PRIMARY KEY, -- the record's number
  redaction_id INTEGER NOT NULL REFERENCES redactions(id), -- the decision
  packed BLOB NOT NULL -- all its rows by table, JSON packed with zlib: no search reads it
)
"""

REDACTED_RUNS = """
CREATE TABLE redacted_runs ( -- One row is a run of which a redaction took or changed something.
  redaction_id INTEGER NOT NULL REFERENCES redactions(id), -- the decision
  run_id INTEGER NOT NULL REFERENCES runs(id), -- the run
  manifest_hash TEXT NOT NULL, -- what its manifest hashes to since then
  PRIMARY KEY (redaction_id, run_id)
) WITHOUT ROWID
"""


@migrations()
def takedown(db: Database) -> None:
    """What was taken out, who decided it, and what must not come back."""
    for table in (REDACTIONS, TOMBSTONES, DROPPED_SNAPSHOTS, RESTRICTED, REDACTED_RUNS):
        db.execute(table.strip())
    db.execute("CREATE INDEX redactions_article ON redactions(article_id)")


@migrations()
def revisions_by_fetch(db: Database) -> None:
    """The manifest of a run asks for the texts of each fetch: quadratic without an index."""
    db.execute("CREATE INDEX revisions_fetch ON revisions(fetch_id)")


for _, _name, _migrate in later_tables():
    migrations(name=_name)(_migrate)
