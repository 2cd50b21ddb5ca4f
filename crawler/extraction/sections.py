"""The articles that stand after a story under a label such as "You may also like"."""

from collections.abc import Sequence
from dataclasses import replace

from crawler.extraction.blocks import HEADINGS
from crawler.extraction.junk import is_related_label
from crawler.extraction.table import Cell, kept

RULE = "related:section"
# Characters of a story; where less stands before the label, the story may still be to come.
_STORY = 400


def without_other_articles(cells: Sequence[Cell]) -> list[Cell]:
    """The table without the kept blocks that stand under such a label, up to the end of the page.

    The label alone is no proof: it must stand in a box of its own, and so must every block that
    comes after it; no box of the story before, and none that is named as those are. And a story
    must stand before it.
    """
    for cell in cells:
        if not _is_label(cell):
            continue
        before = [other for other in kept(cells) if other.position < cell.position]
        after = [other for other in kept(cells) if other.position > cell.position]
        homes = {other.block.home for other in before}
        names = {other.block.names for other in before}
        if (
            sum(len(other.text) for other in before) >= _STORY
            and after
            and not any(
                other.block.home in homes or other.block.names in names for other in (*after, cell)
            )
        ):
            gone = {other.position for other in (*after, cell)}
            return [
                replace(other, rule=RULE)
                if other.position in gone and other.rule is None
                else other
                for other in cells
            ]
    return list(cells)


def _is_label(cell: Cell) -> bool:
    return (
        cell.block.tag in HEADINGS or "label" in cell.block.names or "title" in cell.block.names
    ) and is_related_label(cell.text)
