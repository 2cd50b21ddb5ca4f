"""What the page says about its article: JSON-LD first, then meta tags, then what is shown."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import htmldate
from lxml.html import HtmlElement

from archive.records import Page
from crawler.dates import read_date
from crawler.extraction import authors, wires
from crawler.extraction.blocks import plain
from crawler.extraction.jsonld import Claims, read_jsonld
from crawler.extraction.signals import read_signals
from crawler.extraction.titles import Named, best, is_site, squeezed, words
from crawler.urls import canonical_url

_TITLE_KEYS = ("og:title", "twitter:title", "title", "dc.title", "parsely-title", "sailthru.title")
_AUTHOR_KEYS = (
    "author", "article:author", "parsely-author", "byl", "dc.creator", "sailthru.author",
    "dcterms.creator", "twitter:misc:written by", "twitter:data1",
)  # fmt: skip
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
_SHOWN_NAME = re.compile(r"(?:by\s+)?(?:[^\W\d][^\s\d]*\s+){1,3}[^\W\d][^\s\d]*", re.IGNORECASE)
_AUTHOR_BOX = re.compile(
    r"(?:^|[\s_-])(?:author|byline|writer)(?:[_-]+(?:name|link|title|url))?(?=$|\s)", re.IGNORECASE
)
_URL_DATE = re.compile(
    r"/(?P<year>19\d\d|20\d\d)[/-]?(?P<month>0?[1-9]|1[0-2]|[a-z]{3})"
    r"(?:[/-]?(?P<day>0[1-9]|[12]\d|3[01]|(?<=[/-])[1-9])(?!\d))?(?=[/_.-]|$)",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?$", re.IGNORECASE)
_PRECISION = {7: "month", 10: "day"}


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
    claims, metas = read_jsonld(tree), _metas(tree)
    site = _first([claims.publisher, *_values(metas, _SITE_KEYS)])
    site_name = _first([*_values(metas, _SITE_KEYS[:1]), site])
    title_tag = plain(next((_text_of(title) for title in tree.iter("title")), ""))
    named = _named(tree, claims, metas, [title_tag, plain(page.title_hint or "")])
    titles = [*named.claimed, *named.shown, *named.social, *named.others]
    published, source = _published(tree, page, now, claims=claims, metas=metas)
    return Metadata(
        title=best(named, site_name),
        headlines=_headlines([*titles, *claims.headlines], title_tag),
        authors=_authors(tree, claims, metas, site_name),
        published=published,
        published_precision=_precision(published),
        published_source=source,
        modified=_dated([claims.modified, *_values(metas, _MODIFIED_KEYS)], now),
        description=_first([claims.description, *_values(metas, _DESCRIPTION_KEYS)]) or None,
        site_name=site_name or None,
        language=_language(tree, claims, metas),
        canonical_url=_canonical(tree, page, metas),
        signals=read_signals(tree, page.url, free=claims.free),
        claims=claims,
    )


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        if content:
            for key in ("property", "name", "itemprop", "http-equiv"):
                if meta.get(key):
                    found.setdefault(meta.get(key, "").lower(), []).append(content)
    return found


def _values(metas: Mapping[str, list[str]], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        for value in metas.get(key, ()):
            yield plain(html.unescape(value)).replace("\n", " ")


def _first(values: Iterable[str]) -> str:
    return next((text for value in values if (text := plain(value).replace("\n", " "))), "")


def _text_of(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _named(
    tree: HtmlElement, claims: Claims, metas: Mapping[str, list[str]], others: list[str]
) -> Named:
    headings = list(tree.iter("h1", "h2", "h3"))
    parts = (part for head in headings for part in head.iter("span", "a", "div", "strong", "p"))
    return Named(
        claimed=[plain(text).replace("\n", " ") for text in claims.headlines[:1]],
        shown=[text for h1 in tree.iter("h1") if (text := plain(_text_of(h1)))],
        social=list(_values(metas, _TITLE_KEYS[:2])),
        others=[*_values(metas, _TITLE_KEYS[2:]), *others],
        headings=frozenset(words(_text_of(shown)) for shown in (*headings, *parts)),
    )


def _headlines(candidates: Iterable[str], title_tag: str) -> tuple[str, ...]:
    parts = [part for part in _BARS.split(title_tag) if len(part.split()) >= _HEADLINE_WORDS]
    known = dict.fromkeys([*candidates, *parts])
    return tuple(text for text in known if len(text) >= _SHORTEST_HEADLINE)


def _authors(
    tree: HtmlElement, claims: Claims, metas: Mapping[str, list[str]], site_name: str
) -> tuple[str, ...]:
    # A site that names itself as the author in one place may name a person in another.
    declared = authors.names(claims.authors)
    if any(not is_site(name, squeezed(site_name)) for name in declared):
        return declared
    told = authors.names(_bylines(tree, metas))
    if not declared:
        return told
    people = (name for name in told if not is_site(name, squeezed(site_name)))
    return tuple(name for name in people if " " in name and not wires.credited(name)) or declared


def _bylines(tree: HtmlElement, metas: Mapping[str, list[str]]) -> list[str]:
    for key in _AUTHOR_KEYS[:-1]:
        if authors.names(metas.get(key, ())):
            return [html.unescape(value) for value in metas[key]]
    if "written by" in " ".join(metas.get("twitter:label1", ())).lower():
        return [html.unescape(value) for value in metas.get(_AUTHOR_KEYS[-1], ())]
    for path in (
        ".//*[@itemprop='author']//*[@itemprop='name']",
        ".//*[@itemprop='author']",
        ".//*[@rel='author']",
    ):
        shown = [_text_of(element) for element in tree.iterfind(path)]
        if authors.names(shown):
            return shown[:4]
    return next(_shown_bylines(tree), [])


def _shown_bylines(tree: HtmlElement) -> Iterator[list[str]]:
    # What a box for the author's name holds, when it is a name or names and not a biography.
    for box in tree.iter("a", "span", "p", "div", "address"):
        if not _AUTHOR_BOX.search(box.get("class") or ""):
            continue
        parts = [text for part in box.iter() if not len(part) and (text := _text_of(part))]
        for told in (parts[:4], [_text_of(box)]):
            if told and all(_SHOWN_NAME.fullmatch(text) for text in told) and authors.names(told):
                yield told
                break


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
    for source, texts in declared:
        date = _dated(texts, now)
        if date is not None:
            return date, source
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
        yield _text_of(time)


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
    claimed = [
        link.get("href", "")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for claim in [*claimed, *metas.get("og:url", ())]:
        try:
            address = canonical_url(urljoin(page.url, claim.strip()))
        except ValueError:
            continue
        if claim.strip() and address:
            return address
    return None
