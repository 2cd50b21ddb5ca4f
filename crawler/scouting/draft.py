"""From what a scout found to the source that would be listed."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.errors import ConfigurationError
from archive.records import LinkKind
from crawler.gov_uk import LICENCE, GovUkSearch
from crawler.scouting.report import Offer, Report
from crawler.source_values import Unfit
from crawler.source_values import language as read_language
from crawler.sources import Discovery, Scope, Source, SourceKind

# Top-level domains that say where a publisher is; others say nothing.
_COUNTRIES = {"uk": "GB", "ie": "IE", "au": "AU", "nz": "NZ", "ca": "CA", "us": "US", "eu": "EU"}
_COUNTRIES |= {"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "no": "NO", "br": "BR"}
_BINDING = ("noarchive", "nocache", "tdm-reservation", "isAccessibleForFree: false")
_SEPARATORS = re.compile(r"\s+[|\u2013\u2014·»-]\s+")
_LONGEST_NAME = 80
# How many pages of a listing a new source reads when it says where it goes on.
_PAGES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What a person said of the source; None where they left it to us."""

    id: str | None = None
    name: str | None = None
    scope: Scope | None = None


def draft(report: Report, wishes: Wishes, taken: Collection[str]) -> Source:
    """The source that an address would be listed as; `taken` are ids that it may not have.

    Raises:
        ConfigurationError: nothing was found that names articles.
    """
    best = report.best
    if best is None:
        raise ConfigurationError(
            f"{report.asked}: found no feed, sitemap or listing of articles there"
            f"{_why(report)}. Name the page that lists the articles, or its feed."
        )
    name = wishes.name or _name(report)
    reserved = reserved_by(report)
    return Source(
        id=wishes.id or free_id(name, taken),
        name=name,
        homepage=_homepage(report, best),
        country=_COUNTRIES.get((urlsplit(best.url).hostname or "").rpartition(".")[2]),
        language=_language(report.language),
        scope=wishes.scope or Scope.ALL,
        link_only=bool(reserved),
        reason=f"the site asks for it: {', '.join(reserved)}" if reserved else None,
        evidence=f"{best.what} found through {best.how}",
        discovery=(place_of(best),),
    )


def reserved_by(report: Report) -> tuple[str, ...]:
    """Why only links may be kept of the whole source; empty when that is not so.

    The site's own file says it, or all the articles that were read do. What single articles ask
    is heeded page by page, when they are crawled.
    """
    by_file = tuple(said for said in report.opt_outs if said.startswith("tdm-reservation of "))
    each = [[said for said in one.signals if _binds(said)] for one in report.samples]
    if not each or not all(each):
        return by_file
    return (*by_file, *dict.fromkeys(said for signals in each for said in signals))


def _binds(signal: str) -> bool:
    return signal.removeprefix("X-Robots-Tag: ").startswith(_BINDING)


def gov_uk_source(search: GovUkSearch, wishes: Wishes, taken: Collection[str]) -> Source:
    """The source that a search of GOV.UK is listed as."""
    name = wishes.name or search.title
    short = " ".join(part for part in ("gov uk", search.organisation, search.words) if part)
    return Source(
        id=wishes.id or free_id(wishes.name or short, taken),
        name=name,
        homepage=search.page,
        country="GB",
        language="en-GB",
        kind=SourceKind.GOVERNMENT,
        scope=wishes.scope or Scope.FILTER,
        every=6 * 3600.0,
        licence=LICENCE,
        discovery=(Discovery(kind=LinkKind.FEED, url=search.feed),),
    )


def place_of(offer: Offer) -> Discovery:
    """An offer as a place of discovery, with the rules that fit a listing."""
    if offer.kind is not LinkKind.LISTING:
        return Discovery(kind=offer.kind, url=offer.url)
    goes_on = offer.next_page is not None
    return Discovery(
        kind=offer.kind,
        url=offer.url,
        pattern=offer.pattern,
        next_page="auto" if goes_on else None,
        pages=_PAGES if goes_on else 1,
    )


def free_id(name: str, taken: Collection[str]) -> str:
    """An id made of a name that no other source has."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "source"
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def _why(report: Report) -> str:
    if report.problem is None:
        return ""
    detail = f": {report.problem.detail}" if report.problem.detail else ""
    return f" ({report.problem.ending}{detail})"


def _name(report: Report) -> str:
    host = (urlsplit(report.final_url).hostname or "").removeprefix("www.")
    pieces = _SEPARATORS.split(report.title) if report.title else []
    # The name of a site is most often the last part of a title.
    return (report.site_name or (pieces[-1] if pieces else "") or host)[:_LONGEST_NAME].strip()


def _homepage(report: Report, best: Offer) -> str:
    if best.kind is LinkKind.LISTING:
        return best.url
    is_page = all(offer.url != report.final_url or offer is not best for offer in report.offers)
    parts = urlsplit(report.final_url)
    return report.final_url if is_page else f"{parts.scheme}://{parts.netloc}/"


def _language(tag: str | None) -> str | None:
    if tag is None:
        return None
    language, *rest = tag.replace("_", "-").split("-")
    tidy = "-".join([language.lower(), *(part.upper() for part in rest[:1])])
    try:
        return str(read_language(tidy))
    except Unfit:
        return None
