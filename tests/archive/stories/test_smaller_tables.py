"""Stories that were kept in the larger tables of schema 15 are read again, into shorter ones."""

import gzip
from pathlib import Path

from commits import LATER, one, query

from archive.database import connect
from archive.store import Archive
from archive.story_keeping import StoryKeeper

RELEASED = Path(__file__).parents[1] / "released" / "archive-15.db.gz"
TABLES_OF_15 = (
    "INSERT INTO stories (id, title) VALUES (7, 'Kept')",
    "INSERT INTO stories (id, title, merged_into) VALUES (8, 'Merged', 7)",
    "INSERT INTO article_stories VALUES (1, 7, 'first', 0, 1, 'x', 'stories-1', x'0102030405')",
    "INSERT INTO fingerprints VALUES (9223372036854775807, 1)",
    "INSERT INTO signature_terms VALUES (4294967295, 1, 1)",
    "INSERT INTO reuse_links VALUES (1, 2, 'copy', NULL, 'unknown', '', '{}', 1, 1, '1', '')",
    "INSERT INTO story_verdicts VALUES (1, 2, 'apart', 'A desk', '2026-11-24')",
    "INSERT INTO story_merges VALUES (7, 8, 1, 0.5, 'merged', '2026-11-24')",
    "DELETE FROM stories_waiting",
)


def test_numbers_of_stories_and_what_a_person_said_outlive_the_shorter_tables(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(gzip.decompress(RELEASED.read_bytes()))
    db = connect(path)
    for statement in TABLES_OF_15:
        db.execute(statement)
    db.close()
    records = one(path, "SELECT count(*) FROM articles")
    with Archive(path) as archive:
        assert StoryKeeper(archive).follow(now=LATER) == records
    assert one(path, "SELECT story_id FROM article_stories WHERE article_id = 1") == 7
    assert one(path, "SELECT merged_into FROM stories WHERE id = 8") == 7
    assert one(path, "SELECT verdict FROM story_verdicts") == "apart"
    assert one(path, "SELECT state FROM story_merges WHERE other_id = 8") == "merged"
    two = "SELECT count(DISTINCT story_id) FROM article_stories WHERE article_id IN (1, 2)"
    assert one(path, two) == 2
    assert query(path, "SELECT max(length(text_hash)) FROM article_stories") == [(16,)]
    longest = "SELECT max(abs(fingerprint)) <= 2147483648 FROM fingerprints"
    assert query(path, longest) == [(1,)]
    assert query(path, "SELECT 1 FROM reuse_links WHERE evidence = '{}'") == []
    assert query(path, "PRAGMA foreign_key_check") == []
