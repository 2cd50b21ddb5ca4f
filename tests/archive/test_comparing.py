from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.comparing import Comparison, Fate, Piece, Text, compare, names_in, sentences
from archive.records import BLOCK_SEPARATOR, Part, Removal

# Every text here is invented.
BEFORE = (
    "Police in Harbourton arrested 40 people. The Quay Trust ran a helpline.\n\n"
    "It cost £1.5m. Dr. Invented Name spoke of it."
)


def changed(before: str, after: str) -> Comparison:
    return compare(Text(text=before), Text(text=after))


def side(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def marked(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_changed]


def fates(comparison: Comparison) -> list[str]:
    return [str(row.fate) for row in comparison.rows]


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Name and Mr. Other met.", ["Dr. Name and Mr. Other met."]),
        ("The U.S. Senate met. It left.", ["The U.S. Senate met.", "It left."]),
        ("It cost 1.5 million. 3 left.", ["It cost 1.5 million.", "3 left."]),
        ("“Stop it.” They did.", ["“Stop it.”", "They did."]),
        ("It fell, e.g. Tuesday. Then rose.", ["It fell, e.g. Tuesday.", "Then rose."]),
        ("see example.com for more", ["see example.com for more"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(block: str, parts: list[str]) -> None:
    assert sentences(block) == [parts]


def test_a_changed_number_is_called_out_and_marked_in_its_sentence() -> None:
    comparison = changed(BEFORE, BEFORE.replace("40", "44"))
    assert fates(comparison) == ["changed", "same", "same", "same"]
    assert marked(comparison.rows[0].before) == ["40"]
    assert marked(comparison.rows[0].after) == ["44"]
    assert (comparison.numbers_removed, comparison.numbers_added) == (("40",), ("44",))
    assert (comparison.names_removed, comparison.names_added) == ((), ())


def test_a_name_taken_out_is_called_out() -> None:
    after = BEFORE.replace("Dr. Invented Name spoke of it.", "A doctor spoke of it.")
    comparison = changed(BEFORE, after)
    assert comparison.rows[-1].fate is Fate.CHANGED
    assert comparison.names_removed == ("Dr", "Invented Name")
    assert comparison.names_added == ()


def test_an_amount_of_money_and_a_share_are_numbers_with_their_unit() -> None:
    comparison = changed("It cost £1.5m, or 12% more.", "It cost £2m, or 13% more.")
    assert comparison.numbers_removed == ("£1.5m", "12%")
    assert comparison.numbers_added == ("£2m", "13%")


def test_sentences_that_come_and_go_stand_in_their_place() -> None:
    comparison = changed("First one. Second thing. The end.", "New start. First one. The end.")
    assert fates(comparison) == ["added", "same", "removed", "same"]
    assert side(comparison.rows[2].before) == "Second thing."


def test_a_reworded_sentence_is_put_beside_what_it_was() -> None:
    comparison = changed(
        "The school told parents on Monday. Nothing else happened there.",
        "Wholly other words came first. The school told all parents on Tuesday.",
    )
    assert fates(comparison) == ["added", "changed", "removed"]
    assert side(comparison.rows[1].before).startswith("The school")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The police said so.", []),
        ("Police said so. They told the police.", []),
        ("He met Invented Person of the Quay Trust.", ["Invented Person", "Quay Trust"]),
        ("Ofcom's report named NSPCC.", ["Ofcom", "NSPCC"]),
        ("However, Ofcom said no.", ["Ofcom"]),
        ("They met Élise Dupont. Été comme hiver, été.", ["Élise Dupont"]),
        ("Then Şule Öztürk of Żary spoke.", ["Şule Öztürk of Żary"]),
        ("There Maria de la Quay met Jan van der Meer.", ["Maria de la Quay", "Jan van der Meer"]),
    ],
)
def test_names_are_runs_of_capitals_that_do_not_just_begin_a_sentence(
    text: str, names: list[str]
) -> None:
    assert names_in(text, text) == names


def test_a_sentence_that_a_rule_takes_out_since_names_the_rule() -> None:
    removal = Removal(position=1, part=Part.BLOCK, rule="sign-up", text="Sign up for our letter.")
    before = Text(text="News came.\n\nSign up for our letter.")
    after = Text(text="News came.", removals=(removal,))
    (_, row) = compare(before, after).rows
    assert (row.fate, row.rule) == (Fate.REMOVED, "sign-up")
    (_, back) = compare(after, before).rows
    assert (back.fate, back.rule) == (Fate.ADDED, "sign-up")


words = st.lists(
    st.sampled_from(["Police", "said", "40", "the", "Harbour", "school", "£3m", "went", "on"]),
    min_size=1,
    max_size=6,
).map(lambda chosen: " ".join(chosen) + ".")
blocks = st.lists(words, min_size=1, max_size=4).map(" ".join)
texts = st.lists(blocks, max_size=4).map(BLOCK_SEPARATOR.join)


@given(texts, texts)
def test_each_side_of_a_comparison_is_the_whole_text_in_order(before: str, after: str) -> None:
    comparison = changed(before, after)
    for text, pieces in (
        (before, [side(row.before) for row in comparison.rows if row.before]),
        (after, [side(row.after) for row in comparison.rows if row.after]),
    ):
        assert " ".join(pieces) == " ".join(text.split())


@given(texts)
def test_a_text_compared_with_itself_has_no_change(text: str) -> None:
    comparison = changed(text, text)
    assert all(row.fate is Fate.SAME for row in comparison.rows)
    assert comparison == replace(
        comparison, numbers_removed=(), numbers_added=(), names_removed=(), names_added=()
    )


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_compared(before: str, after: str) -> None:
    changed(before, after)


def test_long_texts_of_few_words_take_no_time() -> None:
    comparison = changed("Yes. No. " * 3000, "No. Yes. " * 3000)
    assert comparison.rows
    # One sentence of them, and such sentences between others: minutes, word by word.
    assert changed("same " * 20_000, "same " * 19_000 + "x " * 2_000).count(Fate.CHANGED) == 1
    between = [
        BLOCK_SEPARATOR.join(f"A.{BLOCK_SEPARATOR}{x}{n}." for n in range(900)) for x in "UV"
    ]
    assert changed(*between).count(Fate.SAME) > 0
