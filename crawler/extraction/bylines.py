"""Where a page names its authors when JSON-LD does not: meta tags, marked boxes, labelled lines."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.extraction import authors
from crawler.extraction.blocks import plain
from crawler.extraction.headings import text_of

_AUTHOR_KEYS = (
    "author", "article:author", "parsely-author", "byl", "dc.creator", "sailthru.author",
    "article:author_name", "dcterms.creator", "twitter:misc:written by",
)  # fmt: skip
_BOXES = ("a", "span", "p", "div", "address", "li", "cite", "meta")
_AUTHOR_BOX = re.compile(
    r"(?:^|[\s_-])(?:authors?|byline|writer)(?:[_-]+(?:name|link|title|url|item))?(?=$|\s)",
    re.IGNORECASE,
)
# Boxes of other people's names, by class or id: reader comments and the teasers of other articles.
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comment|comments|commentlist|related|teaser|teasers|recommended|"
    r"recommendations|most-?read|mostread)(?=$|[\s_-])",
    re.IGNORECASE,
)
_ASIDE = frozenset({"aside", "nav", "form"})
_NAME = r"(?:[^\W\d][^\s\d,;|&]*\s+){1,3}[^\W\d][^\s\d,;|&]*"
_SHOWN_NAMES = re.compile(
    rf"(?:by\s+|von\s+)?{_NAME}(?:\s*(?:,|&|\band\b|\bund\b)\s*{_NAME}){{0,4}}"
    r"(?:\s*,\s*[^\W\d][^\s\d,;|&]*)?",  # a place
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:by|written by|words by|words|text|author|authors|autor|autorin|autoren|autor(?:in)?\s*/\s*"
    r"autor(?:in)?|von|par|auteur|por|autore|door|auteurs?)\s*:?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:by|written by|words by|von|par|por|door)\s*:?\s+(?=[^\W\d_])", re.IGNORECASE
)
_LABELLED_BOXES = ("li", "p", "div", "span", "dt", "address")
# Small words within names and between them.
_PARTICLES = frozenset(
    {"de", "da", "di", "del", "van", "von", "der", "den", "bin", "al", "la", "le", "and", "und"}
)
_LONGEST_BYLINE = 200
_LONGEST_LINE = 90
# Of a box that says much else, the name in it may be that of an editor or a photographer.
_LEAST_SHARE = 0.4
_MOST_BOXES = 60
_MOST_LINES = 3000
_HIGHEST = 3
_MOST_TEXTS = 100


def declared_bylines(metas: Mapping[str, Sequence[str]]) -> list[str]:
    """The bylines of the first meta tag that has a name; [] without one.

    `metas` are the contents of the meta tags by lower-case name.
    """
    for key in _AUTHOR_KEYS:
        if authors.names(metas.get(key, ())):
            return [html.unescape(value) for value in metas[key]]
    if "written by" in " ".join(metas.get("twitter:label1", ())).lower():
        return [html.unescape(value) for value in metas.get("twitter:data1", ())]
    return []


def shown_bylines(tree: HtmlElement) -> list[str]:
    """The bylines that the page shows to readers; [] without one."""
    return next(_marked(tree), None) or next(_labelled(tree), [])


def _marked(tree: HtmlElement) -> Iterator[list[str]]:
    boxes = (box for box in tree.iter(*_BOXES) if _is_marked(box))
    for box in islice(boxes, _MOST_BOXES):
        if _is_of_others(box):
            continue
        told = _told(box)
        if told:
            yield [*told, *_beside(box)]


def _is_marked(box: HtmlElement) -> bool:
    names = box.get("class")
    # Asked of every box of a page: a look at a few letters comes before the pattern.
    if names and ("uthor" in names or "yline" in names or "riter" in names or names.isupper()):
        return bool(_AUTHOR_BOX.search(names)) or _is_declared(box)
    return _is_declared(box)


def _is_declared(box: HtmlElement) -> bool:
    if box.get("itemprop") == "author":
        return True
    return "author" in (box.get("rel") or "").lower().split()


def _is_of_others(box: HtmlElement) -> bool:
    if _names_others(box):
        return True
    around = list(box.iterancestors())
    tags = {outer.tag for outer in around}
    # The foot of an article has its byline on many blogs, that of a page has the maker of the site.
    in_foot = "footer" in tags and "article" not in tags
    return in_foot or not tags.isdisjoint(_ASIDE) or any(map(_names_others, around))


def _names_others(box: HtmlElement) -> bool:
    if box.tag in {"body", "html"}:
        return False
    return bool(_OTHERS.search(f"{box.get('class') or ''} {box.get('id') or ''}"))


def _told(box: HtmlElement) -> list[str]:
    # The names in a box, when it holds names and no biography.
    if box.tag == "meta":  # Microdata; a name in a meta tag of the head was read before.
        return [box.get("content", "")] if authors.names([box.get("content", "")]) else []
    whole = plain(text_of(box)) if _is_line(box) else ""
    if not whole:
        return []
    named = [plain(text_of(part)) for part in box.iter() if _is_name(part, box)]
    if authors.names(named):
        return named
    for texts in (_leaves(box), [whole]):
        enough = len("".join(texts)) >= _LEAST_SHARE * len(whole)
        if (
            texts
            and enough
            and all(_shows_names(text, box) for text in texts)
            and authors.names(texts)
        ):
            return texts
    return []


def _is_line(box: HtmlElement) -> bool:
    texts = list(islice(box.itertext(), _MOST_TEXTS))
    return len(texts) < _MOST_TEXTS and len(" ".join("".join(texts).split())) <= _LONGEST_BYLINE


def _is_name(part: HtmlElement, box: HtmlElement) -> bool:
    prop = part.get("itemprop")
    return prop == "name" if part is not box else prop == "author" and not len(box)


def _leaves(box: HtmlElement) -> list[str]:
    leaves = [
        text
        for part in box.iter()
        if isinstance(part.tag, str) and not len(part) and (text := plain(text_of(part)))
    ]
    return [text for text in leaves if not _LABEL.fullmatch(text)]


def _shows_names(text: str, box: HtmlElement) -> bool:
    if _SHOWN_NAMES.fullmatch(text):
        return True
    # One word may be a name where the box is marked as the author's and nothing else.
    return (
        len(text.split()) == 1
        and bool(text.strip(".,|"))
        and (box.get("rel") == "author" or "author" in (box.get("class") or "").split())
    )


def _beside(box: HtmlElement) -> list[str]:
    # The other marked boxes of the same line: a byline of several names.
    line = box
    for outer in islice(box.iterancestors(), _HIGHEST):
        if outer.tag in {"body", "article", "main"} or not _is_line(outer):
            break
        line = outer
    others = (other for other in line.iter(*_BOXES) if other is not box and _is_marked(other))
    return [name for other in others if not _is_of_others(other) for name in _told(other)]


def _labelled(tree: HtmlElement) -> Iterator[list[str]]:
    for line in islice(tree.iter(*_LABELLED_BOXES), _MOST_LINES):
        inner = line[0].text if len(line) else None
        first = (line.text or "").strip() or (inner or "").strip()
        if not first or len(first) > _LONGEST_LINE:
            continue
        label = _LABEL.fullmatch(first)
        if (label is None and not _LABELLED.match(first)) or not _is_line(line):
            continue
        whole = plain(text_of(line))
        names = whole[len(first) :] if label else _LABELLED.sub("", whole, count=1)
        told = [part.strip(" ,:") for part in re.split(r"\s*[,;&]\s*", names.strip(" :"))]
        fits = len(whole) <= _LONGEST_LINE and all(_is_capital(part) for part in told)
        if fits and not _is_of_others(line):
            yield told


def _is_capital(text: str) -> bool:
    words = text.split()
    return bool(_SHOWN_NAMES.fullmatch(text)) and all(
        word[0].isupper() or word in _PARTICLES for word in words
    )
