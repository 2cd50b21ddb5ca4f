"""Listing pages: which links are articles, what they are called, what date stands beside them."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from archive.records import DiscoveredLink, FoundAs, LinkKind, Links
from crawler.discovery.cards import Card, cards, date_beside
from crawler.discovery.document import DiscoveryDocument, Unreadable
from crawler.discovery.gathering import Place, Row, counted, gather
from crawler.discovery.issues import likely_issues
from crawler.discovery.likely import likely_articles
from crawler.discovery.paging import AUTO, REL, REL_SELECTOR, likely_next, next_addresses
from crawler.discovery.sureness import how_sure, without_strays
from crawler.discovery.webpage import WebPage, anchors, parse_page
from crawler.sources import Discovery
from crawler.urls import same_site

# No listing shows more; a page that does is something else, or means harm.
MOST_LINKS = 2_000


def read_listing(document: DiscoveryDocument, now: datetime) -> Links:
    """The links of a listing page to articles, or to digests where the source lists those.

    Which links are articles is said by the source's `links` or `pattern`, else judged by form. The
    next page comes last, as a link to a listing; how many pages are followed, the caller says.
    Raises Unreadable when the body is no web page, or a rule of the source cannot be used or fits
    no link of the first page.
    """
    page = parse_page(document.body, document.content_type, document.url)
    rules, warnings = document.rules, []
    next_url = _next_url(page, rules)
    by_form = rules.links is None and rules.pattern is None
    chosen = _by_form(page, _kind(document), now) if by_form else _by_rule(page, rules)
    chosen = [card for card in chosen if card.url != next_url]
    if not chosen and not by_form and document.depth == 0:
        # Not an empty list: a 304 would vouch for this page still when the rule has been mended.
        raise Unreadable(_nothing_chosen(rules, _kind(document)))
    if not chosen:
        warnings.append(_nothing_chosen(rules, _kind(document)))
    elif by_form and _kind(document) is LinkKind.ARTICLE:
        warnings.append(f"links chosen by their form, {how_sure(chosen[:MOST_LINKS], page, now)}")
    if len(chosen) > MOST_LINKS:
        warnings.append(f"only the first {MOST_LINKS:,} of {counted(len(chosen), 'link')} taken")
    place = Place(url=page.url, kind=_kind(document), found_as=FoundAs.LISTING_LINK, now=now)
    links = gather(_rows(chosen[:MOST_LINKS], now), place).links
    if next_url and not same_site(next_url, page.url):
        warnings.append(f"the next page would be on another site: {next_url}")
    elif next_url:
        links = (*links, _next_link(next_url, page.url, len(links) + 1))
    return Links(links=links, warnings=tuple(warnings))


def _kind(document: DiscoveryDocument) -> LinkKind:
    # The second page of a list of digests is a listing whose rules still say: digests.
    digests = LinkKind.DIGEST in {document.kind, document.rules.kind}
    return LinkKind.DIGEST if digests else LinkKind.ARTICLE


def _by_rule(page: WebPage, rules: Discovery) -> Sequence[Card]:
    if rules.links is None:
        found = anchors(page.root.iter("a"), page)
    else:
        found = anchors(_links_of(_selected(page, "links", rules.links)), page)
    if rules.pattern is not None:
        wanted = _compiled(rules.pattern)
        found = (anchor for anchor in found if wanted.search(anchor.url))
    return cards(found)


def _by_form(page: WebPage, kind: LinkKind, now: datetime) -> Sequence[Card]:
    found = anchors(page.root.iter("a"), page)
    if kind is LinkKind.DIGEST:
        return likely_issues(found, page)
    return without_strays(likely_articles(found, page), now)


def _links_of(elements: Sequence[etree._Element]) -> Iterator[etree._Element]:
    # A rule may select the card in the place of the link in it: then the first link is meant.
    for element in elements:
        link = element if element.tag == "a" else next(element.iter("a"), None)
        if link is not None:
            yield link


def _selected(page: WebPage, rule: str, selector: str) -> list[etree._Element]:
    try:
        return list(CSSSelector(selector, translator="html")(page.root))
    except (SelectorError, etree.XPathError) as error:
        raise Unreadable(
            f"the source's {rule} = {selector!r} is no CSS selector: {error}"
        ) from error


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise Unreadable(
            f"the source's pattern = {pattern!r} is no regular expression: {error}"
        ) from error


def _next_url(page: WebPage, rules: Discovery) -> str | None:
    if rules.next_page is None:
        return None
    if rules.next_page == AUTO:
        return likely_next(page)
    selector = REL_SELECTOR if rules.next_page == REL else rules.next_page
    return next(next_addresses(_selected(page, "next_page", selector), page), None)


def _next_link(url: str, found_in: str, position: int) -> DiscoveredLink:
    return DiscoveredLink(
        url=url,
        kind=LinkKind.LISTING,
        found_in=found_in,
        found_as=FoundAs.LISTING_NEXT_PAGE,
        position=position,
    )


def _rows(chosen: Sequence[Card], now: datetime) -> Iterator[Row]:
    for card in chosen:
        yield Row(address=card.url, base="", title=card.title, published=date_beside(card, now))


def _nothing_chosen(rules: Discovery, kind: LinkKind) -> str:
    if rules.links is not None:
        return f"the source's links = {rules.links!r} select no link on this page"
    if rules.pattern is not None:
        return f"the source's pattern = {rules.pattern!r} fits no link on this page"
    what = "an issue of a newsletter" if kind is LinkKind.DIGEST else "an article"
    return f"no link on this page looks like {what}; a `links` or `pattern` rule can say which"
