"""Which of the records found nearby are worth a whole comparison: a look that costs a tenth of it.

Most of what shares a few fingerprints shares a turn of phrase. The rules of `labels` ask for words
in a row or for likeness; what has neither is told by counting the shared shingles. No copy and no
excerpt is missed by that.
"""

from archive.stories.fingerprints import SHINGLE
from archive.stories.labels import EXCERPT_RUN
from archive.stories.reading import Reading

# Below this likeness two records have at most a topic in common, unless they share passages.
WORTH = 0.2
# So many shared shingles are in the shortest excerpt; of a short text half is enough.
_SHARED, _HALF = EXCERPT_RUN - SHINGLE + 1, 0.5


def is_worth_comparing(reading: Reading, other: Reading, likeness: float) -> bool:
    """Whether comparing two texts can find anything; `likeness` is that of the signatures."""
    if likeness >= WORTH:
        return True
    shared = sum(map(other.firsts.__contains__, reading.shingles))
    least = min(len(reading.firsts), len(other.firsts))
    return shared >= min(_SHARED, _HALF * least) and shared > 0
