"""What became of every block of the page: kept, cut or removed, always with a rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archive.records import BLOCK_SEPARATOR, Part, Removal
from crawler.extraction.blocks import HEADINGS, Block

BOILERPLATE = "boilerplate"
_LINKED = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One block of the page with its fate.

    `rule` is None for a kept block. `prefix` and `suffix` are what was cut from its ends, each with
    its rule; what is left of the text is `text`.
    """

    position: int
    block: Block
    text: str
    rule: str | None = None
    cuts: tuple[tuple[Part, str, str], ...] = ()


def kept(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that are the article."""
    return [cell for cell in cells if cell.rule is None]


def text_of(cells: Iterable[Cell]) -> str:
    """The article's text."""
    return BLOCK_SEPARATOR.join(cell.text for cell in kept(cells))


def removals_of(cells: Iterable[Cell]) -> tuple[Removal, ...]:
    """The receipts, in the order of the page; a prefix before, a suffix after its block."""
    receipts = []
    for cell in cells:
        for part, rule, text in cell.cuts:
            receipts.append(Removal(position=cell.position, part=part, rule=rule, text=text))
        if cell.rule is not None:
            receipts.append(
                Removal(position=cell.position, part=Part.BLOCK, rule=cell.rule, text=cell.text)
            )
    return tuple(receipts)


def first_table(
    blocks: Sequence[Block], nodes: frozenset[int], pruned: dict[int, str]
) -> list[Cell]:
    """The table after the prune and trafilatura: every block of the page once.

    Headings and paragraphs that trafilatura dropped from between their kept neighbours are taken
    back: they are no furniture, they merely look too short or too different.
    """
    cells = [
        Cell(position=position, block=block, text=block.text, rule=_fate(block, nodes, pruned))
        for position, block in enumerate(blocks)
    ]
    for cell, after in zip(reversed(cells[:-1]), reversed(cells[1:]), strict=True):
        if _belongs_before(cell, cells[after.position]):
            cells[cell.position] = replace(cell, rule=None)
    for position in range(1, len(cells) - 1):
        if _belongs_between(*cells[position - 1 : position + 2]):
            cells[position] = replace(cells[position], rule=None)
    return cells


def _belongs_before(cell: Cell, after: Cell) -> bool:
    # A heading and the first paragraph of its section, or another heading, in one box.
    return (
        cell.rule == BOILERPLATE
        and cell.block.tag in HEADINGS
        and after.rule is None
        and cell.block.home == after.block.home
        and cell.block.link_share < _LINKED
    )


def _belongs_between(before: Cell, cell: Cell, after: Cell) -> bool:
    return (
        cell.rule == BOILERPLATE
        and cell.block.tag == before.block.tag == after.block.tag == "p"
        and before.rule is None
        and after.rule is None
        and cell.block.home == before.block.home == after.block.home
        and cell.block.link_share < _LINKED
    )


def _fate(block: Block, nodes: frozenset[int], pruned: dict[int, str]) -> str | None:
    for suspect in block.suspects:
        if suspect in pruned:
            return pruned[suspect]
    if len(block.nodes) == 1:
        return None if block.nodes[0].number in nodes else BOILERPLATE
    inside = sum(len(node.text) for node in block.nodes if node.number in nodes)
    whole = sum(len(node.text) for node in block.nodes)
    return None if inside * 2 >= whole else BOILERPLATE
