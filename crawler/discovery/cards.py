"""What belongs to a link in a listing: its title, and the date beside it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crawler.dates import find_date, read_date
from crawler.discovery.webpage import Anchor, words

_CARD_TAGS = {"article", "li", "tr", "dd"}
_BEYOND_A_CARD = {"main", "body", "html", "ul", "ol", "dl", "table", "tbody", "nav"}
_HEADING = etree.XPath("(.//h1 | .//h2 | .//h3 | .//h4 | .//h5 | .//h6)[1]")
_NAMED_TITLE = etree.XPath(
    "(.//*[contains(@class, 'title') or contains(@class, 'headline')"
    " or contains(@itemprop, 'headline')])[1]"
)
_MARKED_DATES = etree.XPath(
    ".//*[@itemprop='datePublished' or contains(@class, 'date') or contains(@class, 'time')"
    " or contains(@class, 'posted') or contains(@class, 'published')]"
)
# A date stands alone or in a byline; in a longer text it is what the text is about.
_LONGEST_DATE_TEXT = 80

_CALL = re.compile(
    r"(?:read (?:more|on|now|article|story|(?:the )?full (?:article|story|release))"
    r"|continue reading|keep reading|find out more|learn more|see more|view (?:more|article)"
    r"|full (?:article|story)|click here|weiterlesen|mehr (?:lesen|erfahren)|lire (?:la suite|plus)"
    r"|leer más|leggi (?:tutto|di più)|lees (?:meer|verder)|les mer)\b(?:\s+(?:about|on)\b)?[\W_]*",
    re.IGNORECASE,
)
_BARE_CALLS = {"more", "view", "details", "here", "mehr", "link", "download", "comments", "share"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One address in a listing: all links to it, and the part of the page that is about it."""

    url: str
    anchors: tuple[Anchor, ...]
    element: etree._Element
    title: str | None


def cards(anchors: Iterable[Anchor]) -> list[Card]:
    """The links grouped by address, in the order of the page, each with its surroundings."""
    by_url: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        by_url.setdefault(anchor.url, []).append(anchor)
    owners = _owners(anchor for group in by_url.values() for anchor in group)
    return [_card(url, tuple(group), owners) for url, group in by_url.items()]


def date_beside(card: Card, now: datetime) -> str | None:
    """The date that a card shows, or that stands next to it; of several the first that is marked.

    A `time` element comes first, then what is named as a date, then a short text that holds one.
    """
    dates = (
        read_date(text, now) or find_date(text, now)
        for text in _date_texts(card)
        if text and len(text) <= _LONGEST_DATE_TEXT
    )
    return next((date for date in dates if date), None)


def _owners(anchors: Iterable[Anchor]) -> dict[etree._Element, str | None]:
    """For each element that holds links the one address they lead to; None for several."""
    owners: dict[etree._Element, str | None] = {}
    for anchor in anchors:
        element: etree._Element | None = anchor.element
        while element is not None:
            owner = owners.setdefault(element, anchor.url)
            if owner is None:
                break
            if owner != anchor.url:
                _shared(element, owners)
                break
            element = element.getparent()
    return owners


def _shared(element: etree._Element, owners: dict[etree._Element, str | None]) -> None:
    up: etree._Element | None = element
    while up is not None and owners.get(up, "") is not None:
        owners[up] = None
        up = up.getparent()


def _card(url: str, group: tuple[Anchor, ...], owners: dict[etree._Element, str | None]) -> Card:
    elements = dict.fromkeys(_widened(anchor, owners) for anchor in group)
    # The heading, the picture and "Read more" may be three links in one card.
    element = max(elements, key=lambda each: sum(1 for _ in each.iter()))
    return Card(
        url=url,
        anchors=group,
        element=element,
        title=_title(group, element),
    )


def _widened(anchor: Anchor, owners: dict[etree._Element, str | None]) -> etree._Element:
    element = anchor.element
    while (parent := element.getparent()) is not None:
        if element.tag in _CARD_TAGS or parent.tag in _BEYOND_A_CARD:
            break
        if owners.get(parent) != anchor.url:
            break
        element = parent
    return element


def _title(group: Iterable[Anchor], card: etree._Element) -> str | None:
    spoken = [text for anchor in group if (text := words(_headline(anchor.element)))]
    named = next((text for text in spoken if not _is_call(text)), None)
    if named:
        return named
    heading = next(iter(_elements(_HEADING(card))), None)
    if heading is not None and words(heading):
        return words(heading)
    rest = (_CALL.sub("", text, count=1) for text in spoken if _CALL.match(text))
    return next((text for text in rest if text), None)


def _is_call(text: str) -> bool:
    bare = re.sub(r"[\W_]+", " ", text).strip().lower()
    return not bare or bare in _BARE_CALLS or _CALL.match(text) is not None


def _headline(anchor: etree._Element) -> etree._Element:
    """What of a link is its title: all, or the heading when the link wraps a whole card."""
    for found in (_HEADING(anchor), _NAMED_TITLE(anchor)):
        for element in _elements(found):
            return element
    return anchor


def _elements(found: object) -> Iterator[etree._Element]:
    if isinstance(found, list):
        yield from filter(etree.iselement, found)


def _date_texts(card: Card) -> Iterator[str]:
    for time in card.element.iter("time"):
        yield time.get("datetime", "")
        yield words(time)
    for marked in _elements(_MARKED_DATES(card.element)):
        yield marked.get("datetime") or marked.get("content") or words(marked)
    headlines = {_headline(anchor.element) for anchor in card.anchors}
    yield from _texts_outside(card.element, headlines)
    yield from _texts_beside(card.element)


def _texts_outside(card: etree._Element, headlines: set[etree._Element]) -> Iterator[str]:
    walk = etree.iterwalk(card, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            yield (element.tail or "") if element is not card else ""
        elif element in headlines:
            walk.skip_subtree()
        else:
            yield element.text or ""


def _texts_beside(card: etree._Element) -> Iterator[str]:
    yield card.tail or ""
    before = card.getprevious()
    if before is None:
        parent = card.getparent()
        yield (parent.text or "") if parent is not None else ""
        return
    yield before.tail or ""
    if next(before.iter("a"), None) is None:
        yield words(before)
