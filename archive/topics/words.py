"""A text as the topic rules see it: words that know where they stand, in sentences and in places.

Words are folded: lower case, straight apostrophes, no possessive; a hyphen parts words as a space
does. Offsets point into the text as it is, so that evidence can be shown word for word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

_WORD = re.compile(r"[^\W_]+(?:['\u2019\u02bc][^\W_]+)*['\u2019]?")
# A sentence ends at a stop with white space and a capital or a figure behind it; a line always
# ends one, since blocks of a text are lines. One class of characters begins both: so the engine
# skips to the next of them, in a quarter of the time that two branches take.
_SENTENCE_END = re.compile(
    r"[.!?…\n](?:(?<=\n)\n*"
    r"|(?<!\n)[.!?…]*[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9£$€]))"
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

    `sentences` numbers the sentence of each word, the title being number 0. `firsts` gives the
    first word of each sentence, `spans` its offsets: into the title for number 0, into the text for
    the others.
    """

    told: Told
    folded: tuple[str, ...]
    exact: tuple[str, ...]
    sentences: tuple[int, ...]
    firsts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    in_title: int
    # Offsets of the words of each sentence that was asked for: few words are evidence of anything.
    _offsets: dict[int, list[tuple[int, int]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def place(self, at: int) -> Place:
        """Where the word at that index stands."""
        if at < self.in_title:
            return Place.TITLE
        return Place.LEAD if at < self.in_title + LEAD_WORDS else Place.BODY

    def quote(self, at: int) -> str:
        """The sentence of the word at that index, as it is written, on one line."""
        start, end = self.spans[self.sentences[at]]
        return " ".join(self._whole(at)[start:end].split())

    def span(self, at: int, end: int) -> tuple[int, int]:
        """Offsets of the words from one index up to another, both in the title or in the text."""
        return self._offset(at)[0], self._offset(end - 1)[1]

    def written(self, at: int, end: int) -> str:
        """These words as they are written, on one line."""
        start, stop = self.span(at, end)
        return " ".join(self._whole(at)[start:stop].split())

    def _whole(self, at: int) -> str:
        return self.told.title if at < self.in_title else self.told.text

    def _offset(self, at: int) -> tuple[int, int]:
        sentence = self.sentences[at]
        if sentence not in self._offsets:
            found = _WORD.finditer(self._whole(at), *self.spans[sentence])
            self._offsets[sentence] = [word.span() for word in found]
        return self._offsets[sentence][at - self.firsts[sentence]]


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
    exact = _WORD.findall(told.title)
    in_title = len(exact)
    sentences, firsts, spans = [0] * in_title, [0], [(0, len(told.title))]
    for start, end in _sentence_spans(told.text):
        # No word goes over the end of a sentence: white space stands there.
        if words := _WORD.findall(told.text, start, end):
            sentences += [len(spans)] * len(words)
            firsts.append(len(exact))
            spans.append((start, end))
            exact += words
    return Words(
        told=told,
        folded=tuple([word if word.isalnum() else fold(word) for word in map(str.lower, exact)]),
        exact=tuple(exact),
        sentences=tuple(sentences),
        firsts=tuple(firsts),
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
