"""Stories of real articles and their copies, found and labelled, beside what others do.

    python benchmarks/stories.py ARTICLES.jsonl.gz [--records N] [--pairs N] [--seed N] [--json]

story_figures.py says what is measured.
"""

import runpy
import sys

# Python looks beside the program first, and there `archive` is a program and not the package.
sys.path.append(sys.path.pop(0))
runpy.run_module("story_figures", run_name="__main__")
