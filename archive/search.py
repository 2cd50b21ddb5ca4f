"""A query as a person types it, made into an FTS5 expression that is never an error.

    words                all of them, in any order; `grooming` also finds groom and groomed
    self-harm  E&T       signs inside a word: the parts in this order, next to each other
    "in care"            the words in this order, next to each other; “curly” quotes too
    grooming OR abuse    either of the two beside OR (`|` says the same)
    -instagram           without; -"exact words" and NOT instagram too
    sextort*             words that begin so
    title:police         in the title only; title:"met police" too

and, where fields are asked for, what is no word of a text:

    source:bbc-news      of this source; -source:bbc-news of every other; twice: of either
    topic:grooming  kind:link  lang:en                       the same way; lang:en finds en-gb too
    since:2025  until:2026-03  date:2026-03-07               published then; each end included

Fields alone are enough, and fields with words to leave out.

What a person did not mean as one of these is searched for as words: FTS5's own operators, brackets
and signs have no other meaning here.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from archive.errors import ConfigurationError
from archive.periods import parse_period

# A query is typed or pasted, not written by a program: a paragraph fits. FTS5 takes about 10 us
# for each term before the first row is read.
LONGEST_TEXT = 2_000
MOST_TERMS = 64

# Matches nothing and is valid FTS5: for SQL, where a query must be a text.
NO_MATCH = '""'

NOTHING_TYPED = "Type at least one word to search for."
NO_WORD = "There is no word in this query: signs and emoji are not searched."
ONLY_EXCLUSIONS = "A query needs a word to look for beside the words to leave out."
NEGATED = "Left out: {}. To search for the word NOT itself, put it in quotation marks."
LITTLE_OR = "\u201c{}\u201d is looked for as a word; OR in capitals finds either."
NO_DATE = "{} is no date and is looked for as words; dates are 2026, 2026-11 or 2026-11-22."
CUT = f"Only the first {MOST_TERMS} words of the query were used."


class Field(StrEnum):
    """What of a record can bound a search beside its words."""

    SOURCE = "source"
    TOPIC = "topic"
    KIND = "kind"
    LANGUAGE = "language"
    SINCE = "since"
    UNTIL = "until"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """A record is within it when its field has one of the values; `excluded`: when it has none.

    `since` and `until` have one value, a period as `archive.periods` reads it, never excluded.
    """

    field: Field
    values: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What was typed, and the FTS5 expression for it.

    A record is found when it is within all `bounds`. `match` is None when there is no word to look
    for: then the bounds alone say which, those aside that match `excluded`; or nothing can be
    searched for, and `hint` says why. Beside a `match` the hint says what was made of it.
    """

    text: str
    match: str | None
    bounds: tuple[Bound, ...] = ()
    hint: str | None = None
    excluded: str | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether there is anything to search for."""
        return self.match is not None or (bool(self.bounds) and self.hint is None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A phrase that a query holds, and FTS5 expressions for its other words and those left out."""

    phrase: str
    rest: str | None
    excluded: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Term:
    """One word or phrase; `bare` is what was typed when it could also be an operator.

    `by_word` says that NOT excluded it: a headline in capitals has that word too.
    """

    text: str
    title_only: bool
    excluded: bool
    prefix: bool
    bare: str | None = None
    by_word: bool = False

    @property
    def expression(self) -> str:
        # Quoted, FTS5 splits the text exactly as it split the articles: self-harm is the phrase
        # of self and harm, and no sign in it is syntax.
        quoted = '"' + self.text.replace('"', '""') + '"'
        return f"{'title : ' if self.title_only else ''}{quoted}{' *' if self.prefix else ''}"


# Quotation marks of English, German and French keyboards and word processors.
_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb'
_TERM = re.compile(
    rf"""
    (?<![^\s{_QUOTES}()|])                   # what follows begins a term
    (?P<minus>[-\u2212]+(?=[^\s-]))?         # a hyphen inside a word is none
    (?P<title>title:(?=[^\s:]))?
    (?:
        [{_QUOTES}] (?P<phrase>[^{_QUOTES}]+) (?:[{_QUOTES}]|\Z)   # as while still typing
      | (?P<word>[^\s{_QUOTES}()|]+)
    )
    (?P<prefix>\*)?
    | (?P<bar>\|)
    | (?P<rest>[^\s{_QUOTES}()|]+)           # what stands directly behind a phrase
    """,
    re.VERBOSE | re.IGNORECASE,
)
_QUOTED = re.compile(f"[{_QUOTES}]")
_LITTLE_OR = re.compile(r"(?<=\w\s)(or|Or)(?=\s\w)")
_NO_DATE = re.compile(r"(?<!\S)(?:since|until|date):[^\s:]+(?!\S)", re.IGNORECASE)
_OPERATORS = frozenset({"AND", "OR", "NOT"})


