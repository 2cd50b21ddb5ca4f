"""Layouts in which newsletters come, each of two invented items."""

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsletters import ITEMS, NOW, Invented

from crawler.digests.items import items_of
from crawler.digests.plain import read_plain
from crawler.digests.values import DigestItem


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How an item is written, and what stands between items."""

    write: Callable[[int, Invented], str]
    between: str = "\n\n"
    numbered: bool = True
    linked: bool = True
    dated: bool = True


def body(item: Invented) -> str:
    return "\n\n".join(item.paragraphs)


def wrapped(text: str, width: int = 72) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def halves(title: str) -> tuple[str, str]:
    words = title.split()
    return " ".join(words[:6]), " ".join(words[6:])


LAYOUTS = {
    "numbers with a stop": Layout(
        write=lambda n, i: f"{n}. {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: <{i.link}>"
    ),
    "numbers with a bracket": Layout(
        write=lambda n, i: f"{n}) {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}"
    ),
    "a title that a page header splits": Layout(
        write=lambda n, i: (
            f"{n}. {halves(i.title)[0]}\n\n{i.date}\n\n{halves(i.title)[1]}\n\n{body(i)}"
            f"\n\nLink: <{i.link}>\n\nE safety Update"
        )
    ),
    "no numbers": Layout(
        write=lambda _, i: f"{i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: <{i.link}>",
        numbered=False,
    ),
    "no numbers, no dates": Layout(
        write=lambda _, i: f"{i.title}\n\n{body(i)}\n\nRead more: {i.link}",
        numbered=False,
        dated=False,
    ),
    "no links": Layout(write=lambda n, i: f"{n}. {i.title}\n\n{i.date}\n\n{body(i)}", linked=False),
    "neither links nor dates": Layout(
        write=lambda n, i: f"{n}. {i.title}\n\n{body(i)}", linked=False, dated=False
    ),
    "the date in the line of the title": Layout(
        write=lambda n, i: f"{n}. {i.title} ({i.date})\n\n{body(i)}\n\n{i.link}"
    ),
    "page numbers and a running footer": Layout(
        write=lambda n, i: (
            f"{n}. {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: <{i.link}>"
            f"\n\nE safety Update (invented)\n\nPage {n} of 2"
        )
    ),
    "no empty lines": Layout(
        write=lambda n, i: "\n".join(
            [f"{n}. {i.title}", i.date, *i.paragraphs, f"Link: <{i.link}>"]
        ),
        between="\n",
    ),
    "hard-wrapped lines": Layout(
        write=lambda n, i: "\n\n".join(
            [wrapped(f"{n}. {i.title}"), i.date, *map(wrapped, i.paragraphs), f"Link:\n{i.link}"]
        )
    ),
    "a numbered list in the text": Layout(
        write=lambda n, i: (
            f"{n}. {i.title}\n\n{i.date}\n\n{body(i)}\n\nWhat the council asks:\n\n1. Talk."
            "\n\n2. Put the telephone away.\n\n3. Read a book in the evening.\n\nNobody is forced"
            f" to do any of it, the council says.\n\nLink: <{i.link}>"
        )
    ),
    "several links": Layout(
        write=lambda n, i: (
            f"{n}. {i.title}\n\n{i.date}\n\n{body(i)}\n\nSee also: https://help.example/guide"
            f"\n\nLink: <{i.link}>"
        )
    ),
    "labels of a research alert": Layout(
        write=lambda _, i: f"{i.title}\n\n{body(i)}\n\nDate: {i.date}\n\nRead more on <{i.link}>",
        numbered=False,
        dated=False,
    ),
    "numbers on lines of their own": Layout(
        write=lambda n, i: f"{n}.\n\n{i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: <{i.link}>"
    ),
    "a table of contents before": Layout(
        write=lambda n, i: (
            ("In this issue\n\n1. One\n\n2. Two\n\n" if n == 1 else "")
            + f"{n}. {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: <{i.link}>"
        )
    ),
}


def read(text: str, now: datetime) -> tuple[DigestItem, ...]:
    return items_of(read_plain(text, now), now)


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_gives_the_same_two_items(name: str, ends: str) -> None:
    layout = LAYOUTS[name]
    written = layout.between.join(layout.write(n, item) for n, item in enumerate(ITEMS, 1))
    found = read(written.replace("\n", ends), NOW)
    assert [item.title for item in found] == [item.title for item in ITEMS]
    for number, (item, true) in enumerate(zip(found, ITEMS, strict=True), 1):
        assert item.number == (number if layout.numbered else None)
        assert (item.date, item.date_precision) == (
            ("2019-04", "month") if layout.dated else (item.date, item.date_precision)
        )
        for paragraph in true.paragraphs:
            assert paragraph in item.text
        assert "E safety Update" not in item.text
        assert "Page " not in item.text
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
    layout = LAYOUTS["numbers with a stop"]
    issue = read_plain("\n\n".join(layout.write(n, i) for n, i in enumerate(ITEMS, 1)), NOW)
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
