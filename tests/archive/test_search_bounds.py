"""Fields of a query and pages of its matches, on a real archive."""

import itertools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import search_bounds, search_rows
from archive.reading import ReadArchive
from archive.records import FoundAs
from archive.search import ONLY_EXCLUSIONS, Field, parse_query
from archive.views import Offset

WAYS = pytest.mark.parametrize(
    "break_even", [search_bounds._BREAK_EVEN, 0], ids=["by their numbers", "record by record"]
)


def bounds(typed: str) -> dict[str, tuple[str, ...]]:
    found = parse_query(typed, fields=True).bounds
    return {f"{'-' * bound.excluded}{bound.field}": bound.values for bound in found}


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("police source:gazette", {"source": ("gazette",)}),
        ("SOURCE:Gazette police", {"source": ("gazette",)}),
        ("source:a police source:b", {"source": ("a", "b")}),
        ("police -source:a source:b", {"-source": ("a",), "source": ("b",)}),
        ("police lang:en language:de kind:link", {"language": ("en", "de"), "kind": ("link",)}),
        ("police date:2026-11", {"since": ("2026-11",), "until": ("2026-11",)}),
        ("(police) topic:grooming", {"topic": ("grooming",)}),
        ("police since:christmas", {}),
        ("police -since:2026", {}),
        ("police since: 2026", {}),
        ('"police source:gazette"', {}),
        ('source:"gazette"', {}),
        ("source:", {}),
        ("resource:gazette", {}),
        ("source:a:b", {}),
    ],
)
def test_a_field_is_a_bound_where_it_is_typed_as_one(
    typed: str, fields: dict[str, tuple[str, ...]]
) -> None:
    assert bounds(typed) == fields


def test_what_is_no_field_is_searched_for_as_words() -> None:
    for typed in ("police since:christmas", '"police source:gazette"', "source:a:b"):
        plain, asked = parse_query(typed), parse_query(typed, fields=True)
        assert asked.match == plain.match
    assert parse_query("police source:gazette").bounds == ()


def test_fields_alone_are_enough_and_words_to_leave_out_alone_are_not() -> None:
    for typed in ("source:gazette since:2026", "-invented source:gazette"):
        query = parse_query(typed, fields=True)
        assert (query.match, query.hint, query.is_answerable) == (None, None, True)
    without = parse_query("-invented", fields=True)
    assert (without.hint, without.is_answerable) == (ONLY_EXCLUSIONS, False)
    assert not parse_query("\U0001f642 source:gazette", fields=True).is_answerable


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("police or teachers", "\u201cor\u201d is looked for as a word; OR in capitals"),
        ("police OR teachers", None),
        ('"police or teachers"', None),
        ("police since:yesterday", "since:yesterday is no date and is looked for as words;"),
        ("police date:05/11/2026", "date:05/11/2026 is no date"),
        ("police since:2026", None),
    ],
)
def test_what_is_perhaps_meant_otherwise_is_said(typed: str, said: str | None) -> None:
    hint = parse_query(typed, fields=True).hint
    assert hint is None if said is None else said in str(hint)


_PIECES = ("source:", "lang:", "date:", "since:2026", "-", '"', "a", ":", "(", " ", "|", "OR")


@given(st.lists(st.sampled_from(_PIECES)).map("".join) | st.text(max_size=40))
def test_no_text_with_fields_is_an_error(typed: str) -> None:
    query = parse_query(typed, fields=True)
    assert query.match or query.hint or query.bounds
    assert query.is_answerable or query.hint


