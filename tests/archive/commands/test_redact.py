import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.commands.redact import redact
from archive.database import open_archive
from archive.errors import ConfigurationError, RecordMissingError

WHY = ("--reason", "privacy", "--by", "The invented desk")


def run(archive: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(redact, [*arguments, *WHY, "--archive", str(archive)], input=stdin)


def test_a_removal_says_what_it_did_and_nothing_of_the_record(archive_file: Path) -> None:
    done = run(archive_file, "1", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "action": "remove",
        "article_id": 1,
        "addresses": 2,
        "items": 0,
        "others": 0,
        "texts": 0,
        "snapshots": 0,
        "in_address": False,
        "again": False,
    }
    assert done.stderr == (
        "Record 1 is removed and will not be fetched again; 0 snapshots dropped.\n"
    )
    assert "sextortion" not in done.output
    assert run(archive_file, "http://blog.test/1").stderr == (
        "The address was taken down before; the files were cleaned once more.\n"
    )


def test_newsletter_items_that_quote_it_are_counted(archive_file: Path) -> None:
    db = open_archive(archive_file)
    db.execute("INSERT INTO digests VALUES (1, 'in', 'a.txt', NULL, NULL, 'x', NULL, '2026')")
    db.execute("INSERT INTO digest_items (digest_id, position, article_id) VALUES (1, 1, 3)")
    db.execute(
        "INSERT INTO links (article_id, revision_id, position, to_url, anchor)"
        " SELECT 3, id, 1, 'http://blog.test/1', 'there' FROM revisions WHERE article_id = 3"
    )
    db.close()
    assert run(archive_file, "1").stderr == (
        "Record 1 is removed and will not be fetched again; 0 snapshots dropped."
        " The same was done to 1 newsletter item quoting it.\n"
    )


def test_a_record_is_restricted_and_released(archive_file: Path) -> None:
    assert run(archive_file, "2", "--restrict").stderr == (
        "Record 2 is restricted: kept, and in no search, page, export or copy.\n"
    )
    assert run(archive_file, "2", "--release").stderr == (
        "Record 2 is released: found, exported and fetched again.\n"
    )


def test_a_phrase_may_come_from_stdin_where_no_history_keeps_it(archive_file: Path) -> None:
    done = run(archive_file, "1", "--phrase", "-", stdin="harbour desk\n")
    assert done.stderr == (
        "Record 1: the phrase is out of 1 text; 0 snapshots dropped; not fetched again.\n"
    )


def test_what_cannot_be_done_is_said_in_one_line(archive_file: Path) -> None:
    both = run(archive_file, "1", "--phrase", "desk", "--restrict")
    assert isinstance(both.exception, ConfigurationError)
    unknown = run(archive_file, "77")
    assert isinstance(unknown.exception, RecordMissingError)
    assert "nothing is known of record 77" in str(unknown.exception)
    nobody = CliRunner().invoke(
        redact, ["1", "--reason", "legal", "--by", " ", "--archive", str(archive_file)]
    )
    assert str(nobody.exception) == "Say who decided this."


@pytest.mark.parametrize("missing", ["--reason", "--by"])
def test_nothing_is_redacted_without_a_reason_and_a_name(archive_file: Path, missing: str) -> None:
    given = [
        part
        for pair in zip(WHY[::2], WHY[1::2], strict=True)
        if pair[0] != missing
        for part in pair
    ]
    done = CliRunner().invoke(redact, ["1", *given, "--archive", str(archive_file)])
    assert done.exit_code == 2
    assert f"Missing option '{missing}'" in done.stderr
