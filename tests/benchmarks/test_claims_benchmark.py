import importlib
from pathlib import Path


def test_both_ways_take_on_the_same_pages_and_are_timed(tmp_path: Path) -> None:
    figures = importlib.import_module("claim_figures").measured(tmp_path, 3, 300)
    assert figures["waiting"] == 303, "with the feeds of the three"
    assert figures["claim_ms"] > 0
    assert figures["ranked_ms"] > 0
