"""Lines that a source names as its own furniture."""

from collections.abc import Iterable
from dataclasses import replace

from crawler.extraction.prune import DROP
from crawler.extraction.structure import words
from crawler.extraction.table import Cell
from crawler.source_values import is_xpath


def without_lines(cells: list[Cell], drop: Iterable[str]) -> list[Cell]:
    """The table without the blocks that say nothing but one of the lines.

    White space, case and marks do not matter, other words do. XPaths in `drop` are none of them.
    """
    lines = {words(line) for line in drop if not is_xpath(line)} - {""}
    if not lines:
        return cells
    return [
        replace(cell, rule=DROP) if cell.rule is None and words(cell.text) in lines else cell
        for cell in cells
    ]
