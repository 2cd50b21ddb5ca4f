import io
from pathlib import Path

import pytest
from takedowns import NAME, NOW, bodies, decision, faults, query, raw, record_of

from archive.errors import RecordMissingError
from archive.export import Format, Request, export
from archive.publish import publish
from archive.reading import ReadArchive
from archive.statements import select
from archive.takedown import Action, redact


def rows_of(place: Path, table: str) -> list[tuple[object, ...]]:
    return sorted(query(place, select("*", table)), key=repr)


def test_it_hides_a_record_from_whoever_looks(
    place: Path, tmp_path: Path, texts: list[str]
) -> None:
    number = record_of(place)
    redact(place, number, decision(Action.RESTRICT), now=NOW)
    with ReadArchive(place) as reader:
        assert reader.search("vandername").total == 0
        with pytest.raises(RecordMissingError, match="was restricted on 24 November 2026"):
            reader.record(number)
    out = io.StringIO()
    assert export(place, Request(with_text=True), Format.CSV, out, now=NOW) == 40
    assert NAME not in out.getvalue()
    publish(place, tmp_path / "public.db", now=NOW)
    # In no table that plain tools show, and in no index.
    for content in ((tmp_path / "public.db").read_bytes(), raw(place)):
        assert not [text for text in texts if text.encode() in content]
    assert faults(place) == []


def test_a_release_brings_everything_back_as_it_was(place: Path) -> None:
    number = record_of(place)
    tables = [
        name
        for (name,) in query(place, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("articles_fts", "sqlite_", "redact"))
    ]
    before = {table: rows_of(place, table) for table in tables}
    redact(place, number, decision(Action.RESTRICT), now=NOW)
    redact(place, number, decision(Action.RELEASE), now=NOW)
    after = {table: rows_of(place, table) for table in tables}
    for state in (before, after):  # the log has two decisions more, and their seals
        state["group_seals"] = [row for row in state["group_seals"] if row[0] != "decision"]
    assert after == before
    assert faults(place) == []
    with ReadArchive(place) as reader:
        assert reader.search("vandername").total == 1
    assert [row[0] for row in query(place, "SELECT action FROM redactions ORDER BY id")] == [
        "restrict",
        "release",
    ]


def test_a_restricted_record_can_be_removed(place: Path, texts: list[str]) -> None:
    number = record_of(place)
    redact(place, number, decision(Action.RESTRICT), now=NOW)
    redact(place, number, decision(), now=NOW)
    assert query(place, "SELECT count(*) FROM restricted") == [(0,)]
    after = raw(place) + bodies(place)
    assert not [text for text in texts if text.encode() in after]
    assert faults(place) == []
