"""How far a long piece of work is: plain lines where there is no terminal, a bar where there is."""

import os
import pty
import subprocess
import sys

import pytest

from archive.commands import progress as module
from archive.commands.progress import progress, rate_text

# Goes on until it was asked ten times how far it is, however long that takes.
WORK = """
import threading
from archive.commands import progress as module
module.EVERY = module.LINE_EVERY = 0.02
asked = threading.Semaphore(0)

def how_far():
    asked.release()
    return 30, 70

with module.progress("crawl", "pages", how_far):
    for _ in range(10):
        asked.acquire(timeout=60)
print("the result")
"""


def test_the_rate_and_the_time_left_have_units() -> None:
    assert rate_text(30, 60, 10.0, "pages") == "3.0 pages/s, 20 s left"
    assert rate_text(0, 60, 10.0, "pages") == "0 pages/s"


def test_elsewhere_than_on_a_terminal_it_writes_plain_lines_to_stderr() -> None:
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=True)
    assert done.stdout == "the result\n"
    lines = done.stderr.splitlines()
    assert len(lines) >= 9
    assert all(line.startswith("crawl: 30 of 100 pages, ") for line in lines)
    assert "\x1b" not in done.stderr


def test_on_a_terminal_it_draws_a_bar_with_rate_and_time_left() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    )
    out, _ = process.communicate(timeout=120)
    os.close(theirs)
    drawn = b""
    while chunk := _read(ours):
        drawn += chunk
    os.close(ours)
    assert out == b"the result\n"
    assert "30/100" in drawn.decode()
    assert "left" in drawn.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end was closed, and all is read
        return b""


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("crawl", "pages", lambda: (1, 1)):
        pass
    assert capsys.readouterr().err == ""
    assert module.LINE_EVERY > 1
