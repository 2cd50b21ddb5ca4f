"""The numbers of stories, when all is read again: each keeps the one that its records had.

Reading again begins with nothing, so on the way a record may lie in another story than before. Only
at the end can be told which story is which. Every function works inside the transaction of its
caller.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from archive import reuse_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """Which records are in which story, by number; which numbers lead where; logged merges."""

    of: Mapping[int, int]
    leads: Mapping[int, int | None]
    merges: frozenset[tuple[int, int]]


def numbers(db: Database) -> Numbers:
    """The numbers as they stand."""
    return Numbers(
        of=dict(db.execute("SELECT article_id, story_id FROM article_stories").fetchall()),
        leads=dict(db.execute("SELECT id, merged_into FROM stories").fetchall()),
        merges=frozenset(
            db.execute(
                "SELECT one_id, other_id FROM story_merges WHERE state <> 'proposed'"
            ).fetchall()
        ),
    )


def inherited(before: Mapping[int, int], now: Mapping[int, int]) -> dict[int, int]:
    """The number of before that each story has now; by its number now.

    It is that of the story that it shares most records with, the most first; of two, the lower.
    What shares none has no entry.
    """
    shared = Counter((before[record], now[record]) for record in before.keys() & now.keys())
    found: dict[int, int] = {}
    taken: set[int] = set()
    for (old, story), _ in sorted(shared.items(), key=lambda one: (-one[1], one[0])):
        if story not in found and old not in taken:
            found[story] = old
            taken.add(old)
    return found


def give_back(db: Database, before: Numbers, *, now: str) -> None:
    """Give stories their numbers of before; a number that none has leads to where its records are.

    What is new has a number that no story had.
    """
    present = numbers(db).of
    number = inherited(before.of, present)
    for story in sorted({*present.values()} - number.keys()):
        number[story] = reuse_rows.new_story(db, "") if story in before.leads else story
    moved = {story: into for story, into in number.items() if story != into}
    db.conn.executemany(
        "UPDATE article_stories SET story_id = ? WHERE article_id = ?",
        [(moved[story], record) for record, story in present.items() if story in moved],
    )
    of = {record: number[story] for record, story in present.items()}
    _lead(db, before, of, now=now)
    _propose(db, number, now=now)
    _drop(db, before)
    for into in sorted(moved.values()):
        reuse_rows.refresh(db, into, anew=True)


def _lead(db: Database, before: Numbers, of: Mapping[int, int], *, now: str) -> None:
    """Have each number lead where it led, or where most of its records are now."""
    standing = {*of.values()}
    db.conn.executemany(
        "UPDATE stories SET merged_into = ?2 WHERE id = ?1 AND merged_into IS NOT ?2",
        [(one, None if one in standing else into) for one, into in before.leads.items()],
    )
    db.conn.executemany(
        "DELETE FROM story_merges WHERE one_id = ? AND other_id = ?",
        numbers(db).merges - before.merges,
    )
    records: defaultdict[int, list[int]] = defaultdict(list)
    for record, old in before.of.items():
        if old not in standing and record in of:
            records[old].append(record)
    for old, had in sorted(records.items()):
        into = Counter(of[record] for record in sorted(had)).most_common(1)[0][0]
        reuse_rows.lead_to(db, old, into, article_id=min(had), now=now)


def _propose(db: Database, number: Mapping[int, int], *, now: str) -> None:
    """Propose the same merges under the numbers of now."""
    proposed = db.execute(
        "SELECT one_id, other_id, article_id, score FROM story_merges WHERE state = 'proposed'"
    ).fetchall()
    db.execute("DELETE FROM story_merges WHERE state = 'proposed'")
    for one, other, record, score in proposed:
        if one in number and other in number:
            first, second = sorted((number[one], number[other]))
            reuse_rows.propose_merges(db, record, {(first, second): score}, now=now)


def _drop(db: Database, before: Numbers) -> None:
    """Delete stories that no record tells: those of the way, and those that nothing leads to."""
    empty = [
        (story,)
        for story, into, is_led_to in db.execute(
            "SELECT id, merged_into, id IN (SELECT merged_into FROM stories) FROM stories"
            " WHERE id NOT IN (SELECT story_id FROM article_stories)"
        ).fetchall()
        if story not in before.leads or (into is None and not is_led_to)
    ]
    each = db.conn.executemany
    each("DELETE FROM story_merges WHERE ?1 IN (one_id, other_id)", empty)
    # Of two on the way one may lead to the other.
    each("UPDATE stories SET merged_into = NULL WHERE id = ?", empty)
    each("DELETE FROM stories WHERE id = ?", empty)
