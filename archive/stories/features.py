"""What a text is about, as weighted terms: stems, names and figures; the lead counts double.

The weights are TF-IDF. How often a term is in any text comes from the archive, and while that is
small, from a table of common English stems, so that the first records are judged as the last.
"""

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from archive.stories.words import Words, fold, stems_of

# Words of the lead; what stands there, and in the title, counts double.
LEAD = 100
# Terms of a signature: 40 tell less of which event it is (B-cubed of ECB+ .02 lower).
TERMS = 80
NAME, NUMBER = "N:", "#"


def features(title: Words, text: Words) -> Counter[str]:
    """How often each stem, name and figure is told.

    Telephone numbers are left out: one helpline stands below articles of many events.
    """
    # Of a few hundred words of a text, most are told more than once: each is looked at once.
    told: Counter[str] = Counter()
    for words, boosted in ((title, len(title.exact)), (text, LEAD)):
        exact = without_telephones(words)
        told.update(exact)
        told.update(exact[:boosted])
    lower = {fold(word) for word in told if word[:1].islower()}
    counts: Counter[str] = Counter()
    for word, term in zip(told, stems_of(told), strict=True):
        if not term:
            continue
        weight, first = told[word], word[0]
        counts[term] = counts.get(term, 0) + weight
        if first.isdigit():
            counts[NUMBER + term] += weight
        elif first.isupper() and fold(word) not in lower:
            counts[NAME + term] += weight
    return counts


def without_telephones(words: Words) -> Sequence[str]:
    """The words as they are told, those of telephone numbers empty."""
    if not has_telephones({*words.stems}):
        return words.exact
    exact, dialled = [*words.exact], False
    for at, term in enumerate(words.stems):
        dialled = exact[at][0].isdigit() and (dialled or _begins_dialling(term))
        if dialled:
            exact[at] = ""
    return exact


def told_stems(title: Words, text: Words) -> frozenset[str]:
    """The terms of a text that are neither names nor figures."""
    stems = frozenset([*title.stems, *text.stems])
    if has_telephones(stems):
        exact = (*without_telephones(title), *without_telephones(text))
        stems = frozenset(stems_of(exact))
    return stems - {""}


def has_telephones(stems: AbstractSet[str]) -> bool:
    """Whether any of these begins as a telephone number does."""
    return any(_begins_dialling(term) for term in stems if term[:1] == "0")


def _begins_dialling(term: str) -> bool:
    return term[:1] == "0" and len(term) >= len("020")


def numbers_of(terms: Iterable[str]) -> Iterator[int]:
    """Terms as the numbers that the tables know them by."""
    return map(number_of, terms)


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
        return self.rarities([term])[0]

    def rarities(self, terms: Iterable[int]) -> list[float]:
        """The same of several terms."""
        texts, seen, prior = self.total + PRIOR_TEXTS + 1, self.seen.get, self.prior.get
        return [
            math.log(texts / (seen(term, 0) + PRIOR_TEXTS * prior(term, 0.0) + 1)) for term in terms
        ]


# The table of common stems counts as so many texts.
PRIOR_TEXTS = 1000


def vector(counts: Mapping[int, float], weights: Weights, terms: int = TERMS) -> dict[int, float]:
    """The heaviest terms with their weight, of length 1."""
    rarities = weights.rarities(counts)
    # Negative, so that the heaviest are the first, and of equals the lowest number.
    best = sorted(
        [
            (-(1 + math.log(count)) * rarity, term)
            for (term, count), rarity in zip(counts.items(), rarities, strict=True)
        ]
    )[:terms]
    length = math.sqrt(sum(weight * weight for weight, _ in best)) or 1.0
    return {term: -weight / length for weight, term in best}


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
