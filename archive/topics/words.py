"""A text as the topic rules see it: words that know where they stand, in sentences and in places.

Words are folded: lower case, straight apostrophes, no possessive; a hyphen parts words as a space
does. Offsets point into the text as it is, so that evidence can be shown word for word.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_WORD = re.compile(r"[^\W_]+(?:['\u2019\u02bc][^\W_]+)*['\u2019]?")
# A sentence ends at a stop with white space and a capital or a figure behind it; a line always
# ends one, since blocks of a text are lines.
_SENTENCE_END = re.compile(
    r"[.!?…]+[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9£$€])|\n+"
)
# Not behind these: an initial, a title. Five characters hold the longest with what parts it.
_SHORT = re.compile(r"\b(?:[A-Z]|Mr|Ms|Dr|St|Mrs|No)\Z")
_SHORT_REACH = 5
# The lead, in words: what a reader sees before deciding to read on.
LEAD_WORDS = 60


class Place(StrEnum):
    """Where in an article a word stands; what stands further up says more of what it is about."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is to be judged: a title, and the text behind it (blocks part lines)."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a title and its text, title first; one entry of each tuple a word.

    `starts` and `ends` are offsets into the title for the first `in_title` words and into the text
    for the others. `sentences` numbers the sentence of each word, the title being number 0;
    `spans` gives the offsets of each sentence.
    """

    told: Told
    folded: tuple[str, ...]
    exact: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    in_title: int

    def place(self, at: int) -> Place:
        """Where the word at that index stands."""
        if at < self.in_title:
            return Place.TITLE
        return Place.LEAD if at < self.in_title + LEAD_WORDS else Place.BODY

    def quote(self, at: int) -> str:
        """The sentence of the word at that index, as it is written, on one line."""
        sentence = self.sentences[at]
        start, end = self.spans[sentence]
        whole = self.told.text if sentence else self.told.title
        return " ".join(whole[start:end].split())


def fold(word: str) -> str:
    """A word as it is compared: lower case, without apostrophe endings."""
    word = word.lower().replace("\u2019", "'").replace("\u02bc", "'")
    return word.removesuffix("'s").rstrip("'")


def folded_words(text: str) -> tuple[str, ...]:
    """The folded words of a short text, such as a term of the rules."""
    return tuple(fold(found[0]) for found in _WORD.finditer(text))


def exact_words(text: str) -> tuple[str, ...]:
    """The words of a short text as they are written."""
    return tuple(found[0] for found in _WORD.finditer(text))


def read_words(told: Told) -> Words:
    """The words of what is told, in order."""
    words = [*_WORD.finditer(told.title)]
    in_title = len(words)
    words += _WORD.finditer(told.text)
    # No word goes over the end of a sentence: white space stands there.
    places = [word.span() for word in words]
    starts = [start for start, _ in places]
    sentences = [0] * in_title
    spans = [(0, len(told.title))]
    for start, end in _sentence_spans(told.text):
        count = bisect_left(starts, end, lo=len(sentences)) - len(sentences)
        if count:
            sentences += [len(spans)] * count
            spans.append((start, end))
    exact = tuple([word[0] for word in words])
    return Words(
        told=told,
        folded=tuple([word if word.isalnum() else fold(word) for word in map(str.lower, exact)]),
        exact=exact,
        starts=tuple(starts),
        ends=tuple([end for _, end in places]),
        sentences=tuple(sentences),
        spans=tuple(spans),
        in_title=in_title,
    )


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        stop = end.start()
        if text[stop] == "." and _SHORT.search(text[max(stop - _SHORT_REACH, 0) : stop]):
            continue
        yield start, end.end()
        start = end.end()
    yield start, len(text)
