"""What was asked, found and decided about records cannot be changed unseen; all is invented."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from full_archive import fill
from sqlite_utils import Database
from takedowns import FEED, NOW, SHORT, decision, faults, query

from archive.group_seals import GROUPS, Group, Rows, broken
from archive.records import Article, FoundAs
from archive.snapshots import snapshots_path
from archive.statements import named, select
from archive.store import Archive
from archive.takedown import Action, redact
from archive.topic_rows import apply_rules
from archive.topics.rules import shipped_rules

OTHERS = [f"http://blog.test/{number}" for number in range(4)]
TEXT = " ".join(f"Invented sentence number {number} tells of a school." for number in range(30))
BY_HAND = """
INSERT INTO watches VALUES (1, 'police', 'police', 'day', 'mail:desk@news.test', 0, '2026-11-24',
  '2026-11-25', '2026-11-26', 0, NULL, NULL);
INSERT INTO watch_messages VALUES (1, 1, 'a token', '2026-11-24', '2026-11-24', 1);
INSERT INTO watch_items VALUES (1, 1, 1);
INSERT INTO timestamps VALUES (1, 1, 'x', '1', '2026-11-24', 'https://tsa.test/', x'00', x'01',
  '2026-11-24', 'PEM');
UPDATE digest_items SET date = '2026-11-01', date_precision = 'day';
UPDATE stories SET first_published = '2026', last_published = '2026', merged_into = 2
""".split(";")
CHANGE = """
UPDATE {table} SET {column} = CASE typeof({column})
  WHEN 'integer' THEN {column} + 1000 WHEN 'real' THEN {column} + 1
  WHEN 'blob' THEN CAST({column} || x'00' AS BLOB) WHEN 'text' THEN {column} || 'x' ELSE 'x' END
WHERE {key} = ?
"""
CELLS = [(group, rows) for group in GROUPS for rows in group.rows]


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory,
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Article],
) -> Path:
    """Every table that is sealed in groups has rows, most of them of the product's writers."""
    path = tmp_path_factory.mktemp("sealed") / "archive.db"
    writer = make_writer(path)
    writer.discover(FEED, writer.links(FoundAs.FEED_ENTRY, [SHORT, *OTHERS]))
    writer.next_run(now=NOW)
    writer.fetch([(url, make_article(f"Other {url[-1]}", TEXT + url)) for url in OTHERS])
    fill(path, writer, make_article("Any", TEXT))
    with Archive(path) as archive, archive.transaction() as db:
        apply_rules(db, shipped_rules(), NOW)
        for sql in BY_HAND:
            db.execute(sql)
    redact(path, 3, decision(Action.RESTRICT), now=NOW)
    redact(path, 4, decision(Action.REMOVE), now=NOW)
    return path


@pytest.fixture
def full(built: Path, tmp_path: Path) -> Path:
    for file in (built, snapshots_path(built)):
        shutil.copyfile(file, tmp_path / file.name)
    return tmp_path / built.name


@pytest.fixture
def db(full: Path) -> Iterator[Database]:
    """Another program's connection: it notes and seals nothing."""
    connection = sqlite3.connect(full, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    yield Database(connection, execute_plugins=False)
    connection.close()


def what_is_broken(db: Database, group: Group) -> list[tuple[int, str]]:
    return [(key, what) for key, what in broken(db, group) if what is not None]


def first_key(db: Database, rows: Rows) -> int:
    (key,) = db.execute(select(f"min({rows.key})", rows.table)).fetchone()
    assert key is not None, f"{rows.table} has no row"
    return int(key)


def test_no_column_that_is_sealed_can_be_changed_unseen(db: Database) -> None:
    unseen = []
    for group, rows in CELLS:
        key = first_key(db, rows)
        assert what_is_broken(db, group) == []
        for column in rows.columns.split(", "):
            db.execute("BEGIN")
            db.execute(named(CHANGE, table=rows.table, column=column, key=rows.key), [key])
            if (key, "is not what was written") not in what_is_broken(db, group):
                unseen.append(f"{rows.table}.{column}")
            db.execute("ROLLBACK")
    assert unseen == []


def test_no_row_that_is_sealed_can_be_taken_away_or_added_unseen(db: Database) -> None:
    for group, rows in CELLS:
        key = first_key(db, rows)
        for harm in ("DELETE FROM {0}", "UPDATE {0} SET {1} = {1} + 10000"):
            db.execute("BEGIN")
            db.execute(f"{harm} WHERE {{1}} = ?".format(rows.table, rows.key), [key])
            assert key in dict(what_is_broken(db, group)), harm
            db.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("harm", "said", "record"),
    [
        (
            "UPDATE article_topics SET score = 9 WHERE article_id = 5",
            "topics, names and figures of record 5: is not what was written",
            5,
        ),
        (
            "INSERT INTO story_verdicts VALUES (2, 5, 'apart', 'nobody', '2026-11-24')",
            "what a person decided about record 2 and others: has no seal",
            2,
        ),
        (
            "UPDATE rights SET reserved = NULL",
            "what fetch 6 was allowed and asked, and where it was read from: is not what",
            None,
        ),
        ("DELETE FROM watches", "watch 1: was sealed and is not there", None),
    ],
)
def test_verify_tells_each_with_its_place(
    full: Path, harm: str, said: str, record: int | None
) -> None:
    before = faults(full)
    query(full, harm)
    found = [fault for fault in faults(full) if fault not in before]
    assert [f for f in found if said in f"{f.where}: {f.what}" and f.record == record], found


def test_what_newsward_changes_itself_is_sealed_and_what_it_gives_up_is_as_before(
    full: Path, db: Database
) -> None:
    with Archive(full) as archive:
        with contextlib.suppress(KeyError), archive.transaction() as ours:
            ours.execute("UPDATE stories SET title = 'given up'")
            raise KeyError
        with archive.transaction() as ours:
            ours.execute("UPDATE article_topics SET score = score + 1")
            ours.execute("DELETE FROM furniture")
        db.execute("UPDATE topics SET label = 'another program' WHERE id = 1")
        with archive.transaction() as ours:
            ours.execute("UPDATE topics SET label = 'ours' WHERE id = 2")
    wrong = {group.name: what_is_broken(db, group) for group in GROUPS}
    assert {name: found for name, found in wrong.items() if found} == {
        "topic": [(1, "is not what was written")]
    }
