"""Crawls at times that a test names, in one child process; and what `health` says after each."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.crawl.conftest import Newsroom

SCRIPT = Path(__file__).parents[1] / "crawl" / "simulated_polls.py"


class Polls:
    """Crawls in one child process, each at the time that it is told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def at(self, now: datetime) -> dict[str, Any]:
        """Crawl what is due at a time; how all sources do then, and how the fetches ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{now.isoformat()}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the crawling process has ended; what it said stands in its stderr"
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def polls(room: "Newsroom") -> Iterator[Polls]:
    """Crawls into the archive of a newsroom, as long as the context lasts."""
    process = subprocess.Popen(
        [sys.executable, SCRIPT],
        cwd=room.folder,
        env=room.environment(PYTHONPATH=os.environ.get("PYTHONPATH", "")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Polls(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        with process:  # closes its pipes and waits
            pass


def problems(told: dict[str, Any]) -> dict[str, str]:
    """The problem of each source that is not well, with ` !` when it needs a person."""
    return {
        one["source"]: one["findings"][0]["problem"] + (" !" if one["state"] == "person" else "")
        for one in told["sources"]
        if one["findings"]
    }
