"""Lists of sources in the formats of others: CSV for spreadsheets, OPML for feed readers."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archive.errors import ConfigurationError
from archive.records import LinkKind
from crawler import source_values as values
from crawler.source_values import Unfit
from crawler.sources import Discovery, Scope, Source, SourceKind

# The first nine are the columns of lists of candidate sources; the others are ours.
COLUMNS = (
    "name",
    "kind",
    "country",
    "lang",
    "homepage",
    "feed_or_listing",
    "discovery",
    "scope",
    "evidence",
    "id",
    "enabled",
    "link_only",
    "reason",
    "licence",
    "links",
    "pattern",
)
_NEEDED = ("name", "feed_or_listing")
# Words of candidate lists for who speaks; a part of one decides, the first that fits.
_KINDS = (
    ("police", SourceKind.POLICE),
    ("hotline", SourceKind.HELPLINE),
    ("helpline", SourceKind.HELPLINE),
    ("research", SourceKind.RESEARCH),
    ("press", SourceKind.NEWS),
    ("industry", SourceKind.INDUSTRY),
    ("news", SourceKind.NEWS),
    ("regulator", SourceKind.REGULATOR),
    ("inspectorate", SourceKind.REGULATOR),
    ("parliament", SourceKind.GOVERNMENT),
    ("government", SourceKind.GOVERNMENT),
    ("agency", SourceKind.GOVERNMENT),
    ("charity", SourceKind.CHARITY),
    ("civil", SourceKind.CHARITY),
    ("digest", SourceKind.DIGEST),
    ("blog", SourceKind.BLOG),
    ("education", SourceKind.EDUCATION),
    ("professional", SourceKind.EDUCATION),
)
_PLACES = {
    "feed": LinkKind.FEED,
    "rss": LinkKind.FEED,
    "atom": LinkKind.FEED,
    "sitemap": LinkKind.SITEMAP,
    "news_sitemap": LinkKind.SITEMAP,
    "listing": LinkKind.LISTING,
    "digest": LinkKind.DIGEST,
}
_YES, _NO = {"yes", "true", "1"}, {"no", "false", "0", ""}
_NOT_CHECKED = "imported and not looked at: `newsward source check {}` tells what is there"
_PAYWALL = re.compile(r"\b(?:paywall|metered|link-only)", re.IGNORECASE)
_REFUSES = re.compile(r"leave off|be refused|answers 403|WAF", re.IGNORECASE)
# Spreadsheets take a cell that begins so for a formula, the full-width signs too; an apostrophe
# before it stops them.
_FORMULA_SIGNS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_MOST_OUTLINES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One source of a foreign list, and on which line it stands."""

    line: int
    source: Source


def from_csv(text: str, where: str, make_id: Callable[[str], str]) -> tuple[Row, ...]:
    """The sources of a CSV with the columns of a candidate list, or of our own export.

    Rows of one id are the places of one source. `make_id` makes an id of a name where no column
    says one.

    Raises:
        ConfigurationError: columns are missing or rows are wrong; one line `where:line: what` each.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise ConfigurationError(
            f"{where}:1: has no column {' and no column '.join(missing)}. The columns are"
            f" {', '.join(COLUMNS[:9])}."
        )
    rows: dict[str, Row] = {}
    faults: list[str] = []
    try:
        for cells in reader:
            try:
                source = _of_cells({k: _unguarded(v) for k, v in cells.items() if k}, make_id)
            except Unfit as unfit:
                faults.append(f"{where}:{reader.line_num}: {unfit}")
                continue
            before = rows.get(source.id)
            rows[source.id] = _merged(before, source, reader.line_num)
    except csv.Error as error:
        faults.append(f"{where}:{reader.line_num}: not valid CSV: {error}.")
    if faults:
        raise ConfigurationError("\n".join(faults))
    return tuple(rows.values())


def from_opml(body: bytes, where: str, make_id: Callable[[str], str]) -> tuple[Row, ...]:
    """The feeds of an OPML file; what has no feed is passed over.

    Raises:
        ConfigurationError: it is no OPML, or an address in it is none; one line each.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ConfigurationError(f"{where}: not valid XML: {error}.") from error
    name = etree.QName(root).localname
    if name != "opml":
        raise ConfigurationError(f"{where}: no OPML: its first element is {name}.")
    rows, faults = [], []
    for outline in list(root.iter("outline"))[:_MOST_OUTLINES]:
        feed = (outline.get("xmlUrl") or "").strip()
        if not feed:
            continue
        line = int(outline.sourceline or 0)
        try:
            rows.append(Row(line=line, source=_of_outline(outline, feed, make_id)))
        except Unfit as unfit:
            faults.append(f"{where}:{line}: {unfit}")
    if faults:
        raise ConfigurationError("\n".join(faults))
    return tuple(rows)


def as_csv(sources: Iterable[Source]) -> Iterator[str]:
    """One row a place of discovery; a source without any has a row of its own."""
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, COLUMNS)
    writer.writeheader()
    for source in sources:
        for place in source.discovery or (None,):
            writer.writerow({key: _guarded(cell) for key, cell in _cells(source, place).items()})
    yield line.getvalue()


