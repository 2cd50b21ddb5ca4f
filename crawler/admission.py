"""What is let in: which exchanges settle a matter by themselves, and which links we follow.

Pure decisions on values.
"""

import itertools
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from archive.endings import Ending
from archive.records import Capture, Claim, DiscoveredLink, FoundAs, LinkKind, Links, Rejected
from crawler.sources import Discovery, Source, listed_sites
from crawler.traps import trap_of
from crawler.urls import canonical_url, host_of, site_of

# Steps from the source list at which a sitemap or listing may still name further ones.
MAX_DEPTH = 3
# No list names more than this in one reading: sitemaps.org allows 50,000 addresses in a sitemap.
MOST_LINKS = 50_000

_BY_STATUS = {
    HTTPStatus.NOT_MODIFIED: Ending.NOT_MODIFIED,
    HTTPStatus.UNAUTHORIZED: Ending.HTTP_401,
    HTTPStatus.PAYMENT_REQUIRED: Ending.HTTP_401,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Ending.HTTP_401,
    HTTPStatus.FORBIDDEN: Ending.HTTP_403,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Ending.HTTP_403,
    HTTPStatus.NOT_FOUND: Ending.HTTP_404,
    HTTPStatus.GONE: Ending.HTTP_410,
    HTTPStatus.TOO_MANY_REQUESTS: Ending.HTTP_429,
}


def settle(capture: Capture) -> Rejected | None:
    """The ending of an exchange that brought nothing to read; None when there is a body."""
    fetch = capture.fetch
    if fetch.ending is not None:
        return Rejected(ending=fetch.ending, detail=fetch.detail or "")
    if fetch.status is None:
        return Rejected(ending=Ending.INTERNAL, detail="an exchange without status and ending")
    if ending := _status_ending(fetch.status):
        return Rejected(ending=ending, detail=f"HTTP {fetch.status}")
    if not capture.body.strip():
        return Rejected(ending=Ending.TOO_SHORT, detail="the body is empty")
    if fetch.redirects and _is_front_page(fetch.final_url) and not _is_front_page(fetch.url):
        return Rejected(ending=Ending.SOFT_404, detail="redirected to the front page")
    return None


def _status_ending(status: int) -> Ending | None:
    if status == HTTPStatus.OK:
        return None
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Ending.HTTP_4XX
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Ending.HTTP_5XX
    return Ending.HTTP_OTHER


def _is_front_page(url: str) -> bool:
    return urlsplit(url).path in {"", "/"}


def admit(found: Links, source: Source, claim: Claim) -> Links:
    """The links of a discovery document that we follow, in canonical form.

    Only http(s), only hosts of the source, nothing too deep; what is left out is counted in the
    warnings, by reason.
    """
    sites = listed_sites(source)
    furniture = {canonical_url(source.homepage), *(canonical_url(d.url) for d in source.discovery)}
    kept: dict[str, DiscoveredLink] = {}
    left_out: Counter[str] = Counter()
    for link in found.links:
        url = canonical_url(link.url)
        if url is None:
            left_out["no web address"] += 1
        elif site_of(host_of(url)) not in sites:
            left_out["to hosts that are not listed"] += 1
        elif trap := trap_of(url):
            left_out[f"a crawl trap, {trap}"] += 1
        elif link.kind is not LinkKind.ARTICLE and not _may_go_deeper(link, source, claim):
            left_out["too deep"] += 1
        elif url not in furniture:
            kept.setdefault(url, replace(link, url=url))
    if (over := len(kept) - MOST_LINKS) > 0:
        left_out[f"more than {MOST_LINKS:,} from one list"] += over
    warnings = [f"{count:,} links left out: {reason}" for reason, count in left_out.items()]
    links = tuple(itertools.islice(kept.values(), MOST_LINKS))
    return Links(links=links, warnings=(*found.warnings, *warnings))


def _may_go_deeper(link: DiscoveredLink, source: Source, claim: Claim) -> bool:
    if link.found_as is FoundAs.LISTING_NEXT_PAGE:
        return claim.depth + 1 < rules_for(source, claim).pages
    return claim.depth < MAX_DEPTH


def rules_for(source: Source, claim: Claim) -> Discovery:
    """The discovery entry that an address came from: the one of its kind that is most like it."""
    # The further pages of a list of digests are listings too.
    kinds = {claim.kind, LinkKind.DIGEST} if claim.kind is LinkKind.LISTING else {claim.kind}
    alike = [entry for entry in source.discovery if entry.kind in kinds]
    if not alike:
        return Discovery(kind=claim.kind, url=claim.url)
    return max(alike, key=lambda entry: _shared_length(entry.url, claim.url))


def _shared_length(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
