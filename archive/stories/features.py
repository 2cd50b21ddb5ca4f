"""What a text is about, as weighted terms: stems, names and figures; the lead counts double.

The weights are TF-IDF. How often a term is in any text comes from the archive, and while that is
small, from a table of common English stems, so that the first records are judged as the last.
"""

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from archive.stories.words import Words

# Words of the lead; what stands there, and in the title, counts double.
LEAD = 100
# Terms of a signature: 40 tell less of which event it is (B-cubed of ECB+ .02 lower).
TERMS = 80
NAME, NUMBER = "N:", "#"


def features(title: Words, text: Words) -> Counter[str]:
    """How often each stem, name and figure is told.

    Telephone numbers are left out: one helpline stands below articles of many events.
    """
    counts: Counter[str] = Counter()
    lower = {word for words in (title, text) for word in _lower_words(words)}
    for words, boosted in ((title, len(title.stems)), (text, LEAD)):
        dialled = False
        for at, term in enumerate(words.stems):
            first = words.text[words.starts[at]]
            dialled = first.isdigit() and (dialled or _begins_dialling(term))
            if not term or dialled:
                continue
            weight = 2 if at < boosted else 1
            counts[term] += weight
            if first.isdigit():
                counts[NUMBER + term] += weight
            elif first.isupper() and words.folded[at] not in lower:
                counts[NAME + term] += weight
    return counts


def _begins_dialling(term: str) -> bool:
    return term.startswith("0") and len(term) >= len("020")


def _lower_words(words: Words) -> Iterable[str]:
    return (
        folded
        for folded, start in zip(words.folded, words.starts, strict=True)
        if words.text[start].islower()
    )


@lru_cache(maxsize=50_000)
def number_of(term: str) -> int:
    """A term as the number that the tables know it by: 31 bits, which SQLite keeps in 4 bytes."""
    return zlib.crc32(term.encode()) >> 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """How rare terms are: `seen` says in how many of `total` texts each was, by its number."""

    total: int = 0
    seen: Mapping[int, int] = field(default_factory=dict)
    prior: Mapping[int, float] = field(default_factory=dict)

    def rarity(self, term: int) -> float:
        """The inverse document frequency of a term, natural logarithm."""
        told = self.seen.get(term, 0) + PRIOR_TEXTS * self.prior.get(term, 0.0)
        return math.log((self.total + PRIOR_TEXTS + 1) / (told + 1))


# The table of common stems counts as so many texts.
PRIOR_TEXTS = 1000


def vector(counts: Mapping[int, float], weights: Weights, terms: int = TERMS) -> dict[int, float]:
    """The heaviest terms with their weight, of length 1."""
    weighed = {term: (1 + math.log(count)) * weights.rarity(term) for term, count in counts.items()}
    best = sorted(weighed.items(), key=lambda item: (-item[1], item[0]))[:terms]
    length = math.sqrt(sum(weight * weight for _, weight in best)) or 1.0
    return {term: weight / length for term, weight in best}


def cosine(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """How alike two vectors of length 1 are, from 0 to 1."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[term] for term, weight in one.items() if term in other)


@cache
def common_terms() -> Mapping[int, float]:
    """The share of articles that has each common term, by the term's number.

    Of English news, and of news of this field where that is more: two articles are not of one event
    because both speak of children, schools and messages.
    """
    shares: dict[int, float] = {}
    for name in ("common_terms.txt", "field_terms.txt"):
        text = files("archive.stories").joinpath(name).read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("# "):
                share, *terms = line.split(" ")
                told = int(share) / 1000
                shares.update((n, max(told, shares.get(n, 0.0))) for n in map(number_of, terms))
    return shares