@WAYS
@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("invented", [1, 2, 3, 4]),
        ("invented source:gazette", [3, 4]),
        ("invented -source:gazette", [1, 2]),
        ("invented source:gazette source:harbour-blog", [1, 2, 3, 4]),
        ("invented source:gazette until:2026", [3]),
        ("invented date:2026-11", [1]),
        ("invented date:2025-12-24", [3]),
        ("invented since:2026 lang:en", [1, 2]),
        ("invented lang:en", [1, 2, 3, 4]),
        ("invented lang:EN -kind:link", [1, 2, 3, 4]),
        ("invented lang:e", []),
        ("invented lang:de", []),
        ("invented kind:article -lang:en", []),
        ("invented -source:never-heard-of", [1, 2, 3, 4]),
        ("police OR ministers source:gazette", [3]),
        ("source:gazette", [3, 4]),
        ("-source:gazette", [1, 2]),
        ("lang:en until:2026", [1, 2, 3]),
        ("source:gazette -ministers -never", [4]),
        ("source:gazette -police", [3, 4]),
        ("-ministers lang:en -police", [4]),
    ],
)
def test_fields_bound_a_search_whichever_way_is_cheaper(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch, typed: str, ids: list[int], break_even: int
) -> None:
    monkeypatch.setattr(search_bounds, "_BREAK_EVEN", break_even)
    with ReadArchive(archive_file) as archive:
        result = archive.search(typed)
        assert sorted(hit.id for hit in result.hits) == ids
        assert (result.total, result.more) == (len(ids), False)
        with archive.selected(typed) as (count, records):
            assert (count, [record.id for record in records]) == (len(ids), ids)


def test_regions_of_a_language_are_found_with_it_and_other_languages_are_not(
    archive_file: Path,
) -> None:
    with sqlite3.connect(archive_file) as db:
        for number, tag in ((1, "en-gb"), (2, "enm"), (3, None)):
            db.execute("UPDATE articles SET language = ? WHERE id = ?", [tag, number])
    db.close()
    with ReadArchive(archive_file) as archive:
        assert {hit.id for hit in archive.search("invented lang:en").hits} == {1, 4}
        assert {hit.id for hit in archive.search("invented -lang:en").hits} == {2, 3}


@WAYS
def test_topics_bound_a_search(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch, break_even: int
) -> None:
    monkeypatch.setattr(search_bounds, "_BREAK_EVEN", break_even)
    with sqlite3.connect(archive_file) as db:
        db.execute(
            "INSERT INTO topics (slug, label, definition, sensitivity, report_routes, reported_as)"
            " VALUES ('harbours', 'Harbours', 'x', 'low', '[]', '[]')"
        )
        db.execute(
            "INSERT INTO article_topics (article_id, topic_id, score, is_primary, evidence, rules)"
            " SELECT 1, id, 2.5, 0, '[]', '1' FROM topics WHERE slug = 'harbours'"
        )
    db.close()
    with ReadArchive(archive_file) as archive:
        assert [hit.id for hit in archive.search("invented topic:harbours").hits] == [1]
        others = archive.search("invented -topic:harbours since:2026")
        assert [hit.id for hit in others.hits] == [2]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("invented source:gazete", "no source 'gazete' in this archive. Did you mean gazette?"),
        ("invented topic:never-heard-of", "no topic 'never-heard-of' in this archive"),
    ],
)
def test_a_source_or_topic_that_is_not_there_is_said(
    archive_file: Path, typed: str, hint: str
) -> None:
    with ReadArchive(archive_file) as archive:
        result = archive.search(typed)
    assert (result.total, result.hits) == (0, ())
    assert hint in str(result.hint)


@WAYS
@pytest.mark.parametrize("field", [Field.SINCE, Field.UNTIL])
def test_both_ways_agree_on_every_date(
    archive_file: Path, monkeypatch: pytest.MonkeyPatch, field: Field, break_even: int
) -> None:
    monkeypatch.setattr(search_bounds, "_BREAK_EVEN", break_even)
    dates = {1: "2026-11-20", 2: "2026-10-02", 3: "2025-12"}
    periods = ["2024", "2025", "2025-11", "2025-12", "2025-12-31", "2026-01", "2026-10-02", "2027"]
    with ReadArchive(archive_file) as archive:
        for period in periods:
            within = [
                number
                for number, date in dates.items()
                if (
                    date >= period[: len(date)]
                    if field is Field.SINCE
                    else date[: len(period)] <= period
                )
            ]
            found = archive.search(f"invented {field}:{period}")
            assert sorted(hit.id for hit in found.hits) == within, period


