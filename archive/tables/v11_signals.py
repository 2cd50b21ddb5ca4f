"""What the page of a record asks of whoever keeps it, and the agency that it credits."""

from sqlite_utils import Database

RECORD_SIGNALS = """
CREATE TABLE record_signals ( -- One row is a record whose page reserves, licenses or credits.
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, -- the record
  wire_credit TEXT, -- the news agency credited: PA, Reuters, AP, AFP, ...; empty: none
  signals TEXT -- JSON: noarchive, noai, tdm-reservation, license URL, ... of its page; empty: none
)
"""

# Agencies are asked for by name: "everything from PA".
_BY_AGENCY = """
CREATE INDEX record_signals_wire_credit ON record_signals(wire_credit)
WHERE wire_credit IS NOT NULL
"""

_CREDITED = """
UNION ALL
SELECT article_id, first_seen_at, 'credited', 'Credited to the agency ' || wire_credit || '.'
FROM record_signals JOIN articles ON articles.id = article_id WHERE wire_credit IS NOT NULL
"""


def migrate(db: Database) -> None:
    """Wire credits and the signals of pages, kept beside the record."""
    for statement in (RECORD_SIGNALS, _BY_AGENCY):
        db.execute(statement.strip())
    (view,) = db.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'provenance_in_words'"
    ).fetchone()
    db.execute("DROP VIEW provenance_in_words")
    db.execute(view + _CREDITED.rstrip())
