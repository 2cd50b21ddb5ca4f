"""What a person should look at before an issue goes out; warnings, never a change."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from archive.digest.extracts import is_quoted, most_characters
from archive.digest.risks import Risk, risks_in
from archive.digest.values import Chosen, RecordFacts, Selection
from archive.excerpts import MOST_WORDS
from archive.periods import plain_date


class Rule(StrEnum):
    """What a finding is about; the names are public, for programs."""

    VICTIM = "victim"
    METHOD = "method"
    WORDING = "wording"
    DEAD_LINK = "dead-link"
    DATE = "date"
    QUOTE = "quote"
    GONE = "gone"
    REPEATED = "repeated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing to look at. `item` counts from 1; 0 is the issue as a whole."""

    item: int
    rule: Rule
    message: str


_SELF_HARM = "self-harm-suicide"
# "Child pornography" trivialises what it names (Luxembourg Guidelines, 2016).
_NEVER_OURS = {
    "child sexual abuse material": re.compile(
        r"\b(?:child(?:ren)?(?:'s|\u2019s)?|kiddie|kid|underage) porn(?:o|ography|ographic)?\b",
        re.IGNORECASE,
    ),
    "child sexual exploitation": re.compile(r"\bchild prostitut\w+\b", re.IGNORECASE),
}
_QUOTATION = re.compile('\u201c[^\u201d]*\u201d|"[^"]*"|\u2018[^\u2019]*\u2019')


def lint(
    selection: Selection,
    facts: Mapping[int, RecordFacts],
    *,
    used: Collection[int] = (),
) -> tuple[Finding, ...]:
    """All that is to be looked at, item by item; `used` are records of issues of other months."""
    found = [*_wording(0, f"{selection.title}\n{selection.introduction}")]
    counts = Counter(chosen.article_id for chosen in selection.items)
    for number, chosen in enumerate(selection.items, 1):
        record = facts.get(chosen.article_id)
        if record is None:
            found.append(
                _say(number, Rule.GONE, f"there is no record {chosen.article_id} any more")
            )
            continue
        found += _risks(number, chosen, record)
        found += _words_of_ours(number, chosen, record)
        found += _place_and_time(number, record, selection.month)
        found += _quotes(number, chosen, record)
        if counts[chosen.article_id] > 1:
            found.append(_say(number, Rule.REPEATED, "its record is in this issue twice"))
        if chosen.article_id in used:
            found.append(_say(number, Rule.REPEATED, "its record was in an earlier issue"))
    return tuple(found)


def _say(number: int, rule: Rule, message: str) -> Finding:
    return Finding(item=number, rule=rule, message=message)


def _risks(number: int, chosen: Chosen, record: RecordFacts) -> Iterator[Finding]:
    told = f"{chosen.title}\n{chosen.extract}\n{chosen.note}"
    is_about = any(topic.slug == _SELF_HARM for topic in record.topics)
    for risk, words in risks_in(told, is_about_self_harm=is_about):
        if risk is Risk.VICTIM:
            yield _say(number, Rule.VICTIM, f"a victim could be identified: {words}")
        else:
            yield _say(number, Rule.METHOD, f"it tells a method of self-harm or suicide: {words}")


def _words_of_ours(number: int, chosen: Chosen, record: RecordFacts) -> Iterator[Finding]:
    ours = [chosen.section, chosen.note]
    if " ".join(chosen.title.split()) != " ".join(record.title.split()):
        ours.append(chosen.title)
        yield _say(number, Rule.QUOTE, f"its headline is not that of {record.source_name}")
    yield from _wording(number, "\n".join(ours))
    # What sources say and we do not, as the topic rules have it.
    own = _QUOTATION.sub(" ", "\n".join(ours)).casefold()
    for topic in record.topics:
        for word in topic.reported_as:
            in_label = word.casefold() in topic.label.casefold()
            if not in_label and re.search(rf"\b{re.escape(word.casefold())}\b", own):
                if any(pattern.search(word) for pattern in _NEVER_OURS.values()):
                    continue
                yield _say(number, Rule.WORDING, f"{word!r} in our own words: {topic.label}")


def _wording(number: int, ours: str) -> Iterator[Finding]:
    own = _QUOTATION.sub(" ", ours)
    for better, pattern in _NEVER_OURS.items():
        if word := pattern.search(own):
            yield _say(number, Rule.WORDING, f"{word[0]!r} in our own words: say {better}")


def _place_and_time(number: int, record: RecordFacts, month: str) -> Iterator[Finding]:
    if record.is_dead:
        yield _say(number, Rule.DEAD_LINK, f"{record.url} was not there when it was last asked")
    elif not record.url.startswith(("http://", "https://")):
        yield _say(number, Rule.DEAD_LINK, f"{record.url} is no address that a reader can open")
    date = record.published
    if date is None:
        yield _say(number, Rule.DATE, "it has no date")
    elif date[: len(month)] != month[: len(date)]:
        when = "older" if date < month else "newer"
        yield _say(number, Rule.DATE, f"it is {when} than the month: {plain_date(date)}")


def _quotes(number: int, chosen: Chosen, record: RecordFacts) -> Iterator[Finding]:
    quoted = " ".join(chosen.extract.split())
    if not quoted:
        return
    if record.link_only or record.no_quotes:
        yield _say(number, Rule.QUOTE, f"{record.source_name} may not be quoted")
        return
    if not is_quoted(quoted, record.text):
        yield _say(number, Rule.QUOTE, "its extract is not what the article says, word for word")
    words, most = len(quoted.split()), most_characters(record.text, record.licence)
    if words > MOST_WORDS:
        yield _say(number, Rule.QUOTE, f"{words} words are quoted, {MOST_WORDS} at most")
    # The ellipsis that `archive.excerpts` sets behind the last word counts as nothing quoted.
    if len(quoted.rstrip("\u2026")) > most:
        yield _say(number, Rule.QUOTE, f"{len(quoted)} characters are quoted, {most} at most")
