"""Large blocks that are freed go back to the system, whatever was freed before."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Blocks of 8 MiB with small ones between them, after a larger one has taught the C library to keep
# what is freed; says how many MiB more than before the process holds once they are freed (32 where
# nothing is given back).
CHILD = """
from pathlib import Path
from crawler.memory import give_back

def held():
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))

give_back()
first = bytearray(30 << 20)
del first
before = held()
pairs = [(bytearray(b"x" * (8 << 20)), bytearray(2048)) for _ in range(10)]
small = [pair[1] for pair in pairs]
del pairs
print(held() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the GNU C library alone keeps them")
def test_blocks_of_a_crawl_go_back_when_they_are_freed() -> None:
    run = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, check=True)
    assert float(run.stdout) < 8
