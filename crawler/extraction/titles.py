"""Which of the titles that a page gives is its headline, and that without the site's name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SHORTEST = 9
_SHORTEST_SITE = 4
_WORD = re.compile(r"\w+")
_BARS = re.compile(
    r"\s+[|\u2013\u2014\u00bb\u00ab\u00b7\u2022]\s+|\s+-\s+|\s+:\s+|\s*[|\uff5c]\s*|\uff1a"
)
_JOINT = r"[|:\u2013\u2014\u00bb\u00b7\u2022\uff1a\uff5c-]"
_BEHIND = re.compile(rf"\s*{_JOINT}\s")
_LABEL = re.compile(r"\s*[|:\u2013\u2014-]\s+")
_BEFORE = re.compile(rf"{_JOINT}\s*$")
_FULL_WIDTH = "\uff1a\uff5c"
_CUT_OFF = re.compile(r"\s*(?:\u2026|\.\.\.)$")
# What may stand beside the name of a site: "BBC News", "example.org", "Daily Example Online".
_BESIDE = frozenset(
    {
        "the", "der", "die", "das", "le", "la", "el", "il", "news", "nachrichten", "online",
        "daily", "magazine", "magazin", "media", "blog", "tv", "radio", "uk", "us", "usa",
        "international", "website", "www", "com", "net", "org", "co", "de", "at", "ch", "fr", "es",
        "it", "eu", "sport", "business", "politics", "technology", "tech", "opinion", "world",
        "culture",
    }
)  # fmt: skip
_MOST_BARS = 8
_LONGEST_LABEL = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The titles of a page: in JSON-LD, its h1, social tags, other tags, and its title tag.

    `headings` holds the words of every heading and of the parts of headings.
    """

    claimed: Sequence[str]
    shown: Sequence[str]
    social: Sequence[str]
    others: Sequence[str]
    tag: str
    headings: frozenset[str]


def words(text: str) -> str:
    """A title as its words, lower case."""
    return " ".join(_WORD.findall(text.casefold()))


def best(named: Named, site_names: Sequence[str]) -> str:
    """The headline, "" where there is none.

    JSON-LD often carries the title made for search engines, so that two signs beat it: the one h1
    that the social tags repeat, and a social title that the page shows as a heading. A page that
    declares nothing has a title tag with the site's name: what a heading shows of it. Of two
    titles that differ by a label before or behind, the one without it, unless JSON-LD and the
    social tags both have the label; of one that was cut off and a whole one, the whole one.
    """
    told = list(dict.fromkeys(_without(site_names, _long_enough(named.shown))))
    only = told if len(told) == 1 else []
    claimed = _without(site_names, named.claimed)
    social = _without(site_names, named.social)
    tagged = [] if claimed or social else _shown_parts(named.tag, named.headings)
    others = [*told[:1], *_without(site_names, [named.tag, *named.others])]
    usual = [*claimed, *tagged, *only, *social, *others]
    if not usual:
        return ""
    chosen = _chosen(only, social, named.headings) or usual[0]
    rivals = [*social, *told, *claimed]
    if not _agreed(chosen, claimed, social):
        chosen = _unlabelled(chosen, rivals)
    return _whole(chosen, rivals)


def _chosen(only: Sequence[str], social: Sequence[str], headings: frozenset[str]) -> str:
    if only and words(only[0]) in map(words, social):
        return only[0]
    return social[0] if social and words(social[0]) in headings else ""


def _agreed(title: str, claimed: Sequence[str], social: Sequence[str]) -> bool:
    return all(words(title) in map(words, titles) for titles in (claimed, social))


def _long_enough(titles: Iterable[str]) -> Iterator[str]:
    return (title for title in titles if len(title) >= SHORTEST)


def _without(site_names: Sequence[str], titles: Iterable[str]) -> list[str]:
    return [bare for title in titles if (bare := without_site(title, site_names))]


def _shown_parts(tag: str, headings: frozenset[str]) -> list[str]:
    # The longest run of parts of the title tag that is a heading of the page.
    bars = [(0, 0), *((bar.start(), bar.end()) for bar in _BARS.finditer(tag)), (len(tag),) * 2]
    if len(bars) > _MOST_BARS:
        return []
    runs = (
        tag[start:end].strip()
        for number, (_before, start) in enumerate(bars)
        for end, _after in bars[number + 1 :]
    )
    return sorted((run for run in runs if words(run) in headings), key=len, reverse=True)[:1]


def _unlabelled(title: str, candidates: Iterable[str]) -> str:
    for other in _long_enough(candidates):
        behind, before = title.removeprefix(other), title.removesuffix(other)
        if behind != title and (_BEHIND.match(behind) or behind[:1] in tuple(_FULL_WIDTH)):
            return other
        if before != title and _BEFORE.search(before):
            return other
        story = _under_labels(title, other)
        if story:
            return story
    return title


def _under_labels(title: str, other: str) -> str:
    # "One label: the story" and "Another label - the story".
    bar = _LABEL.search(title)
    if bar is None:
        return ""
    label, story = title[: bar.start()], title[bar.end() :]
    before = other.removesuffix(story)
    if len(story) < SHORTEST or before == other or not _BEFORE.search(before):
        return ""
    labels = (words(label), words(before))
    short = all(len(text.split()) <= _LONGEST_LABEL for text in labels)
    return story if short and labels[0] != labels[1] else ""


def _whole(title: str, candidates: Iterable[str]) -> str:
    stem = _CUT_OFF.sub("", title)
    if stem == title or len(stem) < SHORTEST:
        return title
    longer = (
        other for other in candidates if other.startswith(stem) and not _CUT_OFF.search(other)
    )
    return next(longer, title)


def without_site(title: str, site_names: Iterable[str]) -> str:
    """A title without a name of its site behind or before it."""
    bars = list(_BARS.finditer(title))
    if not bars:
        return title
    for site_name in site_names:
        if is_site(title[bars[-1].end() :], site_name):
            return title[: bars[-1].start()].strip()
        if is_site(title[: bars[0].start()], site_name):
            return title[bars[0].end() :].strip()
    return title


def is_site(part: str, site_name: str) -> bool:
    """Whether a text is the name of the site, most of it, or it with a word such as "News"."""
    name, site = squeezed(part), squeezed(site_name)
    if not name or not site:
        return False
    if name == site or (
        len(name) >= _SHORTEST_SITE and name in site and 2 * len(name) >= len(site)
    ):
        return True
    # Whole words: "Sunak resigns" is not The Sun, nor "Independent inquiry" The Independent.
    told, known = set(words(part).split()), set(words(site_name).split())
    return told <= known or (known - _BESIDE <= told and told - known <= _BESIDE)


def squeezed(text: str) -> str:
    """A name for comparing: its letters and digits, without a first "the" or "www"."""
    return re.sub(r"[\W_]+|^(?:the|www)\b", "", text.casefold())
