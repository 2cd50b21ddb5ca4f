import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.digest.extracts import extract, is_quoted, most_characters
from archive.excerpts import MOST_CHARACTERS, MOST_WORDS

FIGURE = "An invented force counted 340 reports in a month."
EVIDENCE = "Invented teachers spoke of sextortion at length."
PLAIN = "The rest of this invented text says nothing that anybody would quote from it."
TEXT = f"{PLAIN} {EVIDENCE} {PLAIN}\n\n{FIGURE} {' '.join([PLAIN] * 30)}"


def test_sentences_with_a_figure_or_with_topic_words_are_quoted_in_the_order_of_the_text() -> None:
    long = f"{TEXT} {' '.join([PLAIN] * 30)}"
    assert extract(f"{EVIDENCE} {TEXT}", figures=[FIGURE], evidence=[EVIDENCE]).startswith(EVIDENCE)
    quoted = extract(long, figures=[FIGURE], evidence=[EVIDENCE])
    assert quoted.index(EVIDENCE) < quoted.index(FIGURE)


def test_what_lies_between_two_quoted_sentences_is_an_ellipsis() -> None:
    text = f"{FIGURE} {' '.join([PLAIN] * 20)} {EVIDENCE} {' '.join([PLAIN] * 20)}"
    quoted = extract(text, figures=[FIGURE], evidence=[EVIDENCE])
    assert quoted.startswith(FIGURE)
    assert f" … {EVIDENCE}" in quoted


@pytest.mark.parametrize(
    "leaning",
    [
        "Each one was sent in 48 variations through an invented network.",
        "Two invented schools translated it for 40 parents and put it up.",
        "Some 40 invented schools decided against buying it.",
        "\u201cThe picture may be one of 40 that somebody invented.",
    ],
)
def test_a_sentence_that_leans_on_one_that_is_not_quoted_is_not_quoted(leaning: str) -> None:
    rest = " ".join([PLAIN] * 30)
    assert "40" not in extract(f"{EVIDENCE} {rest} {leaning} {rest}", figures=[leaning])
    assert "48" not in extract(f"{EVIDENCE} {rest} {leaning} {rest}", figures=[leaning])


def test_the_first_sentence_goes_before_a_figure_when_it_has_words_of_the_topic() -> None:
    long = f"{EVIDENCE} {' '.join([PLAIN] * 9)} {FIGURE}"
    assert extract(long, figures=[FIGURE], evidence=[EVIDENCE]) == EVIDENCE
    assert extract(f"{PLAIN} {long}", figures=[FIGURE], evidence=[EVIDENCE]) == FIGURE


def test_neighbours_are_not_parted_by_an_ellipsis() -> None:
    assert extract(f"{FIGURE} {EVIDENCE} {PLAIN * 40}", figures=[FIGURE, EVIDENCE]).startswith(
        f"{FIGURE} {EVIDENCE}"
    )


def test_at_most_a_tenth_of_a_text_is_quoted_unless_its_licence_is_open() -> None:
    text = f"{FIGURE} {PLAIN} {PLAIN}"
    assert len(extract(text, figures=[FIGURE]).rstrip("…")) <= len(text) / 10
    assert extract(text, figures=[FIGURE], licence="OGL-UK-3.0").startswith(FIGURE)
    assert most_characters("x" * 10_000, None) == MOST_CHARACTERS


def test_a_sentence_that_names_a_child_beside_an_offence_or_tells_a_method_is_passed_over() -> None:
    named = "Invented Name, 14, of Invented Park School was groomed in 12 chats."
    method = "One of 20 invented cases of suicide was an overdose at home."
    text = f"{named} {method} {FIGURE} {' '.join([PLAIN] * 30)}"
    quoted = extract(text, figures=[named, method, FIGURE])
    assert "Name" not in quoted
    assert "overdose" not in quoted
    assert FIGURE in quoted


def test_a_short_text_that_only_tells_what_must_not_be_told_is_not_quoted() -> None:
    text = "Invented Name, 14, of Invented Park School was groomed in chats and nobody knew. " * 15
    assert not extract(text)


def test_headings_and_list_entries_are_no_sentences() -> None:
    text = f"More on this invented story and its 40 parts\n\n{FIGURE}\n\n{' '.join([PLAIN] * 30)}"
    assert "More on this" not in extract(text, figures=["More on this invented story"])


@given(
    st.lists(st.sampled_from([FIGURE, EVIDENCE, PLAIN, "No.", "Why?\n\n", "“Ask,” she said."])).map(
        " ".join
    ),
    st.sampled_from([None, "OGL-UK-3.0", "all rights reserved"]),
)
def test_an_extract_is_quoted_and_within_its_bounds(text: str, licence: str | None) -> None:
    quoted = extract(text, figures=[FIGURE], evidence=[EVIDENCE], licence=licence)
    assert is_quoted(quoted, text)
    assert len(quoted.split()) - quoted.count("…") <= MOST_WORDS
    assert len(quoted.rstrip("…")) <= most_characters(text, licence)


@given(st.text(), st.text(min_size=1))
def test_what_a_text_does_not_say_is_no_quotation_of_it(text: str, more: str) -> None:
    words = re.sub(r"[\s…]+", "", more)
    assert not is_quoted(f"{text} {words}\0", text)
