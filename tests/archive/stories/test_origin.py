"""Who had a story first: what is said counts before what is guessed, and the reason is told."""

import pytest

from archive.stories.origin import Derivation, Member, Origin, origin_of
from archive.stories.values import Confidence


def member(number: int, day: int | None = None, *, wire: str | None = None) -> Member:
    dated = {"published": f"2026-11-{day:02}", "precision": "day"} if day else {}
    return Member(article_id=number, title="Invented", wire=wire, **dated)


def took(derived: int, source: int, confidence: Confidence) -> Derivation:
    return Derivation(derived=derived, source=source, confidence=confidence)


NAMES_IT = took(2, 3, Confidence.CERTAIN)
LOOKS_IT = took(4, 1, Confidence.PROBABLE)
DATED = [member(number, number) for number in (1, 2, 3, 4)]
CREDITED = [*DATED[:3], member(4, 4, wire="PA")]


def test_each_sign_counts_before_those_that_say_less() -> None:
    found = [
        origin_of(CREDITED, [LOOKS_IT, NAMES_IT]),
        origin_of(CREDITED, [LOOKS_IT]),
        origin_of([*DATED, member(5)], [LOOKS_IT]),
        origin_of(DATED, []),
        origin_of([member(1), member(2)], []),
    ]
    assert [(one.article_id, one.name, one.confidence) for one in found] == [
        (3, None, Confidence.CERTAIN),
        (4, "PA Media", Confidence.PROBABLE),
        (1, None, Confidence.PROBABLE),
        (1, None, Confidence.PROBABLE),
        (None, None, Confidence.UNKNOWN),
    ]
    assert [one.why for one in found] == [
        "1 record took from it, and names it as its source",
        "1 of 4 records are credited to PA Media",
        "1 record took from it, as its text shows",
        "it was published 1 day before any other",
        "nothing tells which record was first",
    ]


def test_only_those_that_name_it_are_said_to_name_it() -> None:
    links = [NAMES_IT, took(4, 3, Confidence.CERTAIN), took(1, 3, Confidence.PROBABLE)]
    found = origin_of(DATED, links)
    assert found.why == "2 records took from it, and name it as their source"


@pytest.mark.parametrize(
    "members",
    [
        [member(1, 1), member(2)],
        [member(1, 1), member(2, 1)],
        [Member(article_id=1, title="", published="2026-11", precision="month"), member(2, 30)],
    ],
)
def test_a_date_that_is_missing_or_not_beyond_its_precision_names_no_origin(
    members: list[Member],
) -> None:
    assert origin_of(members, []) == Origin()


def test_who_took_from_another_is_no_origin() -> None:
    chain = [took(1, 2, Confidence.CERTAIN), took(2, 3, Confidence.CERTAIN)]
    assert origin_of(DATED, chain).article_id == 3
