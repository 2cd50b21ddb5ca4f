"""What is said of items of newsletters and of who added an address, in the view of provenance."""

from sqlite_utils import Database

# The exchange of an item is the taking of it out of its issue: nobody was asked.
_FETCHED = "CASE WHEN fetches.status IS NULL THEN"
_TAKEN_OUT = """CASE WHEN substr(fetches.url, 1, 7) = 'digest:' THEN 'Taken out of that digest'
    WHEN fetches.status IS NULL THEN"""

# Who gave no name is noted as the command.
_BY_HAND = "WHEN 'by hand' THEN 'Added by hand'"
_BY_WHOM = f"{_BY_HAND} || iif(place = 'newsward add', '', ' by ' || place)"


def migrate(db: Database) -> None:
    """The view of provenance says of items and of added addresses what `show` says of them."""
    (view,) = db.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'provenance_in_words'"
    ).fetchone()
    db.execute("DROP VIEW provenance_in_words")
    db.execute(view.replace(_FETCHED, _TAKEN_OUT).replace(_BY_HAND, _BY_WHOM))
