"""What a published copy says of an article: never a whole sentence of any text that is kept.

A sentence, here, goes from where one begins to the next end: the end of a line; a stop with white
space behind it, closing marks between; a stop of a script that needs no space. It has four words
or twenty letters; what has less is read together with what follows. Abbreviations are not told from
ends: so of each sentence of `archive.comparing` that is so long, one of these is a part. It stands
in an excerpt when its letters and figures do, in a row, whatever their case, from where a word
begins: spaces, marks and tags between them hide nothing. A title is a title, even where a text
repeats it.
"""

import re
import unicodedata
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice, pairwise
from zlib import crc32

from archive.excerpts import ELLIPSIS, beginning

FEWEST_WORDS = 4
ENOUGH_LETTERS = 20

# Of Unicode's Sentence_Terminal (PropList.txt), those of scripts that news is written in. A Latin
# one in the middle of a word is part of a number, of an address, of `U.S.`
_LATIN_STOPS = ".!?\u2026\u203c\u203d\u2047-\u2049"
_OTHER_STOPS = (
    "\u0589\u061d-\u061f\u06d4\u0964\u0965\u104a\u104b\u1362\u1367\u1368\u17d4\u17d5\u1803"
    "\u3002\uff01\uff0e\uff1f\uff61"
)
_CLOSING = "\"'`)\\]}\u2019\u201c\u201d\u00ab\u00bb\u203a\u300d\u300f\uff09"
_LINE_ENDS = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_END = re.compile(rf"[{_LATIN_STOPS}]+[{_CLOSING}]*\s+|[{_OTHER_STOPS}{_LINE_ENDS}]+")
# Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = (
    "\u0e01-\u0eff\u1000-\u1049\u104c-\u109f\u1780-\u17d3\u17d6-\u17ff\u3005-\u3007\u3041-\u30fa"
    "\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(
    rf"[{_UNSPACED}]"
    rf"|[^\W_{_UNSPACED}](?:[^\s{_UNSPACED}{_OTHER_STOPS}]*[^\W_{_UNSPACED}{_OTHER_STOPS}])?"
)
_WORD_ALONE = re.compile(rf"[{_UNSPACED}]")
_RUN = re.compile(r"[^\W_]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# By so many letters at its beginning and at its end a sentence is looked for in all excerpts.
_REACH = 16
# Bits for each word of the longest excerpts: of all sentences one in a hundred is kept in vain.
_BITS = 16
# Characters of a text in which its first sentence ends, if an excerpt may have it.
_FIRST = 1_000


def sentences(text: str) -> Iterator[str]:
    """The letters and figures of each sentence of a text."""
    pieces = [(piece, letters) for piece in _END.split(text) if (letters := _letters(piece))]
    for first in range(len(pieces)):
        words, sentence = 0, ""
        for piece, letters in islice(pieces, first, first + FEWEST_WORDS):
            sentence += letters
            if len(sentence) < ENOUGH_LETTERS:
                words += len(_WORD.findall(piece))
            if len(sentence) >= ENOUGH_LETTERS or words >= FEWEST_WORDS:
                yield sentence
                break


def _letters(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(_RUN.findall(text)).casefold()


def _parts(text: str) -> list[str]:
    """The letters and figures of a text, parted wherever a word may begin."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    runs = _RUN.findall(text)
    return [part.casefold() for run in runs for part in _parted(run)]


def _parted(run: str) -> Iterator[str]:
    if run.isascii() and (run.isdigit() or (run.isalpha() and run[1:].islower())):
        yield run
        return
    # Where tags and spaces got lost, a capital, a figure or a character is a word's beginning.
    start = 0
    for at, (one, other) in enumerate(pairwise(run), 1):
        if (
            (one.islower() and other.isupper())
            or one.isdigit() != other.isdigit()
            or _WORD_ALONE.match(other)
        ):
            yield run[start:at]
            start = at
    yield run[start:]


class Sentences:
    """The sentences of any number of texts, of which those are kept that excerpts may have in them.

    First tell every excerpt that there may be (`expect`; `excerpts` is about how many), then every
    text (`read`). Memory grows with the excerpts, and with sentences of a few letters.
    """

    def __init__(self, excerpts: int) -> None:
        self._bits = bytearray(1 << (max(excerpts, 1) * 50 * _BITS // 8).bit_length())
        self._kept: defaultdict[str, set[str]] = defaultdict(set)
        self._short: set[str] = set()

    def expect(self, excerpt: str) -> None:
        """Look for the sentences of this excerpt in all texts that are read from now on."""
        letters, places = _laid_out(excerpt)
        for place in places:
            for piece in (letters[place : place + _REACH], letters[max(place - _REACH, 0) : place]):
                byte, bit = self._place(piece)
                self._bits[byte] |= bit

    def read(self, texts: Iterable[str]) -> None:
        """Keep the sentences of texts that may stand in an excerpt."""
        for text in texts:
            for sentence in sentences(text):
                first = sentence[:_REACH]
                if len(sentence) < _REACH:
                    self._short.add(sentence)
                elif self._is_expected(first) and self._is_expected(sentence[-_REACH:]):
                    self._kept[first].add(sentence)

    def _is_expected(self, piece: str) -> bool:
        byte, bit = self._place(piece)
        return bool(self._bits[byte] & bit)

    def _place(self, piece: str) -> tuple[int, int]:
        number = crc32(piece.encode())
        return (number >> 3) % len(self._bits), 1 << (number & 7)

    def are_in(self, excerpt: str) -> bool:
        """Whether a whole sentence of a text stands in an excerpt."""
        letters, places = _laid_out(excerpt)
        return any(
            letters.startswith(sentence, place)
            for place in places
            for sentence in self._kept.get(letters[place : place + _REACH], ())
        ) or any(
            letters[place:end] in self._short
            for number, place in enumerate(places)
            # Each has a letter, so that no more of them are as near.
            for end in places[number : number + _REACH]
        )

    def broken_off(self, excerpt: str) -> str:
        """As much of the beginning of an excerpt as has no whole sentence of a text in it."""
        words = excerpt.split(" ")
        # With every word more it has what it had before.
        first = bisect(
            range(len(words)), 0, key=lambda last: self.are_in(" ".join(words[: last + 1]))
        )
        return " ".join(words[:first])


def _laid_out(text: str) -> tuple[str, list[int]]:
    """The letters and figures of a text, and the places where a word may begin or end."""
    parts = _parts(text)
    return "".join(parts), [*accumulate(map(len, parts), initial=0)]


def opening(text: str, most: int) -> str:
    """The beginning of a text, broken off before the first end of a sentence; without an ellipsis.

    `most` is how many characters the page lets others quote (`archive.excerpts.allowed`).
    """
    start = beginning(text, most)
    own = Sentences(1)
    own.expect(start)
    # Where more than white space makes it longer, `published_excerpt` breaks it off.
    own.read([text[:_FIRST]])
    return own.broken_off(start)


def summary(description: str, title: str, text: str, most: int) -> str:
    """What a publisher says of an article, within the same bounds; empty when it tells nothing.

    What is shorter than a sentence, or stands in the title, tells nothing.
    """
    whole = " ".join(_TAG.sub(" ", description).split())
    if not any(sentences(whole)) or _letters(whole) in _letters(title):
        return ""
    kept = beginning(whole, most, of=text)
    return kept if kept == whole or not kept else kept + ELLIPSIS


def published_excerpt(said: str, begun: str, kept: Sentences) -> str:
    """The excerpt of an article: its summary where no sentence stands in it, else its opening.

    `kept` has read every text of the archive.
    """
    if said and not kept.are_in(said):
        return said
    start = kept.broken_off(begun)
    return start + ELLIPSIS if start else ""
