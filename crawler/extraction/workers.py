"""Worker processes that a page can hang, fill or crash without harming any other page."""

import contextlib
import math
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from archive.endings import Ending

P = ParamSpec("P")
T = TypeVar("T")

# Seconds. Ordinary pages take 0.05 s and the slowest real one seen took 12 s on a busy machine.
TIME_LIMIT = 20.0
# Bytes of address space of one worker. Python with trafilatura takes about 250 MB of it.
MEMORY_LIMIT = 1 << 30
# Pages after which a worker is replaced, so that no leak grows with the crawl.
RECYCLE_AFTER = 1000
# Seconds over its time limit after which a worker ends itself, should its parent be gone.
_GRACE = 5
# How often a task is given to another worker when the one that was to take it had died.
_TRIES = 3
# Seconds after which a pool that is waited for is asked whether it still lives.
_LOOK_EVERY = 1.0


class WorkerFailure(Exception):  # noqa: N818 - it is the outcome of one page, not an error of ours
    """A page could not be worked on: the ending that says why, and what was seen."""

    def __init__(self, ending: Ending, detail: str) -> None:
        super().__init__(ending, detail)
        self.ending = ending
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.ending}: {self.detail}"


class Workers:
    """Processes that run functions under a time and a memory limit; a context manager.

    `run` may be called from any number of threads at once. A worker that hangs is killed, one that
    dies is replaced, busy or idle, and no other task is lost by it. Workers end with their parent
    however that ends, and leave Ctrl-C to it. With `count=0` functions run in the caller, without
    limits.

    Each worker is a pool of its own: workers that share a pool share its pipe and its locks, and
    one that is killed at the wrong moment breaks them for all.

    Workers come from a fork server that has only `crawler.ready` loaded: forking a process that
    runs threads, as Scrapy does, can deadlock. `memory_limit` (bytes) holds where the platform
    knows RLIMIT_AS, in practice on Linux.
    """

    def __init__(
        self,
        count: int = 1,
        *,
        time_limit: float = TIME_LIMIT,
        memory_limit: int = MEMORY_LIMIT,
        recycle_after: int = RECYCLE_AFTER,
    ) -> None:
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._recycle_after = recycle_after
        self._closed = False
        self._running = [self._new_pool() for _ in range(count)]
        self._free: queue.Queue[ProcessPool] = queue.Queue()
        for pool in self._running:
            self._free.put(pool)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the workers, whatever they are doing. Closing twice does nothing."""
        self._closed = True
        while self._running:
            _stop(self._running.pop()).join(timeout=_GRACE)

    def warm_up(self) -> None:
        """Start the workers before there is work for them: the first takes a second to come."""
        for _ in range(len(self._running)):
            with contextlib.suppress(WorkerFailure):  # whatever is wrong, the first task will say
                self.run(os.getpid)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns; WorkerFailure when it hangs, overflows, crashes or raises.

        The function, its arguments and its result must pickle. Blocks until the result is there;
        the time limit counts from the moment when a worker takes the task.
        """
        try:
            if not self._running and not self._closed:
                return function(*args, **kwargs)
            result: T = self._in_a_worker(
                math.ceil(self._time_limit) + _GRACE, function, args, kwargs
            )
        except TimeoutError as error:
            detail = f"no result within {self._time_limit:g} s"
            raise WorkerFailure(Ending.EXTRACTION_TIMEOUT, detail) from error
        except MemoryError as error:
            detail = "the memory of the worker did not suffice"
            raise WorkerFailure(Ending.EXTRACTION_MEMORY, detail) from error
        except ProcessExpired as error:
            raise WorkerFailure(Ending.EXTRACTION_CRASH, _how_it_died(error.exitcode)) from error
        except BrokenProcessPool as error:
            detail = "no worker lived long enough to take the page"
            raise WorkerFailure(Ending.EXTRACTION_CRASH, detail) from error
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            raise WorkerFailure(Ending.EXTRACTION_ERROR, detail) from error
        return result

    def _in_a_worker(self, *task: object) -> Any:  # noqa: ANN401 - what the task returns
        for left in reversed(range(_TRIES)):
            pool = self._free.get()
            try:
                return self._result(pool, task)
            except (ProcessExpired, BrokenProcessPool) as error:
                # Its pipe may hold half a message and its locks a dead owner: never used again.
                pool = self._replace(pool)
                if isinstance(error, ProcessExpired) or not left or self._closed:
                    raise
            finally:
                self._free.put(pool)
        raise AssertionError("the last try returns or raises")

    def _result(self, pool: ProcessPool, task: tuple[object, ...]) -> Any:  # noqa: ANN401 - what the task returns
        try:
            future = pool.schedule(_with_alarm, args=task, timeout=self._time_limit)
        except RuntimeError as error:  # broken while it was idle
            raise BrokenProcessPool(str(error)) from error
        # A pool that breaks in the moment when it is given a task forgets the task.
        while not wait([future], timeout=_LOOK_EVERY).done:
            if not pool.active and not wait([future], timeout=_LOOK_EVERY).done:
                raise BrokenProcessPool("it broke as it took the task")
        return future.result()

    def _replace(self, pool: ProcessPool) -> ProcessPool:
        _stop(pool)
        fresh = self._new_pool()
        if pool in self._running:
            self._running[self._running.index(pool)] = fresh
        return fresh

    def _new_pool(self) -> ProcessPool:
        # No process starts before the first task.
        return ProcessPool(
            max_workers=1,
            max_tasks=self._recycle_after,
            initializer=_prepare_worker,
            initargs=[self._memory_limit],
            context=_context(),
        )


def _stop(pool: ProcessPool) -> threading.Thread:
    # In a thread: it waits for threads of the pool, which may wait for half a message.
    pool.stop()  # type: ignore[no-untyped-call] # pebble left it unannotated
    thread = threading.Thread(target=pool.join, name="stop worker", daemon=True)
    thread.start()
    return thread


def _context() -> multiprocessing.context.BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.ready"])
    return context


def _prepare_worker(memory_limit: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(memory_limit)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=[parent.sentinel], daemon=True).start()


def _limit_memory(limit: int) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is no such module on Windows

    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS knows the name and refuses the limit.
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _end_with(parent: int) -> None:
    connection.wait([parent])
    os._exit(1)


def _with_alarm(
    seconds: int, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]
) -> T:
    # The kernel ends a worker whose parent died while it was stuck in C code, where no thread of
    # Python gets its turn.
    if sys.platform == "win32":
        return function(*args, **kwargs)
    signal.alarm(seconds)
    try:
        return function(*args, **kwargs)
    finally:
        signal.alarm(0)


def _how_it_died(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        with contextlib.suppress(ValueError):
            return f"the worker was ended by {signal.Signals(-exitcode).name}"
    return f"the worker ended with exit code {exitcode}"
