"""Fingerprints of a text: which five words stand together, thinned so that copies still meet.

Winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003) keeps the least of each so many shingles in
a row. A record is kept by the least of `KEPT` and asked for by the least of `ASKED`: what is least
of many in a row is least of few too, so any two texts that share `SHINGLE + KEPT - 1` words in a
row share a fingerprint, and half as many rows are kept as by windows of `ASKED`.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence

SHINGLE = 5
KEPT, ASKED = 8, 4
# Of 32 bits one look-up in 60 meets a stranger's fingerprint in an archive of a million records
# (70 of each); a record is compared when two meet.
_BYTES = 4
_BLAKE2B = hashlib.blake2b(digest_size=_BYTES)

Shingle = tuple[str, ...]


def shingles(folded: Sequence[str]) -> tuple[Shingle, ...]:
    """Each five words in a row, by the place of the first."""
    return tuple(zip(*(folded[at:] for at in range(SHINGLE)), strict=False))


def hashes(told: Iterable[Shingle]) -> tuple[int, ...]:
    """A number of 32 bits, with a sign, for each shingle."""
    digests = []
    for words in told:
        # A copy of one that was set up costs half of setting one up.
        blake = _BLAKE2B.copy()
        blake.update(" ".join(words).encode())
        digests.append(blake.digest())
    return struct.unpack(f">{len(digests)}i", b"".join(digests))


def winnowed(numbers: Sequence[int], window: int) -> frozenset[int]:
    """The least number of each window; of a text shorter than one window, the least of all."""
    if len(numbers) <= window:
        return frozenset([min(numbers)] if numbers else [])
    # Of two windows beside each other, the lesser least is that of both.
    least, wide = numbers, 1
    while wide < window:
        step = min(wide, window - wide)
        least = list(map(min, least, least[step:]))
        wide += step
    return frozenset(least)
