"""What a process has held of memory; for the children of the tests."""

import contextlib
from pathlib import Path

# 300 MB, the most that a crawling process may hold whatever comes: docs/hostile-web.md says so.
MOST_MIB = 300_000_000 / 1024**2


def peak_mib() -> float:
    """The most memory this process has held, MiB; 0 where the system does not say (no /proc)."""
    # Not getrusage: its figure lives on through exec, so it would be at least that of the test
    # process which started this one.
    with contextlib.suppress(FileNotFoundError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
