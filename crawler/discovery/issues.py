"""Which links of a page are the issues of a newsletter, when no rule says so."""

import re
from collections.abc import Iterable

from crawler.dates import MONTHS
from crawler.discovery.cards import Card, cards
from crawler.discovery.likely import is_in_furniture
from crawler.discovery.webpage import Anchor, WebPage
from crawler.urls import same_site

_NAMES = (
    r"newsletter|bulletin|digest|update|round-?up|briefing|magazine|edition|issue|ausgabe"
    r"|rundbrief|infobrief|bulletin|lettre|boletín|boletin|notiziario|nieuwsbrief|nyhetsbrev"
)
_NUMBER = r"(?:issue|no\.?|nr\.?|number|edition|vol(?:ume)?\.?|#|ausgabe|n°|núm\.?)\s*\d{1,4}"
_WHOLE = 4
# Of the short names only "May" is no abbreviation: "out", "set" and "mar" are other words too.
_MONTH_NAMES = sorted((name for name in MONTHS if len(name) >= _WHOLE or name == "may"), key=len)
_MONTH = rf"\b(?:{'|'.join(reversed(_MONTH_NAMES))})\b"
_TIME = rf"(?:{_MONTH}|\b(?:spring|summer|autumn|winter|week|term)\b).{{0,12}}\b(?:19|20)\d\d\b"
_WHEN = re.compile(rf"(?:{_TIME})|(?:{_NUMBER})", re.IGNORECASE)
_CALLED = re.compile(rf"\b(?:{_NAMES})s?\b", re.IGNORECASE)
_PATH_WHEN = re.compile(
    rf"(?:19|20)\d\d[-_/]?(?:0[1-9]|1[0-2])\b|{_MONTH}[-_]?(?:19|20)?\d\d"
    r"|(?:issue|edition|no|vol)[-_]?\d{1,4}\b",
    re.IGNORECASE,
)


def likely_issues(found: Iterable[Anchor], page: WebPage) -> list[Card]:
    """The cards of a page that look like issues of a newsletter.

    An issue says when it is of (a month and a year, a number), in its title or its address, and
    is called a newsletter or its like there or stands among others that say the same.
    """
    here = [
        anchor
        for anchor in found
        if same_site(anchor.url, page.url) and not is_in_furniture(anchor)
    ]
    dated = [card for card in cards(here) if _says_when(card)]
    called = [card for card in dated if _CALLED.search(f"{card.title or ''} {card.url}")]
    # "May 2024 · April 2024 · March 2024": the page says what they are, the links only when.
    return called or [card for card in dated if _WHEN.match(card.title or "")]


def _says_when(card: Card) -> bool:
    path = card.url.partition("://")[2].partition("/")[2]
    return bool(_WHEN.search(card.title or "") or _PATH_WHEN.search(path))
