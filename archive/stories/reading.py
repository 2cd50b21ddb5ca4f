"""A text made ready to be compared: read once, compared often."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from archive.stories.features import features, numbers_of, told_stems
from archive.stories.fingerprints import ASKED, KEPT, Shingle, hashes, shingles, winnowed
from archive.stories.values import Told
from archive.stories.words import Words, names, numbers, read_words

# Where one shingle stands more often than this, the text repeats itself.
_MOST_REPEATS = 5


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
    def firsts(self) -> dict[Shingle, int]:
        """Where each five words in a row stand first."""
        in_rows = self.shingles
        return dict(zip(reversed(in_rows), range(len(in_rows) - 1, -1, -1), strict=True))

    @cached_property
    def repeats(self) -> dict[Shingle, tuple[int, ...]]:
        """Where those stand that stand more than once: the first few places, all but the first."""
        repeats: dict[Shingle, tuple[int, ...]] = {}
        if len(self.firsts) < len(self.shingles):
            for at, shingle in enumerate(self.shingles):
                found = repeats.get(shingle, ())
                if self.firsts[shingle] != at and len(found) < _MOST_REPEATS:
                    repeats[shingle] = (*found, at)
        return repeats

    @cached_property
    def counts(self) -> dict[int, float]:
        """How much is told of each term, by its number."""
        told = features(self.title, self.words)
        return dict(zip(numbers_of(told), told.values(), strict=True))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The terms among them that are neither names nor figures."""
        return told_stems(self.title, self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the text names."""
        return names(self.told.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The figures of the text."""
        return numbers(self.told.text)

    @cached_property
    def _hashes(self) -> tuple[int, ...]:
        return hashes(self.shingles)

    def fingerprints(self) -> tuple[frozenset[int], frozenset[int]]:
        """The fingerprints that are kept of the text, and those by which others are asked for."""
        return winnowed(self._hashes, KEPT), winnowed(self._hashes, ASKED)

    def kept_of_copies(self, copies: Sequence["Reading"]) -> frozenset[int]:
        """The fingerprints that are kept of copies of the text; what they share is not hashed."""
        known = dict(zip(self.shingles, self._hashes, strict=True))
        found: set[int] = set()
        for copy in copies:
            new = [shingle for shingle in copy.firsts if shingle not in known]
            known.update(zip(new, hashes(new), strict=True))
            found |= winnowed([known[shingle] for shingle in copy.shingles], KEPT)
        return frozenset(found)


def read(told: Told) -> Reading:
    """Read a text."""
    return Reading(told=told, words=read_words(told.text), title=read_words(told.title))
