"""Fingerprints of a text: which five words stand together, thinned so that copies still meet.

Winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003) keeps the least of each so many shingles in
a row. A record is kept by the least of `KEPT` and asked for by the least of `ASKED`: what is least
of many in a row is least of few too, so any two texts that share `SHINGLE + KEPT - 1` words in a
row share a fingerprint, and half as many rows are kept as by windows of `ASKED`.
"""

import hashlib
from collections import deque
from collections.abc import Sequence

SHINGLE = 5
KEPT, ASKED = 8, 4
# Of 32 bits one look-up in 60 meets a stranger's fingerprint in an archive of a million records
# (70 of each); a record is compared when two meet.
_BYTES = 4

Shingle = tuple[str, ...]


def shingles(folded: Sequence[str]) -> tuple[Shingle, ...]:
    """Each five words in a row, by the place of the first."""
    return tuple(zip(*(folded[at:] for at in range(SHINGLE)), strict=False))


def hashes(told: Sequence[Shingle]) -> tuple[int, ...]:
    """A number of 32 bits, with a sign, for each shingle."""
    blake = hashlib.blake2b
    return tuple(
        int.from_bytes(blake(" ".join(words).encode(), digest_size=_BYTES).digest(), signed=True)
        for words in told
    )


def winnowed(numbers: Sequence[int], window: int) -> frozenset[int]:
    """The least number of each window; of a text shorter than one window, the least of all."""
    if len(numbers) <= window:
        return frozenset([min(numbers)] if numbers else [])
    kept = set()
    # Indexes of numbers that are less than all behind them in the window, the least first.
    least: deque[int] = deque()
    for at, value in enumerate(numbers):
        while least and numbers[least[-1]] >= value:
            least.pop()
        least.append(at)
        if least[0] <= at - window:
            least.popleft()
        if at >= window - 1:
            kept.add(numbers[least[0]])
    return frozenset(kept)
