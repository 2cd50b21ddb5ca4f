"""Laws of reading words: each stands where it says, and in the sentence that it says."""

from hypothesis import given
from hypothesis import strategies as st

from archive.topics.words import Told, exact_words, read_words

TEXTS = st.text(
    alphabet="ab Z9_'\u2019.!?\u2026\n\"\u201d)\u00a3-\u00e9\u0130\u00b2\u00a0", max_size=60
)


@given(TEXTS, TEXTS)
def test_every_word_is_found_once_and_in_order_where_it_stands(title: str, text: str) -> None:
    words = read_words(Told(title=title, text=text))
    assert words.exact == (*exact_words(title), *exact_words(text))
    assert words.in_title == len(exact_words(title))
    behind = 0
    for at, word in enumerate(words.exact):
        start, end = words.span(at, at + 1)
        assert (title if at < words.in_title else text)[start:end] == word
        assert words.written(at, at + 1) == word
        assert start >= behind or at == words.in_title
        behind = end


@given(TEXTS, TEXTS)
def test_every_word_stands_within_its_sentence(title: str, text: str) -> None:
    words = read_words(Told(title=title, text=text))
    assert [*words.sentences] == sorted(words.sentences)
    for at, sentence in enumerate(words.sentences):
        start, end = words.span(at, at + 1)
        first, last = words.spans[sentence]
        assert first <= start < end <= last
        assert (sentence == 0) == (at < words.in_title)
        assert words.sentences[words.firsts[sentence]] == sentence
