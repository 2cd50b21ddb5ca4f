"""The layouts in which newsletters come, each a way to write the same items."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from newsletters import Invented, Items, as_html, as_mail, as_pdf, as_word

Write = Callable[[int, Invented], str]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How an item is written, what stands between items, and what `adds` to the text of each."""

    write: Write
    between: str = "\n\n"
    numbered: bool = True
    linked: bool = True
    dated: bool = True
    adds: str = ""


A_LIST = (
    "\n\nWhat the council asks:\n\n1. Talk.\n\n2. Put the telephone away.\n\n3. Read a book in the"
    " evening.\n\nNobody is forced to do any of it, the council says."
)


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
        write=lambda n, i: f"{n}. {i.title}\n\n{i.date}\n\n{body(i)}{A_LIST}\n\nLink: <{i.link}>",
        adds=A_LIST,
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


def in_layout(layout: Layout, items: Items) -> str:
    """An issue of these items."""
    return layout.between.join(layout.write(n, item) for n, item in enumerate(items, 1))


def plain(number: int, item: Invented) -> str:
    return f"{number}. {item.title}\n\n{item.date}\n\n{body(item)}\n\nLink: {item.link}"


def told(items: Items, write: Write, between: str = "\n\n") -> str:
    return between.join(write(number, item) for number, item in enumerate(items, 1))


def quoted(text: str, sign: str) -> str:
    head = "From: a@b.example\nSubject: Fwd: update\nDate: Mon, 15 Apr 2019 09:00:00 +0100\n"
    kind = "Content-Type: text/plain; charset=utf-8\n\nSee below.\n\n"
    return head + kind + "\n".join(f"{sign} {line}" for line in text.split("\n"))


def page(items: Items, write: Write, before: str = "", after: str = "") -> str:
    return f"<html><body>{before}{told(items, write, '')}{after}</body></html>"


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


def more_layouts(items: Items) -> dict[str, str]:
    """Layouts that mailing services, forwarding and other countries make of items."""
    return {
        "item and a dash": told(
            items, lambda n, i: f"Item {n} - {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}"
        ),
        "a hash and a number": told(items, lambda n, i: f"#{plain(n, i).replace('. ', ' ', 1)}"),
        "a number and a slash": told(items, lambda n, i: plain(n, i).replace(". ", "/ ", 1)),
        "bullets": told(
            items, lambda _, i: f"\u2022 {i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}"
        ),
        "stars between items": told(
            items,
            lambda _, i: f"{i.title}\n\n{i.date}\n\n{body(i)}\n\nLink: {i.link}",
            "\n\n* * *\n\n",
        ),
        "dashes between items": told(items, plain, "\n\n----------\n\n"),
        "the date above the title": told(
            items, lambda n, i: f"{i.date}\n\n{n}. {i.title}\n\n{body(i)}\n\nLink: {i.link}"
        ),
        "the link above the text": told(
            items, lambda n, i: f"{n}. {i.title}\n\nLink: {i.link}\n\n{i.date}\n\n{body(i)}"
        ),
        "a footer of a mailing service": told(items, plain)
        + "\n\nUnsubscribe | View in browser\n\nYou receive this mail because you signed up at"
        " https://charity.example/newsletter.\n\nInvented Charity, 1 Invented Street, Town",
        "forwarded": quoted(told(items, plain), ">"),
        "forwarded twice": quoted(told(items, plain), "> >"),
        "a page with a service's header and footer": page(
            items,
            lambda _, i: section(i),
            "<p><a href='https://m.example/v'>View in browser</a></p>",
            SERVICE,
        ),
        "contents with links to anchors": page(
            items,
            lambda n, i: section(i, f"<h2 id='item{n}'>{{}}</h2>"),
            told(items, lambda n, i: f"<li><a href='#item{n}'>{i.title}</a></li>", ""),
        ),
        "numbered contents, and back to top": page(
            items,
            lambda n, i: (
                section(i, f"<h2 id='item{n}'>{n}. {{}}</h2>") + "<a href='#top'>Back to top</a>"
            ),
            told(items, lambda n, i: f"<li><a href='#item{n}'>{n}. {i.title}</a></li>", ""),
        ),
        "buttons that are pictures": page(
            items,
            lambda _, i: section(
                i, link="<p><a href='{}'><img src='b.png' alt='Read more'></a></p>"
            ),
        ),
        "pictures without words": page(
            items, lambda _, i: section(i, link="<p><a href='{}'><img src='b.png'></a></p>")
        ),
        "a picture before a linked title": page(
            items,
            lambda _, i: (
                f"<table><tr><td><a href='{i.link}'><img src='b.png'></a></td>"
                f"<td><b><a href='{i.link}'>{i.title}</a></b><br>{i.date}<br>"
                f"{'<br><br>'.join(i.paragraphs)}</td></tr></table>"
            ),
        ),
        "two columns, row by row": (
            "<table>"
            + "".join(
                f"<tr>{told(items, lambda _, i, cell=cell: f'<td>{cell(i)}</td>', '')}</tr>"
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
        + told(
            items,
            lambda n, i: f"## {n}. {i.title}\n\n*{i.date}*\n\n{body(i)}\n\n[Read more]({i.link})",
        ),
        "two columns of a table": "<table><tr>"
        + told(items, lambda n, i: f"<td>{section(i, f'<h3>{n}. {{}}</h3>')}</td>", "")
        + "</tr></table>",
    }


def issues_of(items: Items) -> dict[str, tuple[bytes, str]]:
    """Each layout and each format: the bytes of an issue, and the name of its file."""
    plain_text = {name: in_layout(layout, items) for name, layout in LAYOUTS.items()}
    plain_text["CRLF"] = plain_text["numbers with a stop"].replace("\n", "\r\n")
    texts = {**plain_text, **more_layouts(items)}
    return {
        **{name: (text.encode(), "issue") for name, text in texts.items()},
        "a mail of tables, in quoted-printable": (as_mail(items), "issue.eml"),
        "a page of tables": (as_html(items), "issue.html"),
        "PDF": (as_pdf(items), "issue.pdf"),
        "PDF, two columns": (as_pdf(items, columns=2), "issue.pdf"),
        "PDF, items over the page": (as_pdf(items, lines_a_page=110), "issue.pdf"),
        "Word": (as_word(items), "issue.docx"),
        "Word, numbered by itself": (as_word(items, numbered_by_word=True), "issue.docx"),
    }
