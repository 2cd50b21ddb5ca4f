"""SQL that is put together from names and from texts of the package."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from archive.statements import insert, named, quoted, select

# SQLite takes no NUL in a statement, and no half of a surrogate pair anywhere.
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1)


@given(table=NAMES, column=NAMES)
def test_any_name_is_one_name_and_nothing_else(table: str, column: str) -> None:
    db = sqlite3.connect(":memory:")
    try:
        db.execute(named("CREATE TABLE {table} ({column})", table="t" + table, column=column))
        db.execute(
            named("INSERT INTO {table} ({column}) VALUES (?)", table="t" + table, column=column),
            [7],
        )
        assert db.execute(select(quoted(column), quoted("t" + table))).fetchall() == [(7,)]
    finally:
        db.close()


def test_several_names_stand_with_commas() -> None:
    assert named("({columns})", columns=["one", 'the "other"']) == '("one", "the ""other""")'


@given(columns=st.lists(NAMES.map(str.lower), min_size=1, max_size=5, unique=True))
def test_a_row_goes_in_whatever_its_columns_are_called(columns: list[str]) -> None:
    row = [*range(len(columns))]
    db = sqlite3.connect(":memory:")
    try:
        db.execute(named("CREATE TABLE t ({columns})", columns=columns))
        db.execute(insert("t", columns), row)
        assert db.execute(select("*", "t")).fetchall() == [tuple(row)]
    finally:
        db.close()


def test_only_the_clauses_that_are_given_are_there_in_the_order_of_sql() -> None:
    assert select("1", "t") == "SELECT 1 FROM t"
    whole = select("a", "t", limit=":most", order="b DESC", group="c", where="a > 0")
    assert whole == "SELECT a FROM t WHERE a > 0 GROUP BY c ORDER BY b DESC LIMIT :most"
