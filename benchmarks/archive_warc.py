"""WARC files and snapshots: ingesting against bare extraction, memory, size and rate of reading.

    python benchmarks/archive_warc.py [CORPUS...] [--pages N] [--records N N] [--workers N]
                                      [--only PART...] [--json]

warc_figures.py says what is measured.
"""

import importlib
import sys

# Python looks beside the program first, and there `archive` is a file and not the package.
sys.path.append(sys.path.pop(0))

# The processes that are measured load this file too.
if __name__ == "__main__":
    importlib.import_module("warc_figures").main()
