"""Layouts that mailing services, forwarding and other countries make of the same two items."""

from collections.abc import Callable

import pytest
from newsletters import ITEMS, NOW, Invented

from crawler.digests.items import items_of
from crawler.digests.read import read_issue
from crawler.digests.values import DigestItem

Write = Callable[[int, Invented], str]


def read(text: str) -> tuple[DigestItem, ...]:
    return items_of(read_issue(text.encode(), "issue", None, NOW), NOW)


def body(item: Invented) -> str:
    return "\n\n".join(item.paragraphs)


def plain(number: int, item: Invented) -> str:
    return f"{number}. {item.title}\n\n{item.date}\n\n{body(item)}\n\nLink: {item.link}"


def told(write: Write, between: str = "\n\n") -> str:
    return between.join(write(number, item) for number, item in enumerate(ITEMS, 1))


def quoted(text: str, sign: str) -> str:
    head = "From: a@b.example\nSubject: Fwd: update\nDate: Mon, 15 Apr 2019 09:00:00 +0100\n"
    kind = "Content-Type: text/plain; charset=utf-8\n\nSee below.\n\n"
    return head + kind + "\n".join(f"{sign} {line}" for line in text.split("\n"))


def page(write: Write, before: str = "", after: str = "") -> str:
    return f"<html><body>{before}{told(write, '')}{after}</body></html>"


def section(
    item: Invented, title: str = "<h2>{}</h2>", link: str = "<p><a href='{}'>Read more</a></p>"
) -> str:
    texts = "".join(f"<p>{text}</p>" for text in item.paragraphs)
    return f"{title.format(item.title)}<p>{item.date}</p>{texts}{link.format(item.link)}"


SERVICE = (
    "<p><a href='https://m.example/u'>Unsubscribe</a> | <a href='https://m.example/v'>View in"
    " browser</a></p><p>You are receiving this email because you signed up on our website.</p>"
    "<p>Copyright 2019 Invented Charity, All rights reserved.</p>"
)
LAYOUTS = {
    "item and a dash": told(
        lambda n, i: f"Item {n} - {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}"
    ),
    "a hash and a number": told(lambda n, i: f"#{plain(n, i).replace('. ', ' ', 1)}"),
    "a number and a slash": told(lambda n, i: plain(n, i).replace(". ", "/ ", 1)),
    "bullets": told(lambda _, i: f"\u2022 {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}"),
    "stars between items": told(
        lambda _, i: f"{i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}", "\n\n* * *\n\n"
    ),
    "dashes between items": told(plain, "\n\n----------\n\n"),
    "the date above the title": told(
        lambda n, i: f"{i.date}\n\n{n}. {i.title}\n\n{body(i)}\n\nLink: {i.link}"
    ),
    "the link above the text": told(
        lambda n, i: f"{n}. {i.title}\n\nLink: {i.link}\n\n{i.date}\n\n{body(i)}"
    ),
    "a footer of a mailing service": told(plain)
    + "\n\nUnsubscribe | View in browser\n\nYou receive this mail because you signed up at"
    " https://charity.example/newsletter.\n\nInvented Charity, 1 Invented Street, Invented Town",
    "forwarded": quoted(told(plain), ">"),
    "forwarded twice": quoted(told(plain), "> >"),
    "a page with a service's header and footer": page(
        lambda _, i: section(i), "<p><a href='https://m.example/v'>View in browser</a></p>", SERVICE
    ),
    "contents with links to anchors": page(
        lambda n, i: section(i, f"<h2 id='item{n}'>{{}}</h2>"),
        told(lambda n, i: f"<li><a href='#item{n}'>{i.title}</a></li>", ""),
    ),
    "numbered contents, and back to top": page(
        lambda n, i: (
            section(i, f"<h2 id='item{n}'>{n}. {{}}</h2>") + "<a href='#top'>Back to top</a>"
        ),
        told(lambda n, i: f"<li><a href='#item{n}'>{n}. {i.title}</a></li>", ""),
    ),
    "buttons that are pictures": page(
        lambda _, i: section(i, link="<p><a href='{}'><img src='b.png' alt='Read more'></a></p>")
    ),
    "pictures without words": page(
        lambda _, i: section(i, link="<p><a href='{}'><img src='b.png'></a></p>")
    ),
    "a picture before a linked title": page(
        lambda _, i: (
            f"<table><tr><td><a href='{i.link}'><img src='b.png'></a></td>"
            f"<td><b><a href='{i.link}'>{i.title}</a></b><br>{i.date}<br>"
            f"{'<br><br>'.join(i.paragraphs)}</td></tr></table>"
        )
    ),
    "two columns, row by row": (
        "<table>"
        + "".join(
            f"<tr>{told(lambda _, i, cell=cell: f'<td>{cell(i)}</td>', '')}</tr>"
            for cell in (
                lambda i: f"<h3>{i.title}</h3>",
                lambda i: f"<p>{i.date}</p>",
                lambda i: "".join(f"<p>{text}</p>" for text in i.paragraphs),
                lambda i: f"<a href='{i.link}'>Read more</a>",
            )
        )
        + "</table>"
    ),
    "Markdown": "# E-safety update\n\n"
    + told(lambda n, i: f"## {n}. {i.title}\n\n*{i.date}*\n\n{body(i)}\n\n[Read more]({i.link})"),
    "two columns of a table": "<table><tr>"
    + told(lambda n, i: f"<td>{section(i, f'<h3>{n}. {{}}</h3>')}</td>", "")
    + "</tr></table>",
}


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
    text = told(lambda n, i: f"{n}. {i.title}{between}{written}\n\n{body(i)}\n\nLink: {i.link}")
    for item, true in zip(read(text), ITEMS, strict=True):
        assert (item.title, item.date, item.date_precision) == (true.title, date, "day")
        said = "day and month of its date may be the other way round" in item.warnings
        assert said == is_unsure


def test_a_second_part_that_counts_from_one_again_loses_no_item() -> None:
    parts = f"UK\n\n{told(plain)}\n\nWorld\n\n{told(plain)}"
    found = read(parts)
    assert [item.number for item in found] == [1, 2, 1, 2]
    assert [item.text for item in found] == [body(item) for item in (*ITEMS, *ITEMS)]


def test_titles_may_be_questions() -> None:
    text = told(lambda _, i: f"{i.title}?\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}")
    found = read(text)
    assert [item.title for item in found] == [f"{item.title}?" for item in ITEMS]


def test_what_an_item_quotes_stays_in_it() -> None:
    inner = "<blockquote>To an invented question.</blockquote>"
    nested = f"<blockquote><p>An invented answer.</p>{inner}</blockquote>"
    text = page(lambda n, i: section(i, f"<h2>{n}. {{}}</h2>{nested}"))
    for item, true in zip(read(text), ITEMS, strict=True):
        assert item.title == true.title
        assert "An invented answer.\n\nTo an invented question." in item.text
