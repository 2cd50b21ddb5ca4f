"""Children of a benchmark: what they say, and what they and all that they start cost."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("crawl_child.py")
_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_EVERY = 0.05


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A run: what it wrote; processor time of its family and its own, seconds; memory, MB."""

    said: dict[str, Any]
    cpu: float
    own_cpu: float
    seconds: float
    peak_mb: float


class Family:
    """The processes of one session: figures of those that ended are kept."""

    def __init__(self, leader: int) -> None:
        self.leader = leader
        self.cpu: dict[int, float] = {}
        self.peak_mb = 0.0

    def look(self) -> None:
        """Read what the system knows of each of them now."""
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError, ValueError):
                # Behind the name of the program, in brackets: state, parent, group, session …
                fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
                if int(fields[3]) == self.leader:
                    self.cpu[int(folder.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
        with suppress(OSError):
            for line in Path(f"/proc/{self.leader}/status").read_text("utf-8").splitlines():
                if line.startswith("VmHWM:"):
                    self.peak_mb = int(line.split()[1]) * 1024 / 1e6


def run(folder: Path, plan: dict[str, Any]) -> Ran:
    """One run of `crawl_child.py`; raises RuntimeError with what it said when it fails."""
    return run_together(folder, [plan])[0]


def run_together(folder: Path, plans: list[dict[str, Any]]) -> list[Ran]:
    """Runs side by side, as many as there are plans."""
    began = time.monotonic()
    started = [_start(folder, number, plan) for number, plan in enumerate(plans)]
    families = [Family(process.pid) for process, _ in started]
    ended: dict[int, float] = {}
    while len(ended) < len(started):
        for family, (process, _) in zip(families, started, strict=True):
            family.look()
            if process.poll() is not None:
                ended.setdefault(process.pid, time.monotonic() - began)
        time.sleep(_LOOK_EVERY)
    return [
        Ran(
            said=_answer(process, answer),
            cpu=sum(family.cpu.values()),
            own_cpu=family.cpu.get(process.pid, 0.0),
            seconds=ended[process.pid],
            peak_mb=family.peak_mb,
        )
        for family, (process, answer) in zip(families, started, strict=True)
    ]


def _start(folder: Path, number: int, plan: dict[str, Any]) -> tuple[subprocess.Popen[bytes], Path]:
    answer = folder / f"answer-{number}.json"
    answer.unlink(missing_ok=True)
    file = folder / f"plan-{number}.json"
    file.write_text(json.dumps({**plan, "answer": str(answer)}), "utf-8")
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    with (folder / f"log-{number}.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", str(CHILD), str(file)],
            stdout=log,
            stderr=log,
            env=clean,
            start_new_session=True,
        )
    return process, answer


def _answer(process: subprocess.Popen[bytes], answer: Path) -> dict[str, Any]:
    if process.returncode or not answer.exists():
        log = answer.with_name(answer.name.replace("answer", "log").replace("json", "txt"))
        raise RuntimeError(f"a run failed: {log.read_text('utf-8', 'replace')[-2000:]}")
    said: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    return said
