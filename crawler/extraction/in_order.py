"""Work on many things at once, and hand the results back in the order of the things."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# For each worker: how many threads hand it work, so that it never waits for the next item, and how
# many items may be done or under way behind a slow one.
HANDING = 2
AHEAD = 32


def in_order(items: Iterable[T], work: Callable[[T], R], *, workers: int) -> Iterator[R]:
    """What `work` makes of each item, in the order of the items.

    Items are taken as results are wanted: at most `AHEAD` a worker are held, however many there
    are. An error of `work` is raised at its item's turn. Whoever stops early (an error, Ctrl-C)
    is not kept waiting: what is under way goes on in threads, which end with the workers.
    """
    count = max(workers, 1)
    threads = ThreadPoolExecutor(max_workers=count * HANDING, thread_name_prefix="page")
    window: deque[Future[R]] = deque()
    try:
        for item in items:
            window.append(threads.submit(work, item))
            if len(window) >= count * AHEAD:
                yield window.popleft().result()
        while window:
            yield window.popleft().result()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
