"""Site memory: what a site puts on its pages whatever the article, learned from the archive.

A block that stands at the start or the end of many distinct articles of one source is furniture:
a sign-off, a sidebar, a call to donate. Nothing is learned from fewer than four distinct articles
(research: with two, a third of the lines learned were prose), a wire story under many addresses is
one article, and a sentence must stand on a third of them, for some sentences close many stories
that they belong to ("The trial continues."). What is learned is shown and can be dismissed.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from archive.furniture import Furniture, PageText, SourceTexts
from archive.records import Part
from crawler.extraction.junk import EDGE, Place, is_label, plain_line, vetoed
from crawler.extraction.structure import words
from crawler.extraction.table import Cell, kept

RULE = "site-memory"
FEWEST = 4
# Of the distinct articles, when it is a sentence.
SENTENCE_SHARE = 1 / 3
# Characters of the longest block that can be furniture.
LONGEST = 600
# A block that other rules took out counts as seen there when it is no mere label: a menu may say
# "Online safety", and so may a heading.
TELLING_WORDS = 5
# Words of its own that a page needs to count as an article, and how alike two texts are that are
# one: a third of their runs of four words.
OWN_WORDS = 30
RUN = 4
SAME_SHARE = 1 / 3
_LINKED = 0.5


def block_key(text: str) -> str:
    """The hash under which a block is remembered: over its words in lower case; "" without any."""
    line = words(text)
    return hashlib.sha256(line.encode()).hexdigest() if line else ""


def recall(cells: Sequence[Cell], furniture: Iterable[str]) -> list[Cell]:
    """The table without the blocks that the site is known to repeat, where furniture stands.

    Only blocks at the edges of the article or those that are links; never a helpline, and never
    all that is left of an article.
    """
    known, table = frozenset(furniture), list(cells)
    while known:
        alive = kept(table)
        found = {
            cell.position
            for index, cell in enumerate(alive)
            if (Place(index, len(alive)).is_edge or cell.block.link_share >= _LINKED)
            and block_key(cell.text) in known
            and not vetoed(plain_line(cell.text), names=False)
        }
        if not found or len(found) == len(alive):
            break
        table = [replace(cell, rule=RULE) if cell.position in found else cell for cell in table]
    return table


@dataclass(slots=True)
class _Sighting:
    """Where a block was seen: the numbers of the pages, and the text as one of them had it."""

    text: str = ""
    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    within: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)

    @property
    def at_edges(self) -> set[int]:
        return self.first | self.last

    @property
    def pages(self) -> set[int]:
        return self.at_edges | self.removed

    @property
    def place(self) -> str:
        return "both" if self.first and self.last else "first" if self.first else "last"


def learn(source: SourceTexts) -> tuple[Furniture, ...]:
    """The furniture that the pages of a source show, in the order in which it was met."""
    sightings = {
        key: seen
        for key, seen in _sightings(source.pages).items()
        if len(seen.pages) >= FEWEST and len(seen.at_edges) > len(seen.within)
    }
    if not sightings:
        return ()
    article_of = _distinct_articles(source.pages, frozenset(sightings))
    articles = len(set(article_of.values()))
    names = " ".join(source.names)
    found = []
    for key, seen in sightings.items():
        count = len({article_of[page] for page in seen.pages if page in article_of})
        if count >= _needed(seen.text, articles) and not vetoed(plain_line(seen.text), names):
            found.append(Furniture(text_hash=key, text=seen.text, place=seen.place, articles=count))
    return tuple(found)


def _needed(text: str, articles: int) -> float:
    return FEWEST if is_label(text) else max(FEWEST, articles * SENTENCE_SHARE)


def _sightings(pages: Sequence[PageText]) -> dict[str, _Sighting]:
    found: dict[str, _Sighting] = defaultdict(_Sighting)
    for number, page in enumerate(pages):
        for index, text in enumerate(page.blocks):
            key = block_key(text) if len(text) <= LONGEST else ""
            if key:
                seen = found[key]
                seen.text = seen.text or text
                _where(seen, index, len(page.blocks)).add(number)
    for number, page in enumerate(pages):
        for text in _removed_blocks(page):
            seen = found.get(block_key(text), _Sighting())
            seen.removed.add(number)
    return found


def _where(seen: _Sighting, index: int, count: int) -> set[int]:
    if index < min(EDGE, count / 2):
        return seen.first
    return seen.last if index >= count - EDGE else seen.within


def _removed_blocks(page: PageText) -> Iterator[str]:
    for removal in page.removals:
        is_telling = removal.text.count(" ") >= TELLING_WORDS - 1 or removal.rule == RULE
        if removal.part is Part.BLOCK and len(removal.text) <= LONGEST and is_telling:
            yield removal.text


def _distinct_articles(pages: Sequence[PageText], repeated: frozenset[str]) -> dict[int, int]:
    """Which article each page is, by number of the page: copies of one text are one article.

    Compared is what a page has beside the repeated blocks; a page without enough of it is none.
    """
    article_of: dict[int, int] = {}
    owner: dict[str, int] = {}
    sizes: dict[int, int] = {}
    for number, page in enumerate(pages):
        own = [text for text in page.blocks if block_key(text) not in repeated]
        tokens = [word for text in own for word in words(text).split()]
        if len(tokens) < OWN_WORDS:
            continue
        runs = {" ".join(tokens[at : at + RUN]) for at in range(len(tokens) - RUN + 1)}
        shared = Counter(owner[run] for run in runs if run in owner)
        twin, count = shared.most_common(1)[0] if shared else (number, 0)
        if count < SAME_SHARE * min(len(runs), sizes.get(twin, len(runs))):
            twin = number
            sizes[number] = len(runs)
        article_of[number] = twin
        for run in runs:
            owner.setdefault(run, twin)
    return article_of
