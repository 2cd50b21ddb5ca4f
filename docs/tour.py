"""Run the tour of the README again: every command in it, and compare what it prints.

    python docs/tour.py            write what the commands print now into README.md
    python docs/tour.py --check    say whether README.md still shows what they print

Only the section "Three minutes" is run, in an empty folder, by a shell. Figures that differ from
run to run (durations, dates, ports, hashes) are compared as such, not by their value.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
SECTION = re.compile(r"(?ms)^## Three minutes\n(.*?)(?=^## )")
BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```\n")
# What may differ between two runs of one command, and what stands in for it.
VOLATILE = (
    (r"\b\d+(\.\d+)? (ms|s|min)\b", "N s"),
    (r"\d{4}-\d{2}-\d{2}T[\d:]+Z|\b\d{1,2} \w+ 20\d\d, [\d:]+ UTC", "TIME"),
    (r"Found on \d{1,2} \w+ 20\d\d", "Found on DAY"),
    (r"localhost:\d+|127\.0\.0\.1:\d+", "HOST"),
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    (r"\b\d[\d,]* blocks?\b", "N blocks"),
    (r"newsward show \d+", "newsward show ID"),
    (r"in run \d+", "in run N"),
)


def run_tour(text: str) -> str:
    """The text of a README with the output of each command of its tour as it is now."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder, ".state")
        state.touch()

        def again(block: re.Match[str]) -> str:
            commands = [line[2:] for line in block[1].splitlines() if line.startswith("$ ")]
            return "```console\n" + "".join(_run(c, folder, state) for c in commands) + "```\n"

        def section(found: re.Match[str]) -> str:
            return "## Three minutes\n" + BLOCK.sub(again, found[1])

        return SECTION.sub(section, text)


def _run(command: str, folder: str, state: Path) -> str:
    # The state file carries what `export` sets from one command to the next.
    keep = f"export -p | grep -E 'NEWSWARD_|STORY' > {state} || true"
    script = f". {state}\n{_at_the_port(command, folder)}\n{keep}\n"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shown = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": path, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    ).stdout
    return f"$ {command}\n{shown}"


def _at_the_port(command: str, folder: str) -> str:
    # The demo takes another port when something else has the one that the README names.
    sources = Path(folder, "newsward-demo", "sources.toml")
    if not sources.exists():
        return command
    port = re.search(r"localhost:\d+", sources.read_text(encoding="utf-8"))
    return re.sub(r"localhost:\d+", port[0], command) if port else command


def comparable(text: str) -> str:
    """A text with everything that differs from run to run taken out."""
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text)
    return text


def main() -> int:
    """Write or check the tour; 1 when the README shows something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    told = parser.parse_args()
    before = README.read_text(encoding="utf-8")
    after = run_tour(before)
    if not told.check:
        README.write_text(after, encoding="utf-8")
        return 0
    if comparable(after) == comparable(before):
        return 0
    sys.stderr.write("README.md shows other output: run `python docs/tour.py`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
