import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive import comparing
from archive.excerpts import ELLIPSIS, MOST_CHARACTERS
from archive.published_excerpts import (
    Sentences,
    opening,
    published_excerpt,
    sentences,
    summary,
)

# Behind each text, so that a tenth of it is more than its beginning.
REST = "\n\n" + "Invented filler without an end " * 120


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text))).casefold()


def begun(text: str) -> str:
    return opening(text + REST, MOST_CHARACTERS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The town opened a helpline. It was used.", "The town opened a"),
        ("The town opened a helpline! It was used.", "The town opened a"),
        ("“We will open a helpline.” The mayor said so.", "“We will open a"),
        ("The town (of 9,000) opened 1.5 helplines.) More.", "The town (of 9,000) opened 1.5"),
        # A heading, a line of a list and a text without stops end where their lines do.
        ("A helpline opens today\nThe town paid", "A helpline opens"),
        ("apples for all of us\npears\nplums", "apples for all of"),
        # What is too short to be a sentence goes before one.
        ("Yes. The town opened a helpline at last. More.", "Yes. The town opened a helpline at"),
        ("TOWN\n\nThe mayor opened a helpline.\n\nMore.", "TOWN The mayor opened a"),
        ("No. Yes. No. A bus. The town opened.", "No. Yes. No. A"),
        # An abbreviation may be an end: a little less is quoted.
        ("The office of Mr. Vander opened a helpline.", "The office of"),
        ("The U.S. opened a helpline. More.", "The U.S. opened a"),
        # Long words make a sentence of fewer.
        ("Cybermobbingpräventionsprogramme gefördert. Mehr.", "Cybermobbingpräventionsprogramme"),
        ("Мэр открыл новую линию. Ещё.", "Мэр открыл новую"),
        ("افتتحت المدينة خطا جديدا للمساعدة؟ المزيد", "افتتحت المدينة خطا جديدا"),
        ("شہر نے نئی لائن کھولی\u06d4 مزید", "شہر نے نئی لائن"),
        ("शहर ने नई हेल्पलाइन खोली। और", "शहर ने नई हेल्पलाइन"),
        ("শহর নতুন হেল্পলাইন চালু করেছে।আরও কথা", "শহর নতুন হেল্পলাইন চালু"),
        ("ከተማው አዲስ የእርዳታ መስመር ከፈተ። ተጨማሪ", "ከተማው አዲስ የእርዳታ መስመር"),
        ("城市 开通 了 热线。 更多", "城市 开通 了"),
        ("警察は 学校で 話した。次", "警察は 学校で"),
    ],
)
def test_an_opening_breaks_off_before_the_first_sentence_ends(text: str, kept: str) -> None:
    assert begun(text) == kept


def test_an_opening_is_never_longer_than_an_excerpt_of_any_other_kind() -> None:
    endless = "word " * 2_000
    assert len(opening(endless, MOST_CHARACTERS).split()) == 50
    assert len(opening(endless, 40)) <= 40
    assert opening(endless, 0) == ""
    assert opening("One short notice of the town.", MOST_CHARACTERS) == ""


def test_white_space_between_the_words_of_a_sentence_hides_no_end() -> None:
    text = f"The town{' ' * 3_000}opened a helpline.{REST}"
    kept = Sentences(1)
    start = opening(text, MOST_CHARACTERS)
    kept.expect(start)
    kept.read([text])
    assert published_excerpt("", start, kept) == "The town opened a…"


def test_a_summary_is_what_the_publisher_says_within_the_same_bounds() -> None:
    text = "Invented text. " * 100
    said = "A helpline for parents opens in the town"
    assert summary(f" {said}\n", "News", text, MOST_CHARACTERS) == said
    assert summary(f"<p>{said}</p>", "News", text, MOST_CHARACTERS) == said
    assert summary(said, "News", text, 20) == "A helpline for" + ELLIPSIS
    assert summary(said, "News", text[:120], MOST_CHARACTERS) == "A helpline" + ELLIPSIS
    assert summary(said, "News: a helpline for parents opens in the town!", text, 300) == ""
    assert summary("Photo: PA", "News", text, MOST_CHARACTERS) == ""
    assert summary(said, "News", text, 0) == ""


