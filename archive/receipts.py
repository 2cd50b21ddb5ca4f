"""Removals as receipts: packed for the archive, and laid out again as what was on the table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import overload

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


class Receipts(Sequence[Removal]):
    """Removals that stay packed until they are looked at, in the order of the page.

    A page comes back from a worker with ten rows so, where it would come with two hundred blocks.
    """

    __slots__ = ("packed",)

    def __init__(self, packed: Iterable[PackedRemoval]) -> None:
        self.packed = tuple(packed)

    def __len__(self) -> int:
        return sum(row.blocks for row in self.packed)

    def __iter__(self) -> Iterator[Removal]:
        return iter(unpack(self.packed))

    @overload
    def __getitem__(self, index: int) -> Removal: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Removal, ...]: ...

    def __getitem__(self, index: int | slice) -> Removal | tuple[Removal, ...]:
        return unpack(self.packed)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and unpack(self.packed) == tuple(other)

    def __hash__(self) -> int:
        return hash(unpack(self.packed))

    def __reduce__(self) -> tuple[object, ...]:
        rows = [(row.position, row.part, row.rule, row.blocks, row.text) for row in self.packed]
        return _receipts, (rows,)  # in a third of the time that the rows themselves take


def _receipts(rows: Iterable[tuple[int, Part, str, int, str]]) -> Receipts:
    return Receipts(
        PackedRemoval(position=position, part=part, rule=rule, blocks=blocks, text=text)
        for position, part, rule, blocks, text in rows
    )


def pack(removals: Iterable[Removal]) -> list[PackedRemoval]:
    """Removals in the order of the page, neighbours of one rule together."""
    if isinstance(removals, Receipts):
        return [*removals.packed]
    runs: list[list[Removal]] = []
    for removal in sorted(removals, key=attrgetter("position")):
        if runs and _goes_on(runs[-1], removal):
            runs[-1].append(removal)
        else:
            runs.append([removal])
    return [
        PackedRemoval(
            position=run[0].position,
            part=run[0].part,
            rule=run[0].rule,
            blocks=len(run),
            text=BLOCK_SEPARATOR.join([removal.text for removal in run]),
        )
        for run in runs
    ]


def _goes_on(run: list[Removal], removal: Removal) -> bool:
    first = run[0]
    return (
        removal.position == first.position + len(run)
        and removal.rule == first.rule
        and removal.part is first.part is Part.BLOCK
        and BLOCK_SEPARATOR not in removal.text
        # Only the first can be one that stands alone.
        and BLOCK_SEPARATOR not in first.text
    )


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
