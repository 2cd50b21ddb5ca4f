"""What is junk by its place on the page, whatever its words: headlines, teasers, captions."""

import functools
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.dates import read_date
from crawler.extraction.blocks import HEADINGS, Block
from crawler.extraction.junk import is_label, plain_line, vetoed
from crawler.extraction.table import Cell
from crawler.urls import host_of, site_of

_WORD = re.compile(r"\w+")
# Texts of a page or two, of which each is looked at many times.
_REMEMBERED = 2048
_SHORTEST_HEADLINE = 9
_LONG_HEADLINE = 25
_SAME_LENGTH, _SAME_WORDS = 0.65, 0.85
_LINK_SHARE = 0.88
_ITEM_SHARE = 0.8
# Of a list item that is a label and a linked title.
_TITLE_SHARE = 0.5
_TEASER_SHARE = 0.25
_FEWEST, _MOST = 4, 31
_TITLE_WORDS = 4
_CAPTION_WORDS = 25
_MOST_LABELS = 0.3
_BYLINE_WORDS = re.compile(
    r"\b(?:by|von|par|por|di|door|and|und|et|y|e|en|written|posted|published|updated|on|at|staff|"
    r"writer|reporter|correspondent|editor|last|first)\b"
)
_RUNNING_WORDS = 6
_HEADING_WORDS = 12
_UNTOUCHED = frozenset({"table", "blockquote", "pre", "code"})


@functools.lru_cache(_REMEMBERED)
def words(text: str) -> str:
    """A text as its words, lower case, for comparing."""
    return " ".join(_WORD.findall(plain_line(text).casefold()))


def is_headline(text: str, headlines: Iterable[str]) -> bool:
    """Whether a block repeats one of the page's headlines, in whole or nearly so."""
    line = words(text)
    return bool(line) and any(_same(line, headline) for headline in headlines)


def _same(line: str, headline: str) -> bool:
    if line == headline:
        return True
    short, long = sorted((line, headline), key=len)
    if len(line) <= _LONG_HEADLINE or len(short) <= _SAME_LENGTH * len(long):
        return False
    one, other = set(line.split()), set(headline.split())
    return long.startswith(short) or len(one & other) >= _SAME_WORDS * len(one | other)


def other_titles(cells: Iterable[Cell], url: str) -> frozenset[str]:
    """The titles of the site's other articles that stand in the article too, as words.

    Taken from removed links that stand alone; links within the page (contents lists) are none.
    """
    here = urlsplit(url)
    cells = list(cells)
    short = [cell for cell in cells if _TITLE_WORDS <= _count(cell.text) <= _MOST]
    wanted = {words(cell.text) for cell in short if cell.rule is None}
    found: set[str] = set()
    for block in (cell.block for cell in short if cell.rule is not None):
        if block.link_share < _LINK_SHARE or words(block.text) not in wanted:
            continue
        targets = [urlsplit(urljoin(url, link)) for link in block.links if is_own_link(link, url)]
        if any(to.path != here.path for to in targets):
            found.add(words(block.text))
    return frozenset(found)


def _count(text: str) -> int:
    return text.count(" ") + 1


def ends_with_stops(cells: Iterable[Cell]) -> bool:
    """Whether the article's paragraphs end as sentences do; some blogs' never do."""
    long = [cell for cell in cells if _count(cell.text) >= _FEWEST and cell.block.tag == "p"]
    labels = sum(1 for cell in long if is_label(cell.text))
    return labels <= _MOST_LABELS * len(long)


def is_byline(text: str, authors: Sequence[str], now: datetime) -> bool:
    """Whether a block says who wrote the article and when, and nothing else."""
    line = plain_line(text).casefold()
    if "@" in line or text.lstrip().startswith("\u2014"):
        return False  # Who wrote an embedded post.
    rest = line
    for author in sorted(authors, key=len, reverse=True):
        rest = rest.replace(author.casefold(), " ")
    words_left = _BYLINE_WORDS.sub(" ", rest).strip(" |,:;/&-\u2013\u2014\u00b7\u2022")
    if not words_left:
        return rest != line
    labelled = re.match(r"\D*\w{4,}\s*:", words_left)
    return is_label(text) and not labelled and read_date(words_left, now) is not None


