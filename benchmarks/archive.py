"""The archive at 100,000 and at a million articles: writing, revisiting, searching, browsing.

    python benchmarks/archive.py [--articles N | --million] [--keep FOLDER] [--only PART...]
                                 [--json]

archive_figures.py says what is measured.
"""

import runpy
import sys

# Python looks beside the program first, and there `archive` is this file and not the package.
sys.path.append(sys.path.pop(0))
runpy.run_module("archive_figures", run_name="__main__")
