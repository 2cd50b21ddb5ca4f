"""Which addresses a run takes on when a great many are due: the same ones, found without counting.

How much work a query is, is told by the steps of SQLite's own machine, which no load changes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from commits import NOW, SOURCE, begin
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from archive import claim_rows
from archive.records import LinkKind
from archive.store import Archive

SOURCES = (
    SOURCE,
    replace(SOURCE, slug="links", link_only=True, discovery=()),
    replace(SOURCE, slug="off", enabled=False, discovery=()),
    replace(SOURCE, slug="other", discovery=()),
)
DUE = "2026-11-22T12:00:00Z"
RESTING = "resting.test"
# Of one row: its source, host, kind and state, the hour from which it is due, and whether this
# run has had it.
ROWS = st.lists(
    st.tuples(
        st.integers(1, len(SOURCES)),
        st.sampled_from(["a.test", "b.test", "c.test", RESTING]),
        st.sampled_from([str(kind) for kind in LinkKind]),
        st.sampled_from(["waiting", "waiting", "waiting", "leased", "closed"]),
        st.integers(8, 15),
        st.booleans(),
    ),
    max_size=60,
)
Row = tuple[int, str, str, str, int, bool]


class _Undone(Exception):  # noqa: N818 - it is no error: it ends a transaction without a trace
    pass


@pytest.fixture(scope="module")
def frontier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("frontier") / "archive.db") as archive:
        archive.sync_sources(SOURCES, now=NOW)
        begin(archive)
        yield archive


def undone(archive: Archive, work: Callable[[Database], None]) -> None:
    """Do something to an archive and leave nothing of it."""
    with suppress(_Undone), archive.transaction() as db:
        work(db)
        raise _Undone


def fill(db: Database, rows: Sequence[Row]) -> None:
    db.execute(
        "INSERT INTO hosts (host, failures, rests, until) VALUES (?, 0, 1, '2027-01-01T00:00:00Z')",
        [RESTING],
    )
    db.conn.executemany(
        "INSERT INTO frontier (url, host, source_id, kind, state, not_before, run_id, found_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (f"http://{host}/{number}", host, source, kind, state, at(hour), had or None, NOW)
            for number, (source, host, kind, state, hour, had) in enumerate(rows)
        ],
    )


def at(hour: int) -> str:
    return f"2026-11-22T{hour:02d}:00:00Z"


def claimed(db: Database, sources: list[str] | None, per_host: int, few: int) -> list[str]:
    db.execute("SAVEPOINT before")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claim_rows, "FEW", few)
        claims = claim_rows.claim(
            db, run_id=1, due=DUE, count=9, per_host=per_host, sources=sources
        )
    db.execute("ROLLBACK TO before")
    return [claim.url for claim in claims]


@given(
    rows=ROWS,
    sources=st.sampled_from([None, ["gazette"], ["other", "off"], []]),
    per_host=st.integers(1, 5),
)
def test_many_due_addresses_are_taken_on_in_the_order_in_which_few_are(
    frontier: Archive, rows: Sequence[Row], sources: list[str] | None, per_host: int
) -> None:
    def compare(db: Database) -> None:
        fill(db, rows)
        one_by_one = claimed(db, sources, per_host, few=1_000)
        assert claimed(db, sources, per_host, few=0) == one_by_one
        waiting = claim_rows.waiting(db, due=DUE, run_id=1, sources=sources)
        assert waiting >= len(one_by_one)

    undone(frontier, compare)


@pytest.mark.parametrize("few", [1_000, 0])
def test_a_list_goes_before_the_articles_of_its_host_and_else_the_longest_due_first(
    frontier: Archive, few: int
) -> None:
    def compare(db: Database) -> None:
        rows = [(10, "article"), (9, "article"), (11, "feed")]
        fill(db, [(1, "a.test", kind, "waiting", hour, False) for hour, kind in rows])
        order = claimed(db, ["gazette"], per_host=3, few=few)
        assert [url for url in order if "//a.test/" in url] == [
            f"http://a.test/{number}" for number in (2, 1, 0)
        ]

    undone(frontier, compare)


@given(rows=ROWS)
def test_what_is_waiting_is_what_claiming_again_and_again_takes_on(
    frontier: Archive, rows: Sequence[Row]
) -> None:
    def compare(db: Database) -> None:
        fill(db, [row for row in rows if row[3] != "leased"])
        expected = claim_rows.waiting(db, due=DUE, run_id=1, sources=None)
        taken = claim_rows.claim(db, run_id=1, due=DUE, count=1_000, per_host=1_000, sources=None)
        assert len(taken) == expected
        assert claim_rows.waiting(db, due=DUE, run_id=1, sources=None) == expected

    undone(frontier, compare)


def steps(db: Database, work: Callable[[], object]) -> int:
    """Thousands of steps of SQLite's machine that some work takes."""
    seen = []
    db.conn.set_progress_handler(lambda: seen.append(1), 1_000)  # None goes on
    try:
        work()
    finally:
        db.conn.set_progress_handler(None, 0)
    return len(seen)


@pytest.mark.parametrize("hosts", [1, 50])
def test_a_claim_costs_no_more_of_twenty_thousand_due_addresses_than_of_three_thousand(
    frontier: Archive, hosts: int
) -> None:
    def cost(due: int) -> int:
        found: list[int] = []

        def measure(db: Database) -> None:
            fill(
                db,
                [
                    (1, f"h{number % hosts}.test", "article", "waiting", 9, False)
                    for number in range(due)
                ],
            )
            found.append(
                steps(
                    db,
                    lambda: claim_rows.claim(
                        db, run_id=1, due=DUE, count=64, per_host=3, sources=None
                    ),
                )
            )

        undone(frontier, measure)
        return found[0]

    few, many = cost(3_000), cost(20_000)
    assert many <= few + 5, (few, many)