def _readable(url: str, link: str) -> bool:
    try:
        return urlsplit(urljoin(url, link)).scheme in {"http", "https"}
    except ValueError:
        return False


def is_own_link(link: str, url: str) -> bool:
    """Whether a link, as written, leads to another page of the same site."""
    if link.startswith("#") or not _readable(url, link):
        return False
    return site_of(host_of(urljoin(url, link))) == site_of(host_of(url))


def is_teaser(block: Block, url: str) -> bool:
    """Whether a block is a link to another article of the site and nothing else."""
    return (
        block.tag not in _UNTOUCHED
        and block.link_share >= _LINK_SHARE
        and _FEWEST <= _count(block.text) <= _MOST
        and is_label(block.text)
        and not vetoed(block.text, names=False)
        and all(is_own_link(link, url) for link in block.links)
    )


def is_caption(cell: Cell, *, has_stops: bool) -> bool:
    """Whether a block is the caption of an image: its element says so, or its place and form.

    Its form tells only where the paragraphs of the article end as sentences do (`has_stops`).
    """
    block = cell.block
    if "figcaption" in block.inside:
        return True
    return (
        has_stops
        and block.beside_image
        and block.tag in {"p", "div", "span"}
        and not {"li", "table", "blockquote"} & block.inside
        and is_label(cell.text)
        and not cell.text.rstrip().endswith((":", ",", ";"))
        and cell.text.count(" ") < _CAPTION_WORDS
        and "\n" not in cell.text
        and not all(node.strong for node in block.nodes)
        and block.link_share < _ITEM_SHARE
        and not vetoed(cell.text, names=False)
    )


def link_lists(cells: Sequence[Cell], url: str) -> set[int]:
    """The positions of list items that are links to the site's own pages, list by list."""
    found: set[int] = set()
    run: list[Cell] = []
    for cell in [*cells, None]:
        if cell is not None and "li" in cell.block.inside:
            run.append(cell)
            continue
        found |= _link_list(run, url)
        run = []
    return found


def _link_list(run: Sequence[Cell], url: str) -> set[int]:
    linked = [
        cell
        for cell in run
        if cell.block.link_share >= _TITLE_SHARE
        and cell.block.links
        and all(is_own_link(link, url) for link in cell.block.links)
        and not cell.text.rstrip().endswith(".")
        and not vetoed(cell.text, names=False)
    ]
    long_enough = sum(len(cell.text) for cell in run) > 18 * len(run)
    if not run or len(linked) < _ITEM_SHARE * len(run) or not long_enough:
        return set()
    return {cell.position for cell in linked}


def teaser_tail(cells: Sequence[Cell], url: str) -> set[int]:
    """The positions of a last list whose items all lead to other pages of the site."""
    tail: list[Cell] = []
    for cell in reversed(cells):
        if "li" not in cell.block.inside:
            break
        tail.append(cell)
    teasers = [
        cell
        for cell in tail
        if cell.block.link_share >= _TEASER_SHARE
        and any(is_own_link(link, url) for link in cell.block.links)
        and not vetoed(cell.text, names=False)
    ]
    if len(tail) < _FEWEST or len(teasers) < len(tail):
        return set()
    return {cell.position for cell in tail}


def dangling(cells: Sequence[Cell]) -> set[int]:
    """The positions of headings with nothing behind them but the end of the article.

    A long heading or one that ends as a sentence is text in large letters, and stays.
    """
    found: set[int] = set()
    for cell in reversed(cells):
        if (
            cell.block.tag not in HEADINGS
            or _count(cell.text) > _HEADING_WORDS
            or "\n" in cell.text
            or cell.text.rstrip().endswith(".")
            or vetoed(plain_line(cell.text))
        ):
            break
        found.add(cell.position)
    return found


def is_running(cell: Cell) -> bool:
    """Whether a block could be a running head: a label of a few words in a paragraph of its own."""
    return (
        cell.block.tag in {"p", "div"}
        and not {"li", "table", "blockquote"} & cell.block.inside
        and 1 < _count(cell.text) <= _RUNNING_WORDS
        and is_label(cell.text)
    )


def known(headlines: Iterable[str]) -> tuple[str, ...]:
    """Headlines as words, those that are too short to be told apart left out."""
    return tuple(
        dict.fromkeys(text for raw in headlines if len(text := words(raw)) >= _SHORTEST_HEADLINE)
    )
