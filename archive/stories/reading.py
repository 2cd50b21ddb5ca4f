"""A text made ready to be compared: read once, compared often."""

from collections import defaultdict
from dataclasses import dataclass

from archive.stories.features import features, number_of
from archive.stories.fingerprints import shingles, winnowed
from archive.stories.values import Told
from archive.stories.words import Words, names, numbers, read_words


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """All that comparing needs of a text; offsets are into its text, the title apart."""

    told: Told
    words: Words
    shingles: tuple[int, ...]
    places: dict[int, tuple[int, ...]]
    counts: dict[int, float]
    names: frozenset[str]
    numbers: frozenset[str]

    @property
    def fingerprints(self) -> frozenset[int]:
        """The winnowed shingles."""
        return winnowed(self.shingles)


# Where one shingle stands more often than this, the text repeats itself.
_MOST_PLACES = 6


def read(told: Told) -> Reading:
    """Read a text."""
    words, title = read_words(told.text), read_words(told.title)
    hashes = shingles(words.folded)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for at, value in enumerate(hashes):
        if len(places[value]) < _MOST_PLACES:
            places[value].append(at)
    return Reading(
        told=told,
        words=words,
        shingles=hashes,
        places={value: tuple(found) for value, found in places.items()},
        counts={number_of(term): count for term, count in features(title, words).items()},
        names=names(told.text),
        numbers=numbers(told.text),
    )
