import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.excerpts import ELLIPSIS, allowed, excerpt

LONG = " ".join(f"word{number}" for number in range(2_000))


@given(st.text())
def test_no_excerpt_is_longer_than_its_bounds(text: str) -> None:
    made = excerpt(text).removesuffix(ELLIPSIS)
    assert len(made.split()) <= 50
    assert len(made) <= 300
    assert len(made) <= len(text) / 10


@given(st.lists(st.text("abc ", min_size=1, max_size=12), max_size=300).map("\n".join))
def test_an_excerpt_is_whole_words_from_the_beginning(text: str) -> None:
    words = excerpt(text).removesuffix(ELLIPSIS).split(" ")
    assert words == [""] or text.split()[: len(words)] == words


def test_fifty_words_three_hundred_characters_and_a_tenth_each_bind() -> None:
    assert len(excerpt("a " * 5_000).split()) == 50
    assert 290 < len(excerpt(LONG)) <= 301
    assert excerpt(LONG[:1_000]) == " ".join(f"word{n}" for n in range(15)) + "…"
    assert excerpt("One short notice.") == ""


@pytest.mark.parametrize(
    ("signals", "most"),
    [
        ([], 300),
        (["noai", "license https://x.test/by"], 300),
        (["nosnippet"], 0),
        (["header: nosnippet"], 0),
        (["max-snippet:0"], 0),
        (["max-snippet:160", "header: max-snippet: 90"], 90),
        (["max-snippet:9999"], 300),
        (["max-snippet:-1"], 300),
        (["max-snippet:160", "nosnippet"], 0),
        (["max-snippet:" + "9" * 9_000], 300),
    ],
)
def test_no_more_is_quoted_than_a_page_allows(signals: list[str], most: int) -> None:
    assert allowed(signals) == most
    assert len(excerpt(LONG, allowed(signals)).removesuffix(ELLIPSIS)) <= most
