"""The headings of a page that may be its headline, and what they are made of."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from crawler.extraction.blocks import plain
from crawler.extraction.titles import words

_LEVELS = ("h1", "h2", "h3")
_ASIDE = frozenset({"aside", "nav", "footer"})
_SILENT = frozenset({"style", "script", "noscript", "template", "svg", "rt", "rp"})
_BREAKS = frozenset({"br", "div", "p", "h1", "h2", "h3", "h4", "li", "td"})
_PARTS = ("span", "a", "div", "strong", "p")
# Two links before it, and a heading is the last crumb of the way to the page.
_CRUMBS = 2
_MOST = 200


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
        text = plain(text_of(head))
        if count >= _MOST or not text or _is_aside(head) or _leads_elsewhere(head, text, url):
            continue
        texts.add(words(text))
        texts.update(words(plain(text_of(part))) for part in head.iter(*_PARTS))
        texts.update(words(plain(part.tail)) for part in head if part.tail)
        if head.tag == "h1":
            first.append(text)
    return Headings(first=tuple(first), texts=frozenset(texts - {""}))


def text_of(element: HtmlElement) -> str:
    """The text that an element shows, on one line: no styles, scripts or readings of characters."""
    if not len(element):
        return " ".join((element.text or "").split())
    pieces = []
    walk = iterwalk(element, events=("start", "end"))
    for event, part in walk:
        silent = not isinstance(part.tag, str) or part.tag in _SILENT
        if part.tag in _BREAKS:
            pieces.append(" ")
        if event == "start" and silent:
            walk.skip_subtree()
        elif event == "start":
            pieces.append(part.text or "")
        elif part is not element:
            pieces.append(part.tail or "")
    return " ".join("".join(pieces).split())


def _is_aside(head: HtmlElement) -> bool:
    if any(outer.tag in _ASIDE for outer in head.iterancestors()):
        return True
    return head.tag == "h1" and _is_crumb(head)


def _is_crumb(head: HtmlElement) -> bool:
    # Some publishers end the breadcrumbs with an h1, made for search engines.
    parent = head.getparent()
    place = parent if parent is not None and parent.tag == "li" else head
    before = [other for other in place.itersiblings(preceding=True) if isinstance(other.tag, str)]
    links = [link for other in before for link in other.iter("a")]
    return len(links) >= _CRUMBS and all(
        len(text_of(other)) <= len(text_of(head)) for other in before
    )


def _leads_elsewhere(head: HtmlElement, text: str, url: str) -> bool:
    around = next(head.iterancestors("a"), None)
    inside = (link for link in head.iter("a") if plain(text_of(link)) == text)
    link = around if around is not None else next(inside, None)
    if link is None or not link.get("href"):
        return False
    here = urlsplit(url)
    try:
        target = urlsplit(urljoin(url, link.get("href", "").strip()))
    except ValueError:
        return False
    same_query = not here.query or here.query == target.query
    return target.path.rstrip("/") != here.path.rstrip("/") or not same_query
