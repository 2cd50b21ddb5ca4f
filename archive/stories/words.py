"""A text as it is compared: words that know where they stand, sentences, quotations, names.

Words are folded for comparing (NFKC, lower case, no apostrophes); all offsets point into the text
as it is kept, so that evidence can be shown word for word.
"""

import re
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from typing import TypeVar

from archive.stories.common_words import STOP_WORDS

_WORD = re.compile(r"([^\W_]+(?:['\u2019][^\W_]+)*)")
# A line ends a sentence; so does a stop with white space and a capital or a figure behind it.
_SENTENCE_END = re.compile(
    # Its first character alone first: it is looked for at every character of a text.
    r"[.!?\u2026\n](?:(?<=\n)\n*|(?<!\n)"
    r"(?<!\b[A-Z].)(?<!\bMr.)(?<!\bMs.)(?<!\bDr.)(?<!\bSt.)(?<!\bMrs.)(?<!\bNo.)[.!?\u2026]*"
    r"[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018`(\[]?[A-Z0-9\u00a3$\u20ac]))"
)
# Double quotation marks only: single ones cannot be told from apostrophes.
_QUOTATION = re.compile(
    r"\u201c[^\u201c\u201d\n]{15,1500}[\u201d\n]|\"[^\"\n]{15,1500}\"|``[^`\n]{15,1500}?(?:''|``|\n)"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CAPITAL = r"[A-Z\u00c0-\u00dd][\w'\u2019-]*"
_NAME = re.compile(rf"{_CAPITAL}(?:(?: +| *& *| +and +){_CAPITAL})*")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_ENDINGS = (
    *("ingly", "edly", "ments", "ment", "ings", "ing", "ers", "ed", "er", "es", "ly", "s", "e"),
)
_BY_LAST = {
    last: tuple(ending for ending in _ENDINGS if ending.endswith(last)) for last in "ygstdre"
}
_SHORTEST_STEM = 4
# A single letter says nothing; a single figure does.
_SHORTEST_WORD = 2

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text by its characters: from `start` to before `end`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The piece itself."""
        return text[self.start : self.end]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence: its characters, its words (from `first` to before `last`), what it tells.

    `terms` are stems without stop words; `quoted` is the share of its words in quotation marks.
    """

    span: Span
    first: int
    last: int
    terms: frozenset[str]
    quoted: float


# No slots: what few texts are asked for is read when it is asked for first, and kept.
@dataclass(frozen=True, kw_only=True)
class Words:
    """A text read once: one entry of `exact`, `folded`, `stems`, `starts` and `quoted` a word.

    A stem is empty for a stop word. `quotations` are what stands in quotation marks.
    """

    text: str
    exact: tuple[str, ...]
    folded: tuple[str, ...]
    starts: tuple[int, ...]

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """What each word has in common with its other forms."""
        return tuple(stems_of(self.exact))

    @cached_property
    def quotations(self) -> tuple[Span, ...]:
        """What stands in quotation marks, with them."""
        return tuple(Span(*mark.span()) for mark in _QUOTATION.finditer(self.text))

    @cached_property
    def quoted(self) -> tuple[bool, ...]:
        """Whether a word stands in quotation marks."""
        quoted = [False] * len(self.starts)
        for quotation in self.quotations:
            first, last = map(partial(bisect_left, self.starts), (quotation.start, quotation.end))
            quoted[first:last] = [True] * (last - first)
        return tuple(quoted)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences that have words."""
        return tuple(_sentences(self))

    def span(self, first: int, count: int) -> Span:
        """The characters of `count` words from the one at index `first`."""
        last = first + count - 1
        return Span(self.starts[first], self.starts[last] + len(self.exact[last]))


class Known(dict[str, _T]):
    """What a function gives for words, kept: text is made of few words, told again and again."""

    # More than the words of news; and what is longer than a word is told once.
    _MOST, _LONGEST = 50_000, 50

    def __init__(self, of: Callable[[str], _T]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, word: str) -> _T:
        """Ask the function; for `known[word]`, the only way to ask."""
        found = self._of(word)
        if len(word) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[word] = found
        return found


def fold(word: str) -> str:
    """A word as fingerprints see it."""
    return _FOLDS[word]


def stem(word: str) -> str:
    """The stem of a word, empty for a stop word; lighter than Porter, and fast.

    Only the commonest English endings go: a stem has to be the same for the forms of a word, not
    to be its root.
    """
    return _STEMS[word]


def stems_of(words: Iterable[str]) -> Iterator[str]:
    """The stem of each word."""
    return map(_STEMS.__getitem__, words)


def _fold(word: str) -> str:
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word)
    return word.lower().replace("\u2019", "").replace("'", "")


def _stem(word: str) -> str:
    word = word.lower().replace("\u2019", "'")
    bare = word.removesuffix("'s").replace("'", "")
    if (
        word in STOP_WORDS
        or bare in STOP_WORDS
        or (len(bare) < _SHORTEST_WORD and not bare.isdigit())
    ):
        return ""
    if bare.isdigit():
        return bare
    return _without_ending(bare)


def _without_ending(word: str) -> str:
    for ending, put in (("sses", "ss"), ("ies", "y"), ("ied", "y")):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM - 1:
            return word.removesuffix(ending) + put
    for ending in _BY_LAST.get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            if not (ending == "s" and word.endswith("ss")):
                word = word.removesuffix(ending)
            break
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "ls":
        return word[:-1]
    return word


_FOLDS, _STEMS = Known(_fold), Known(_stem)


def read_words(text: str) -> Words:
    """Read a text."""
    # What is between the words, and the words, in turn.
    parts = _WORD.split(text)
    # One word is told again and again, here and in other texts: it is kept once.
    exact = tuple(map(sys.intern, parts[1::2]))
    return Words(
        text=text,
        exact=exact,
        folded=tuple(map(_FOLDS.__getitem__, exact)),
        starts=tuple(accumulate(map(len, parts)))[:-1:2],
    )


def _sentences(words: Words) -> Iterator[Sentence]:
    text, quoted = words.text, words.quoted if words.quotations else ()
    begin = first = 0
    ends = [end.end() for end in _SENTENCE_END.finditer(text)]
    for end in [*ends, len(text)]:
        last = bisect_left(words.starts, end, first)
        if last > first:
            piece = text[begin:end]
            kept = end - (len(piece) - len(piece.rstrip()))
            yield Sentence(
                span=Span(begin + len(piece) - len(piece.lstrip()), kept),
                first=first,
                last=last,
                terms=frozenset(filter(None, words.stems[first:last])),
                quoted=sum(quoted[first:last]) / (last - first),
            )
        begin, first = end, last


def numbers(text: str) -> frozenset[str]:
    """The figures of a text, thousands without their commas."""
    return frozenset(found[0].replace(",", "") for found in _NUMBER.finditer(text))


def names(text: str) -> frozenset[str]:
    """What a text names: runs of words with capitals, but for the first word of a sentence.

    A word that begins a sentence counts when it stands with a capital elsewhere too.
    """
    found = set()
    for name in _NAME.finditer(text):
        words = (_POSSESSIVE.sub("", name[0]) if _may_possess(name[0]) else name[0]).split()
        if len(words) == 1 and _opens(text, name.start()):
            continue
        if stem(words[0]) == "":
            words = words[1:]
        if words:
            found.add(" ".join(words))
    return frozenset(found)


def _may_possess(name: str) -> bool:
    return "'" in name or "\u2019" in name


def _opens(text: str, at: int) -> bool:
    """Whether a sentence begins at a place."""
    while at and text[at - 1] in " \"'\u201c\u2018`(":
        at -= 1
    return not at or text[at - 1] in ".!?:\n\u201d\u2019\u2026"
