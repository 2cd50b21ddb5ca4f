"""How sure it is that links which were chosen by their form are the articles of a listing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from lxml import etree

from crawler.discovery.cards import Card, date_beside
from crawler.discovery.webpage import WebPage, words

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from datetime import datetime

# Fewer links than this show no form in common.
FEWEST = 3
# So many links leave no doubt that this is a list.
PLENTY = 8
# From here on the links can be taken without a rule; below, a person should say one. Measured on
# saved article pages, which are no listings, and on the listings among the tests: see
# docs/sources.md.
SURE = 0.6
# Characters of a paragraph that is part of a text, and no teaser.
_PROSE = 250
_TITLE_WORDS = 5
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_DIGITS = re.compile(r"\d+")
_PARAGRAPHS = etree.XPath("//p[not(ancestor::header or ancestor::footer or ancestor::aside)]")
_SAYS_ARTICLE = etree.XPath(
    "boolean(//meta[@property='og:type'][@content='article'] |"
    " //meta[@property='article:published_time'])"
)
# What each sign is worth, together 1. Dates and one form of address tell most: menus have neither.
_WORTH = {"count": 0.2, "dated": 0.25, "address": 0.2, "place": 0.15, "headed": 0.1, "titled": 0.1}
# What is left of it on a page that is itself a text, and on one that says that it is an article.
_ON_PROSE = 0.35
_ON_ARTICLE = 0.5

Sign = TypeVar("Sign", bound="Hashable")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sureness:
    """From 0 (nothing speaks for it) to 1, and the signs that it rests on, in words."""

    share: float
    because: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the links can be taken without a rule."""
        return self.share >= SURE

    def __str__(self) -> str:
        """In one line: `85 % sure: 12 links, 12 with a date, …`."""
        return f"{self.share:.0%}".replace("%", " %") + f" sure: {', '.join(self.because)}"


def how_sure(chosen: Sequence[Card], page: WebPage, now: datetime) -> Sureness:
    """How sure it is that these cards are the articles that a page lists, and why.

    Six signs of the cards themselves, then doubts about the page as a whole. The worths are ours.
    """
    count = len(chosen)
    if not count:
        return Sureness(share=0.0, because=("no link has the form of an article",))
    have = {
        "dated": sum(date_beside(card, now) is not None for card in chosen),
        "address": _most_alike(address_form(card.url) for card in chosen),
        "place": _most_alike(_place(card) for card in chosen),
        "headed": sum(map(_is_headed, chosen)),
        "titled": sum(len((card.title or "").split()) >= _TITLE_WORDS for card in chosen),
    }
    share = _WORTH["count"] * min(count / PLENTY, 1.0)
    share += sum(_WORTH[sign] * alike / count for sign, alike in have.items())
    because = [
        f"{count} {'link' if count == 1 else 'links'}",
        f"{have['dated']} with a date",
        f"{have['address']} with one form of address",
        f"{have['place']} in one kind of place",
    ]
    if count < FEWEST:
        share *= count / (FEWEST + 1)
        because.append("too few to tell")
    for factor, doubt in _doubts(chosen, page):
        share *= factor
        because.append(doubt)
    return Sureness(share=round(share, 2), because=tuple(because))


def without_strays(chosen: Sequence[Card], now: datetime) -> list[Card]:
    """The cards without those that have nothing in common with the others.

    A link is a stray when most links stand in one kind of place with dates, and it stands
    elsewhere, has no date, and an address of another form.
    """
    places = [_place(card) for card in chosen]
    ((place, alike),) = Counter(places).most_common(1) or [((), 0)]
    if alike < FEWEST + 1 or alike * 2 < len(chosen):
        return list(chosen)
    most = [card for card, its in zip(chosen, places, strict=True) if its == place]
    if sum(date_beside(card, now) is not None for card in most) < 0.8 * len(most):
        return list(chosen)
    forms = {address_form(card.url) for card in most}
    return [
        card
        for card, its in zip(chosen, places, strict=True)
        if its == place or address_form(card.url) in forms or date_beside(card, now)
    ]


def address_form(url: str) -> str:
    """What the addresses of the articles of one site have in common: folders, numbers as `0`."""
    *folders, last = urlsplit(url).path.rstrip("/").split("/") or [""]
    shape = "*" if not last.isdigit() else "0"
    return "/".join([*(_DIGITS.sub("0", folder) for folder in folders), shape])


def common_pattern(urls: Iterable[str]) -> str | None:
    """A regular expression for the addresses of a listing, when nearly all share one folder.

    None when they stand in no folder of their own: then a pattern would fit menus as well.
    """
    paths = [urlsplit(url).path.rstrip("/") for url in urls]
    forms = Counter(path.rpartition("/")[0] for path in map(_numberless, paths))
    if not forms:
        return None
    ((form, alike),) = forms.most_common(1)
    if not form or alike < FEWEST or alike < 0.8 * len(paths):
        return None
    folders = [r"\d+" if part == "0" else _escaped(part) for part in form.split("/")[1:]]
    return "/" + "/".join(folders) + r"/[^/?#]+/?$"


def _escaped(folder: str) -> str:
    # re.escape() would escape hyphens too, which a person reads as something meant.
    return re.sub(r"([.+*?()\[\]{}|^$\\])", r"\\\1", folder)


def _numberless(path: str) -> str:
    folders, _, last = path.rpartition("/")
    return "/".join("0" if part.isdigit() else part for part in folders.split("/")) + f"/{last}"


def _most_alike(signs: Iterable[Sign]) -> int:
    return max(Counter(signs).values(), default=0)


def _place(card: Card) -> tuple[str, ...]:
    line = [card.element, *card.element.iterancestors()]
    return tuple(str(element.tag) for element in line)


def _is_headed(card: Card) -> bool:
    if any(element.tag in _HEADINGS for element in card.element.iter()):
        return True
    ancestors = (up.tag for anchor in card.anchors for up in anchor.element.iterancestors())
    return any(tag in _HEADINGS for tag in ancestors)


def _doubts(chosen: Sequence[Card], page: WebPage) -> Iterable[tuple[float, str]]:
    inside = {element for card in chosen for element in card.element.iter("p")}
    prose = [
        len(text)
        for paragraph in _PARAGRAPHS(page.root)
        if paragraph not in inside and len(text := words(paragraph)) >= _PROSE
    ]
    if len(prose) >= FEWEST:
        yield _ON_PROSE, f"the page itself is a text of {sum(prose):,} characters"
    if _SAYS_ARTICLE(page.root):
        yield _ON_ARTICLE, "the page says that it is an article"
