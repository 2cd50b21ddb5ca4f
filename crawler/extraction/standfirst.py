"""The standfirst: the lines between headline and story that many sites set in a box of their own.

Trafilatura and the class prune often take that box for a teaser of another article.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from crawler.extraction.junk import is_label
from crawler.extraction.structure import is_headline, words
from crawler.extraction.table import BOILERPLATE, Cell

# Blocks between the headline and the story, words of a standfirst, share of linked text.
_FARTHEST = 14
_FEWEST, _MOST = 8, 160
_SURE = 12
_LINKED = 0.2
_SAME = 0.85
_TAKEN = frozenset({BOILERPLATE, "class:related"})
_ELSEWHERE = frozenset(
    {"aside", "nav", "footer", "form", "figcaption", "figure", "li", "table", "button"}
)
# What sites of many languages call it.
_NAMED = re.compile(
    r"standfirst|stand-first|\bdek\b|deck|intro|lead(?!er|ing)|teaser|summary|excerpt|abstract|chapo|"
    r"chapeau|sub-?title|sub-?head|description|synopsis|entradilla|bajada|sommario|ingress|"
    r"perex|vorspann|anleser"
)
_CAPTION = re.compile(r"caption|annotation|credit|copyright|photo|gallery|comment")
# Where the standfirst is a line of display that repeats what the story says, and not its beginning:
# readers of the public benchmarks leave it out in English and count it as text in other languages.
_DISPLAY = frozenset({"en"})


def with_standfirst(
    cells: Sequence[Cell], titles: Sequence[str], description: str | None, language: str | None
) -> list[Cell]:
    """The table with the standfirst taken back into the article, when the page has one.

    `titles` are the headlines of the page as words (`structure.known`). A block counts when the
    page gives it as its description, or when its class names it and it says a sentence; it stands
    between the headline and the first kept paragraph. English pages are left as they are: there
    the standfirst is the description and no part of the text.
    """
    if language in _DISPLAY:
        return list(cells)
    first = next((cell.position for cell in cells if _is_story(cell, titles)), 0)
    dek = words(description or "")
    table = list(cells)
    for cell in _between(cells, first, titles):
        if _may_be(cell, titles) and (_is_named(cell) or _is_described(cell, dek)):
            table[cell.position] = replace(cell, rule=None)
    return table


def _is_story(cell: Cell, titles: Sequence[str]) -> bool:
    return (
        cell.rule is None and "h1" not in cell.block.inside and not is_headline(cell.text, titles)
    )


def _between(cells: Sequence[Cell], first: int, titles: Sequence[str]) -> Sequence[Cell]:
    nearest = cells[max(0, first - _FARTHEST) : first]
    for cell in reversed(nearest):
        if "h1" in cell.block.inside or is_headline(cell.text, titles):
            return cells[cell.position + 1 : first]
    return cells[max(0, first - 1) : first]


def _may_be(cell: Cell, titles: Sequence[str]) -> bool:
    block = cell.block
    return (
        cell.rule in _TAKEN
        and not _ELSEWHERE & block.inside
        and not _CAPTION.search(block.names)
        and _FEWEST <= len(cell.text.split()) <= _MOST
        and block.link_share <= _LINKED
        and not is_headline(cell.text, titles)
    )


def _is_named(cell: Cell) -> bool:
    return bool(_NAMED.search(cell.block.names)) and (
        not is_label(cell.text) or len(cell.text.split()) >= _SURE
    )


def _is_described(cell: Cell, dek: str) -> bool:
    # A description may be cut short, a standfirst may begin with the name of a town.
    line, told = set(words(cell.text).split()), set(dek.split())
    least = min(len(line), len(told))
    return least >= _FEWEST and len(line & told) >= _SAME * least
