"""Layouts in which newsletters come, each of two invented items."""

import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsletter_layouts import LAYOUTS, body, in_layout
from newsletters import ITEMS, NOW

from crawler.digests.items import items_of
from crawler.digests.plain import read_plain
from crawler.digests.values import DigestItem


def read(text: str, now: datetime) -> tuple[DigestItem, ...]:
    return items_of(read_plain(text, now), now)


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_gives_the_same_two_items(name: str, ends: str) -> None:
    layout = LAYOUTS[name]
    found = read(in_layout(layout, ITEMS).replace("\n", ends), NOW)
    assert [item.title for item in found] == [item.title for item in ITEMS]
    for number, (item, true) in enumerate(zip(found, ITEMS, strict=True), 1):
        assert item.number == (number if layout.numbered else None)
        assert (item.date, item.date_precision) == (
            ("2019-04", "month") if layout.dated else (item.date, item.date_precision)
        )
        assert item.text == body(true) + layout.adds
        assert (true.link in [link.url for link in item.links]) == layout.linked
        assert ("it has no link" in item.warnings) == (not layout.linked)


def test_the_sample_gives_exactly_its_two_items(shared: Path) -> None:
    (file,) = (shared / "samples").glob("002*.txt")
    first, second = read(file.read_text(encoding="utf-8"), NOW)
    assert first.title == "Met Police 'overwhelmed' by child sex abuse cases online"
    assert second.title == (
        "Social media could be classed as 'addiction' under calls to protect children from harm"
    )
    for item in (first, second):
        assert (item.date, item.date_precision) == ("2019-04", "month")
        assert len(item.links) == 1
    assert first.links[0].url.endswith(
        "/2019/03/met-police-overwhelmed-by-child-sex-abuse-cases-online/"
    )
    assert second.links[0].url.endswith("-to-protect-children-from-harm-1-4890958")
    assert (len(first.text.split()), len(second.text.split())) == (553, 487)


def test_offsets_point_at_the_item_in_the_issue() -> None:
    issue = read_plain(in_layout(LAYOUTS["numbers with a stop"], ITEMS), NOW)
    for item, true in zip(items_of(issue, NOW), ITEMS, strict=True):
        piece = issue.text[item.start : item.end]
        assert piece.startswith(f"{item.number}. {true.title}")
        assert piece.endswith(f"<{true.link}>")


def test_a_number_that_is_missing_is_said() -> None:
    layout = LAYOUTS["numbers with a stop"]
    first, third = read(layout.write(1, ITEMS[0]) + "\n\n" + layout.write(3, ITEMS[1]), NOW)
    assert (first.number, third.number) == (1, 3)
    assert "number 2 is missing before it" in third.warnings


def test_what_cannot_be_told_apart_is_one_item_and_says_so() -> None:
    text = "An invented notice of some length stands here alone, and nothing follows it at all."
    (item,) = read(text, NOW)
    assert "nothing tells its items apart: it is kept as one" in item.warnings


def test_an_empty_issue_has_no_items() -> None:
    assert read("  \n\n ", NOW) == ()


pieces = st.sampled_from(
    [
        *(
            "1. A title",
            "2. Another title",
            "2) Third",
            "April 2019",
            "Link: <https://a.example/x>",
        ),
        ("Some text of an invented item that ends with a stop, and is long enough to be text."),
        *("Page 3", "E safety Update", "3.", "https://b.example/y", "lower case line"),
    ]
)


@given(st.lists(pieces, max_size=14), st.sampled_from(["\n", "\n\n", "\r\n\r\n"]))
@settings(max_examples=150)
def test_whatever_comes_items_stand_in_order_and_their_words_stand_in_the_issue(
    parts: list[str], between: str
) -> None:
    issue = read_plain(between.join(parts), NOW)
    found = items_of(issue, NOW)
    assert [item.position for item in found] == list(range(1, len(found) + 1))
    assert all(one.end <= other.start for one, other in pairwise(found))
    words = re.findall(r"\w+", issue.text)
    for item in found:
        assert set(re.findall(r"\w+", item.title + " " + item.text)) <= set(words)
