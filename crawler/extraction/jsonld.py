"""What a page says of itself in JSON-LD: the most specific article object, read leniently."""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

# How much an object of a type may say about the article; the more specific, the more.
_RANKS = {
    **dict.fromkeys(
        (
            "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle",
            "reviewnewsarticle", "backgroundnewsarticle", "askpublicnewsarticle",
            "advertisercontentarticle", "satiricalarticle",
        ),
        3,
    ),
    **dict.fromkeys(
        (
            "article", "blogposting", "report", "liveblogposting", "scholarlyarticle",
            "techarticle", "socialmediaposting",
        ),
        2,
    ),
    "webpage": 1,
}  # fmt: skip
ARTICLE_RANK = 2
_MOST_OBJECTS = 2000
_DEEPEST = 40
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*.*?\*/)\s*|\s*(?:-->|//\s*\]\]>|;)\s*$", re.DOTALL
)
_TAGS = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """What JSON-LD claims; empty values where it is silent. `types` are those of all objects."""

    headlines: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    description: str = ""
    body: str = ""
    publisher: str = ""
    language: str = ""
    free: bool | None = None
    types: frozenset[str] = frozenset()


def read_jsonld(tree: HtmlElement) -> Claims:
    """The claims of the page's JSON-LD about its article; broken blocks are passed over.

    The most specific type wins (NewsArticle before Article before WebPage), the first object of a
    type before later ones, so that a site-wide WebPage or a teaser cannot speak for the article.
    """
    objects = [
        item
        for script in tree.iter("script")
        if "ld+json" in (script.get("type") or "").lower()
        for item in _objects(_load(script.text or ""))
    ]
    ranked = sorted(
        (item for item in objects if _rank(item)), key=lambda item: -_rank(item)
    )  # Stable: the order of the page within a rank.
    told = [item for item in ranked if _rank(item) >= ARTICLE_RANK] or ranked
    return Claims(
        headlines=tuple(
            text for key in ("headline", "alternativeHeadline") if (text := _text(told, key))
        ),
        authors=_people(told, _named(objects)),
        published=_text(ranked, "datePublished") or _text(ranked, "dateCreated"),
        modified=_text(ranked, "dateModified"),
        description=_text(told, "description"),
        body=_prose(_text(told, "articleBody")),
        publisher=_publisher(ranked),
        language=_text(ranked, "inLanguage"),
        free=_free(told),
        types=frozenset(name for item in objects for name in _types(item)),
    )


def _load(text: str) -> object:
    for attempt in (text, _WRAPPING.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: object) -> Iterator[dict[str, object]]:
    waiting: list[tuple[object, int]] = [(value, 0)]
    seen = 0
    while waiting and seen < _MOST_OBJECTS:
        item, depth = waiting.pop(0)
        seen += 1
        if depth > _DEEPEST:
            continue
        if isinstance(item, list):
            waiting[:0] = [(part, depth + 1) for part in item]
        elif isinstance(item, dict):
            yield item
            waiting[:0] = [
                (item[key], depth + 1)
                for key in ("@graph", "mainEntity", "mainEntityOfPage")
                if isinstance(item.get(key), (dict, list))
            ]


def _types(item: dict[str, object]) -> list[str]:
    named = item.get("@type")
    names = named if isinstance(named, list) else [named]
    return [name.rpartition("/")[2].lower() for name in names if isinstance(name, str)]


def _rank(item: dict[str, object]) -> int:
    return max((_RANKS.get(name, 0) for name in _types(item)), default=0)


def _text(items: Sequence[dict[str, object]], key: str) -> str:
    for item in items:
        value = item.get(key)
        while isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("name") or value.get("@value")
        if isinstance(value, str) and value.strip():
            return html.unescape(value).strip()
    return ""


def _named(items: Sequence[dict[str, object]]) -> dict[str, object]:
    # Objects that others point to by their @id, as the @graph of many blogs has its authors.
    return {
        str(item["@id"]): item["name"]
        for item in items
        if item.get("@id") and item.get("name") and not _rank(item)
    }


def _people(items: Sequence[dict[str, object]], named: Mapping[str, object]) -> tuple[str, ...]:
    for item in items:
        for key in ("author", "creator"):
            names = tuple(_names(item.get(key), named))
            if names:
                return names
    return ()


def _names(value: object, named: Mapping[str, object], depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield html.unescape(value)
    elif isinstance(value, list):
        for part in value:
            yield from _names(part, named, depth + 1)
    elif isinstance(value, dict):
        name = value.get("name") or named.get(str(value.get("@id")))
        yield from _names(name, named, depth + 1)


def _publisher(items: Sequence[dict[str, object]]) -> str:
    return _text([item for item in items if item.get("publisher")], "publisher")


def _free(items: Sequence[dict[str, object]]) -> bool | None:
    for item in items:
        value = item.get("isAccessibleForFree")
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
    return None


def _prose(text: str) -> str:
    if "<" not in text:
        return text
    broken = re.sub(r"</p\s*>|<br[^<>]*>", "\n", text, flags=re.IGNORECASE)
    return html.unescape(_TAGS.sub("", broken)).strip()
