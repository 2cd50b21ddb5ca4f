"""What a page, its headers and its site ask of whoever keeps it: pure decisions.

Whoever asks that no copy is kept (`noarchive`), reserves text and data mining (W3C TDM Reservation
Protocol: header, meta tag, `/.well-known/tdmrep.json`) or sells the article gets a record of
title, date and link. One of these signals is enough: where a page and its site disagree, the
stricter one counts, which the protocol does not ask for.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.permissions import Rights
from archive.records import Article, Capture, Claim, Fetch, LinkKind

AGENT = "newsward"
# Robots directives that forbid a copy; `nocache` is the older name.
NO_COPY = frozenset({"noarchive", "nocache"})
_KEPT_DIRECTIVES = NO_COPY | {"nosnippet", "noindex", "none", "noai", "noimageai"}
_MAX_SNIPPET = re.compile(r"max-snippet\s*:\s*(\d{1,9})")
_RESERVING = frozenset({*NO_COPY, "tdm-reservation", "isAccessibleForFree: false"})
# More rules than this nobody writes by hand, and a generated file of more is not read.
MOST_RULES = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """One rule of a tdmrep.json: a path pattern with `*` and `$` as in robots.txt."""

    location: str
    reserved: bool


def rights_of(capture: Capture, signals: Iterable[str]) -> Rights:
    """All that was said about keeping a page, with where it was said, and what of it binds us.

    Of a feed, sitemap or listing nothing but links is kept, which nobody reserves.
    """
    fetch, claim = capture.fetch, capture.claim
    if claim.kind is not LinkKind.ARTICLE and not claim.is_issue:
        return Rights(robots=fetch.robots)
    said = [(signal, "page") for signal in signals]
    said += [(directive, "header") for directive in robots_directives(fetch)]
    if (fetch.header("tdm-reservation") or "").strip() == "1":
        said.append(("tdm-reservation", "header"))
    if fetch.reserved:
        said.append(("tdm-reservation", f"tdmrep.json: {fetch.reserved}"))
    return Rights(
        robots=fetch.robots,
        signals=tuple(f"{where}: {signal}" for signal, where in said),
        reserved=tuple(f"{signal} ({where})" for signal, where in said if signal in _RESERVING),
    )


def robots_directives(fetch: Fetch) -> tuple[str, ...]:
    """What X-Robots-Tag says to all robots or to us; what it says to another is not ours."""
    found: dict[str, None] = {}
    for name, value in fetch.headers:
        if name != "x-robots-tag":
            continue
        agent = ""
        for piece in value.lower().split(","):
            word = piece.strip()
            before, colon, after = word.partition(":")
            if colon and before.strip() not in _WITH_VALUE:
                agent, word = before.strip(), after.strip()
            limit = _MAX_SNIPPET.fullmatch(word)
            if agent in {"", "*", AGENT} and (word in _KEPT_DIRECTIVES or limit):
                found[f"max-snippet:{int(limit[1])}" if limit else word] = None
    return tuple(found)


_WITH_VALUE = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)


def read_reservations(body: bytes) -> tuple[Reservation, ...]:
    """The rules of a tdmrep.json; none for what is no such file, as the protocol asks."""
    try:
        rules = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(rules, list):
        return ()
    return tuple(
        Reservation(location=rule["location"], reserved=rule.get("tdm-reservation") in {1, "1"})
        for rule in rules[:MOST_RULES]
        if isinstance(rule, dict)
        and isinstance(rule.get("location"), str)
        and isinstance(rule.get("tdm-reservation"), int | str)
    )


def reservation_of(rules: Iterable[Reservation], url: str) -> str | None:
    """The rule that reserves an address; None when none does. The longest that fits decides."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fitting = [rule for rule in rules if _fits(rule.location, path)]
    if not fitting:
        return None
    longest = max(fitting, key=lambda rule: (len(rule.location), rule.reserved))
    return longest.location if longest.reserved else None


def _fits(location: str, path: str) -> bool:
    # Each piece between two stars where it comes first: no stepping back, whatever the pattern.
    ends = location.endswith("$")
    first, *pieces = location.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not pieces:
        return at == len(path) or not ends
    if ends:
        last = pieces.pop()
        path = path[at:]
        if not path.endswith(last):
            return False
        path, at = path.removesuffix(last), 0
    for piece in pieces:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def link_only(article: Article) -> Article:
    """What may be kept of an article whose text may not: title, date, language, address."""
    return replace(
        Article(title=article.title, text="", removals=(), extractor=article.extractor),
        published=article.published,
        published_precision=article.published_precision,
        published_source=article.published_source,
        language=article.language,
        site_name=article.site_name,
        canonical_url=article.canonical_url,
        signals=article.signals,
        subject=article.subject.without_text() if article.subject else None,
    )


def link_from_hints(claim: Claim, extractor: str) -> Article | None:
    """The same from where the address was found; None when no title was given there."""
    if not claim.title_hint:
        return None
    return Article(
        title=claim.title_hint,
        text="",
        removals=(),
        extractor=extractor,
        published=claim.published_hint,
        published_source="link hint" if claim.published_hint else None,
    )