@pytest.fixture(scope="module")
def read_twenty(
    tmp_path_factory: pytest.TempPathFactory,
    make_writer: Callable[[Path], Any],
    make_article: Callable[..., Any],
) -> Path:
    """The archive of `twenty` for those who only read it."""
    path = tmp_path_factory.mktemp("twenty") / "archive.db"
    write_twenty(path, make_writer, make_article).close()
    return path


@pytest.fixture
def twenty(
    tmp_path: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Any]
) -> tuple[Path, Any]:
    """Twenty records that say police, the odd ones in the title too; and who wrote them."""
    path = tmp_path / "archive.db"
    return path, write_twenty(path, make_writer, make_article)


def write_twenty(
    path: Path, make_writer: Callable[[Path], Any], make_article: Callable[..., Any]
) -> Any:  # noqa: ANN401 - the Writer of conftest
    writer = make_writer(path)
    urls = [f"http://blog.test/{number}" for number in range(25)]
    writer.discover("http://blog.test/feed", writer.links(FoundAs.FEED_ENTRY, urls))
    for number in range(20):
        title = f"Police {number}" if number % 2 else f"Report {number}"
        writer.fetch(
            [(urls[number], make_article(title, f"Invented. The police, number {number}."))]
        )
        writer.next_run(now="2026-11-22T05:26:03Z")
    return writer


@pytest.mark.parametrize("at_once", [3, 7, 20, 2_000])
@pytest.mark.parametrize("limit", [1, 4, 9])
@pytest.mark.parametrize("typed", ["police", "kind:article -never"])
def test_pages_do_not_overlap_and_miss_nothing(
    read_twenty: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, limit: int, typed: str
) -> None:
    monkeypatch.setattr(search_rows, "RANKED_AT_ONCE", at_once)
    with ReadArchive(read_twenty) as archive:
        whole = [hit.id for hit in archive.search(typed, limit=100).hits]
        pages = [archive.search(typed, limit=limit, offset=at) for at in range(0, 25, limit)]
    assert sorted(whole) == list(range(1, 21))
    assert [hit.id for page in pages for hit in page.hits] == whole
    assert {(page.total, page.more) for page in pages} == {(20, False)}


def test_what_is_found_without_a_word_begins_with_the_newest_and_with_its_text(
    read_twenty: Path,
) -> None:
    with ReadArchive(read_twenty) as archive:
        hits = archive.search("kind:article", limit=100).hits
    assert [hit.id for hit in hits] == list(range(20, 0, -1))
    assert (hits[0].snippet, hits[0].marks) == ("Invented. The police, number 19.", ())


def test_counting_stops_and_says_so(
    twenty: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, writer = twenty
    writer.close()
    for at_once, counted in itertools.product((3, 7, 20), (5, 12, 19)):
        monkeypatch.setattr(search_rows, "RANKED_AT_ONCE", at_once)
        monkeypatch.setattr(search_rows, "COUNTED", counted)
        with ReadArchive(path) as archive:
            both = [archive.search(typed, limit=2) for typed in ("police", "kind:article")]
        assert {(found.total, found.more) for found in both} == {(counted, True)}


def test_the_next_page_goes_on_where_the_first_ended_whatever_arrives_meanwhile(
    twenty: tuple[Path, Any], make_article: Callable[..., Any]
) -> None:
    path, writer = twenty
    with ReadArchive(path) as archive:
        whole = [hit.id for hit in archive.search("police", limit=100).hits]
        first = archive.search("police", limit=10)
        later = make_article("Police, police, police", "Invented. Police, police.")
        writer.fetch([("http://blog.test/21", later)])
        at = Offset(count=10, newest=first.newest)
        second = archive.search("police", limit=100, offset=at)
        assert archive.search("police").total == 21
    writer.close()
    assert [hit.id for hit in (*first.hits, *second.hits)] == whole
    assert second.total == 20
