"""What programs of others read in our references: rispy and bibtexparser stand for them."""

import json
from collections.abc import Callable

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given
from hypothesis import strategies as st

from archive.export_formats.references import as_bibtex, as_csl, as_ris
from archive.exported import ExportedRecord

MakeRecord = Callable[..., ExportedRecord]
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def test_ris_is_read_back_whole(make_record: MakeRecord) -> None:
    made = make_record(title="Two\nlines  of a title")
    (read,) = rispy.loads("".join(as_ris([made])))
    assert read["type_of_reference"] == "NEWS"
    assert read["id"] == "newsward-7"
    assert read["title"] == "Two lines of a title"
    assert read["authors"] == ["A. Writer", "Desk and Sons"]
    assert read["secondary_title"] == "The Quay Gazette"
    assert (read["year"], read["date"]) == ("2026", "2026/11/20/")
    assert read["urls"] == ["http://gazette.test/one?a=1&b=%7Bx%7D"]
    assert read["abstract"] == "This invented text begins here…"


@pytest.mark.parametrize(
    ("published", "date"),
    [("2026", "2026///"), ("2026-11", "2026/11//"), (None, None), ("soon", None)],
)
def test_a_date_in_ris_is_as_precise_as_ours(
    published: str | None, date: str | None, make_record: MakeRecord
) -> None:
    (read,) = rispy.loads("".join(as_ris([make_record(published=published)])))
    assert read.get("date") == date


@given(st.lists(anything, max_size=4))
def test_no_value_can_begin_a_field_or_a_record_of_its_own(values: list[str]) -> None:
    made = [_with_title(number, f"t {value}") for number, value in enumerate(values, 1)]
    lines = "".join(as_ris(made)).split("\r\n")
    assert sum(line == "TY  - NEWS" for line in lines) == len(values)
    assert all(line[2:6] == "  - " for line in lines if line)
    titles = [line[6:] for line in lines if line.startswith("TI")]
    assert titles == [" ".join(f"t {value}".split()) for value in values]


def _with_title(number: int, title: str) -> ExportedRecord:
    return ExportedRecord(
        id=number,
        title=title,
        url="http://gazette.test/",
        source="gazette",
        source_name=title,
        published=None,
        published_precision=None,
        modified=None,
        authors=(title, "B"),
        language=None,
        word_count=1,
        licence=None,
        first_seen_at="2026-11-22T05:26:03Z",
        excerpt=title,
    )


def test_bibtex_is_read_back_with_its_signs_and_names(make_record: MakeRecord) -> None:
    library = bibtexparser.parse_string(
        "".join(as_bibtex([make_record(), make_record(id=8, published="2026-11")])),
        append_middleware=[LatexDecodingMiddleware()],
    )
    assert library.failed_blocks == []
    first, second = library.entries
    assert (first.entry_type, first.key, second.key) == ("misc", "newsward-7", "newsward-8")
    fields = {field.key: field.value for field in first.fields}
    # The parser drops every brace, and takes \textasciicircum for the accent of its name.
    title = fields["title"].replace("{", "").replace("}", "").replace("\u02c6", "^")
    assert title == make_record().title.replace("{", "").replace("}", "")
    assert fields["author"].replace("{", "").replace("}", "") == "A. Writer and Desk and Sons"
    assert (fields["year"], fields["month"], fields["day"]) == ("2026", "11", "20")
    assert "day" not in {field.key for field in second.fields}
    # An address stands there as it is: styles print it with \\url, which knows no commands.
    (plain,) = bibtexparser.parse_string("".join(as_bibtex([make_record()]))).entries
    assert plain["url"] == "http://gazette.test/one?a=1&b=%7Bx%7D"


@given(st.lists(anything, max_size=4))
def test_the_braces_of_bibtex_balance_whatever_a_title_holds(values: list[str]) -> None:
    made = [_with_title(number, f"t{value}") for number, value in enumerate(values, 1)]
    for entry in as_bibtex(made):
        depth = 0
        for place, sign in enumerate(entry.rstrip()):
            depth += {"{": 1, "}": -1}.get(sign, 0)
            is_inside = entry.index("{") <= place < len(entry.rstrip()) - 1
            assert depth >= is_inside
        assert depth == 0
        assert entry.count("\n\n") == 1


def test_csl_has_dates_in_parts_and_names_as_they_are(make_record: MakeRecord) -> None:
    made = [make_record(), make_record(id=8, published=None, authors=(), excerpt="")]
    first, second = json.loads("".join(as_csl(made)))
    assert first == {
        "id": "newsward-7",
        "type": "article-newspaper",
        "title": make_record().title,
        "container-title": "The Quay Gazette",
        "URL": "http://gazette.test/one?a=1&b=%7Bx%7D",
        "accessed": {"date-parts": [[2026, 11, 22]]},
        "author": [{"literal": "A. Writer"}, {"literal": "Desk and Sons"}],
        "issued": {"date-parts": [[2026, 11, 20]]},
        "language": "en",
        "abstract": "This invented text begins here…",
    }
    assert not {"issued", "author", "abstract"} & second.keys()
    assert json.loads("".join(as_csl([]))) == []


def test_topics_are_keywords(make_record: MakeRecord) -> None:
    made = [make_record(topics=("sextortion", "ai-csam"))]
    (read,) = rispy.loads("".join(as_ris(made)))
    assert read["keywords"] == ["sextortion", "ai-csam"]
    assert "keywords = {sextortion, ai-csam}" in "".join(as_bibtex(made))
    assert json.loads("".join(as_csl(made)))[0]["keyword"] == "sextortion, ai-csam"


def test_an_item_of_a_newsletter_has_the_address_of_its_issue_or_none(
    make_record: MakeRecord,
) -> None:
    item = "digest:0123456789abcdef#item-1"
    for issue, address in (("http://letter.test/1", "http://letter.test/1"), ("a.pdf", None)):
        made = make_record(url=item, issue=issue)
        (ris,) = rispy.loads("".join(as_ris([made])))
        (bibtex,) = bibtexparser.parse_string("".join(as_bibtex([made]))).entries
        (csl,) = json.loads("".join(as_csl([made])))
        assert ris.get("urls") == ([address] if address else None)
        assert ("url" in bibtex.fields_dict) is (address is not None)
        assert csl.get("URL") == address
