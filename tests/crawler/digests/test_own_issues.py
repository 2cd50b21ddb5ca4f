"""What we write as an update is read back as the same items, in every format that both know."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quoted_record import RECORD

from archive.digest.pdf import as_pdf
from archive.digest.rendering import Format, Style, as_mail, render
from archive.digest.values import Issue, Item
from archive.digest.word import as_word
from archive.topics.entities import shipped_entities
from crawler.digests.items import items_of
from crawler.digests.read import read_issue

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROUTES = tuple(shipped_entities().routes[name] for name in ("police", "ceop", "report-remove"))


def item(number: int, title: str, extract: str, published: str, url: str) -> Item:
    return Item(
        number=number,
        section="Invented",
        title=title,
        extract=extract,
        note="",
        record=replace(
            RECORD,
            article_id=number,
            title=title,
            url=url,
            source_name="The Invented Gazette & Sons",
            published=published,
        ),
        routes=ROUTES,
    )


ITEMS = (
    item(
        1,
        "Invented Town's schools 'overwhelmed' by messages in group chats at night",
        "In an invented review of 34 schools, 29 said that pupils were woken by messages. …"
        " \u201cNobody needs to answer at midnight,\u201d one of them said.",
        "2026-11-02",
        "https://gazette.example/2026/11/schools-overwhelmed?a=1&b=2",
    ),
    item(
        2,
        "5 things that parents of an invented town ask about screen time, November 2026",
        "An invented council voted for 2 boxes in which telephones rest during lessons …",
        "2026-11",
        "https://courier.example/news/phones-in-a-box-1-234567_(final)",
    ),
    item(
        3,
        "Link, date & source: an invented <guide> of C:\\ and \\<this>",
        "",
        "2026-11-20",
        "https://walled.example/guide",
    ),
)
ISSUE = Issue(title="E-safety update, November 2026", month="2026-11", introduction="", items=ITEMS)


def written(issue: Issue, form: Format) -> bytes:
    if form is Format.WORD:
        return as_word(issue, Style.UPDATE, now=NOW)
    if form is Format.PDF:
        return as_pdf(issue, Style.UPDATE, now=NOW)
    if form is Format.MAIL:
        parts = {one: render(issue, Style.UPDATE, one) for one in (Format.MARKDOWN, Format.HTML)}
        return as_mail(parts, issue.title, now=NOW)
    return render(issue, Style.UPDATE, form).encode()


def told(issue: Issue) -> list[tuple[object, ...]]:
    return [
        (one.number, one.title, one.record.published, one.extract, [one.record.url])
        for one in issue.items
    ]


def read_back(body: bytes, form: Format) -> list[tuple[object, ...]]:
    items = items_of(read_issue(body, f"update.{form}", None, NOW), NOW)
    return [
        (one.number, one.title, one.date, one.text, [link.url for link in one.links])
        for one in items
    ]


@pytest.mark.parametrize("form", Format)
def test_an_update_of_ours_gives_back_its_items(form: Format) -> None:
    assert read_back(written(ISSUE, form), form) == told(ISSUE)


def test_an_update_has_the_lines_of_older_ones() -> None:
    text = written(ISSUE, Format.MARKDOWN).decode()
    item = text.partition("1. Invented")[2].partition("\n\n\n")[0]
    assert f"1. Invented{item}".split("\n\n") == [
        f"1. {ITEMS[0].title}",
        "2 November 2026",
        ITEMS[0].extract,
        f"Link: <{ITEMS[0].record.url}> (The Invented Gazette & Sons)",
        "E safety Update",
    ]


@pytest.mark.parametrize("form", Format)
def test_one_item_alone_comes_back(form: Format) -> None:
    issue = Issue(title="An update", month="2026-11", introduction="", items=ITEMS[:1])
    assert read_back(written(issue, form), form) == told(issue)


WORDS = st.lists(
    st.sampled_from("pupils schools online harm told asked 12 3.5 % \u2019s children 40".split()),
    min_size=3,
    max_size=40,
).map(lambda words: f"Invented {' '.join(words)}.")


@settings(max_examples=25)
@given(
    texts=st.lists(WORDS, min_size=1, max_size=4),
    form=st.sampled_from([Format.MARKDOWN, Format.HTML]),
)
def test_whatever_is_quoted_comes_back(texts: list[str], form: Format) -> None:
    issue = Issue(
        title="An update",
        month="2026-11",
        introduction="",
        items=tuple(
            item(
                n, f"Invented headline {n} of a test", text, "2026-11-03", f"https://a.example/{n}"
            )
            for n, text in enumerate(texts, 1)
        ),
    )
    assert read_back(written(issue, form), form) == told(issue)
