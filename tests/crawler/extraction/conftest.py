"""Tables of invented blocks, and pages made of them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from archive.records import Page
from crawler.extraction.blocks import Block, Node
from crawler.extraction.metadata import Metadata, read_metadata
from crawler.extraction.table import Cell
from crawler.extraction.tree import parse

STORY = (
    "An invented council opened a helpline for parents in the invented town on Tuesday morning.",
    "The invented helpline answers questions about games, phones and the pictures children send.",
    "A spokesperson for the invented council said that the first week had brought many calls.",
    "Most of the invented callers wanted to know how a game lets strangers write to their child.",
    "Others asked what they could do about pictures that had been passed on in an invented school.",
    "The invented town has eleven schools, and all of them have put the number on their gates.",
    "Teachers in the invented schools were trained for two days before the helpline was opened.",
    "One invented head teacher said that parents had long asked for somebody to talk to at night.",
    "The invented council pays for the helpline for two years and will then look at it again.",
    "A neighbouring invented county watches the trial and may open a helpline of its own in May.",
    "Every invented call stays private unless a child is in danger, the invented council said.",
    "The invented helpline will publish its first report at the end of the invented summer.",
)


def make_cell(text: str, position: int = 0, **block: object) -> Cell:
    """A kept cell with one text node; `block` are fields of its block, `link` its address."""
    link = block.pop("link", None)
    fields: dict[str, object] = {
        "tag": "p",
        "text": text,
        "nodes": (Node(position, text, str(link) if link else None, False),),
        "inside": frozenset({"p"}),
        "names": "",
        "suspects": (),
        "home": 0,
        "beside_image": False,
    }
    return Cell(position=position, block=Block(**(fields | block)), text=text)  # type: ignore[arg-type] # fields by name


def make_table(cells: Sequence[Cell], place: int) -> list[Cell]:
    """An invented story with cells set in before its block number `place`."""
    texts = [make_cell(text) for text in STORY]
    table = [*texts[:place], *cells, *texts[place:]]
    return [
        Cell(position=position, block=cell.block, text=cell.text)
        for position, cell in enumerate(table)
    ]


@pytest.fixture
def cell() -> Callable[..., Cell]:
    return make_cell


@pytest.fixture
def table_with() -> Callable[[Sequence[Cell], int], list[Cell]]:
    return make_table


@pytest.fixture
def story() -> tuple[str, ...]:
    return STORY


def read_page(head: str = "", body: str = "") -> Metadata:
    """The metadata of an invented page at `https://news.example/story`."""
    tree = parse(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>")
    assert tree is not None
    page = Page(url="https://news.example/story", body=b"")
    return read_metadata(tree, page, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def read() -> Callable[..., Metadata]:
    return read_page
