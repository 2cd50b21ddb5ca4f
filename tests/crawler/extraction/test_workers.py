"""A page may hang, fill or crash its worker; every other page comes through."""

import contextlib
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pebble.pool.process import WORKERS_NAME

from archive.endings import Ending
from crawler.extraction.workers import WorkerFailure, Workers

# Functions of the standard library: a worker can import them, whatever pytest calls this module.
DOUBLE = "abc".__mul__


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, time_limit=2.0) as running:
        yield running


def ending_of(workers: Workers, function: Callable[..., object], *args: object) -> Ending | str:
    try:
        return str(workers.run(function, *args))
    except WorkerFailure as failure:
        return failure.ending


@pytest.mark.slow
def test_good_tasks_among_bad_ones_all_come_through(workers: Workers) -> None:
    bad: list[tuple[Callable[..., object], tuple[object, ...], Ending]] = [
        (time.sleep, (60,), Ending.EXTRACTION_TIMEOUT),
        (bytearray, (3 << 30,), Ending.EXTRACTION_MEMORY),
        (os._exit, (7,), Ending.EXTRACTION_CRASH),
        (signal.raise_signal, (signal.SIGSEGV,), Ending.EXTRACTION_CRASH),
        (int, ("no number",), Ending.EXTRACTION_ERROR),
    ]
    tasks: list[tuple[Callable[..., object], tuple[object, ...]]] = [
        (DOUBLE, (number,)) for number in range(20)
    ]
    expected: list[Ending | str] = ["abc" * number for number in range(20)]
    for place, (function, args, ending) in enumerate(bad):
        tasks.insert(4 * place, (function, args))
        expected.insert(4 * place, ending)
    with ThreadPoolExecutor(6) as threads:
        endings = threads.map(lambda task: ending_of(workers, task[0], *task[1]), tasks)
        assert list(endings) == expected


@pytest.mark.parametrize(
    ("function", "args", "said"),
    [
        (time.sleep, (60,), "no result within 2 s"),
        (signal.raise_signal, (signal.SIGSEGV,), "SIGSEGV"),
        (os._exit, (7,), "exit code 7"),
        (int, ("x",), "ValueError: invalid literal for int() with base 10: 'x'"),
    ],
)
def test_a_failure_says_what_was_seen(
    workers: Workers, function: Callable[..., object], args: tuple[object, ...], said: str
) -> None:
    with pytest.raises(WorkerFailure, match=re.escape(said)):
        workers.run(function, *args)


def test_without_processes_functions_run_here() -> None:
    with Workers(0) as inline:
        assert inline.run(os.getpid) == os.getpid()
        assert ending_of(inline, int, "x") is Ending.EXTRACTION_ERROR


def test_workers_leave_the_interrupt_key_to_their_parent(workers: Workers) -> None:
    assert workers.run(signal.getsignal, signal.SIGINT) is signal.SIG_IGN


def test_workers_are_replaced_after_their_tasks() -> None:
    with Workers(1, recycle_after=2) as running:
        assert len({running.run(os.getpid) for _task in range(6)}) == 3


@pytest.mark.slow
def test_a_worker_killed_while_it_is_idle_is_replaced() -> None:
    with Workers(1) as running:
        for number in range(3):
            worker = running.run(os.getpid)
            os.kill(worker, signal.SIGKILL)
            # At once, while the pool has not noticed, and after it has.
            time.sleep(0.4 * number)
            assert running.run(os.getpid) != worker


@pytest.mark.slow
def test_workers_killed_at_any_moment_cost_at_most_what_they_were_doing() -> None:
    rng = random.Random(20261122)
    with Workers(2, time_limit=5.0) as running, ThreadPoolExecutor(4) as threads:
        # Some that take time and some whose answer is a long message.
        work = [(time.sleep, 0.02), (DOUBLE, 100_000)] * 80
        tasks = [threads.submit(ending_of, running, *task) for task in work]
        kills = 0
        while kills < 12 and not all(task.done() for task in tasks):
            for worker in children_named_as_workers():
                with contextlib.suppress(ProcessLookupError):  # it was replaced just now
                    os.kill(worker, signal.SIGKILL)
                    kills += 1
            time.sleep(rng.random() * 0.3)
        endings = [task.result(timeout=60) for task in tasks]
        assert kills
        lost = [ending for ending in endings if ending not in {"None", "abc" * 100_000}]
        assert set(lost) <= {Ending.EXTRACTION_CRASH}
        assert len(lost) <= kills
        assert running.run(DOUBLE, 2) == "abcabc"


def children_named_as_workers() -> list[int]:
    """The workers that pebble runs for this process now."""
    running = multiprocessing.active_children()
    return [child.pid for child in running if child.pid and child.name == WORKERS_NAME]


def test_closing_twice_does_nothing() -> None:
    running = Workers(1)
    assert running.run(DOUBLE, 1) == "abc"
    running.close()
    running.close()


PARENT = """
import os, sys, threading, time
from crawler.extraction.workers import Workers
if __name__ == "__main__":
    workers = Workers(2, time_limit=60)
    print(*{workers.run(os.getpid) for _ in range(8)}, flush=True)
    for _ in range(2):
        threading.Thread(target=workers.run, args=[time.sleep, 50], daemon=True).start()
    time.sleep(0.5)
    print("busy", flush=True)
    time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to look")
def test_no_worker_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert parent.stdout.readline() == "busy\n"
        assert workers
        assert all(map(is_alive, workers))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 100
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_alive, workers))
