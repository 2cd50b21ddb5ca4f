"""How far a long piece of work is: a bar on a terminal, plain lines elsewhere; always on stderr."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from archive.commands.options import human_duration

# How often the work is asked how far it is, seconds.
EVERY = 0.5
# How often a plain line is worth its place in a log file, seconds.
LINE_EVERY = 15.0


class HowFar(Protocol):
    """Asked now and then: what is done, and what is still known to come."""

    def __call__(self) -> tuple[int, int]:
        """Give (done, waiting)."""


@contextmanager
def progress(label: str, unit: str, how_far: HowFar) -> Iterator[None]:
    """Show progress while the body runs. `how_far` is called from a thread of its own."""
    stopped = threading.Event()
    show = _bar if sys.stderr.isatty() else _lines
    thread = threading.Thread(
        target=show, args=(label, unit, how_far, stopped.wait), name="progress", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=2)


def _bar(label: str, unit: str, how_far: HowFar, wait: Callable[[float], bool]) -> None:
    # Imported here: a crawl from cron shows no bar.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None, rate="")
        while not wait(EVERY):
            done, waiting = how_far()
            rate = rate_text(done, waiting, time.monotonic() - started, unit)
            shown.update(task, completed=done, total=done + waiting, rate=rate)


def _lines(label: str, unit: str, how_far: HowFar, wait: Callable[[float], bool]) -> None:
    started = time.monotonic()
    while not wait(LINE_EVERY):
        done, waiting = how_far()
        rate = rate_text(done, waiting, time.monotonic() - started, unit)
        sys.stderr.write(f"{label}: {done} of {done + waiting} {unit}, {rate}\n")
        sys.stderr.flush()


def rate_text(done: int, waiting: int, seconds: float, unit: str) -> str:
    """The rate so far and the time left at that rate, with their units."""
    if not done or seconds <= 0:
        return f"0 {unit}/s"
    rate = done / seconds
    return f"{rate:.1f} {unit}/s, {human_duration(waiting / rate)} left"
