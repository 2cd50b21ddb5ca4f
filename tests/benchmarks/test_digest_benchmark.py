"""Items of newsletters and lint, measured by the program that prints them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "digest.py"


@pytest.mark.slow
def test_every_layout_is_split_into_its_items_and_lint_finds_what_it_is_to_warn_of() -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--only", "items", "lint", "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    )
    figures = json.loads(done.stdout)
    for of_set in figures["items"].values():
        assert of_set["layouts"] >= 12
        assert (of_set["f1"], of_set["wrong"]) == (1.0, {})
    items = [of_file["items"] for of_file in figures["lint"].values()]
    assert sum(items) >= 40
    for of_file in figures["lint"].values():
        for rule in ("victim", "method", "wording"):
            assert of_file[rule]["precision"] >= 0.9
            assert of_file[rule]["recall"] >= 0.9
