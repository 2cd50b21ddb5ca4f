from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st


def test_shingles_of_a_text_are_counted_with_their_repetitions(metrics: ModuleType) -> None:
    counted = metrics.shingles("a b c d a b c d")
    assert counted[("a", "b", "c", "d")] == 2
    assert counted.total() == 5


def test_a_text_shorter_than_a_shingle_is_one_and_an_empty_one_none(metrics: ModuleType) -> None:
    assert metrics.shingles("one two") == {("one", "two"): 1}
    assert not metrics.shingles(" ... ")


@pytest.mark.parametrize(
    ("found", "truth", "precision", "recall"),
    [
        ("a b c d e", "a b c d e", 1.0, 1.0),
        # Shingles: abcd bcde cdef against abcd bcde.
        ("a b c d e f", "a b c d e", 2 / 3, 1.0),
        ("a b c d e", "a b c d e f", 1.0, 2 / 3),
        # A shingle found twice that stands there once is right once.
        ("a b c d a b c d", "a b c d", 1 / 5, 1.0),
        ("A b c d", "a b c d", 0.0, 0.0),
        ("", "a b c d", 0.0, 0.0),
        ("a b c d", "", 0.0, 0.0),
        ("", "", 1.0, 1.0),
    ],
)
def test_precision_and_recall_of_a_page_are_those_of_its_shingles(
    metrics: ModuleType, found: str, truth: str, precision: float, recall: float
) -> None:
    score = metrics.body_score(found, truth)
    assert score.right / score.found == pytest.approx(precision)
    assert score.hit / score.wanted == pytest.approx(recall)


def test_f1_is_that_of_the_averages_and_each_page_weighs_the_same(metrics: ModuleType) -> None:
    long = metrics.body_score("a b c d e f " * 50, "a b c d e f " * 50)
    missed = metrics.body_score("x y z w", "a b c d")
    found = metrics.figures([long, long, long, missed])
    assert (found.precision, found.recall, found.f1) == (0.75, 0.75, 0.75)


def test_pieces_are_counted_over_all_pages(metrics: ModuleType) -> None:
    one = metrics.segment_score("a  b\nc d", ["a b c", "x"], ["d"])
    other = metrics.segment_score("p q", ["p"], ["z"])
    found = metrics.figures([one, other])
    assert (found.precision, found.recall) == (2 / 3, 2 / 3)


def test_no_page_has_no_figures_and_no_error(metrics: ModuleType) -> None:
    assert metrics.figures([]).f1 == 0.0


def test_the_interval_of_a_difference_holds_it_and_is_empty_for_equals(
    metrics: ModuleType,
) -> None:
    good = [metrics.body_score("a b c d e", "a b c d e")] * 20
    worse = [*good[:10], *[metrics.body_score("a b c d x", "a b c d e")] * 10]
    low, high = metrics.interval(good, worse)
    difference = metrics.figures(good).f1 - metrics.figures(worse).f1
    assert 0 < low <= difference <= high
    assert metrics.interval(good, good) == (0.0, 0.0)


def test_titles_are_the_same_words(metrics: ModuleType) -> None:
    assert metrics.same_title("An  invented\n\u2018Title\u2019", "An invented 'title'")
    assert not metrics.same_title("An invented title - A site", "An invented title")
    assert not metrics.same_title(None, "An invented title")


def test_authors_are_a_set_of_names(metrics: ModuleType) -> None:
    assert metrics.author_set("A. Uthor; B. Riter") == metrics.author_set(["b. riter", "A  Uthor"])
    assert metrics.author_set("A. Uthor und B. Riter") == {"a uthor", "b riter"}
    assert metrics.author_set(None) == metrics.author_set([""]) == metrics.author_set("")
    assert metrics.author_set(["Anders Anderson"]) == {"anders anderson"}


@pytest.mark.parametrize(
    ("found", "truth", "same"),
    [
        ("2024-05-06", "2024-05-06T23:30:00+00:00", True),
        ("2024-05-07", "2024-05-06T23:30:00+00:00", False),
        ("2024-05-07T00:30:00+01:00", "2024-05-06T23:30:00+00:00", True),
        ("2024-05-07T00:30:00", "2024-05-06T23:30:00+00:00", False),
        ("2024-05", "2024-05-06", False),
        (None, "2024-05-06", False),
        ("yesterday", "2024-05-06", False),
    ],
)
def test_dates_are_compared_by_the_day_of_the_publisher(
    metrics: ModuleType, found: str | None, truth: str, *, same: bool
) -> None:
    assert metrics.same_day(found, truth) is same


@given(st.text(alphabet="ab .", max_size=60), st.text(alphabet="ab .", max_size=60))
def test_swapping_text_and_truth_swaps_precision_and_recall(
    metrics: ModuleType, one: str, other: str
) -> None:
    there, back = metrics.body_score(one, other), metrics.body_score(other, one)
    if metrics.words(one) and metrics.words(other):
        assert (there.right, there.hit) == (back.hit, back.right)
    assert metrics.body_score(one, one).right == 1.0
