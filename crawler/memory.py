"""Memory: large blocks go back to the system as soon as they are free."""

import ctypes

# Parameters of mallopt, from malloc.h of the GNU C library, which does nothing with those that it
# does not know.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Bytes. Smaller blocks come and go too often to be asked of the system each time.
LARGE = 1 << 20
# Each thread may have a heap of its own otherwise, up to eight times as many as processors.
HEAPS = 2


def give_back() -> None:
    """Have the C library return each large block when it is freed, for the rest of this process.

    Left alone, the GNU library keeps blocks of any size up to 32 MiB once one like it was freed: a
    crawl that has met a dozen bodies of 10 MiB would hold their memory to its end. With another
    library nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS; Windows
        return
    for parameter, value in (
        (_MMAP_THRESHOLD, LARGE),
        (_TRIM_THRESHOLD, LARGE),
        (_ARENA_MAX, HEAPS),
    ):
        mallopt(parameter, value)
