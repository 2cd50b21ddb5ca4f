"""Reading page after page, a worker's process stays as large as it was after the first few."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parent / "pages"
READ = 1000
# What the first pages leave behind: rules, models of languages, the heap of the largest page.
SETTLED = 250
MOST_MB = 250
# Of 750 pages more: a process that kept one kilobyte of text of each would be beyond it with the
# parsed tree of one page in ten.
MORE_MB = 16
# Every page is another text: what remembers texts would grow.
PROGRAM = """
import json, sys
from pathlib import Path
from archive.records import Page
from crawler.extraction import extract

def peak_mb():
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6

folder, count, settled = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
bodies = [path.read_bytes() for path in sorted(folder.glob("*.html"))]
articles, peaks = 0, []
for number in range(count):
    body = bodies[number % len(bodies)].replace(b"nvented ", b"nvented%d " % number)
    found = extract(Page(url=f"https://news{number}.example/{number}", body=body))
    articles += hasattr(found, "text")
    if number + 1 in {settled, count}:
        peaks.append(peak_mb())
json.dump({"articles": articles, "peaks": peaks}, sys.stdout)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system tells no peak")
def test_a_thousand_pages_take_no_more_memory_than_the_first_of_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(PAGES), str(READ), str(SETTLED)],
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    )
    told = json.loads(done.stdout)
    assert told["articles"] > READ / 4, "most pages that are read to their end are articles"
    settled, last = told["peaks"]
    assert last <= MOST_MB
    assert last - settled <= MORE_MB, told
