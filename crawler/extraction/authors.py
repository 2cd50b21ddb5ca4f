"""Bylines as publishers write them, as a list of names."""

import html
import re
from collections.abc import Iterable

from crawler.extraction.blocks import plain
from crawler.extraction.wires import agency

LONGEST = 80
_MOST_WORDS = 10
# Behind a comma, so many words are somebody's post.
_MOST_WORDS_BEHIND = 6
# People who sign one article; what names more of them means something else.
_MOST_NAMES = 50
_BY = re.compile(
    r"^(?:(?:\w+\s+)?(?:view\s+)?(?:all\s+)?(?:posts|articles|beitr\u00e4ge|artikel)\s+(?:by|from|von)|"
    r"(?:(?:written|words|story|article|reported|posted|published|created|ver\u00f6ffentlicht|erstellt|"
    r"geschrieben|ein beitrag|artikel)\s+)?(?:by|von|par|por|di|door)|"
    r"(?:post\s+)?(?:author|autorin|autor|auteur|autore)\b|"
    r"(?:quelle|source|fuente|fonte|bron)\s*:)"
    r"\s*:?\s+",
    re.IGNORECASE,
)
# What follows a name of two words and more: where from, when, and in one style whom for. With a
# small "for" it would be the National Society for the Prevention of Cruelty to Children.
_BEHIND = re.compile(
    r"(?<=\w)\s+(?:For\s.*|in\s+[A-Z\u00c0-\u00dd].*|"
    r"(?:(?:on|am|le|el|il|vom)\s+)?\d{1,2}\.?\s.*|(?i:published|updated|posted)\b.*)$"
)
_POST = re.compile(
    r"(?P<name>[^\W\d_]\S*\s+[^\W\d_]\S*)\s+(?:[\w&-]+\s+){1,3}"
    r"(?:reporter|correspondent|editor|columnist|producer|analyst)",
    re.IGNORECASE,
)
_WITH = re.compile(r"\s+(?:with|mit|avec)\s+|\s*/\s*")
_ADDRESS = re.compile(r"\S+@\S+|https?:\S*|www\.\S+|(?<!\w)@\w+")
_NO_NAME = re.compile(
    r"^(?:admin|administrator|author|editor|staff|unknown|anonymous|none|null|undefined|n/?a|"
    r"guest|root|user|webmaster|test|image|photo|by|no author|author name|posted on|updated|"
    r"agencies|agenturen|agency|wires|reporter|correspondent|journalist|contributor|columnist|"
    r"artikel von|ver\u00f6ffentlicht am)$",
    re.IGNORECASE,
)
_JOINTS = re.compile(
    r"\s*(?:;|\||,?\s+(?:and|And|AND|und|et|y|e|en|og|och)\s+(?=[^\W\d_])|\s&\s)\s*"
)
# What may follow a name and a comma without being a second name.
_ROLE = re.compile(
    r"\b(?:correspondent|editor|reporter|journalist|writer|columnist|producer|analyst|"
    r"contributor|executive|director|president|officer|minister|"
    r"professor|lecturer|researcher|fellow|manager|founder|redakteur(?:in)?|redaktion|bureau|desk|staff|team|at|in|for|of)\b",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_EDGES = " ,;:|-\u2013\u2014\u00b7\u2022\u2192()"
_JUNIOR = re.compile(r"^(?:jr|sr|ii|iii|phd|md|obe|mbe|cbe)\.?$", re.IGNORECASE)


def names(bylines: Iterable[str]) -> tuple[str, ...]:
    """The names in some bylines, each once, in order.

    Addresses, "By" and roles go; "Last, First" is turned round; a one-word name stays, the domain
    of a site only where it is all there is, an agency once under whichever of its names comes
    first. Whether a name is a person's is not looked up.
    """
    found: dict[str, str] = {}
    for byline in bylines:
        for name in _split(plain(byline)):
            known = (agency(name) or name).casefold()
            if known not in found:
                found[known] = name
    people = tuple(name for name in found.values() if not _DOMAIN.fullmatch(name))
    return (people or tuple(found.values()))[:_MOST_NAMES]


def _split(byline: str) -> list[str]:
    text = _BY.sub("", _ADDRESS.sub(" ", html.unescape(byline))).strip(_EDGES)
    result = []
    for part in _JOINTS.split(text):
        for whole in _by_comma(part):
            result += _with_agency(whole)
    return [name for raw in result if (name := _tidy(raw))]


def _by_comma(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if text.count(",") == 1 and len(parts) > 1 and _is_last_first(*parts):
        return [" ".join(reversed(parts))]
    kept: list[str] = []
    for part in parts:
        if kept and _JUNIOR.match(part):
            kept[-1] = f"{kept[-1]}, {part}"
        elif not kept or not (_ROLE.search(part) or len(part.split()) > _MOST_WORDS_BEHIND):
            kept.append(part)
    return kept


def _with_agency(text: str) -> list[str]:
    # "Invented One with AFP", "Invented One/Reuters"; not "dpa/lni", which is one desk.
    parts = _WITH.split(text)
    return parts if any(map(agency, parts)) and any(" " in part for part in parts) else [text]


def _is_last_first(last: str, first: str) -> bool:
    # "Lenharo, Mariana", not "PA Media, London" and not "Reuters, AFP".
    return (
        len(last.split()) == 1
        and first.count(" ") <= 1
        and not last.isupper()
        and not first.isupper()
        and all(word[:1].isupper() for word in (last, *first.split()))
        and not _ROLE.search(first)
    )


def _tidy(raw: str) -> str:
    name = _BY.sub("", " ".join(raw.split())).strip(_EDGES + "\"'")
    short = _BEHIND.sub("", name)
    post = _POST.fullmatch(short)
    if post and agency(post["name"].split()[0]) is None:
        short = post["name"]
    if " " in short:
        name = short
    if not 1 < len(name) <= LONGEST or len(name.split()) > _MOST_WORDS:
        return ""
    return "" if _NO_NAME.match(name) or not re.search(r"[^\W\d_]", name) else name
