"""An article as Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Article
from crawler.extraction.markdown import escaped, markdown


def test_title_byline_and_blocks_come_in_their_order() -> None:
    article = Article(
        title="An *invented* title",
        text="First line\nsecond line\n\n# 1 in 5 [invented] children\n\n2024. It was.",
        removals=(),
        extractor="",
        authors=("A. Writer",),
        published="2024-03-01",
        site_name="The_Example",
    )
    assert markdown(article, "https://x.example/a b>") == (
        "# An \\*invented\\* title\n\nA. Writer · 2024-03-01 · The\\_Example\n\n"
        "<https://x.example/a%20b%3E>\n\n"
        "First line\\\nsecond line\n\n\\# 1 in 5 \\[invented\\] children\n\n2024\\. It was.\n"
    )


def test_what_is_not_known_leaves_no_line() -> None:
    article = Article(title="T", text="Text.", removals=(), extractor="")
    assert markdown(article, "https://x.example/") == "# T\n\n<https://x.example/>\n\nText.\n"


@pytest.mark.parametrize("line", ["- item", "+ item", "=====", "---", "1) item", "> quote", "~~~"])
def test_the_first_characters_of_a_line_are_no_marks(line: str) -> None:
    assert escaped(line) != line


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_unescaping_gives_the_words_back(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", escaped(text)) == " ".join(text.split())