def excerpt(said: str, begun: str, *texts: str) -> str:
    kept = Sentences(1)
    for one in (said, begun):
        kept.expect(one)
    kept.read(texts)
    return published_excerpt(said, begun, kept)


@pytest.mark.parametrize(
    "text",
    [
        "A helpline for parents opens.",
        "Before. A HELPLINE for “parents” opens",
        "A helpline\u00a0for parents\nopens",
        "More of it\n\nA helpline for parents opens today",
    ],
)
def test_a_summary_with_a_sentence_of_any_text_is_not_taken(text: str) -> None:
    said, start = "A helpline for parents opens today.", "The town has"
    assert excerpt(said, start, "Other words of other people.") == said
    assert excerpt(said, start, text) == start + ELLIPSIS


@pytest.mark.parametrize(
    "said",
    [
        "<b>Read</b>A helpline for parents opens.It is new",
        "Share this on ChatA helpline for parents opens2026",
    ],
)
def test_a_sentence_is_found_where_spaces_got_lost(said: str) -> None:
    assert excerpt(said, "", "A helpline for parents opens.") == ""


def test_an_opening_is_broken_off_before_a_sentence_of_another_text() -> None:
    start = "Police warned parents of a gang that writes to pupils"
    assert excerpt("", start, "Police warned parents of a gang.") == "Police warned parents of a…"
    assert excerpt("", start, "parents of a gang that") == "Police warned parents of a gang…"
    assert excerpt("", start, "Of a gang.") == start + ELLIPSIS
    assert excerpt("", "Go to it now", "Go to it now") == "Go to it…"


WORDS = st.sampled_from(
    [
        *("Police", "say", "so", "U.S.", "Mr.", "it's", "“No.”", "£4.50", "2026", "état", "e.g."),
        *("\u2013", "警察", "は。", "है।", "کہا\u06d4", "A", "b", "NoSpace.Here", "x"),
    ]
)
LINES = st.lists(
    st.lists(WORDS | st.sampled_from([".", "!", "?…", "said.", "end.”"]), max_size=12).map(" ".join)
    | st.text(max_size=20),
    max_size=5,
)
TEXTS = LINES.map("\n\n".join) | LINES.map("\n".join)


@given(st.lists(TEXTS, min_size=1, max_size=3), st.lists(TEXTS, max_size=2))
@example(["Police say so A. Police say so A x"], ["Police say so A"])
def test_no_excerpt_has_a_sentence_of_a_text_in_it(texts: list[str], said: list[str]) -> None:
    kept = Sentences(1)
    drafts = [
        (summary(one, "", text + REST, MOST_CHARACTERS), begun(text))
        for text in texts
        for one in [*said, *texts]
    ]
    for draft in drafts:
        kept.expect(draft[0])
        kept.expect(draft[1])
    kept.read(texts)
    found = {sentence for text in texts for sentence in sentences(text)}
    for draft in drafts:
        made = published_excerpt(*draft, kept)
        spaced = f" {' '.join(made.removesuffix(ELLIPSIS).casefold().split())} "
        for text in texts:
            # Where words are apart, with nothing but what the marks between them are.
            for sentence in (one for block in comparing.sentences(text) for one in block):
                if any(whole in letters(sentence) for whole in found):
                    assert f" {sentence.casefold()} " not in spaced


@given(TEXTS)
def test_of_each_sentence_that_a_comparison_knows_one_of_these_is_a_part(text: str) -> None:
    found = [*sentences(text)]
    for sentence in (one for block in comparing.sentences(text) for one in block):
        if len(re.findall(r"[^\W_]\S*", sentence)) >= 4:
            assert any(whole in letters(sentence) for whole in found)
