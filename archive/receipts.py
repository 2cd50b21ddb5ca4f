"""Removals as receipts: packed for the archive, and laid out again as what was on the table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from archive.records import BLOCK_SEPARATOR, Part, Removal


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedRemoval:
    """Neighbouring blocks that one rule took out, as one row.

    A news page has some 200 blocks of navigation around 20 of text: a row each would make the
    receipts larger than the articles. `position` is that of the first block; the others follow.
    """

    position: int
    part: Part
    rule: str
    blocks: int
    text: str


def pack(removals: Iterable[Removal]) -> list[PackedRemoval]:
    """Removals in the order of the page, neighbours of one rule together."""
    packed: list[PackedRemoval] = []
    ordered = sorted(enumerate(removals), key=lambda item: (item[1].position, item[0]))
    runs = groupby(enumerate(removal for _, removal in ordered), key=_run)
    for _, run in runs:
        members = [removal for _, removal in run]
        first = members[0]
        packed.append(
            PackedRemoval(
                position=first.position,
                part=first.part,
                rule=first.rule,
                blocks=len(members),
                text=BLOCK_SEPARATOR.join(removal.text for removal in members),
            )
        )
    return packed


def _run(item: tuple[int, Removal]) -> tuple[object, ...]:
    # Blocks of one rule belong together while their positions count up with them.
    number, removal = item
    alone = removal.part is not Part.BLOCK or BLOCK_SEPARATOR in removal.text
    return removal.rule, removal.part, removal.position - number, number if alone else None


def unpack(packed: Iterable[PackedRemoval]) -> tuple[Removal, ...]:
    """The removals that were packed."""
    return tuple(removal for row in packed for removal in _unpack(row))


def _unpack(row: PackedRemoval) -> Iterator[Removal]:
    texts = row.text.split(BLOCK_SEPARATOR) if row.blocks > 1 else [row.text]
    for step, text in enumerate(texts):
        yield Removal(position=row.position + step, part=row.part, rule=row.rule, text=text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One block of the page: its whole text as it was, what was cut from it, and by which rule.

    `rule` is None for a block that was kept, if only in part.
    """

    position: int
    text: str
    rule: str | None
    cuts: tuple[Removal, ...] = ()


def on_the_table(text: str, removals: Iterable[Removal]) -> list[Line]:
    """All blocks of the page in order, kept and removed, from an article's text and receipts."""
    removed: dict[int, Removal] = {}
    cuts: dict[int, list[Removal]] = defaultdict(list)
    for removal in removals:
        if removal.part is Part.BLOCK:
            removed[removal.position] = removal
        else:
            cuts[removal.position].append(removal)
    kept = iter(text.split(BLOCK_SEPARATOR) if text else [])
    lines: list[Line] = []
    while True:
        position = len(lines)
        if gone := removed.pop(position, None):
            lines.append(Line(position=position, text=gone.text, rule=gone.rule))
        elif (block := next(kept, None)) is not None:
            whole = _whole(block, cuts[position])
            lines.append(Line(position=position, text=whole, rule=None, cuts=tuple(cuts[position])))
        else:
            return lines


def _whole(block: str, cuts: Iterable[Removal]) -> str:
    for cut in cuts:
        block = cut.text + block if cut.part is Part.PREFIX else block + cut.text
    return block
