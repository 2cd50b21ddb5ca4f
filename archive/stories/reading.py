"""A text made ready to be compared: read once, compared often."""

from dataclasses import dataclass
from functools import cached_property

from archive.stories.features import features, number_of, without_telephones
from archive.stories.fingerprints import ASKED, KEPT, Shingle, hashes, shingles, winnowed
from archive.stories.values import Told
from archive.stories.words import Words, names, numbers, read_words, stem

# Where one shingle stands more often than this, the text repeats itself.
_MOST_PLACES = 6


# No slots: what few texts are asked for is read when it is asked for first, and kept.
@dataclass(frozen=True, kw_only=True)
class Reading:
    """All that comparing needs of a text; offsets are into its text, the title apart."""

    told: Told
    words: Words
    title: Words

    @cached_property
    def shingles(self) -> tuple[Shingle, ...]:
        """Each five words in a row."""
        return shingles(self.words.folded)

    @cached_property
    def places(self) -> dict[Shingle, tuple[int, ...]]:
        """Where each five words in a row stand, the first few places."""
        in_rows = self.shingles
        last = len(in_rows) - 1
        places: dict[Shingle, tuple[int, ...]]
        places = dict(zip(reversed(in_rows), zip(range(last, -1, -1)), strict=True))
        if len(places) < len(in_rows):
            for at, shingle in enumerate(in_rows):
                found = places[shingle]
                if found[0] != at and len(found) < _MOST_PLACES:
                    places[shingle] = (*found, at)
        return places

    @cached_property
    def counts(self) -> dict[int, float]:
        """How much is told of each term, by its number."""
        told = features(self.title, self.words)
        return {number_of(term): count for term, count in told.items()}

    @cached_property
    def stems(self) -> frozenset[str]:
        """The terms among them that are neither names nor figures."""
        told = (*without_telephones(self.title), *without_telephones(self.words))
        return frozenset(filter(None, map(stem, told)))

    @cached_property
    def names(self) -> frozenset[str]:
        """What the text names."""
        return names(self.told.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The figures of the text."""
        return numbers(self.told.text)

    def fingerprints(self) -> tuple[frozenset[int], frozenset[int]]:
        """The fingerprints that are kept of the text, and those by which others are asked for."""
        return self._fingerprints

    @cached_property
    def _fingerprints(self) -> tuple[frozenset[int], frozenset[int]]:
        numbers = hashes(self.words.folded)
        return winnowed(numbers, KEPT), winnowed(numbers, ASKED)


def read(told: Told) -> Reading:
    """Read a text."""
    return Reading(told=told, words=read_words(told.text), title=read_words(told.title))
