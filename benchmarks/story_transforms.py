"""What copyists do to an article, seeded; and text that is like news and tells nothing.

Spinning replaces words by a stand-in that is the same everywhere, for four fifths of them: what
a thesaurus does, seen from a program that compares words. It is one spinner: real ones differ.
"""

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence

_WORD = re.compile(r"\b[a-z]{4,}\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_KEPT = frozenset(
    {"that", "with", "from", "have", "this", "they", "were", "their", "which", "said", "when"}
)
_SYLLABLES = ("ban", "cor", "del", "fim", "gar", "hul", "jor", "kem", "lup", "mar", "nis", "pov")
_FRAME = (
    "Readers of this page asked for more of what others write, and here it is. ",
    "Our own view of all that is to be found further down on this invented page. ",
    "What follows was chosen by hand and has been of use to many before you. ",
    "Tell us what you make of it, and which question you would have put instead. ",
)


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def verbatim(text: str, chance: random.Random) -> str:
    """The same words, other quotation marks and white space."""
    del chance
    return text.replace("\n", "\n\n").replace('"', "\u201d").replace("'", "\u2019")


def excerpt(text: str, chance: random.Random) -> str:
    """35 to 65 % of the sentences in a row, between sentences of another hand."""
    parts = sentences(text)
    count = max(3, round(len(parts) * chance.uniform(0.35, 0.65)))
    first = chance.randrange(max(1, len(parts) - count))
    return " ".join([_FRAME[0], *parts[first : first + count], _FRAME[3]])


def quote(text: str, chance: random.Random) -> str:
    """Two to four sentences in a row of at least 40 words, in a page about something else."""
    parts = sentences(text)
    count = chance.randint(2, 4)
    starts = [at for at in range(len(parts)) if _words(parts[at : at + count]) >= _LEAST]
    first = chance.choice(starts) if starts else 0
    return " ".join([*_FRAME, *parts[first : first + count], *_FRAME[:2]])


def spun(text: str, chance: random.Random, *, share: float = 0.65) -> str:
    """Words by other words: `share` of those that have a stand-in."""

    def swap(found: re.Match[str]) -> str:
        word = found[0]
        has_one = word not in _KEPT and zlib.crc32(word.encode()) % 5
        return _stand_in(word) if has_one and chance.random() < share else word

    return _WORD.sub(swap, text)


def revision(text: str, chance: random.Random) -> str:
    """One sentence in eight left out, one in ten put otherwise, a line of correction."""
    kept = []
    for part in sentences(text):
        fate = chance.random()
        if fate < 1 / 8:
            continue
        kept.append(spun(part, chance) if fate < 1 / 8 + 0.1 else part)
    return " ".join([*kept, "This article was corrected after it had been published."])


TRANSFORMS: dict[str, Callable[[str, random.Random], str]] = {
    "verbatim": verbatim,
    "excerpt": excerpt,
    "quote": quote,
    "spun 40 %": lambda text, chance: spun(text, chance, share=0.4),
    "spun 65 %": spun,
    "revision": revision,
}
_LEAST = 40


def _words(parts: Sequence[str]) -> int:
    return sum(len(part.split()) for part in parts)


def _stand_in(word: str) -> str:
    number = zlib.crc32(word.encode())
    made = "".join(_SYLLABLES[(number >> shift) % len(_SYLLABLES)] for shift in (3, 9, 15))
    ending = next((end for end in ("ing", "ed", "s") if word.endswith(end)), "")
    return made + ending


class Background:
    """Markov text of order 2 after real articles: their words, their word order, no story."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self._chance = random.Random(seed)
        self._next: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for text in texts:
            words = text.split()
            for one, two, three in zip(words, words[1:], words[2:], strict=False):
                self._next[one, two].append(three)
        self._starts = [pair for pair in self._next if pair[0][:1].isupper()]

    def text(self) -> str:
        """A text of 120 to 400 words."""
        wanted = self._chance.randint(120, 400)
        words = [*self._chance.choice(self._starts)]
        while len(words) < wanted:
            choices = self._next.get((words[-2], words[-1]))
            words += (
                [self._chance.choice(choices)] if choices else self._chance.choice(self._starts)
            )
        return " ".join(words)
