"""The update of a month over a large archive: selecting, quoting, setting in each format.

    python benchmarks/digest.py [--articles N] [--keep FOLDER] [--json]

digest_figures.py says what is measured.
"""

import runpy
import sys

# Python looks beside the program first, and there `archive` is a benchmark and not the package.
sys.path.append(sys.path.pop(0))
runpy.run_module("digest_figures", run_name="__main__")
