"""Timestamps of an authority over the chain of runs: that it stood so at a time, to be proved."""

from sqlite_utils import Database

TIMESTAMPS = """
CREATE TABLE timestamps ( -- One row is a timestamp (RFC 3161) over a run, and so over all before.
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs(id), -- the newest run that had ended
  manifest_hash TEXT NOT NULL, -- its manifest hash: what the authority signed the sha256 of
  nonce TEXT NOT NULL, -- number of the request, which the answer repeats
  requested_at TEXT NOT NULL, -- UTC
  authority TEXT, -- address that was asked; empty when a person carried request and answer
  request BLOB NOT NULL, -- the request as it was sent, DER
  response BLOB, -- the answer as it came, DER; empty until it is there
  stamped_at TEXT, -- UTC; the time that the authority vouches for
  roots TEXT -- PEM: the certificates that its own must lead to; empty for those of the system
)
"""


def migrate(db: Database) -> None:
    """Add where the answers of timestamp authorities are kept whole."""
    db.execute(TIMESTAMPS.strip())
    db.execute("CREATE INDEX timestamps_run ON timestamps(run_id)")
