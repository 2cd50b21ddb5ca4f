"""Which of the titles that a page gives is its headline, and that without the site's name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SHORTEST = 9
_SHORTEST_SITE = 4
_WORD = re.compile(r"\w+")
_BARS = re.compile(
    r"\s+[|\u2013\u2014\u00bb\u00b7\u2022]\s+|\s+-\s+|\s+:\s+|\s*[|\uff5c]\s*|\uff1a"
)
_JOINT = r"[|:\u2013\u2014\u00bb\u00b7\u2022\uff1a\uff5c-]"
_BEHIND = re.compile(rf"\s*{_JOINT}\s")
_BEFORE = re.compile(rf"{_JOINT}\s*$")
_FULL_WIDTH = "\uff1a\uff5c"


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The titles of a page: in JSON-LD, its h1, social tags, other tags; `headings` are all shown.

    `headings` holds the words of every heading and of the parts of headings.
    """

    claimed: Sequence[str]
    shown: Sequence[str]
    social: Sequence[str]
    others: Sequence[str]
    headings: frozenset[str]


def words(text: str) -> str:
    """A title as its words, lower case."""
    return " ".join(_WORD.findall(text.casefold()))


def best(named: Named, site_name: str) -> str:
    """The headline, "" where there is none.

    JSON-LD often carries the title made for search engines, so that two signs beat it: the one h1
    that the social tags repeat, and a social title that the page shows as a heading. Of two titles
    that differ by a label before or behind, the one without it.
    """
    told = list(dict.fromkeys(_without(site_name, _long_enough(named.shown))))
    only = told if len(told) == 1 else []
    claimed = _without(site_name, named.claimed)
    social = _without(site_name, named.social)
    others = [*told[:1], *_without(site_name, named.others)]
    usual = [*claimed, *only, *social, *others]
    if not usual:
        return ""
    chosen = _chosen(only, social, named.headings) or usual[0]
    return _unlabelled(chosen, [*social, *told, *claimed])


def _chosen(only: Sequence[str], social: Sequence[str], headings: frozenset[str]) -> str:
    if only and words(only[0]) in map(words, social):
        return only[0]
    return social[0] if social and words(social[0]) in headings else ""


def _long_enough(titles: Iterable[str]) -> Iterator[str]:
    return (title for title in titles if len(title) >= SHORTEST)


def _without(site_name: str, titles: Iterable[str]) -> list[str]:
    return [bare for title in titles if (bare := without_site(title, site_name))]


def _unlabelled(title: str, candidates: Iterable[str]) -> str:
    for other in _long_enough(candidates):
        behind, before = title.removeprefix(other), title.removesuffix(other)
        if behind != title and (_BEHIND.match(behind) or behind[:1] in tuple(_FULL_WIDTH)):
            return other
        if before != title and _BEFORE.search(before):
            return other
    return title


def without_site(title: str, site_name: str) -> str:
    """A title without the name of its site behind or before it."""
    site = squeezed(site_name)
    if not site:
        return title
    bars = list(_BARS.finditer(title))
    if bars and is_site(title[bars[-1].end() :], site):
        return title[: bars[-1].start()].strip()
    if bars and is_site(title[: bars[0].start()], site):
        return title[bars[0].end() :].strip()
    return title


def is_site(part: str, site: str) -> bool:
    """Whether a text is the name of the site, given `squeezed`, or most of it."""
    name = squeezed(part)
    return bool(name and site) and (
        name == site or (len(name) >= _SHORTEST_SITE and (name in site or site in name))
    )


def squeezed(text: str) -> str:
    """A name for comparing: its letters and digits, without a first "the" or "www"."""
    return re.sub(r"[\W_]+|^(?:the|www)\b", "", text.casefold())
