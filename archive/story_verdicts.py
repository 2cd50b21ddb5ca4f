"""What a person says of stories: merge, split, reject. No later run overrules it."""

import json
from collections.abc import Sequence

from sqlite_utils import Database

from archive.errors import ConfigurationError, RecordMissingError
from archive.opened import OpenArchive
from archive.reuse_rows import keep_verdict, refresh, story_of


def merge(archive: OpenArchive, one: int, other: int, *, decided_by: str, now: str) -> int:
    """Make the records of story `other` those of story `one`; give how many those are.

    Raises:
        ConfigurationError: there is no such story, or they are one already.
    """
    with archive.transaction() as db:
        one, other = standing(db, one), standing(db, other)
        if one == other:
            raise ConfigurationError(f"Story {one} and story {other} are one story already.")
        (first, *_), moved = _records(db, one), _records(db, other)
        for record in moved:
            keep_verdict(db, (first, record), "together", decided_by=decided_by, now=now)
        db.execute(
            "UPDATE article_stories SET story_id = ?, how = 'person' WHERE story_id = ?",
            [one, other],
        )
        db.execute("UPDATE stories SET merged_into = ? WHERE ? IN (id, merged_into)", [one, other])
        db.execute(
            "UPDATE story_merges SET state = 'merged' WHERE one_id = ? AND other_id = ?",
            sorted((one, other)),
        )
        refresh(db, one)
    return len(moved)


def split(
    archive: OpenArchive, story_id: int, records: Sequence[int], *, decided_by: str, now: str
) -> int:
    """Make some records of a story a story of their own; give its number.

    Raises:
        ConfigurationError: there is no such story, or all or none of it would leave.
        RecordMissingError: a record is not of that story.
    """
    with archive.transaction() as db:
        story_id = standing(db, story_id)
        all_of_it = _records(db, story_id)
        leaving = sorted(set(records))
        strangers = [record for record in leaving if record not in all_of_it]
        if strangers:
            raise RecordMissingError(
                f"Record {strangers[0]} is not of story {story_id}."
                f" `newsward stories show {story_id}` lists its records."
            )
        staying = [record for record in all_of_it if record not in leaving]
        if not staying or not leaving:
            raise ConfigurationError(
                f"Story {story_id}: name some of its records, and not all of them."
            )
        for record in leaving:
            for other in staying:
                keep_verdict(db, (record, other), "apart", decided_by=decided_by, now=now)
        for other in leaving[1:]:
            keep_verdict(db, (leaving[0], other), "together", decided_by=decided_by, now=now)
        _drop_events(db, leaving, staying)
        new = _move(db, leaving)
        refresh(db, story_id)
        return new


def reject(archive: OpenArchive, one: int, other: int, *, decided_by: str, now: str) -> int | None:
    """Say that two records have nothing of each other; never link them again.

    Where they were in one story, the second leaves it; gives the number of its new story.

    Raises:
        RecordMissingError: a record was not read for stories.
        ConfigurationError: it is one record.
    """
    with archive.transaction() as db:
        if one == other:
            raise ConfigurationError(f"Record {one} and record {other} are one record.")
        for record in (one, other):
            if story_of(db, record) is None:
                raise RecordMissingError(
                    f"Record {record} was not read for stories."
                    " `newsward stories list` shows what was."
                )
        keep_verdict(db, (one, other), "rejected", decided_by=decided_by, now=now)
        db.execute(
            "DELETE FROM reuse_links WHERE (a_id = :a AND b_id = :b) OR (a_id = :b AND b_id = :a)",
            {"a": one, "b": other},
        )
        story_id = story_of(db, one)
        if story_id is None or story_of(db, other) != story_id:
            return None
        new = _move(db, [other])
        refresh(db, story_id)
        return new


def standing(db: Database, story_id: int) -> int:
    """The number under which a story stands now.

    Raises:
        ConfigurationError: there is no such story.
    """
    row = db.execute("SELECT merged_into FROM stories WHERE id = ?", [story_id]).fetchone()
    if row is None:
        raise ConfigurationError(f"There is no story {story_id}. `newsward stories list` has all.")
    return story_id if row[0] is None else standing(db, row[0])


def _records(db: Database, story_id: int) -> list[int]:
    rows = db.execute(
        "SELECT article_id FROM article_stories WHERE story_id = ? ORDER BY article_id", [story_id]
    )
    return [record for (record,) in rows]


def _move(db: Database, records: Sequence[int]) -> int:
    """Put records into a story of their own."""
    (new,) = db.execute(
        "INSERT INTO stories (title) SELECT title FROM articles WHERE id = ? RETURNING id",
        [records[0]],
    ).fetchone()
    db.execute(
        "UPDATE article_stories SET story_id = ?, how = 'person'"
        " WHERE article_id IN (SELECT value FROM json_each(?))",
        [new, json.dumps([*records])],
    )
    refresh(db, new)
    return int(new)


def _drop_events(db: Database, leaving: Sequence[int], staying: Sequence[int]) -> None:
    db.execute(
        "DELETE FROM reuse_links WHERE kind = 'same event' AND ("
        "(a_id IN (SELECT value FROM json_each(:1)) AND b_id IN (SELECT value FROM json_each(:2)))"
        " OR (a_id IN (SELECT value FROM json_each(:2)) AND b_id IN"
        " (SELECT value FROM json_each(:1))))",
        {"1": json.dumps([*leaving]), "2": json.dumps([*staying])},
    )
