"""Newsletters in and out: items found, lint, and the update of a month over a large archive.

    python benchmarks/digest.py [--only items|lint|speed...] [--articles N] [--keep FOLDER] [--json]

digest_quality.py and digest_figures.py say what is measured.
"""

import runpy
import sys

# Python looks beside the program first, and there `archive` is a benchmark and not the package.
sys.path.append(sys.path.pop(0))
runpy.run_module("digest_figures", run_name="__main__")
