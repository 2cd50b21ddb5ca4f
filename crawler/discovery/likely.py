"""Which links of a listing are articles when no rule says so."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from lxml import etree

from crawler.discovery.cards import Card, cards
from crawler.discovery.webpage import Anchor, WebPage
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


def likely_articles(found: Iterable[Anchor], page: WebPage) -> list[Card]:
    """The cards of a listing that look like articles.

    On the same site, below or longer than the listing's own path, called by at least four words,
    and not in a header, footer, navigation or sidebar; where the page marks its main part, in it.
    """
    by_form = [anchor for anchor in found if _may_be_article(anchor.url, page.url)]
    in_place = [anchor for anchor in by_form if not is_in_furniture(anchor)]
    mains = set(_MAIN(page.root)) if in_place else set()
    in_main = [anchor for anchor in in_place if not mains.isdisjoint(_line(anchor))]
    named = [card for card in cards(in_main or in_place) if _has_name(card)]
    # Again without the links to tags and authors: they had parted the cards that they stand in.
    return cards(anchor for card in named for anchor in card.anchors)


def _has_name(card: Card) -> bool:
    return len((card.title or "").split()) >= FEWEST_WORDS


def _may_be_article(url: str, own_url: str) -> bool:
    path, own = urlsplit(url).path, urlsplit(own_url).path
    segments, own_segments = _segments(path), _segments(own)
    return (
        same_site(url, own_url)
        and (len(segments) > len(own_segments) or len(path) > len(own))
        and _NO_ARTICLE_SEGMENTS.isdisjoint(segments[-2:])
        and not _FILE.search(path)
        and not _ONLY_A_DATE.fullmatch(path.removeprefix(own.rstrip("/")))
    )


def _segments(path: str) -> list[str]:
    return [unquote(segment).lower() for segment in path.split("/") if segment]


def _line(anchor: Anchor) -> tuple[etree._Element, ...]:
    return (anchor.element, *anchor.element.iterancestors())


def is_in_furniture(anchor: Anchor) -> bool:
    """Whether a link stands in a header, footer, navigation, sidebar or form."""
    in_article = False
    for element in reversed(_line(anchor)):  # from the page down to the link
        in_article = in_article or element.tag == "article"
        if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
            return True
        if element.tag in _PAGE_EDGES and not in_article:
            return True
    return False
