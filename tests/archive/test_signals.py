"""What a page asks and credits is kept with its record, shown with it, and goes with it."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from commits import ARTICLE, LATER, NOW, PAGE, begin, discover, one, query, store

from archive.commands.show import show
from archive.endings import Ending
from archive.export import Format, Request, export
from archive.provenance import provenance_sentences
from archive.reading import ReadArchive
from archive.records import Article
from archive.store import Archive
from archive.takedown import Action, Decision, Reason, redact
from archive.views import RecordView

LICENCE = "license https://licences.example/by/4.0/"
MARKED = replace(ARTICLE, signals=("noai", LICENCE), wire_credit="Reuters")


def kept(archive: Archive, *articles: Article) -> Ending:
    discover(archive, begin(archive), PAGE)
    ending = Ending.READ
    for article in articles:
        ending = store(archive, begin(archive), article)
    return ending


def shown(path: Path) -> RecordView:
    with ReadArchive(path) as reader:
        return reader.record(1)


def test_signals_and_the_agency_stand_beside_the_record(archive: Archive, path: Path) -> None:
    kept(archive, MARKED)
    record = shown(path)
    assert record.wire_credit == "Reuters"
    assert record.signals == ("noai", LICENCE)
    said = " ".join(provenance_sentences(record))
    assert "Credited to the agency Reuters." in said
    assert f"Its page says: noai; {LICENCE}." in said


def test_they_are_plain_sql_for_everybody(archive: Archive, path: Path) -> None:
    kept(archive, MARKED)
    assert one(path, "SELECT wire_credit FROM record_signals WHERE article_id = 1") == "Reuters"
    signals = query(
        path,
        "SELECT value FROM record_signals, json_each(signals) WHERE article_id = 1",
    )
    assert signals == [("noai",), (LICENCE,)]
    sentences = query(
        path, "SELECT sentence FROM provenance_in_words WHERE article_id = 1 AND step = 'credited'"
    )
    assert sentences == [("Credited to the agency Reuters.",)]


def test_a_page_that_asks_and_credits_nothing_has_no_row(archive: Archive, path: Path) -> None:
    kept(archive, ARTICLE)
    assert query(path, "SELECT * FROM record_signals") == []
    record = shown(path)
    assert (record.wire_credit, record.signals) == (None, ())


@pytest.mark.parametrize(
    "then",
    [
        replace(MARKED, signals=("noarchive",), wire_credit="PA"),
        replace(MARKED, text=MARKED.text + " So it was said.", signals=("noarchive",)),
        replace(MARKED, signals=(), wire_credit=None),
    ],
)
def test_they_are_those_of_the_page_as_it_was_last_read(
    archive: Archive, path: Path, then: Article
) -> None:
    # Also when the text stayed: a publisher may reserve a page without editing it.
    kept(archive, MARKED, then)
    record = shown(path)
    assert (record.signals, record.wire_credit) == (then.signals, then.wire_credit)


def test_a_thin_page_takes_nothing_back(archive: Archive, path: Path) -> None:
    thin = replace(MARKED, text="Three schools.", signals=(), wire_credit=None)
    assert kept(archive, MARKED, thin) is Ending.THIN_REFETCH
    assert shown(path).signals == MARKED.signals


def test_the_same_page_again_writes_no_row(archive: Archive, path: Path) -> None:
    kept(archive, MARKED)
    query(
        path,
        "CREATE TRIGGER told BEFORE UPDATE ON record_signals"
        " BEGIN SELECT raise(ABORT, 'written again'); END",
    )
    run_id = begin(archive)
    assert store(archive, run_id, MARKED) is Ending.UNCHANGED


def test_the_command_shows_them_in_words_and_as_json(archive: Archive, path: Path) -> None:
    kept(archive, MARKED)
    told = CliRunner().invoke(show, ["1", "--provenance", "--archive", str(path)])
    assert "Credited to the agency Reuters." in told.output
    told = CliRunner().invoke(show, ["1", "--json", "--archive", str(path)])
    record = json.loads(told.output)
    assert (record["wire_credit"], record["signals"]) == ("Reuters", ["noai", LICENCE])


def test_a_page_read_again_by_newer_rules_fills_them_in(archive: Archive, path: Path) -> None:
    kept(archive, ARTICLE)
    archive.finish_run(2, status="finished", now=NOW)
    with ReadArchive(path) as reader:
        (page,) = reader.kept_pages([])
    run_id = archive.start_run(trigger="re-extraction", program="newsward test", now=LATER)
    archive.reread(run_id, page, MARKED, canonical_own=False, now=LATER)
    assert shown(path).wire_credit == "Reuters"


def test_they_are_packed_away_with_a_restricted_record_and_come_back(
    archive: Archive, path: Path
) -> None:
    kept(archive, MARKED)
    archive.close()
    decision = Decision(action=Action.RESTRICT, reason=Reason.OTHER, decided_by="A. Person")
    redact(path, 1, decision, now=LATER)
    assert query(path, "SELECT * FROM record_signals") == []
    redact(path, 1, replace(decision, action=Action.RELEASE), now=LATER)
    assert shown(path).signals == MARKED.signals


@pytest.mark.parametrize("form", [Format.NDJSON, Format.CSV])
def test_exports_carry_them(archive: Archive, path: Path, form: Format) -> None:
    kept(archive, MARKED)
    out = io.StringIO()
    export(path, Request(), form, out, now=NOW)
    if form is Format.CSV:
        (told,) = csv.DictReader(io.StringIO(out.getvalue()))
        assert told["signals"] == f"noai; {LICENCE}"
    else:
        told = json.loads(out.getvalue())
        assert told["signals"] == list(MARKED.signals)
    assert told["wire_credit"] == "Reuters"
