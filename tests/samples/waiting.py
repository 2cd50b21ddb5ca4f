"""Waiting for what another process does, without sleeping longer than it takes."""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], bool], seconds: float = 300) -> None:
    """Wait until something is so; fail when it never is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
