"""Many saved pages: in order, each with its ending, with memory for a few."""

import gzip
import io
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.endings import Ending
from archive.records import Rejected
from crawler.extraction import saved
from crawler.extraction.batch import BadLine, read_batch, read_lines
from crawler.extraction.in_order import AHEAD, in_order
from crawler.extraction.saved import SavedPage, json_line, read_body
from crawler.extraction.workers import Workers

KEYS = [
    *("id", "url", "title", "authors", "published", "modified", "description", "site_name"),
    *("language", "text", "removals", "ending"),
]


@pytest.fixture
def page(story: Sequence[str]) -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in story)
    return (
        "<html lang=en><head><title>An invented helpline</title></head><body><article>"
        f"<h1>An invented helpline</h1>{paragraphs}</article></body></html>"
    ).encode()


def run(folder: Path, *rows: object) -> list[dict[str, object]]:
    lines = b"".join(
        row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows
    )
    with Workers(count=0) as workers:
        return [
            json.loads(found.json)
            for found in read_batch(io.BytesIO(lines), folder, workers, count=2)
        ]


def test_each_line_gives_one_object_with_all_keys_in_the_order_of_the_lines(
    tmp_path: Path, page: bytes
) -> None:
    (tmp_path / "a.html").write_bytes(page)
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(page))
    rows = [
        {"id": number, "path": "ab"[number % 2] + (".html", ".html.gz")[number % 2], "url": "u"}
        for number in range(150)
    ]
    found = run(tmp_path, *({**row, "url": f"https://x.example/{row['id']}"} for row in rows))
    assert [one["id"] for one in found] == list(range(150))
    assert found[7]["url"] == "https://x.example/7"
    assert all(list(one)[: len(KEYS)] == KEYS for one in found)
    assert {one["ending"] for one in found} == {"article"}
    assert {one["title"] for one in found} == {"An invented helpline"}
    assert found[0]["text"] == found[1]["text"]


@pytest.mark.parametrize(
    ("line", "page_id", "why"),
    [
        (b"{\n", None, "line 1: not JSON"),
        (b"[1]\n", None, "line 1: not a JSON object"),
        (b'{"id": 4}\n', 4, 'line 1: no "path" with a text'),
        (b'{"id": "x", "path": "p"}\n', "x", 'line 1: no "url" with a text'),
        (b'{"path": "p", "url": 3}\n', None, 'line 1: no "url" with a text'),
        (b'{"path": "p", "url": "u", "content_type": 3}\n', None, "is no text"),
        (b"\xff\xfe\n", None, "line 1: not UTF-8"),
        (b"[" * 100_000 + b"\n", None, "line 1: not JSON"),
        (b"x" * (1 << 20) + b"x" * 50 + b"\n", None, "line 1: longer than 1,048,576 bytes"),
    ],
)
def test_a_line_that_names_no_page_has_its_place_and_stops_nothing(
    line: bytes, page_id: object, why: str, tmp_path: Path, page: bytes
) -> None:
    (tmp_path / "a").write_bytes(page)
    bad, good = run(tmp_path, line, {"path": "a", "url": "https://x.example/"})
    assert (bad["id"], bad["ending"], bad["text"], bad["removals"]) == (
        *(page_id, "bad-line", None, []),
    )
    assert why in str(bad["detail"])
    assert good["ending"] == "article"
    assert set(bad) == set(good)


def test_a_missing_a_broken_and_a_huge_file_have_their_endings(
    tmp_path: Path, page: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "LARGEST_PAGE", len(page))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(page)[:-20])
    (tmp_path / "bent.gz").write_bytes(gzip.compress(page)[:40] + b"x" * 400)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b" " * 10_000_000))
    (tmp_path / "huge").write_bytes(page + b" ")
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    names = ("none", "cut.gz", "bent.gz", "bomb.gz", "huge", "picture", ".", "nul\0")
    found = run(tmp_path, *({"id": n, "path": n, "url": "https://x.example/"} for n in names))
    assert [one["ending"] for one in found] == [
        *("no-file", "broken-body", "broken-body", "too-large", "too-large", "not-text"),
        *("no-file", "no-file"),
    ]
    assert str(found[0]["detail"]).endswith("none: No such file or directory")


def test_empty_lines_and_a_byte_order_mark_are_no_pages() -> None:
    lines = io.BytesIO(b'\xef\xbb\xbf{"path": "a", "url": "u"}\n\n  \r\n{}')
    first, last = read_lines(lines, Path("folder"))
    assert first == SavedPage(id=None, path=Path("folder/a"), url="u")
    assert isinstance(last, BadLine)
    assert last.number == 4


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    assert read_body(io.BytesIO(b"x" * saved.LARGEST_PAGE)) == b"x" * saved.LARGEST_PAGE
    too_large = read_body(io.BytesIO(b"x" * (saved.LARGEST_PAGE + 1)))
    assert too_large == Rejected(ending=Ending.TOO_LARGE, detail="more than 10 MiB")


def test_a_worker_that_dies_costs_one_page(tmp_path: Path, page: bytes) -> None:
    class Dying(Workers):
        def run(self, function: Callable[..., object], *args: object, **named: object) -> object:
            if getattr(args[0], "id", None) == 1:
                from crawler.extraction.workers import WorkerFailure  # noqa: PLC0415

                raise WorkerFailure(Ending.EXTRACTION_CRASH, "the worker was ended by SIGKILL")
            return super().run(function, *args, **named)

    (tmp_path / "a").write_bytes(page)
    rows = [{"id": n, "path": "a", "url": "https://x.example/"} for n in range(3)]
    lines = io.BytesIO("\n".join(map(json.dumps, rows)).encode())
    with Dying(count=0) as workers:
        found = [json.loads(one.json) for one in read_batch(lines, tmp_path, workers, count=1)]
    assert [one["ending"] for one in found] == ["article", "extraction-crash", "article"]
    assert found[1]["detail"] == "the worker was ended by SIGKILL"


def test_items_are_taken_only_as_results_are_wanted() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1_000_000):
            taken.append(number)
            yield number

    results = in_order(items(), lambda number: number * 2, workers=2)
    assert [next(results) for _ in range(10)] == list(range(0, 20, 2))
    assert len(taken) <= 2 * AHEAD + 10
    results.close()


def test_an_error_comes_at_its_turn_and_nobody_waits_for_the_rest() -> None:
    release = threading.Event()

    def work(number: int) -> int:
        if number == 1:
            raise LookupError(number)
        if number > 1:
            release.wait(30)
        return number

    results = in_order(range(100), work, workers=1)
    assert next(iter([0])) == 0
    with pytest.raises(LookupError):
        list(results)
    release.set()


@given(st.recursive(st.none() | st.integers() | st.text(st.characters()), st.lists))
def test_a_value_is_one_line_of_json_for_every_reader_of_lines(value: object) -> None:
    line = json_line(value)
    assert json.loads(line) == value
    assert line.splitlines() == [line]
    assert line.encode()
