"""What is due is found host by host, however many addresses wait."""

from sqlite_utils import Database

LANES = """
CREATE INDEX frontier_lanes ON frontier(source_id, kind, host, not_before, run_id)
WHERE state = 'waiting'
"""


def migrate(db: Database) -> None:
    """A backlog of years is not ranked anew for every handful of pages."""
    db.execute(LANES.strip())
