"""Where an exchange was read from and who answered: beside its row in `fetches`."""

from sqlite_utils import Database

FETCH_ORIGINS = """
CREATE TABLE fetch_origins ( -- One row is who answered an exchange, and the WARC it was read from.
  fetch_id INTEGER PRIMARY KEY REFERENCES fetches(id) ON DELETE CASCADE, -- the exchange
  ip_address TEXT, -- of the server that answered, where it is known
  warc_file TEXT, -- name of the WARC file; empty when newsward asked itself
  warc_offset INTEGER, -- bytes from the start of that file to the record, or to its gzip member
  warc_record TEXT UNIQUE -- WARC-Record-ID: a record that is here is not ingested again
)
"""

# The view of schema 5 knows no WARC: its words come before those that it has for any other place.
_ANY_OTHER_PLACE = "ELSE 'Found (' || relation"
_IN_A_WARC = """WHEN 'WARC record' THEN 'Found as the record at byte ' || position
      || ' of the WARC file ' || place
    """


def migrate(db: Database) -> None:
    """Add what is known of an exchange beside what it brought: server address, place in a WARC."""
    db.execute(FETCH_ORIGINS.strip())
    (view,) = db.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'provenance_in_words'"
    ).fetchone()
    db.execute("DROP VIEW provenance_in_words")
    db.execute(view.replace(_ANY_OTHER_PLACE, _IN_A_WARC + _ANY_OTHER_PLACE))
