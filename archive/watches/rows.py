"""The rows of watches: what each looks for, what is new to it, what it sent.

Every function works inside the transaction of its caller.
"""

import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlite_utils import Database

from archive import export_rows, searching
from archive.errors import ConfigurationError
from archive.exported import ExportedRecord
from archive.records import DIGEST_ITEM
from archive.search_bounds import Condition
from archive.watches.values import Destination, Message, Watch, Way

# A longer mail is read by nobody; what is left goes out with the next message of the same round.
MOST_ITEMS = 100

_WATCHES = """
SELECT watches.id, name, query, every, destination, behind_record, added_at, due_at, failures,
  failure, (SELECT count(*) FROM watch_messages WHERE watch_id = watches.id AND sent_at IS NULL),
  (SELECT count(*) FROM watch_items JOIN watch_messages ON watch_messages.id = message_id
    WHERE watch_items.watch_id = watches.id AND sent_at IS NOT NULL),
  (SELECT max(sent_at) FROM watch_messages WHERE watch_id = watches.id)
FROM watches WHERE removed_at IS NULL ORDER BY name
"""


def watches(db: Database) -> tuple[Watch, ...]:
    """Every watch, by name; none where an older program made the archive."""
    if not db.table("watches").exists():
        return ()
    return tuple(_watch(row) for row in db.execute(_WATCHES).fetchall())


def watch_of(db: Database, name: str) -> Watch:
    """The watch of that name.

    Raises:
        ConfigurationError: there is none.
    """
    known = watches(db)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        there = ", ".join(one.name for one in known) or "none yet"
        raise ConfigurationError(f"There is no watch {name!r} in this archive. There are: {there}.")
    return found


def add(db: Database, watch: Watch) -> Watch:
    """Keep a new watch; give it with its number and what was there before it.

    Raises:
        ConfigurationError: its name is taken, or nothing can be searched for with its query.
    """
    if any(one.name == watch.name for one in watches(db)):
        raise ConfigurationError(
            f"There is a watch {watch.name!r} already. Choose another name, or `newsward watch"
            f" remove {watch.name}` first."
        )
    _selection(db, watch)
    db.execute(
        "INSERT INTO watches (name, query, every, destination, behind_record, added_at, due_at)"
        " VALUES (?, ?, ?, ?, (SELECT max(coalesce((SELECT max(id) FROM articles), 0),"
        " coalesce((SELECT max(article_id) FROM redactions), 0))), ?, ?)",
        [
            *(watch.name, watch.query, watch.every, str(watch.destination)),
            *(watch.added_at, watch.due_at),
        ],
    )
    return watch_of(db, watch.name)


def remove(db: Database, name: str, now: str) -> Watch:
    """Forget a watch, for whom it was and what it looked for; what it sent stays in the log.

    Raises:
        ConfigurationError: there is none of that name.
    """
    watch = watch_of(db, name)
    db.execute(
        "UPDATE watches SET removed_at = ?, query = '', destination = '', failure = NULL"
        " WHERE id = ?",
        [now, watch.id],
    )
    return watch


def new_records(db: Database, watch: Watch) -> Iterator[ExportedRecord]:
    """What matches now, came after the watch was added, and is in no message of it.

    Raises:
        ConfigurationError: its query names a source or topic that is not there any more.
    """
    yield from export_rows.records(db, _selection(db, watch))


def to_come(db: Database, watch: Watch) -> tuple[ExportedRecord, ...]:
    """What a round would send now: what waits, and what is new.

    Raises:
        ConfigurationError: as `new_records`.
    """
    held = [record for message in waiting(db, watch) for record in message.records]
    return (*held, *new_records(db, watch))


def _selection(db: Database, watch: Watch) -> export_rows.Selection:
    def narrow(made: Condition) -> None:
        sent = "SELECT article_id FROM watch_items WHERE watch_id"
        # Items of old newsletters are no news, and have no address to link to.
        made.sql += (
            f" AND articles.kind <> {made.value(DIGEST_ITEM)}"
            f" AND {made.number} > {made.value(watch.behind_record)}"
            f" AND {made.number} NOT IN ({sent} = {made.value(watch.id)})"
        )
        made.reads_records = True

    selection = searching.select(db, watch.query, searching.Bounds(), narrow=narrow)
    if selection.condition.nothing:
        raise ConfigurationError(selection.condition.nothing)
    return selection


