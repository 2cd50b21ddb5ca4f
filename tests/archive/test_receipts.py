"""What is packed comes out again, and kept blocks with their receipts give back the page."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from archive.receipts import Receipts, on_the_table, pack, unpack
from archive.records import BLOCK_SEPARATOR, Part, Removal

# A block is one line or a few, never with an empty line inside or at its ends.
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
RULES = st.sampled_from(["boilerplate", "share", "class:related"])
# A page: for each block its whole text, and the rule that took it out, or None.
PAGES = st.lists(st.tuples(TEXTS, st.none() | RULES), max_size=30)


def removals_of(page: list[tuple[str, str | None]]) -> tuple[Removal, ...]:
    return tuple(
        Removal(position=position, part=Part.BLOCK, rule=rule, text=text)
        for position, (text, rule) in enumerate(page)
        if rule
    )


@given(PAGES)
def test_packing_loses_nothing_and_keeps_the_order(page: list[tuple[str, str | None]]) -> None:
    assert unpack(pack(removals_of(page))) == removals_of(page)


@given(PAGES)
def test_packed_receipts_are_the_removals_to_whoever_looks_at_them(
    page: list[tuple[str, str | None]],
) -> None:
    removals = removals_of(page)
    receipts = pickle.loads(pickle.dumps(Receipts(pack(removals))))  # noqa: S301 - our own
    assert receipts == removals
    assert hash(receipts) == hash(removals)
    assert [*receipts] == [*removals]
    assert len(receipts) == len(removals)
    assert [receipts[at] for at in range(len(removals))] == [*removals]
    assert receipts[1:] == removals[1:]
    assert pack(receipts) == pack(removals)


@given(PAGES)
def test_kept_blocks_and_receipts_give_back_the_page(page: list[tuple[str, str | None]]) -> None:
    text = BLOCK_SEPARATOR.join(block for block, rule in page if rule is None)
    lines = on_the_table(text, removals_of(page))
    assert [(line.text, line.rule) for line in lines] == page


def test_neighbours_of_one_rule_are_one_row() -> None:
    page = [
        ("Home", "boilerplate"),
        ("News", "boilerplate"),
        ("Text.", None),
        ("Foot", "boilerplate"),
    ]
    assert [(row.position, row.blocks, row.text) for row in pack(removals_of(page))] == [
        (0, 2, "Home\n\nNews"),
        (3, 1, "Foot"),
    ]


def test_a_removal_that_holds_an_empty_line_is_never_merged() -> None:
    page = [("one\n\ntwo", "share"), ("three", "share")]
    removals = tuple(
        Removal(position=n, part=Part.BLOCK, rule=rule, text=text)
        for n, (text, rule) in enumerate(page)
    )
    assert [row.blocks for row in pack(removals)] == [1, 1]
    assert unpack(pack(removals)) == removals


def test_a_cut_prefix_stands_again_before_the_block_that_it_was_cut_from() -> None:
    cut = Removal(position=1, part=Part.PREFIX, rule="reading-time", text="Reading Time: 2 min ")
    headline = Removal(position=0, part=Part.BLOCK, rule="headline", text="A headline")
    lines = on_the_table("Children were asked.", (headline, cut))
    assert [line.text for line in lines] == [
        "A headline",
        "Reading Time: 2 min Children were asked.",
    ]
    assert lines[1].cuts == (cut,)
