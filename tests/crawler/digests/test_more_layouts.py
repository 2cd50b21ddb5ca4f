"""Layouts that mailing services, forwarding and other countries make of the same two items."""

from dataclasses import replace

import pytest
from newsletter_layouts import body, more_layouts, page, plain, section, told
from newsletters import ITEMS, NOW

from crawler.digests.items import items_of
from crawler.digests.read import read_issue
from crawler.digests.values import DigestItem


def read(text: str) -> tuple[DigestItem, ...]:
    return items_of(read_issue(text.encode(), "issue", None, NOW), NOW)


LAYOUTS = more_layouts(ITEMS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_gives_the_same_two_items(name: str) -> None:
    found = read(LAYOUTS[name])
    assert [item.title for item in found] == [item.title for item in ITEMS]
    assert [(item.date, item.date_precision) for item in found] == [("2019-04", "month")] * 2
    assert [item.text for item in found] == [body(item) for item in ITEMS]
    assert [[link.url for link in item.links] for item in found] == [[i.link] for i in ITEMS]


@pytest.mark.parametrize(
    ("written", "date", "is_unsure"),
    [
        ("12/04/2019", "2019-04-12", True),
        ("25/04/2019", "2019-04-25", False),
        ("04/25/2019", "2019-04-25", False),
        ("04/04/2019", "2019-04-04", False),
    ],
)
@pytest.mark.parametrize("between", ["\n\n", " - "])
def test_a_date_in_figures_is_read_and_said_to_be_unsure_where_it_is(
    written: str, date: str, is_unsure: bool, between: str
) -> None:
    text = told(
        ITEMS, lambda n, i: f"{n}. {i.title}{between}{written}\n\n{body(i)}\n\nLink: {i.link}"
    )
    for item, true in zip(read(text), ITEMS, strict=True):
        assert (item.title, item.date, item.date_precision) == (true.title, date, "day")
        said = "day and month of its date may be the other way round" in item.warnings
        assert said == is_unsure


def test_a_second_part_that_counts_from_one_again_loses_no_item() -> None:
    parts = f"UK\n\n{told(ITEMS, plain)}\n\nWorld\n\n{told(ITEMS, plain)}"
    found = read(parts)
    assert [item.number for item in found] == [1, 2, 1, 2]
    assert [item.text for item in found] == [body(item) for item in (*ITEMS, *ITEMS)]


def test_titles_may_be_questions() -> None:
    text = told(ITEMS, lambda _, i: f"{i.title}?\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}")
    found = read(text)
    assert [item.title for item in found] == [f"{item.title}?" for item in ITEMS]


def test_what_an_item_quotes_stays_in_it() -> None:
    inner = "<blockquote>To an invented question.</blockquote>"
    nested = f"<blockquote><p>An invented answer.</p>{inner}</blockquote>"
    text = page(ITEMS, lambda n, i: section(i, f"<h2>{n}. {{}}</h2>{nested}"))
    for item, true in zip(read(text), ITEMS, strict=True):
        assert item.title == true.title
        assert "An invented answer.\n\nTo an invented question." in item.text


def test_a_line_of_the_service_between_items_is_in_none_of_them() -> None:
    line = "You are receiving this email because you signed up on the page of our charity."
    text = told(ITEMS, plain, f"\n\n{line}\n\n")
    assert [item.text for item in read(text)] == [body(item) for item in ITEMS]


def test_a_short_headline_that_the_contents_list_too_stays_a_title() -> None:
    titles = ("Chats at night", "Phones in a box")
    items = tuple(replace(item, title=title) for item, title in zip(ITEMS, titles, strict=True))
    contents = "".join(f"<li>{item.title}</li>" for item in items)
    found = read(page(items, lambda _, i: section(i), contents))
    assert tuple(item.title for item in found) == titles


def test_an_address_in_markdown_is_a_link_without_brackets_too() -> None:
    text = told(ITEMS, lambda _, i: f"## {i.title}\n\n{i.date}\n\n{body(i)}\n\n{i.link}")
    assert [[link.url for link in item.links] for item in read(text)] == [[i.link] for i in ITEMS]


def test_what_a_site_has_on_all_of_its_pages_is_in_no_item() -> None:
    frame = "<nav><p>Our invented charity</p></nav>"
    foot = "<footer><p>It is an invented charity of a town that is invented, too.</p></footer>"
    text = page(
        ITEMS, lambda _, i: section(i, link="<p><a href='{}'>Our view</a></p>"), frame, foot
    )
    issue = read_issue(text.encode(), "issue", "https://charity.example/april", NOW)
    assert "invented charity" not in issue.text