def parse_query(text: str, *, fields: bool = False) -> Query:
    """The FTS5 expression for what a person typed. Never raises, whatever the text.

    With `fields`, what is typed as `source:`, `date:` and the like becomes bounds; without, and
    where it is none (`since:christmas`), it is searched for as words.

    OR joins the two terms beside it and binds closer than the AND between words, as in web
    search: `police grooming OR sextortion` asks for police and one of the two.
    """
    plain = _plain(text)
    bounds: tuple[Bound, ...] = ()
    if fields:
        plain, bounds = _split(plain)
    terms = list(itertools.islice(_terms(plain), MOST_TERMS + 1))
    cut = len(terms) > MOST_TERMS or len(text) > LONGEST_TEXT
    groups, excluded = _grouped(_without_and_before_not(terms[:MOST_TERMS]))
    if not groups and bounds and (excluded or not plain.strip()):
        without = _any_of(excluded) if excluded else None
        return Query(text=text, match=None, bounds=bounds, excluded=without)
    if not groups:
        return Query(text=text, match=None, bounds=bounds, hint=_why_nothing(plain, excluded))
    match = " AND ".join(_any_of(group) for group in groups)
    if excluded:
        match = f"({match}) NOT {_any_of(excluded)}"
    hints = [NEGATED.format(term.text) for term in excluded if term.by_word]
    hints += _little_or(plain) + (_no_dates(plain) if fields else []) + ([CUT] if cut else [])
    return Query(text=text, match=match, bounds=bounds, hint=" ".join(hints) or None)


def _little_or(text: str) -> list[str]:
    """A line about an `or` between words, which is a word here as in web search."""
    found = _LITTLE_OR.search(text)
    return [LITTLE_OR.format(found[1])] if found and not _QUOTED.search(text) else []


def _no_dates(text: str) -> list[str]:
    """A line about the first field for a date that has none."""
    found = _NO_DATE.search(text)
    return [NO_DATE.format(found[0])] if found and not _QUOTED.search(text) else []


def named_in(text: str, phrases: Iterable[str]) -> Named | None:
    """The longest of these phrases that a query holds, None when it holds none.

    Words in quotation marks, beside OR, with a star or in the title only name nothing.
    """
    plain, _ = _split(_plain(text))
    terms = list(itertools.islice(_terms(plain), MOST_TERMS))
    groups, excluded = _grouped(_without_and_before_not(terms))
    words = [(word, at) for at, group in enumerate(groups) for word in _plain_words(group)]
    phrase, covered = max(_held(words, phrases), key=lambda one: len(one[1]), default=("", ()))
    if not phrase:
        return None
    rest = [_any_of(group) for at, group in enumerate(groups) if at not in covered]
    return Named(
        phrase=phrase,
        rest=" AND ".join(rest) or None,
        excluded=_any_of(excluded) if excluded else None,
    )


def _plain_words(group: Sequence[_Term]) -> list[str | None]:
    (term, *others) = group
    as_it_is = others or term.title_only or term.prefix or any(map(str.isspace, term.text))
    return [None] if as_it_is else [*_folded(term.text)]


