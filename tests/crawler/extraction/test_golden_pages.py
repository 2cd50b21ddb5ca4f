"""Golden pages: for every page of the folder what stays, what goes by which rule, or its ending.

A new page is two files: NAME.html (invented, and saying so) and NAME.toml.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from archive.records import BLOCK_SEPARATOR, Article, Page, Part, Rejected
from crawler.extraction import extract

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.html"))
EXPECTED: dict[str, dict[str, Any]] = {
    name: tomllib.loads((PAGES / f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES
}
ARTICLES = [name for name in NAMES if "ending" not in EXPECTED[name]]
REJECTED = [name for name in NAMES if "ending" in EXPECTED[name]]


def read(name: str) -> Article | Rejected:
    told = EXPECTED[name]
    return extract(
        Page(
            url=told["url"],
            body=(PAGES / f"{name}.html").read_bytes(),
            languages=tuple(told.get("languages", ())),
            narrow=tuple(told.get("narrow", ())),
        )
    )


def article_of(name: str) -> Article:
    article = read(name)
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize("name", ARTICLES)
def test_no_sentence_of_the_article_is_missing(name: str) -> None:
    blocks = article_of(name).text.split(BLOCK_SEPARATOR)
    assert [text for text in EXPECTED[name]["keeps"] if text not in blocks] == []


@pytest.mark.parametrize("name", ARTICLES)
def test_nothing_but_the_article_is_in_the_text(name: str) -> None:
    blocks = article_of(name).text.split(BLOCK_SEPARATOR)
    assert [block for block in blocks if block not in EXPECTED[name]["keeps"]] == []


@pytest.mark.parametrize("name", [name for name in ARTICLES if "drops" in EXPECTED[name]])
def test_every_junk_line_has_its_receipt(name: str) -> None:
    article = article_of(name)
    for text, kind in EXPECTED[name]["drops"].items():
        receipts = [cut for cut in article.removals if cut.text.strip() == text]
        assert receipts, f"no receipt for {text!r}"
        assert all(cut.rule for cut in receipts)
        assert not kind or any(cut.rule.partition(":")[0] == kind for cut in receipts), receipts


@pytest.mark.parametrize("name", ARTICLES)
def test_kept_blocks_and_receipts_in_order_are_the_whole_page(name: str) -> None:
    # Words, because the page has its own white space.
    article = article_of(name)
    kept = iter(article.text.split(BLOCK_SEPARATOR))
    taken = {cut.position for cut in article.removals if cut.part is Part.BLOCK}
    cuts = {cut.position: cut.text for cut in article.removals if cut.part is Part.PREFIX}
    whole = {cut.position: cut.text for cut in article.removals if cut.part is Part.BLOCK}
    count = len(taken) + len(article.text.split(BLOCK_SEPARATOR))
    table = [
        cuts.get(position, "") + (whole[position] if position in taken else next(kept))
        for position in range(count)
    ]
    html = (PAGES / f"{name}.html").read_text(encoding="utf-8").partition("<body>")[2]
    seen = re.sub(r"<r[pt]>.*?</r[pt]>|</?ruby>", "", html)
    if name == "other-template":
        seen = re.sub(r"<template>.*?</template>", "", seen)
    seen = re.sub(r"<[^>]+>", " ", seen).replace("&amp;", "&")
    seen = seen.replace("&lt;", "<").replace("&gt;", ">")
    assert " ".join(table).split() == seen.split()


@pytest.mark.parametrize("name", ARTICLES)
def test_title_date_and_authors_are_read(name: str) -> None:
    article, expected = article_of(name), EXPECTED[name]
    assert article.title == expected["title"]
    assert article.published == expected["published"]
    assert list(article.authors) == expected.get("authors", [])


@pytest.mark.parametrize("name", REJECTED)
def test_a_page_that_is_no_article_has_its_named_ending(name: str) -> None:
    rejected = read(name)
    assert isinstance(rejected, Rejected), rejected
    assert rejected.ending == EXPECTED[name]["ending"]
    assert rejected.detail


def test_a_page_is_read_the_same_whatever_was_read_before() -> None:
    first = [read(name) for name in NAMES]
    assert [read(name) for name in reversed(NAMES)] == first[::-1]
    assert [read(name) for name in NAMES * 2] == first * 2


@pytest.mark.parametrize("name", NAMES)
def test_every_page_says_that_it_is_invented(name: str) -> None:
    assert "Invented page" in (PAGES / f"{name}.html").read_text(encoding="utf-8")


def test_a_page_cut_anywhere_within_its_article_is_never_taken_for_an_article() -> None:
    whole = (PAGES / "listed-language.html").read_bytes()
    assert isinstance(extract(Page(url="https://news.example/a", body=whole)), Article)
    first, last = whole.index(b"<h1>"), whole.index(b"</article>")
    for end in range(first, last, 7):
        cut = extract(Page(url="https://news.example/a", body=whole[:end]))
        assert isinstance(cut, Rejected), whole[:end][-60:]
