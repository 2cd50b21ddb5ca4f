"""Evidence: what it says stands where it says, in both texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.stories.changes import changes
from archive.stories.comparing import compare, in_order
from archive.stories.features import Weights
from archive.stories.fingerprints import KEPT, SHINGLE, winnowed
from archive.stories.labels import judge, kind_of
from archive.stories.reading import Reading, read
from archive.stories.screening import is_worth_comparing
from archive.stories.values import Confidence, Kind, Told
from archive.stories.words import read_words

TOLD = (
    "harbour quay invented pupils button reported police Northgate Eastmoor council officers"
    " children\u2019s online safety report 34 1,200 warned tested platform “overwhelmed” café & and"
)
WORDS = TOLD.split()
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(
    lambda words: " ".join(words).capitalize() + "."
)
texts = st.lists(sentences, max_size=12).map("\n\n".join) | st.text(max_size=200)


def told(text: str, **more: object) -> Told:
    return Told(**{"title": "Invented", "text": text, **more})  # type: ignore[arg-type]  # real fields


def folded(text: str) -> list[str]:
    return [*read_words(text).folded]


@given(texts, texts)
def test_offsets_point_at_what_both_texts_say(first: str, second: str) -> None:
    a, b = read(told(f"{first}\n\n{second}")), read(told(f"{second} {first}"))
    evidence = compare(a, b, Weights())
    for run in evidence.runs:
        assert folded(run.a.of(a.told.text)) == folded(run.b.of(b.told.text))
        assert len(folded(run.a.of(a.told.text))) == run.words
    spans_a = [sentence.span for sentence in a.words.sentences]
    spans_b = [sentence.span for sentence in b.words.sentences]
    assert all(pair.a in spans_a and pair.b in spans_b for pair in evidence.aligned)
    for shared in evidence.quotations:
        assert folded(shared.a.of(a.told.text)) == folded(shared.b.of(b.told.text))
    for name in evidence.names:
        assert name in a.told.text
        assert name in b.told.text
    for change in changes(a, b, Weights()):
        assert change.original is None or change.original.replace(",", "") in (
            change.original_sentence.of(a.told.text).replace(",", "")
        )


@given(texts)
def test_a_text_is_wholly_contained_in_itself(text: str) -> None:
    reading = read(told(text))
    evidence = compare(reading, reading, Weights())
    whole = 1.0 if reading.shingles else 0.0
    assert (evidence.contained_a, evidence.contained_b) == (whole, whole)


@given(st.lists(st.sampled_from(WORDS), min_size=12, max_size=60), texts, texts)
def test_a_shared_run_of_twelve_words_always_shares_a_fingerprint(
    run: list[str], before: str, behind: str
) -> None:
    passage = " ".join(run)
    if len(folded(passage)) < SHINGLE + KEPT - 1:
        return
    one, other = read(told(f"{before} {passage}")), read(told(f"{passage} {behind}"))
    if len(one.shingles) > KEPT:
        assert one.fingerprints()[0] & other.fingerprints()[1]


@given(texts)
def test_a_text_is_asked_for_by_every_fingerprint_that_is_kept_of_it(text: str) -> None:
    kept, asked = read(told(text)).fingerprints()
    assert kept <= asked


@given(st.lists(st.integers(-20, 20), max_size=30), st.integers(1, 9))
def test_the_least_number_of_each_window_is_kept(numbers: list[int], window: int) -> None:
    windows = [numbers[at : at + window] for at in range(max(len(numbers) - window + 1, 1))]
    assert winnowed(numbers, window) == {min(some) for some in windows if some}


@given(texts, st.lists(texts, max_size=3))
def test_copies_have_the_fingerprints_that_they_have_alone(text: str, others: list[str]) -> None:
    copies = [read(told(f"{text} {other}")) for other in others]
    alone = [copy.fingerprints()[0] for copy in copies]
    assert read(told(text)).kept_of_copies(copies) == frozenset[int]().union(*alone)


@given(texts, texts)
def test_words_in_a_row_stand_where_a_reading_says(text: str, more: str) -> None:
    reading = read(told(f"{text} {more} {text}"))
    for shingle, first in reading.firsts.items():
        places = [at for at, here in enumerate(reading.shingles) if here == shingle]
        assert (first, *reading.repeats.get(shingle, ())) == tuple(places[:6])


@given(texts, texts, texts)
def test_no_copy_and_no_excerpt_is_left_uncompared(both: str, first: str, second: str) -> None:
    a, b = read(told(f"{first} {both}")), read(told(f"{both} {second}"))
    evidence = compare(a, b, Weights(), likeness=0.0)
    if judge(a.told, b.told, evidence).kind in {Kind.COPY, Kind.EXCERPT}:
        assert is_worth_comparing(a, b, 0.0)
        assert is_worth_comparing(b, a, 0.0)


@given(st.lists(st.integers(0, 30), max_size=30))
def test_order_kept_is_the_longest_rising_row(places: list[int]) -> None:
    best = [0] * len(places)
    for at, place in enumerate(places):
        best[at] = 1 + max((best[i] for i in range(at) if places[i] <= place), default=0)
    assert in_order(places) == (max(best) / len(places) if places else 0.0)


PARAGRAPH = (
    "The invented harbour council tested a reporting button in 34 schools of Eastmoor. "
    "Teachers found that 29 pupils in every hundred pressed it within a week of its launch. "
    "Officers in Northgate answered most reports on the same day, the council said on Tuesday. "
    "A second trial with 1,200 children begins in autumn at the grammar school of Westhaven. "
    "The platform that hosts the invented service promised to pay for moderators until spring. "
    "Parents asked for a telephone line beside it, because small children cannot type quickly."
)


def pair(a: Told, b: Told) -> tuple[Reading, Reading]:
    return read(a), read(b)


def test_a_longer_text_published_first_is_the_source_of_the_passage() -> None:
    own = "Our invented newsletter liked this passage and keeps it for its readers, as it stands. "
    a, b = pair(
        told(PARAGRAPH[:330], published="2026-03-04", precision="day"),
        told(PARAGRAPH + own * 2, published="2026-03-01", precision="day"),
    )
    judgement = judge(a.told, b.told, compare(a, b, Weights()))
    assert (judgement.kind, judgement.derived) == (Kind.EXCERPT, "a")


def test_a_direction_that_dates_contradict_is_unknown() -> None:
    a, b = pair(
        told(PARAGRAPH[:330], published="2026-03-01", precision="day"),
        told(PARAGRAPH * 2, published="2026-03-09", precision="day"),
    )
    judgement = judge(a.told, b.told, compare(a, b, Weights()))
    assert judgement.derived is None
    assert judgement.confidence is Confidence.UNKNOWN
    assert "published first" in judgement.explanation


def test_dates_within_their_precision_tell_nothing() -> None:
    a, b = pair(
        told(PARAGRAPH, published="2026-03", precision="month"),
        told(PARAGRAPH, published="2026-03-09", precision="day"),
    )
    judgement = judge(a.told, b.told, compare(a, b, Weights()))
    assert (judgement.kind, judgement.derived) == (Kind.COPY, None)


def test_two_copies_of_one_agency_are_not_copies_of_each_other() -> None:
    a, b = pair(
        told(PARAGRAPH, wire="PA Media", published="2026-03-01", precision="day"),
        told(PARAGRAPH, wire="PA Media", published="2026-03-09", precision="day"),
    )
    judgement = judge(a.told, b.told, compare(a, b, Weights()))
    assert judgement.derived is None
    assert "both are credited to PA Media" in judgement.explanation


def test_a_link_decides_over_everything_else() -> None:
    a, b = pair(
        told(PARAGRAPH, url="https://gazette.test/1", published="2026-03-01", precision="day"),
        told(PARAGRAPH, url="https://copy.test/9", links=("http://www.gazette.test/1/",)),
    )
    judgement = judge(a.told, b.told, compare(a, b, Weights()))
    assert (judgement.derived, judgement.confidence) == ("b", Confidence.CERTAIN)


BREWERY = (
    "An invented brewery in Southmere opened a museum of copper kettles and wooden barrels. "
    "Its founder collected labels, bottles and ledgers from three centuries for that house. "
    "Visitors from mountain villages came by steam railway to taste the first winter ale. "
    "A glassblower and two coopers show their trades there on some Sunday of each month. "
)
OWN_WORDS = (
    "Harvest festivals on distant islands drew acrobats, lantern makers and a retired admiral. "
    "Nobody had seen so many kites above that lighthouse since its invented keeper was young. "
    "Late ferries waited until midnight while drummers packed their boats in drizzling rain. "
)


@pytest.mark.parametrize(
    ("likeness", "apart", "kind"),
    [
        (0.31, None, Kind.SAME_EVENT),
        (0.30, None, Kind.NONE),
        (0.24, 0, Kind.SAME_EVENT),
        (0.23, 0, Kind.NONE),
        (0.90, 30, Kind.SAME_EVENT),
        (0.90, 31, Kind.NONE),
    ],
)
def test_reports_of_one_event_are_alike_and_of_the_same_days(
    likeness: float, apart: int | None, kind: Kind
) -> None:
    a, b = pair(told(PARAGRAPH), told(BREWERY))
    assert kind_of(compare(a, b, Weights(), likeness=likeness), apart) is kind


def test_why_two_alike_texts_are_not_of_one_event_is_told() -> None:
    a, b = pair(
        told(PARAGRAPH, published="2026-03-01", precision="day"),
        told(BREWERY, published="2026-04-15", precision="day"),
    )
    judgement = judge(a.told, b.told, compare(a, b, Weights(), likeness=0.9))
    assert "Published 45 days apart, so not of one event" in judgement.explanation


@pytest.mark.parametrize(("marks", "kind"), [("“”", Kind.NONE), ("  ", Kind.EXCERPT)])
def test_a_passage_is_an_excerpt_unless_it_is_what_somebody_said(marks: str, kind: Kind) -> None:
    passage = PARAGRAPH.replace(". ", ", ")[:215]
    statement = f"{marks[0]}{passage}{marks[1]}"
    a, b = pair(told(f"{BREWERY * 2}{statement}"), told(f"{statement} {OWN_WORDS}"))
    evidence = compare(a, b, Weights(), likeness=0.0)
    assert evidence.longest >= 30
    assert kind_of(evidence) is kind


def test_a_shared_statement_in_quotation_marks_is_no_rewriting() -> None:
    statement = "“" + PARAGRAPH.replace(". ", ", ") + "”"
    a, b = pair(
        told(f"An invented mayor of Eastmoor spoke at noon to a crowd of fishermen. {statement}"),
        told(f"Nobody at the town hall meeting expected what the speaker said. {statement}"),
    )
    evidence = compare(a, b, Weights())
    assert evidence.quotations
    assert judge(a.told, b.told, evidence).kind is not Kind.REWRITE
