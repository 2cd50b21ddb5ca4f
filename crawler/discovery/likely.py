"""Which links of a listing are articles when no rule says so."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from lxml import etree

from crawler.discovery.cards import Card
from crawler.urls import same_site

# "Cookies and privacy", "Latest news": furniture is called by few words, articles by more.
FEWEST_WORDS = 4

_FURNITURE_TAGS = {"nav", "aside", "form"}
_PAGE_EDGES = {"header", "footer"}
_FURNITURE_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search"}
_MAIN = etree.XPath("//main | //*[@role='main']")

_NO_ARTICLE_NAMES = (
    "about author authors categories category contact cookies donate feed login page privacy "
    "register search signin subscribe tag tags terms topic topics"
)
_NO_ARTICLE_SEGMENTS = frozenset(_NO_ARTICLE_NAMES.split())
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|csv|zip|jpe?g|png|gif|webp|svg|mp3|mp4|webm|xml|rss|ics)$",
    re.IGNORECASE,
)
_ONLY_A_DATE = re.compile(r"(?:/\d{4})(?:/\d{1,2}){0,2}/?")


def likely_articles(cards: Sequence[Card], root: etree._Element, url: str) -> list[Card]:
    """The cards that look like articles of a listing at `url`.

    On the same site, below or longer than the listing's own path, called by at least four words,
    and not in a header, footer, navigation or sidebar; where the page marks its main part, in it.
    """
    likely = [card for card in cards if _has_article_form(card, url) and not _in_furniture(card)]
    mains = set(_MAIN(root)) if likely else set()
    within = [card for card in likely if not mains.isdisjoint(_line(card))]
    return within or likely


def _has_article_form(card: Card, url: str) -> bool:
    path, own = urlsplit(card.url).path, urlsplit(url).path
    segments, own_segments = _segments(path), _segments(own)
    beyond_own = path.removeprefix(own.rstrip("/"))
    return (
        len((card.title or "").split()) >= FEWEST_WORDS
        and same_site(card.url, url)
        and (len(segments) > len(own_segments) or len(path) > len(own))
        and _NO_ARTICLE_SEGMENTS.isdisjoint(segments[-2:])
        and not _FILE.search(path)
        and not _ONLY_A_DATE.fullmatch(beyond_own)
    )


def _segments(path: str) -> list[str]:
    return [unquote(segment).lower() for segment in path.split("/") if segment]


def _line(card: Card) -> Iterable[etree._Element]:
    element = card.anchors[0].element
    return (element, *element.iterancestors())


def _in_furniture(card: Card) -> bool:
    in_article = False
    for element in reversed(tuple(_line(card))):  # from the page down to the link
        in_article = in_article or element.tag == "article"
        if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
            return True
        if element.tag in _PAGE_EDGES and not in_article:
            return True
    return False
