"""Which names an edit took out. All names and texts are invented."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.retractions import names_taken_out

FIRST = (
    "A pupil of an invented school was hurt on Monday.\n\n"
    "Marla Quillon, 14, told a teacher what had happened on the bus to the school.\n\n"
    "The head of the school, Tobin Vasker, said that lessons go on as before this week.\n\n"
    "The council of Northmere will look at the buses again in the next spring."
)


@pytest.mark.parametrize(
    ("old", "new", "gone"),
    [
        ("Marla Quillon, 14,", "The girl, 14,", ("Marla Quillon",)),
        (
            "Marla Quillon, 14, told a teacher what had happened on the bus to the school.\n\n",
            "",
            ("Marla Quillon",),
        ),
        ("Marla Quillon", "Ms Quillon", ()),
        ("Marla Quillon", "Marla Quillonby", ()),
        ("on Monday", "on Tuesday", ()),
        ("Northmere", "the town", ()),
        ("hurt", "injured", ()),
    ],
)
def test_a_name_is_taken_out_when_nothing_of_it_is_left(
    old: str, new: str, gone: tuple[str, ...]
) -> None:
    assert names_taken_out(FIRST, FIRST.replace(old, new)) == gone


@pytest.mark.parametrize(
    ("together", "left", "gone"),
    [
        ("Marla Quillon and Tobin Vasker", "Tobin Vasker", ("Marla Quillon",)),
        ("Tobin Vasker and Marla Quillon", "Tobin Vasker", None),
        ("Łucja Żak-Öztürk", "the girl", ("Łucja Żak-Öztürk",)),
        ("Élise Ångström", "a pupil", ("Élise Ångström",)),
        ("Марла Квиллонова", "a pupil", ("Марла Квиллонова",)),
        ("Marla de la Quillon", "a pupil", ("Marla de la Quillon",)),
        ("Marla van der Quillon", "a pupil", ("Marla van der Quillon",)),
        ("the Quillon and Marla Trust", "the body", ("Quillon and Marla Trust", "Marla Trust")),
    ],
)
def test_a_name_is_known_whose_ever_it_is_and_whoever_stands_beside_it(
    together: str, left: str, gone: tuple[str, ...] | None
) -> None:
    before = FIRST.replace("Marla Quillon", together).replace(", Tobin Vasker,", "")
    found = names_taken_out(before, before.replace(together, left))
    assert found == (gone or (together, "Marla Quillon"))


def test_another_text_takes_no_name_out() -> None:
    assert names_taken_out(FIRST, "Today there is other news altogether, and it is short.") == ()


@given(st.text(max_size=300), st.text(max_size=300))
@example("B A\x1b", "B A\x1b")
def test_what_is_taken_out_stood_there_and_stands_there_no_more(before: str, after: str) -> None:
    for name in names_taken_out(before, after):
        assert name.split()[-1] in before
        assert name not in after
    assert names_taken_out(before, before) == ()
