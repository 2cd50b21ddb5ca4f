"""The bounds of a search beside its words: of which records FTS5 may find some, and which never.

Every function reads from the database that it is given and writes nothing.

A bound is answered in one of two ways. When few records are within it, their numbers are read from
a covering index, once, and each match is looked up among them: 0.1 us a match, while reading the
record itself costs 0.5 us, for its text lies beside its facts. When most records are within it,
the other way is cheaper: the newest matches are read one by one until there are enough.
"""

import difflib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from archive.periods import end_of
from archive.search import Bound, Field
from archive.statements import named, select

# With N records of which X are within a bound, the numbers of all cost X reads of an index, and
# the newest 10,000 matches about 10,000 * N / X reads of records, which take twice as long. Both
# cost the same at X = sqrt(20,000 * N): 44,000 of 100,000 records, 141,000 of a million.
_BREAK_EVEN = 20_000

# The largest number that SQLite gives.
LARGEST = 2**63 - 1
_DATES = (Field.SINCE, Field.UNTIL)


@dataclass(kw_only=True, slots=True)
class Condition:
    """SQL to be added to a search: `sql` begins with AND, or is empty.

    `number` is what it calls the number of a record. `reads_records` when it names columns of
    `articles`, so that these must be joined. `nothing` says in words why nothing can match. No
    record before `first` and none behind `last` is within the bounds.
    """

    number: str = "articles_fts.rowid"
    sql: str = ""
    parameters: dict[str, object] = field(default_factory=dict)
    reads_records: bool = False
    nothing: str | None = None
    first: int = 0
    last: int = LARGEST

    def value(self, value: object) -> str:
        """Name a value in the SQL."""
        name = f"bound{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def narrow(self, first: int | None, last: int | None) -> None:
        """Leave out what is before the first and behind the last record of a bound."""
        self.first = max(self.first, first or 0)
        self.last = min(self.last, last or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Also:
    """Records that a search finds beside those with its words: those of a topic.

    `numbers` is SQL for their numbers, as `id`, between :oldest and :newest.
    """

    topic_id: int
    numbers: str
    parameters: dict[str, object]


def condition(
    db: Database, bounds: Sequence[Bound], *, number: str = "articles_fts.rowid"
) -> Condition:
    """What holds of each record within all the bounds."""
    made = Condition(number=number)
    (records,) = db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()
    few = math.isqrt(_BREAK_EVEN * records)
    dates = [bound for bound in bounds if bound.field in _DATES]
    for bound in (bound for bound in bounds if bound.field not in _DATES):
        facts = _facts(db, made, bound)
        # One index has a source, kind or language together with the date.
        if not bound.excluded and bound.field is not Field.TOPIC:
            facts += [_date(made, date) for date in dates]
            dates = []
        _add(db, made, facts, excluded=bound.excluded, few=few)
    if dates:
        _add(db, made, [_date(made, date) for date in dates], excluded=False, few=few)
        _add_last(db, made, dates)
    return made


def _add(db: Database, made: Condition, facts: list[str], *, excluded: bool, few: int) -> None:
    within = " AND ".join(facts)
    numbers = select("id", "articles", where=within)
    count, first, last = db.execute(
        select("count(*), min(id), max(id)", f"({numbers} LIMIT :most)"),
        made.parameters | {"most": few + 1},
    ).fetchone()
    if count <= few:
        if not excluded:
            made.narrow(first, last)
        # The plus keeps SQLite from asking FTS5 for each number by itself; records it may ask for.
        plus = "" if made.number == "articles.id" else "+"
        made.sql += f" AND {plus}{made.number} {'NOT ' if excluded else ''}IN ({numbers})"
    else:
        made.sql += f" AND {'NOT ' if excluded else ''}coalesce({within}, 0)"
        made.reads_records = True


def _add_last(db: Database, made: Condition, dates: Sequence[Bound]) -> None:
    """Begin behind the last record of an early time, and not at the newest of all."""
    before = [_date(made, date) for date in dates if date.field is Field.UNTIL]
    if made.reads_records and before:
        (last,) = db.execute(
            select("max(id)", "articles", where=" AND ".join(before)), made.parameters
        ).fetchone()
        made.narrow(None, last)


def _date(made: Condition, bound: Bound) -> str:
    (period,) = bound.values
    if bound.field is Field.UNTIL:
        return f"articles.published < {made.value(end_of(period))}"
    since = made.value(period)
    # A record dated to the month alone counts when any day of that month does; the year alone lets
    # the index be used.
    return (
        f"articles.published >= substr({since}, 1, 4)"
        f" AND articles.published >= substr({since}, 1, length(articles.published))"
    )


def _facts(db: Database, made: Condition, bound: Bound) -> list[str]:
    if bound.field is Field.KIND:
        values = made.value(json.dumps(bound.values))
        return [_one_of("articles.kind", values)]
    if bound.field is Field.LANGUAGE:
        return [f"({' OR '.join(_language(made, value) for value in bound.values)})"]
    table = "sources" if bound.field is Field.SOURCE else "topics"
    found = _numbers(db, made, table, bound)
    numbers = made.value(json.dumps(found))
    if bound.field is Field.SOURCE:
        return [_one_of("articles.source_id", numbers)]
    if not found:
        return ["false"]
    with_topic = select("article_id", "article_topics", where=_one_of("topic_id", numbers))
    return [f"articles.id IN ({with_topic})"]


def _one_of(column: str, values: str) -> str:
    return f"{column} IN ({select('value', f'json_each({values})')})"


def _language(made: Condition, value: str) -> str:
    # A dot stands behind the hyphen: en finds en and en-gb, and not enm.
    tag, low, high = made.value(value), made.value(f"{value}-"), made.value(f"{value}.")
    return f"articles.language = {tag} OR articles.language > {low} AND articles.language < {high}"


def _numbers(db: Database, made: Condition, table: str, bound: Bound) -> list[int]:
    known = _slugs(db, table)
    for value in bound.values:
        if value not in known and not bound.excluded:
            made.nothing = made.nothing or missing(bound.field, value, known)
    return [known[value] for value in bound.values if value in known]


def _slugs(db: Database, table: str) -> dict[str, int]:
    # An archive that no newer newsward has written to has no topics.
    there = db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone()
    rows: list[tuple[Any, ...]] = []
    if there:
        rows = db.execute(
            named("SELECT slug, id FROM {table} ORDER BY slug", table=table)
        ).fetchall()
    return dict(rows)


def missing(name: Field, value: str, known: Sequence[str] | dict[str, int]) -> str:
    """That there is no source or topic of that name, and which was perhaps meant."""
    near = difflib.get_close_matches(value, list(known), n=1)
    there = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known) or 'none yet'}."
    return f"There is no {name} {value!r} in this archive. {there}"