def decide(db: Database, watch: Watch, *, now: str, due_at: str) -> int:
    """Put what is new into messages that wait to be sent; give how many records it was.

    Raises:
        ConfigurationError: as `new_records`.
    """
    numbers = iter([record.id for record in new_records(db, watch)])
    count = 0
    while chosen := list(islice(numbers, MOST_ITEMS)):
        (message_id,) = db.execute(
            "INSERT INTO watch_messages (watch_id, token, made_at) VALUES (?, ?, ?) RETURNING id",
            [watch.id, uuid.uuid4().hex, now],
        ).fetchone()
        db.conn.executemany(
            "INSERT INTO watch_items (watch_id, article_id, message_id) VALUES (?, ?, ?)",
            [(watch.id, number, message_id) for number in chosen],
        )
        count += len(chosen)
    db.execute("UPDATE watches SET due_at = ? WHERE id = ?", [due_at, watch.id])
    return count


def waiting(db: Database, watch: Watch) -> tuple[Message, ...]:
    """The messages of a watch that are not sent yet, the oldest first, as they read now.

    What was taken down or restricted since is not in them.
    """
    rows = db.execute(
        "SELECT id, token, made_at FROM watch_messages WHERE watch_id = ? AND sent_at IS NULL"
        " ORDER BY id",
        [watch.id],
    ).fetchall()
    return tuple(
        Message(watch=watch, token=token, made_at=made_at, records=_records_of(db, number))
        for number, token, made_at in rows
    )


def made_at(db: Database, watch: Watch) -> str:
    """When the newest message that was sent was made; when the watch was, if there is none.

    Not when it was sent: the feed that was written with it says when it was made.
    """
    (newest,) = db.execute(
        "SELECT max(made_at) FROM watch_messages WHERE watch_id = ? AND sent_at IS NOT NULL",
        [watch.id],
    ).fetchone()
    return watch.added_at if newest is None else str(newest)


def _records_of(db: Database, message_id: int) -> tuple[ExportedRecord, ...]:
    return _records(
        db, "articles.id IN (SELECT article_id FROM watch_items WHERE message_id = {})", message_id
    )


def entries(db: Database, watch: Watch) -> tuple[ExportedRecord, ...]:
    """The newest 200 records that a watch chose, sent or not, as they read now: its feed."""
    return _records(
        db,
        "articles.id IN (SELECT article_id FROM watch_items WHERE watch_id = {}"
        " ORDER BY article_id DESC LIMIT 200)",
        watch.id,
    )


def _records(db: Database, where: str, number: int) -> tuple[ExportedRecord, ...]:
    within = export_rows.within(db, (), is_search=False)
    within.sql += " AND " + where.format(within.value(number))
    found = export_rows.records(db, export_rows.Selection(match=None, condition=within))
    # The newest first, as a reader looks for it; what has no date by when it came.
    return tuple(
        sorted(found, key=lambda one: (one.published or one.first_seen_at, one.id), reverse=True)
    )


def note_sent(db: Database, message: Message, now: str) -> None:
    """A message has reached whoever takes it."""
    db.execute(
        "UPDATE watch_messages SET sent_at = ?, tries = tries + 1 WHERE token = ?",
        [now, message.token],
    )
    db.execute("UPDATE watches SET failures = 0, failure = NULL WHERE id = ?", [message.watch.id])


def note_failure(db: Database, watch: Watch, why: str, now: str, *, token: str | None) -> None:
    """A message could not be sent, or with no `token` none could be made."""
    db.execute("UPDATE watch_messages SET tries = tries + 1 WHERE token = ?", [token])
    db.execute(
        "UPDATE watches SET failures = failures + 1, failed_at = ?, failure = ? WHERE id = ?",
        [now, why, watch.id],
    )


def _watch(row: Sequence[Any]) -> Watch:
    way, _, target = row[4].partition(":")
    return Watch(
        id=row[0],
        name=row[1],
        query=row[2],
        every=row[3],
        destination=Destination(way=Way(way), target=target),
        behind_record=row[5],
        added_at=row[6],
        due_at=row[7],
        failures=row[8],
        failure=row[9],
        waiting=row[10],
        sent=row[11],
        last_sent_at=row[12],
    )
