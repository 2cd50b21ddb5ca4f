"""What the page says about its article: JSON-LD first, then meta tags, then what is shown."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import htmldate
from lxml.html import HtmlElement

from archive.records import Page
from crawler.dates import read_date
from crawler.extraction import authors, wires
from crawler.extraction.blocks import plain
from crawler.extraction.bylines import declared_bylines, shown_bylines
from crawler.extraction.headings import Headings, read_headings, text_of
from crawler.extraction.jsonld import Claims, read_jsonld
from crawler.extraction.metas import read_metas
from crawler.extraction.signals import head_links, read_signals
from crawler.extraction.titles import Named, best, is_site
from crawler.urls import canonical_url, host_of, site_of

_TITLE_KEYS = ("og:title", "twitter:title", "title", "dc.title", "parsely-title", "sailthru.title")
_PUBLISHED_KEYS = (
    "article:published_time", "og:published_time", "datepublished", "parsely-pub-date", "pubdate",
    "publishdate", "publish-date", "publication_date", "sailthru.date", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created", "date",
    "og:article:published_time", "article.published", "govuk:first-published-at",
)  # fmt: skip
_MODIFIED_KEYS = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified",
    "dc.date.modified", "govuk:public-updated-at",
)  # fmt: skip
_DESCRIPTION_KEYS = ("og:description", "description", "twitter:description", "dc.description")
_SITE_KEYS = ("og:site_name", "application-name", "dc.publisher", "publisher")
_LANGUAGE_KEYS = ("og:locale", "language", "content-language", "dc.language", "dcterms.language")

_BARS = re.compile(r"\s+[|\u2013\u2014\u00bb\u00b7\u2022]\s+|\s+-\s+|\s+:\s+|\s*\|\s*")
_HEADLINE_WORDS = 4
_SHORTEST_HEADLINE = 9
_URL_DATE = re.compile(
    r"/(?P<year>19\d\d|20\d\d)[/-]?(?P<month>0?[1-9]|1[0-2]|[a-z]{3})"
    r"(?:[/-]?(?P<day>0[1-9]|[12]\d|3[01]|(?<=[/-])[1-9])(?!\d))?(?=[/_.-]|$)",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?$", re.IGNORECASE)
_MONTH = len("2024-06")
_PRECISION = {_MONTH: "month", 10: "day"}
# Characters: more than any headline or standfirst has. A page can put its whole text there.
LONGEST_TITLE = 1000
LONGEST_FACT = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Metadata:
    """What was read; empty where nothing was. `headlines` are all the forms of the title."""

    title: str
    headlines: tuple[str, ...]
    authors: tuple[str, ...]
    published: str | None
    published_precision: str | None
    published_source: str | None
    modified: str | None
    description: str | None
    site_name: str | None
    language: str | None
    canonical_url: str | None
    signals: tuple[str, ...]
    claims: Claims


def read_metadata(tree: HtmlElement, page: Page, now: datetime) -> Metadata:
    """The metadata of a page; `tree` must still have its scripts. Dates after `now` are refused."""
    claims, metas = read_jsonld(tree), read_metas(tree)
    site = _first([claims.publisher, *_values(metas, _SITE_KEYS)])
    site_name = _first([*_values(metas, _SITE_KEYS[:1]), site])
    domain = site_of(host_of(page.url))
    sites = list(dict.fromkeys([site_name, site, domain, domain.partition(".")[0]]))
    title_tag = plain(next((text_of(title) for title in tree.iter("title")), ""))
    headings = read_headings(tree, page.url)
    named = _named(headings, claims, metas, tag=title_tag, hint=plain(page.title_hint or ""))
    titles = [*named.claimed, *named.shown, *named.social, named.tag, *named.others]
    published, source = _published(tree, page, now, claims=claims, metas=metas)
    return Metadata(
        title=best(named, sites)[:LONGEST_TITLE].rstrip(),
        headlines=_headlines([*titles, *claims.headlines], title_tag),
        authors=_authors(tree, claims, metas, sites),
        published=published,
        published_precision=_precision(published),
        published_source=source,
        modified=_dated([claims.modified, *_values(metas, _MODIFIED_KEYS)], now),
        description=_first([claims.description, *_values(metas, _DESCRIPTION_KEYS)])[:LONGEST_FACT]
        or None,
        site_name=site_name[:LONGEST_FACT] or None,
        language=_language(tree, claims, metas),
        canonical_url=_canonical(tree, page, metas),
        signals=read_signals(tree, page.url, free=claims.free, metas=metas),
        claims=claims,
    )


def _values(metas: Mapping[str, list[str]], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        for value in metas.get(key, ()):
            yield plain(html.unescape(value)).replace("\n", " ")


def _first(values: Iterable[str]) -> str:
    return next((text for value in values if (text := plain(value).replace("\n", " "))), "")


def _named(
    headings: Headings, claims: Claims, metas: Mapping[str, list[str]], *, tag: str, hint: str
) -> Named:
    return Named(
        claimed=[plain(text).replace("\n", " ") for text in claims.headlines[:1]],
        shown=headings.first,
        social=list(_values(metas, _TITLE_KEYS[:2])),
        others=[*_values(metas, _TITLE_KEYS[2:]), hint],
        tag=tag,
        headings=headings.texts,
    )


def _headlines(candidates: Iterable[str], title_tag: str) -> tuple[str, ...]:
    parts = [part for part in _BARS.split(title_tag) if len(part.split()) >= _HEADLINE_WORDS]
    known = dict.fromkeys([*candidates, *parts])
    return tuple(text for text in known if len(text) >= _SHORTEST_HEADLINE)


def _authors(
    tree: HtmlElement, claims: Claims, metas: Mapping[str, list[str]], sites: Sequence[str]
) -> tuple[str, ...]:
    tagged = declared_bylines(metas)
    declared, more = authors.names(claims.authors), authors.names(tagged)
    # Some publishers give JSON-LD only the first of several authors.
    claimed = tagged if set(declared) < set(more) else claims.authors
    if not all(_is_of_site(byline, sites) for byline in claimed):
        return authors.names(claimed)
    # A site that names itself as the author in one place may name a person in another.
    shown = shown_bylines(tree)
    for told in (tagged, shown):
        names = authors.names(name for name in told if not _is_of_site(name, sites))
        if any(" " in name and not wires.credited(name) for name in names):
            return names
    return declared or authors.names(claimed) or authors.names(shown)


def _is_of_site(byline: str, sites: Sequence[str]) -> bool:
    return any(is_site(byline, site) or ("." in site and site in byline.lower()) for site in sites)


def _published(
    tree: HtmlElement, page: Page, now: datetime, *, claims: Claims, metas: Mapping[str, list[str]]
) -> tuple[str | None, str | None]:
    declared = (
        ("json-ld", [claims.published]),
        ("meta", _values(metas, _PUBLISHED_KEYS)),
        ("time element", _times(tree)),
        ("url", _url_dates(page.url)),
        ("link hint", [page.published_hint or ""]),
    )
    month: tuple[str, str] | None = None
    for source, texts in declared:
        date = _dated(texts, now)
        if date is not None and (month is None or date.startswith(month[0])):
            if len(date) != _MONTH:
                return date, source
            month = month or (date, source)
    if month is not None:
        return month
    guess = htmldate.find_date(
        tree, original_date=True, extensive_search=False, max_date=now.strftime("%Y-%m-%d")
    )
    date = _dated([guess or ""], now)
    return date, "text" if date else None


def _dated(texts: Iterable[str], now: datetime) -> str | None:
    return next((date for text in texts if text and (date := read_date(text, now))), None)


def _times(tree: HtmlElement) -> Iterator[str]:
    # A time that is marked as the publication's, or the first one of the page's only article.
    times = [time for time in tree.iter("time") if time.get("datetime")]
    marked = [
        time
        for time in times
        if time.get("itemprop") == "datePublished"
        or time.get("pubdate") is not None
        or re.search(r"publish|entry-date|posted", time.get("class") or "")
    ]
    for time in [*marked, *times][:1]:
        yield time.get("datetime", "")
        yield text_of(time)


def _url_dates(url: str) -> Iterator[str]:
    for found in _URL_DATE.finditer(urlsplit(url).path):
        year, month, day = found.group("year", "month", "day")
        if day:
            yield f"{int(day)} {month} {year}" if month.isalpha() else f"{year}-{month}-{day}"
        elif not month.isalpha():
            yield f"{year}-{int(month):02d}"


def _precision(date: str | None) -> str | None:
    if date is None:
        return None
    clock = date.partition("T")[2]
    if not clock:
        return _PRECISION.get(len(date))
    return "second" if re.match(r"\d\d:\d\d:\d\d", clock) else "minute"


def _language(tree: HtmlElement, claims: Claims, metas: Mapping[str, list[str]]) -> str | None:
    declared = [
        tree.get("lang", ""),
        tree.get("{http://www.w3.org/XML/1998/namespace}lang", "") or tree.get("xml:lang", ""),
        *_values(metas, _LANGUAGE_KEYS),
        claims.language,
    ]
    found = next((match for text in declared if (match := _LANGUAGE.match(text.strip()))), None)
    return found.group(1).lower() if found else None


def _canonical(tree: HtmlElement, page: Page, metas: Mapping[str, list[str]]) -> str | None:
    claimed = [link.get("href", "") for link in head_links(tree, "canonical")]
    for claim in [*claimed, *metas.get("og:url", ())]:
        try:
            address = canonical_url(urljoin(page.url, claim.strip()))
        except ValueError:
            continue
        if claim.strip() and address:
            return address
    return None
