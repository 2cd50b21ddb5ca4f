"""Junk stripping: what stands in the article and is none of it goes, with a receipt."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crawler.extraction import junk, structure
from crawler.extraction.table import Cell, kept

# From this many times on a label is a running head.
_RUNNING = 3
# Characters of the longest line that can be a byline.
_BYLINE = 200
LONG_AGO = datetime(1995, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the page is known by: its address, site, headlines and the titles it links to."""

    url: str
    site_name: str = ""
    headlines: tuple[str, ...] = ()
    other_titles: frozenset[str] = frozenset()
    authors: tuple[str, ...] = ()
    now: datetime = LONG_AGO


def strip(cells: Sequence[Cell], context: Context) -> list[Cell]:
    """The table with every junk block removed and every glued label cut.

    Only ever removes: the text, cut and removed parts of a cell together are its text before.
    Stripping a stripped table changes nothing. An article is never emptied: where the rules would
    take the last block, they take none.
    """
    table = [junk.prefix_cut(cell) if cell.rule is None else cell for cell in cells]
    while True:
        alive = kept(table)
        found = _first_found(alive, context)
        if not found or len(found) == len(alive):
            return table
        table = [
            replace(cell, rule=found[cell.position]) if cell.position in found else cell
            for cell in table
        ]


def _first_found(alive: Sequence[Cell], context: Context) -> dict[int, str]:
    # Removing blocks moves the edges of the article, so that each search sees the last one's work.
    searches: tuple[Callable[[Sequence[Cell], Context], dict[int, str]], ...] = (
        _by_headline,
        _by_repetition,
        _by_byline,
        _by_rule,
        _by_place,
        _at_end,
    )
    for search in searches:
        found = search(alive, context)
        if found:
            return found
    return {}


def _by_headline(alive: Sequence[Cell], context: Context) -> dict[int, str]:
    return {
        cell.position: "headline:repeated"
        for cell in alive[:4]
        if cell.block.tag not in {"li", "blockquote", "pre"}
        and structure.is_headline(cell.text, context.headlines)
    }


def _by_byline(alive: Sequence[Cell], context: Context) -> dict[int, str]:
    return {
        cell.position: "credit:byline"
        for cell in (*alive[: junk.EDGE], *alive[-junk.EDGE :])
        if cell.block.tag not in {"li", "blockquote", "pre"}
        and len(cell.text) <= _BYLINE
        and structure.is_byline(cell.text, context.authors, context.now)
    }


def _by_rule(alive: Sequence[Cell], context: Context) -> dict[int, str]:
    found = {}
    for index, cell in enumerate(alive):
        place = junk.Place(index, len(alive))
        rule = junk.rule_for(cell, place, context.site_name)
        if rule is not None:
            found[cell.position] = rule.id
    return found


def _by_place(alive: Sequence[Cell], context: Context) -> dict[int, str]:
    found = dict.fromkeys(structure.link_lists(alive, context.url), "related:link-list")
    has_stops = structure.ends_with_stops(alive)
    for cell in alive:
        if structure.is_caption(cell, has_stops=has_stops):
            found[cell.position] = "caption:beside-image"
        elif structure.is_teaser(cell.block, context.url):
            found[cell.position] = "related:link-only"
        elif structure.words(cell.text) in context.other_titles:
            found[cell.position] = "related:title"
    return found


def _by_repetition(alive: Sequence[Cell], context: Context) -> dict[int, str]:
    """Running heads: a short label that the page repeats again and again."""
    lines = Counter(structure.words(cell.text) for cell in alive if structure.is_running(cell))
    return {
        cell.position: "headline:running"
        for cell in alive
        if structure.is_running(cell)
        and lines[structure.words(cell.text)] >= _RUNNING
        and not junk.vetoed(cell.text, context.site_name)
    }


def _at_end(alive: Sequence[Cell], context: Context) -> dict[int, str]:
    tail = structure.teaser_tail(alive, context.url)
    if tail:
        return dict.fromkeys(tail, "related:teasers")
    return dict.fromkeys(structure.dangling(alive), "related:heading-at-end")