def switched(source: Source, *, enable: bool) -> Source:
    """An imported source as its evidence says, and off unless `enable` says that it may be on.

    What its list had switched off, had not seen, or saw refuse honest crawlers stays off; what is
    paywalled keeps links only.
    """
    evidence = source.evidence or ""
    if not source.link_only and _PAYWALL.search(evidence):
        source = replace(source, link_only=True, reason=source.reason or "paywalled or metered")
    if evidence.startswith(("unverified", "not seen")):
        return _off(source, "nobody was seen using this address")
    if _REFUSES.search(evidence):
        return _off(source, "it was seen to refuse a crawler that says who it is")
    if enable or not source.enabled:
        return source
    return _off(source, _NOT_CHECKED.format(source.id))


def _off(source: Source, why: str) -> Source:
    return replace(source, enabled=False, reason=source.reason or why)


def _of_cells(cells: Mapping[str, str], make_id: Callable[[str], str]) -> Source:
    name = _read(cells, "name", values.text)
    kind = (cells.get("discovery") or "feed").lower()
    if kind not in _PLACES:
        raise Unfit(f"discovery {kind!r} is not one of {', '.join(_PLACES)}.")
    url = _read(cells, "feed_or_listing", values.place) if cells.get("feed_or_listing") else None
    optional = {
        "country": _maybe(cells, "country", values.country),
        "language": _maybe(cells, "lang", values.language),
        "licence": cells.get("licence") or None,
        "evidence": cells.get("evidence") or None,
        "reason": cells.get("reason") or None,
    }
    if url is None and not cells.get("homepage"):
        raise Unfit("feed_or_listing is empty, and homepage too.")
    place = None if url is None else _place(cells, _PLACES[kind], str(url))
    return Source(
        id=_maybe(cells, "id", values.slug) or make_id(name),
        name=name,
        homepage=_maybe(cells, "homepage", values.address) or _front(str(url)),
        kind=_kind(cells.get("kind") or ""),
        scope=_maybe(cells, "scope", values.choice(Scope)) or Scope.ALL,
        enabled=_flag(cells, "enabled", usual=place is not None),
        link_only=_flag(cells, "link_only", usual=False),
        discovery=() if place is None else (place,),
        **optional,
    )


def _place(cells: Mapping[str, str], kind: LinkKind, url: str) -> Discovery:
    links = _maybe(cells, "links", values.selector)
    pattern = _maybe(cells, "pattern", values.expression)
    if (links or pattern) and kind not in {LinkKind.LISTING, LinkKind.DIGEST}:
        raise Unfit(f"links and pattern have no meaning for a {kind}.")
    return Discovery(kind=kind, url=url, links=links, pattern=pattern)


def _of_outline(outline: etree._Element, feed: str, make_id: Callable[[str], str]) -> Source:
    try:
        url = str(values.address(feed))
    except Unfit as unfit:
        raise Unfit(f"xmlUrl {feed!r} {unfit}") from unfit
    home = (outline.get("htmlUrl") or "").strip()
    try:
        homepage = str(values.address(home)) if home else _front(url)
    except Unfit:  # what readers write there is for people; the feed is what counts
        homepage = _front(url)
    title = outline.get("title") or outline.get("text") or urlsplit(url).hostname or "feed"
    name = " ".join(title.split()) or url
    return Source(
        id=make_id(name),
        name=name,
        homepage=homepage,
        discovery=(Discovery(kind=LinkKind.FEED, url=url),),
    )


def _merged(before: Row | None, source: Source, line: int) -> Row:
    if before is None:
        return Row(line=line, source=source)
    places = (*before.source.discovery, *source.discovery)
    return Row(line=before.line, source=replace(before.source, discovery=places))


def _read(cells: Mapping[str, str], column: str, reader: values.Reader) -> Any:  # noqa: ANN401 - what the reader of that column gives
    try:
        return reader(cells.get(column) or "")
    except Unfit as unfit:
        raise Unfit(f"{column} {cells.get(column)!r} {unfit}") from unfit


def _maybe(cells: Mapping[str, str], column: str, reader: values.Reader) -> Any:  # noqa: ANN401 - as above
    return _read(cells, column, reader) if cells.get(column) else None


def _flag(cells: Mapping[str, str], column: str, *, usual: bool) -> bool:
    said = cells.get(column, "").strip().lower()
    if not said:
        return usual
    if said not in _YES | _NO:
        raise Unfit(f"{column} {said!r} is neither yes nor no.")
    return said in _YES


def _kind(said: str) -> SourceKind:
    word = said.lower()
    if word in set(SourceKind):
        return SourceKind(word)
    return next((kind for part, kind in _KINDS if part in word), SourceKind.NEWS)


def _front(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _cells(source: Source, place: Discovery | None) -> dict[str, str]:
    return {
        "name": source.name,
        "kind": source.kind,
        "country": source.country or "",
        "lang": source.language or "",
        "homepage": source.homepage,
        "feed_or_listing": place.url if place else "",
        "discovery": place.kind if place else "",
        "scope": source.scope,
        "evidence": source.evidence or "",
        "id": source.id,
        "enabled": "yes" if source.enabled else "no",
        "link_only": "yes" if source.link_only else "no",
        "reason": source.reason or "",
        "licence": source.licence or "",
        "links": (place.links if place else None) or "",
        "pattern": (place.pattern if place else None) or "",
    }


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else str(cell)


def _unguarded(cell: object) -> str:
    # A row that is too short gives None, one that is too long a list.
    text = cell.strip() if isinstance(cell, str) else ""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS) else text
