"""A text made ready to be compared: read once, compared often."""

from dataclasses import dataclass

from archive.stories.features import features, number_of
from archive.stories.fingerprints import ASKED, KEPT, Shingle, hashes, shingles, winnowed
from archive.stories.values import Told
from archive.stories.words import Words, names, numbers, read_words


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """All that comparing needs of a text; offsets are into its text, the title apart."""

    told: Told
    words: Words
    shingles: tuple[Shingle, ...]
    places: dict[Shingle, tuple[int, ...]]
    counts: dict[int, float]
    names: frozenset[str]
    numbers: frozenset[str]

    def fingerprints(self) -> tuple[frozenset[int], frozenset[int]]:
        """The fingerprints that are kept of the text, and those by which others are asked for."""
        numbers = hashes(self.shingles)
        return winnowed(numbers, KEPT), winnowed(numbers, ASKED)


# Where one shingle stands more often than this, the text repeats itself.
_MOST_PLACES = 6


def read(told: Told) -> Reading:
    """Read a text."""
    words, title = read_words(told.text), read_words(told.title)
    in_rows = shingles(words.folded)
    places: dict[Shingle, tuple[int, ...]] = {}
    for at, shingle in enumerate(in_rows):
        found = places.setdefault(shingle, (at,))
        if found[0] != at and len(found) < _MOST_PLACES:
            places[shingle] = (*found, at)
    return Reading(
        told=told,
        words=words,
        shingles=in_rows,
        places=places,
        counts={number_of(term): count for term, count in features(title, words).items()},
        names=names(told.text),
        numbers=numbers(told.text),
    )
