"""Sentences that hold a statistic: a number and what it counts.

For the digest and for readers: misquoted figures are the commonest fault of second-hand news, so
each is shown in its own sentence. Dates, ages, times, telephone numbers and sums of money are
numbers that count nothing.
"""

import re
from dataclasses import dataclass
from itertools import compress, filterfalse

from archive.topics.words import Told, Words, read_words

_WORDED = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|scores|hundreds|thousands"
    "|tens of thousands|hundreds of thousands|millions"
)
_FRACTIONS = "half|third|quarter|fifth|tenth|thirds|quarters|fifths"
_SHARE = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|\d+) (?:in|out of)(?: every)?"
    r" (?:two|three|four|five|six|seven|eight|nine|ten|\d[\d,]*)"
    r"|(?:more than |almost |nearly |about |over |under )?(?:a|one|two|three)[ -]"
    rf"(?:{_FRACTIONS})(?= of\b)"
)
_PERCENT = r"\d+(?:[.,]\d+)?(?: ?%| per ?cent)"
_COUNT = (
    r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?: ?(?:million|billion|thousand|m|bn|k)\b)?"
    rf"|(?:{_WORDED})"
)
_NUMBER = re.compile(
    rf"(?<![\w£$€.,:/-])(?:(?P<share>{_SHARE})|(?P<percent>{_PERCENT})|(?P<count>{_COUNT}))"
    r"(?![\w:/]|[.,]\d|-(?:year|month|week|day|minute|hour)s?\b)",
    re.IGNORECASE,
)
# What is counted: up to three words behind the number, of which the last is the thing.
_THING = re.compile(
    r"\s+(?:of (?:the |all |these |those )?)?"
    r"(?P<thing>(?:[A-Za-z\u00c0-\u024f'\u2019-]+ ){0,2}?(?:children|people|pupils|teenagers|girls"
    r"|boys|youngsters|women|men|staff|police|victims|[a-z\u00c0-\u024f-]{2,}s))\b",
    re.IGNORECASE,
)
_OF_WHOM = re.compile(
    r"\s+(?:of|among) (?P<thing>(?:[A-Za-z\u00c0-\u024f0-9'\u2019-]+ ){0,3}?"
    r"(?:children|people|[a-z\u00c0-\u024f-]{2,}s|[a-z-]*year[- ]olds?))\b",
    re.IGNORECASE,
)
# Time and measure say when or how long, not how many.
_NO_COUNT = re.compile(
    r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|pounds|dollars|euros|was|is|has|as"
    r"|miles|times|metres|this|his|its|us|per|plus|across|vs|january|february|march|april|may|june"
    r"|july|august|september|october|november|december)$",
    re.IGNORECASE,
)
# No statistic is without one of these words or a figure: most sentences need no second look.
_NUMERALS = frozenset(f"one|{_WORDED}|{_FRACTIONS}".split("|"))
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistic:
    """A figure of a text: the number as written, what it counts, and the whole sentence."""

    number: str
    counts: str
    sentence: str


def statistics_in(told: Told, words: Words | None = None) -> tuple[Statistic, ...]:
    """The statistics of a title and text, in order, one a sentence; `words` as of `decide`."""
    words = words or read_words(told)
    # Of each word once whether it tells a number: most words of a text stand there several times.
    different = set(words.folded)
    telling = _NUMERALS.intersection(different).union(
        word for word in filterfalse(str.isalpha, different) if any(map(str.isdigit, word))
    )
    numbered = set(compress(words.sentences, map(telling.__contains__, words.folded)))
    found = []
    for number in sorted(numbered):
        start, end = words.spans[number]
        sentence = " ".join((told.text if number else told.title)[start:end].split())
        statistic = _first(sentence)
        if statistic:
            found.append(statistic)
    return tuple(found)


def _first(sentence: str) -> Statistic | None:
    for number in _NUMBER.finditer(sentence):
        if not number["share"] and not number["percent"] and _YEAR.fullmatch(number[0]):
            continue
        counts = _counted(sentence, number)
        if counts is not None:
            return Statistic(number=number[0], counts=counts, sentence=sentence)
    return None


def _counted(sentence: str, number: re.Match[str]) -> str | None:
    pattern = _OF_WHOM if number["percent"] else _THING
    behind = pattern.match(sentence, number.end(), number.end() + _LONGEST)
    thing = behind["thing"] if behind and not _NO_COUNT.search(behind["thing"]) else None
    if number["percent"]:
        return thing or ""  # "rose by 30 per cent": the sentence says of what
    return thing
