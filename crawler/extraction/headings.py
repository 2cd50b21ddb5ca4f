"""The headings of a page that may be its headline, and what they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.etree import Comment, iterwalk
from lxml.html import HtmlElement

from crawler.extraction.blocks import plain
from crawler.extraction.titles import words

_LEVELS = ("h1", "h2", "h3")
_ASIDE = ("aside", "nav", "footer")
_SILENT = ("style", "script", "noscript", "template", "svg", "rt", "rp")
_BREAKS = ("br", "div", "p", "h1", "h2", "h3", "h4", "li", "td")
_PARTS = ("span", "a", "div", "strong", "p")
# Two links before it, and a heading is the last crumb of the way to the page.
_CRUMBS = 2
_MOST_CRUMBS = 20
# A longer heading is one that was never closed.
_LONGEST = 1000
# The headline stands before that many headings.
_MOST = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Headings:
    """The headings of the page's own story.

    `first` are the texts of its h1, `texts` the words of every heading and of parts of headings.
    """

    first: tuple[str, ...]
    texts: frozenset[str]


def read_headings(tree: HtmlElement, url: str) -> Headings:
    """The headings of a page, without those of menus, breadcrumbs, teasers and the site's name.

    A teaser is known by its link, which leads elsewhere; so is the site's name.
    """
    first: list[str] = []
    texts: set[str] = set()
    for count, head in enumerate(tree.iter(*_LEVELS)):
        if count >= _MOST:
            break
        text = _clean(text_of(head))
        if not text or len(text) > _LONGEST or _is_another(head, text, url):
            continue
        texts.add(words(text))
        texts.update(words(_clean(text_of(part))) for part in head.iter(*_PARTS))
        texts.update(words(_clean(part.tail)) for part in head if part.tail)
        if head.tag == "h1":
            first.append(text)
    return Headings(first=tuple(first), texts=frozenset(texts - {""}))


def text_of(element: HtmlElement) -> str:
    """The text that an element shows, on one line: no styles, scripts or readings of characters."""
    if not len(element):
        return " ".join((element.text or "").split())
    special = next(element.iterdescendants(*_SILENT, *_BREAKS, Comment), None)
    text = "".join(element.itertext() if special is None else _shown(element))
    return " ".join(text.split())


def _shown(element: HtmlElement) -> Iterator[str]:
    walk = iterwalk(element, events=("start", "end"))
    for event, part in walk:
        silent = not isinstance(part.tag, str) or part.tag in _SILENT
        if part.tag in _BREAKS:
            yield " "
        if event == "start" and silent:
            walk.skip_subtree()
        elif event == "start":
            yield part.text or ""
        elif part is not element:
            yield part.tail or ""


def _is_crumb(head: HtmlElement) -> bool:
    # Some publishers end the breadcrumbs with an h1, made for search engines.
    parent = head.getparent()
    place = parent if parent is not None and parent.tag == "li" else head
    near = islice(place.itersiblings(preceding=True), _MOST_CRUMBS + 1)
    before = [other for other in near if isinstance(other.tag, str)]
    if len(before) > _MOST_CRUMBS:
        return False
    longest = len(text_of(head))
    links = [link for other in before for link in other.iter("a")]
    return len(links) >= _CRUMBS and all(len(text_of(other)) <= longest for other in before)


def _is_another(head: HtmlElement, text: str, url: str) -> bool:
    # Of another article, of the site or of a menu.
    around = list(head.iterancestors(*_ASIDE, "a"))
    if any(outer.tag != "a" for outer in around) or (head.tag == "h1" and _is_crumb(head)):
        return True
    inside = (link for link in head.iter("a") if _clean(text_of(link)) == text)
    link = around[0] if around else next(inside, None)
    return link is not None and bool(link.get("href")) and not _is_here(link.get("href", ""), url)


def _is_here(href: str, url: str) -> bool:
    here, target = urlsplit(url), href.strip().partition("#")[0]
    if here.query and not target.endswith(here.query):
        return False
    path, target = here.path.rstrip("/"), target.partition("?")[0].rstrip("/")
    # A relative address is the end of the path, an absolute one ends with it.
    return target.endswith(path) if "/" in target else path.endswith(f"/{target}")


def _clean(text: str) -> str:
    return text if text.isascii() else plain(text)
