"""What it costs to take pages on, by how many are due.

    python benchmarks/claims.py [--due N] [--json]

claim_figures.py says what is measured.
"""

import runpy
import sys

# Python looks beside the program first, and there `archive` is a benchmark and not the package.
sys.path.append(sys.path.pop(0))
runpy.run_module("claim_figures", run_name="__main__")