def _folded(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _held(
    words: Sequence[tuple[str | None, int]], phrases: Iterable[str]
) -> Iterator[tuple[str, frozenset[int]]]:
    """Each phrase that stands there word for word, with the groups that hold it."""
    for phrase in phrases:
        sought = _folded(phrase)
        for at in range(len(words) - len(sought) + 1):
            span = words[at : at + len(sought)]
            if sought and [word for word, _ in span] == sought:
                yield phrase, frozenset(group for _, group in span)


# Not within a phrase: what stands between quotation marks is taken as it is.
_FIELD = re.compile(
    rf"""
    (?P<phrase>[{_QUOTES}][^{_QUOTES}]*(?:[{_QUOTES}]|\Z))
    | (?<![^\s()|]) (?P<minus>-)?
      (?P<name>source|topic|kind|lang|language|since|until|date) : (?P<value>[^\s:{_QUOTES}()|]+)
      (?![^\s()|])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NAMES = {"lang": Field.LANGUAGE} | {str(field): field for field in Field}
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)


def _split(text: str) -> tuple[str, tuple[Bound, ...]]:
    """The text without its fields, and the fields as bounds."""
    found: dict[tuple[Field, bool], list[str]] = {}

    def take(match: re.Match[str]) -> str:
        periods = _periods(match)
        if periods is not None:
            for field in periods:
                found.setdefault((field, False), []).append(match["value"])
        elif _is_slug(match):
            key = _NAMES[match["name"].lower()], bool(match["minus"])
            found.setdefault(key, []).append(match["value"].lower())
        else:
            return match[0]
        return " "

    words = _FIELD.sub(take, text)
    return words, tuple(itertools.chain.from_iterable(map(_bounds, found, found.values())))


def _is_slug(match: re.Match[str]) -> bool:
    name = (match["name"] or "").lower()
    return name in _NAMES and name not in _DATES and bool(_SLUG.fullmatch(match["value"]))


def _periods(match: re.Match[str]) -> tuple[Field, ...] | None:
    name = (match["name"] or "").lower()
    if name not in _DATES or match["minus"]:
        return None
    try:
        parse_period(match["value"])
    except ConfigurationError:
        return None
    return _DATES[name]


_DATES = {
    "since": (Field.SINCE,),
    "until": (Field.UNTIL,),
    "date": (Field.SINCE, Field.UNTIL),
}


def _bounds(key: tuple[Field, bool], values: Sequence[str]) -> Iterator[Bound]:
    field, excluded = key
    if field in _DATES:
        for value in values:
            yield Bound(field=field, values=(value,))
    else:
        yield Bound(field=field, values=tuple(dict.fromkeys(values)), excluded=excluded)


# What pages put inside words and nobody sees: soft hyphens, spaces and joiners without a width.
_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff")


def _plain(text: str) -> str:
    # SQLite ends a text at NUL, and lone surrogates (undecodable bytes of a command line) are no
    # UTF-8.
    return "".join(
        " " if unicodedata.category(char) in {"Cc", "Cs"} else char
        for char in text[:LONGEST_TEXT]
        if char not in _UNSEEN
    )


def _terms(text: str) -> Iterator[_Term]:
    for found in _TERM.finditer(text):
        if found["bar"]:
            yield _Term(text="|", title_only=False, excluded=False, prefix=False, bare="OR")
            continue
        phrase, word = found["phrase"], found["word"] or found["rest"]
        prefix = bool(found["prefix"]) or (word or "").endswith("*")
        signs = found["minus"] or found["title"] or prefix
        term = _Term(
            text=phrase or word.rstrip("*"),
            title_only=bool(found["title"]),
            excluded=bool(found["minus"]),
            prefix=prefix,
            bare=word if word in _OPERATORS and not signs else None,
        )
        if _has_word(term.text):
            yield term


def _has_word(text: str) -> bool:
    """Whether FTS5's unicode61 tokenizer finds a word in it: letters, numbers, private use.

    It also takes characters for letters that are younger than its Unicode 6.1, most emoji among
    them: those we search within words and phrases and do not look for alone.
    """
    return any(
        category[0] in "LN" or category == "Co" for category in map(unicodedata.category, text)
    )


def _grouped(terms: Sequence[_Term]) -> tuple[list[list[_Term]], list[_Term]]:
    """Groups of which each must match with one of its terms, and the terms that must not match."""
    groups: list[list[_Term]] = []
    excluded: list[_Term] = []
    joined = negated = False
    for before, term, after in _neighbours(terms):
        operator = term.bare if _between(before, after) else None
        if operator == "OR":
            joined = True
        elif operator == "NOT":
            negated = True
        elif operator == "AND":
            pass
        elif term.excluded or negated:
            excluded.append(replace(term, excluded=True, by_word=negated))
            joined = negated = False
        elif term.text == "|":
            pass
        else:
            if joined and groups:
                groups[-1].append(term)
            else:
                groups.append([term])
            joined = False
    return groups, excluded


def _without_and_before_not(terms: Sequence[_Term]) -> list[_Term]:
    following = [*terms[1:], None]
    return [
        term
        for term, after in zip(terms, following, strict=False)
        if not (term.bare == "AND" and after is not None and after.bare == "NOT")
    ]


def _neighbours(
    terms: Sequence[_Term],
) -> Iterable[tuple[_Term | None, _Term, _Term | None]]:
    return zip([None, *terms[:-1]], terms, [*terms[1:], None], strict=False)


def _between(before: _Term | None, after: _Term | None) -> bool:
    """An operator stands between two terms; first, last or beside another it is a word."""
    return before is not None and after is not None and not before.bare and not after.bare


def _any_of(terms: Sequence[_Term]) -> str:
    expressions = " OR ".join(term.expression for term in terms)
    return expressions if len(terms) == 1 else f"({expressions})"


def _why_nothing(text: str, excluded: Sequence[_Term]) -> str:
    if excluded:
        return ONLY_EXCLUSIONS
    return NO_WORD if text.strip() else NOTHING_TYPED
