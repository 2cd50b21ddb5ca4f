"""Fingerprints of a text: which five words stand together, thinned so that copies still meet.

Winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003) keeps the least of each `WINDOW` shingles
in a row, so that any two texts that share `SHINGLE + WINDOW - 1` words in a row share a
fingerprint, wherever those stand.
"""

import hashlib
from collections import deque
from collections.abc import Sequence

SHINGLE = 5
WINDOW = 4
_MASK = (1 << 63) - 1


def shingles(folded: Sequence[str]) -> tuple[int, ...]:
    """A 63-bit number for each five words in a row, by the place of the first."""
    return tuple(
        int.from_bytes(
            hashlib.blake2b(" ".join(folded[at : at + SHINGLE]).encode(), digest_size=8).digest()
        )
        & _MASK
        for at in range(len(folded) - SHINGLE + 1)
    )


def winnowed(hashes: Sequence[int], window: int = WINDOW) -> frozenset[int]:
    """The least hash of each window; of a text shorter than one window, the least of all."""
    if len(hashes) <= window:
        return frozenset([min(hashes)] if hashes else [])
    kept = set()
    # Indexes of hashes that are less than all behind them in the window, the least first.
    least: deque[int] = deque()
    for at, value in enumerate(hashes):
        while least and hashes[least[-1]] >= value:
            least.pop()
        least.append(at)
        if least[0] <= at - window:
            least.popleft()
        if at >= window - 1:
            kept.add(hashes[least[0]])
    return frozenset(kept)
