"""How much of the memory bodies may have: who may read on, and who waits until others are done."""

from collections.abc import Hashable

# Bytes for all bodies at once, from before one is asked for until what came of it is in the
# archive. Four of the largest, or hundreds of ordinary ones. Each may be there twice for a moment,
# on its way to a worker and packed for the snapshots (measured: docs/hostile-web.md).
SIZE = 48 * 1024 * 1024
# What is taken for an answer before anything is known of it. Most pages come as less, packed.
EXPECTED = 256 * 1024


class Room:
    """Shares a number of bytes out among holders, who ask for more and at last leave.

    Who asked first of those who wait is served first, and nobody passes it; an age is counted from
    the first asking, so that what was begun is brought to its end. Should everyone who holds
    something wait for more, the oldest gets it although it is too much: so one always goes on, and
    no more than one body is held beyond the size.

    Every method returns the holders whose wait has ended by it. No I/O, not for several threads.
    """

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self.used = 0
        self._held: dict[Hashable, int] = {}
        self._asked: dict[Hashable, int] = {}

    def ask(self, holder: Hashable, more: int) -> tuple[Hashable, ...]:
        """Ask for so many bytes more than are held; granted at once if the holder is returned."""
        self._held.setdefault(holder, 0)
        self._asked[holder] = more
        return self._grants()

    def keep(self, holder: Hashable, size: int) -> tuple[Hashable, ...]:
        """Hold exactly so many bytes, and wait no more; nothing happens to who holds nothing."""
        if holder not in self._held:
            return ()
        self._asked.pop(holder, None)
        self._hold(holder, size)
        return self._grants()

    def leave(self, holder: Hashable) -> tuple[Hashable, ...]:
        """Give everything back; leaving twice is harmless."""
        self._asked.pop(holder, None)
        self.used -= self._held.pop(holder, 0)
        return self._grants()

    def waits(self, holder: Hashable) -> bool:
        """Whether what was asked for is still to be granted."""
        return holder in self._asked

    def _grants(self) -> tuple[Hashable, ...]:
        granted = []
        while self._asked:
            # Kept in the order in which they came.
            oldest = next(holder for holder in self._held if holder in self._asked)
            fits = self.used + self._asked[oldest] <= self.size
            if not fits and any(size and h not in self._asked for h, size in self._held.items()):
                break
            self._hold(oldest, self._held[oldest] + self._asked.pop(oldest))
            granted.append(oldest)
        return tuple(granted)

    def _hold(self, holder: Hashable, size: int) -> None:
        self.used += size - self._held[holder]
        self._held[holder] = size
