"""Where a listing goes on: the next page, or more of the same."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from crawler.discovery.gathering import absolute_url
from crawler.discovery.webpage import WebPage, words
from crawler.urls import same_site

# What a source's `next_page` may say in the place of a selector.
REL = "rel"
AUTO = "auto"
REL_SELECTOR = 'a[rel~="next"], link[rel~="next"]'

# Where "load more" buttons keep the address that their script would ask for.
_ADDRESSES = (
    "href",
    "data-href",
    "data-url",
    "data-next-url",
    "data-next-page-url",
    "data-next",
    "data-load-more-url",
    "hx-get",
    "formaction",
)
_CALLABLE = etree.XPath("//a | //button | //*[@hx-get] | //*[@data-next-url]")
_DECLARED = etree.XPath("//link[@href] | //a[@href]")
_LABEL = re.compile(
    r"(?:next(?: page)?|older(?: (?:posts|entries|articles|news|stories))?"
    r"|(?:load|show|view|see) more(?: (?:posts|news|articles|results|stories|items|updates))?"
    r"|more (?:news|articles|results|posts)|nächste(?: seite)?|weitere (?:meldungen|artikel|laden)"
    r"|mehr (?:laden|anzeigen)|ältere beiträge|suivante?|page suivante|charger plus"
    r"|siguiente|página siguiente|cargar más|successiva|pagina successiva|carica altro"
    r"|volgende|meer laden|neste|vis mer|próxima|carregar mais)[\s»\u203a→>…]*",
    re.IGNORECASE,
)
_LONGEST_LABEL = 40
_NUMBERED = re.compile(r"(?:^|/)(?:page|seite|p|pagina)[/-]?(\d{1,4})/?$", re.IGNORECASE)
_PARAMETERS = {"page", "p", "pg", "paged", "pagina", "seite", "pagenumber", "page_number"}


def next_addresses(elements: Iterable[etree._Element], page: WebPage) -> Iterator[str]:
    """The addresses of other pages that elements name: links, and buttons of scripts."""
    here = absolute_url(page.url, page.url)
    for element in elements:
        for name in _ADDRESSES:
            url = absolute_url(element.get(name, ""), page.base)
            # "#" and "?" lead to this very page.
            if url is not None and url != here:
                yield url
                break


def likely_next(page: WebPage) -> str | None:
    """The next page of a listing without a rule: `rel=next`, a label such as "Load more", a number.

    None when nothing looks like one on the same site: a script may load more, which we do not run.
    """
    declared = [e for e in _DECLARED(page.root) if "next" in (e.get("rel") or "").lower().split()]
    called = [e for e in _CALLABLE(page.root) if _is_label(e)]
    for url in next_addresses([*declared, *called], page):
        if same_site(url, page.url):
            return url
    return _numbered_next(page)


def _is_label(element: etree._Element) -> bool:
    said = (words(element), element.get("aria-label") or "", element.get("title") or "")
    return any(
        len(text) <= _LONGEST_LABEL and _LABEL.fullmatch(text.strip()) is not None
        for text in said
        if text
    )


def _numbered_next(page: WebPage) -> str | None:
    """The link to page N + 1 of this listing, when the pages are numbered in their addresses."""
    own = urlsplit(page.url)
    wanted = _number(page.url) + 1
    for url in next_addresses(page.root.iter("a"), page):
        parts = urlsplit(url)
        if parts.netloc != own.netloc or _number(url) != wanted:
            continue
        if _stem(parts.path) == _stem(own.path):
            return url
    return None


def _number(url: str) -> int:
    """Which page of a listing an address names; 1 when it names none."""
    parts = urlsplit(url)
    for name, value in parse_qsl(parts.query):
        if name.lower() in _PARAMETERS and value.isascii() and value.isdigit():
            return int(value)
    numbered = _NUMBERED.search(parts.path)
    return int(numbered[1]) if numbered else 1


def _stem(path: str) -> str:
    return _NUMBERED.sub("", path).rstrip("/")
