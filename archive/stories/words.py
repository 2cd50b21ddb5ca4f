"""A text as it is compared: words that know where they stand, sentences, quotations, names.

Words are folded for comparing (NFKC, lower case, no apostrophes); all offsets point into the text
as it is kept, so that evidence can be shown word for word.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive.stories.common_words import STOP_WORDS

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
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
_ENDINGS = (
    *("ingly", "edly", "ments", "ment", "ings", "ing", "ers", "ed", "er", "es", "ly", "s", "e"),
)
_SHORTEST_STEM = 4


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A text read once: one entry of `folded`, `starts`, `ends`, `stems` and `quoted` a word.

    A stem is empty for a stop word. `quotations` are what stands in quotation marks.
    """

    text: str
    folded: tuple[str, ...]
    stems: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    quoted: tuple[bool, ...]
    sentences: tuple[Sentence, ...]
    quotations: tuple[Span, ...]

    def span(self, first: int, count: int) -> Span:
        """The characters of `count` words from the one at index `first`."""
        return Span(self.starts[first], self.ends[first + count - 1])


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """A word as fingerprints see it."""
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word)
    return word.lower().replace("\u2019", "").replace("'", "")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word, empty for a stop word; lighter than Porter, and fast.

    Only the commonest English endings go: a stem has to be the same for the forms of a word, not
    to be its root.
    """
    word = word.lower().replace("\u2019", "'")
    bare = word.removesuffix("'s").replace("'", "")
    if word in STOP_WORDS or bare in STOP_WORDS or (len(bare) < 2 and not bare.isdigit()):  # noqa: PLR2004 - a single letter says nothing
        return ""
    if bare.isdigit():
        return bare
    return _without_ending(bare)


def _without_ending(word: str) -> str:
    for ending, put in (("sses", "ss"), ("ies", "y"), ("ied", "y")):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM - 1:
            return word.removesuffix(ending) + put
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            if not (ending == "s" and word.endswith("ss")):
                word = word.removesuffix(ending)
            break
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "ls":
        return word[:-1]
    return word


def folded_words(text: str) -> list[str]:
    """The words of a text as fingerprints see them, and nothing else of it."""
    return [*map(fold, _WORD.findall(text))]


def read_words(text: str) -> Words:
    """Read a text."""
    found = [*_WORD.finditer(text)]
    starts = tuple(word.start() for word in found)
    exact = [word[0] for word in found]
    stems = tuple(map(stem, exact))
    quotations = tuple(Span(*mark.span()) for mark in _QUOTATION.finditer(text))
    quoted = [False] * len(found)
    for quotation in quotations:
        first, last = bisect_left(starts, quotation.start), bisect_left(starts, quotation.end)
        quoted[first:last] = [True] * (last - first)
    return Words(
        text=text,
        folded=tuple(map(fold, exact)),
        stems=stems,
        starts=starts,
        ends=tuple(word.end() for word in found),
        quoted=tuple(quoted),
        sentences=tuple(_sentences(text, starts, stems, quoted)),
        quotations=quotations,
    )


def _sentences(
    text: str, starts: tuple[int, ...], stems: tuple[str, ...], quoted: list[bool]
) -> Iterator[Sentence]:
    begin = first = 0
    ends = [end.end() for end in _SENTENCE_END.finditer(text)]
    for end in [*ends, len(text)]:
        last = bisect_left(starts, end, first)
        if last > first:
            piece = text[begin:end]
            kept = end - (len(piece) - len(piece.rstrip()))
            yield Sentence(
                span=Span(begin + len(piece) - len(piece.lstrip()), kept),
                first=first,
                last=last,
                terms=frozenset(filter(None, stems[first:last])),
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
    found = []
    for name in _NAME.finditer(text):
        before = text[: name.start()].rstrip(" \"'\u201c\u2018`(")
        opens = not before or before[-1] in ".!?:\n\u201d\u2019\u2026"
        words = re.sub(r"['\u2019]s?$", "", name[0]).split()
        if opens and len(words) == 1:
            continue
        if stem(words[0]) == "":
            words = words[1:]
        if words:
            found.append(" ".join(words))
    return frozenset(found)
