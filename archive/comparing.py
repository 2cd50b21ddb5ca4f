"""What changed between two texts: sentence by sentence, word by word, numbers and names told apart.

Pure: texts in, values out. The sentences are compared in order with difflib's matcher; sentences
that were reworded are put side by side when they share enough words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from archive.records import BLOCK_SEPARATOR, Removal


class Fate(StrEnum):
    """What became of a sentence."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A run of words of a sentence; `is_changed` when the other text does not have it there."""

    text: str
    is_changed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A sentence before and after; one side is empty for what was added or removed.

    `starts_block` when the sentence begins a paragraph. `rule` is the rule that takes a removed
    sentence out since, or that took an added one out before: then the page never changed there.
    """

    fate: Fate
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()
    starts_block: bool = False
    rule: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """All that changed between two texts; numbers and names are those of changed sentences."""

    rows: tuple[Row, ...]
    numbers_removed: tuple[str, ...]
    numbers_added: tuple[str, ...]
    names_removed: tuple[str, ...]
    names_added: tuple[str, ...]

    def count(self, fate: Fate) -> int:
        """How many sentences had that fate."""
        return sum(row.fate is fate for row in self.rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One side: the clean text, and what was taken out of the page beside it."""

    text: str
    removals: tuple[Removal, ...] = ()


# The share of words that two sentences have in common when one is the other, reworded.
_ALIKE = 0.4
# Sentences, pairs of them, and words with what parts them in one, above which the exact comparison
# would take seconds.
_MANY, _PAIRS, _LONG = 300, 40_000, 1_000

_APOSTROPHES = "'\u2019"
_OPENING, _CLOSING = "\"'\u201c\u2018(\\[", "\"'\u201d\u2019)\\]"
_TOKEN = re.compile(rf"\s+|\w+(?:[-{_APOSTROPHES}.,:/]\w+)*|[^\w\s]")
_NUMBER = re.compile(r"[£$€¥]?\d+(?:[.,:/]\d+)*(?:%|(?:st|nd|rd|th|bn|m|k)\b)?")
# Latin, Greek, Cyrillic and Armenian, with what Vietnamese and old Greek have beside them.
_LETTERS = [*map(chr, range(0x41, 0x590)), *map(chr, range(0x1E00, 0x2000))]
_UPPER = "".join(letter for letter in _LETTERS if letter.isupper())
_LOWER_CASE = "".join(letter for letter in _LETTERS if letter.islower())
_CAPITAL = rf"[{_UPPER}][\w{_APOSTROPHES}&-]*"
_PARTICLE = "(?:al|bin|da|de|del|della|den|der|di|dos|du|el|ibn|la|le|ten|van|von|zu) +"
_BETWEEN = rf"(?:(?:of|the|and|for) +|(?:{_PARTICLE}){{1,2}})"
_NAME = re.compile(rf"{_CAPITAL}(?: +{_BETWEEN}?{_CAPITAL})*")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s?$")
_LOWER = re.compile(rf"\b[{_LOWER_CASE}][\w{_APOSTROPHES}-]*")
_END = re.compile(rf"[.!?…]+[{_CLOSING}]*\s+(?=[{_OPENING}]?[{_UPPER}0-9£$€])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|Sgt|Insp|Det|St|No|Nos|vs|etc|Inc|Ltd|Co|e\.g|i\.e|approx"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b[A-Z])$"
)
# Words that a sentence may begin with and that are no name.
_OPENERS = frozenset(
    re.findall(
        r"\w+",
        """
    a after all also although an and another any are as at because before both but by can could
    did do does during each every few for from had has have he her here his how however i if in
    into is it its just last later many may more most much my no none nor not now of on once one
    only or other our over she should since so some still such that the their then there these
    they this those though three through to two under until up was we were what when where whether
    which while who why will with would yet you your
    """,
    )
)


def sentences(text: str) -> list[list[str]]:
    """The sentences of each paragraph; joined by single spaces they are the text again."""
    return [list(_split(block)) for block in text.split(BLOCK_SEPARATOR)] if text else []


def _split(block: str) -> Iterator[str]:
    start = 0
    flat = " ".join(block.split())
    for end in _END.finditer(flat):
        before = flat[start : end.start()]
        if flat[end.start()] == "." and _ABBREVIATION.search(before):
            continue
        yield flat[start : end.end()].rstrip()
        start = end.end()
    if flat[start:]:
        yield flat[start:]


def compare(before: Text, after: Text) -> Comparison:
    """What became of each sentence from one text to the next."""
    old, new = _flat(before.text), _flat(after.text)
    stripped = (_stripped(before.removals), _stripped(after.removals))
    rows = [
        _row(pair, (old, new), stripped)
        for pair in _aligned([text for text, _ in old], [text for text, _ in new])
    ]
    changed = [row for row in rows if row.fate is not Fate.SAME]
    gone = " \n".join(_plain(row.before) for row in changed)
    come = " \n".join(_plain(row.after) for row in changed)
    known = before.text + after.text
    numbers = _moved(_NUMBER.findall(gone), _NUMBER.findall(come))
    names = _moved(names_in(gone, known), names_in(come, known))
    return Comparison(
        rows=tuple(rows),
        numbers_removed=numbers[0],
        numbers_added=numbers[1],
        names_removed=names[0],
        names_added=names[1],
    )


def _flat(text: str) -> "Flat":
    return [
        (sentence, index == 0) for block in sentences(text) for index, sentence in enumerate(block)
    ]


Pair = tuple[int | None, int | None]
# Each sentence, and whether it begins a paragraph.
Flat = list[tuple[str, bool]]


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > _MANY)
    for tag, first, last, start, stop in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(range(first, last), range(start, stop), strict=True)
        elif tag == "replace":
            yield from _reworded(old, new, (first, last), (start, stop))
        else:
            yield from ((index, None) for index in range(first, last))
            yield from ((None, index) for index in range(start, stop))


def _reworded(
    old: Sequence[str], new: Sequence[str], gone: tuple[int, int], come: tuple[int, int]
) -> Iterator[Pair]:
    """Sentences in the same place, those that are alike side by side, in order."""
    left, right = range(*gone), range(*come)
    pairs = _most_alike([old[i] for i in left], [new[j] for j in right])
    i, j = 0, 0
    for at, to in [*pairs, (len(left), len(right))]:
        yield from ((left[index], None) for index in range(i, at))
        yield from ((None, right[index]) for index in range(j, to))
        if at < len(left) and to < len(right):
            yield left[at], right[to]
        i, j = at + 1, to + 1


def _most_alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs, in order on both sides, that have the most in common together."""
    if len(old) * len(new) > _PAIRS:
        return []
    words = [[Counter(text.lower().split()) for text in side] for side in (old, new)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(a, b) for b in words[1]] for a in words[0]]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _alike(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)


def _row(
    pair: Pair,
    flat: tuple[list[tuple[str, bool]], list[tuple[str, bool]]],
    stripped: tuple["Stripped", "Stripped"],
) -> Row:
    old = None if pair[0] is None else flat[0][pair[0]]
    new = None if pair[1] is None else flat[1][pair[1]]
    starts = (new or old or ("", False))[1]
    if old and new:
        if old[0] == new[0]:
            whole = (Piece(text=old[0], is_changed=False),)
            return Row(fate=Fate.SAME, before=whole, after=whole, starts_block=starts)
        before, after = _marked(old[0], new[0])
        return Row(fate=Fate.CHANGED, before=before, after=after, starts_block=starts)
    if old:
        whole = (Piece(text=old[0], is_changed=True),)
        rule = _rule_over(old[0], stripped[1])
        return Row(fate=Fate.REMOVED, before=whole, starts_block=starts, rule=rule)
    text = new[0] if new else ""
    whole = (Piece(text=text, is_changed=True),)
    rule = _rule_over(text, stripped[0])
    return Row(fate=Fate.ADDED, after=whole, starts_block=starts, rule=rule)


# Of each removal its rule, and its text on one line.
Stripped = Sequence[tuple[str, str]]


def _stripped(removals: Sequence[Removal]) -> Stripped:
    return [(removal.rule, " ".join(removal.text.split())) for removal in removals]


def _rule_over(sentence: str, stripped: Stripped) -> str | None:
    return next((rule for rule, text in stripped if sentence in text), None)


def _marked(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    before: list[Piece] = []
    after: list[Piece] = []
    is_long = max(len(left), len(right)) > _LONG
    opcodes = SequenceMatcher(None, left, right, autojunk=is_long).get_opcodes()
    for tag, first, last, start, stop in opcodes:
        for pieces, text in ((before, left[first:last]), (after, right[start:stop])):
            if text:
                pieces.append(Piece(text="".join(text), is_changed=tag != "equal"))
    return tuple(before), tuple(after)


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _moved(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    return tuple(dict.fromkeys(gone.elements())), tuple(dict.fromkeys(come.elements()))


def names_in(text: str, known: str) -> list[str]:
    """Runs of capitalised words that look like proper names; `known` is all text at hand.

    A word that only begins a sentence is no name when it also stands there in lower case.
    """
    lower = set(_LOWER.findall(known))
    found = []
    for name in _NAME.finditer(text):
        words = name.group().split()
        if _begins_sentence(text, name.start()):
            while words and (words[0].lower() in _OPENERS or words[0].lower() in lower):
                words = words[1:]
        while words and words[0].islower():
            words = words[1:]
        if words:
            found.append(_POSSESSIVE.sub("", " ".join(words)))
    return found


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'\u201c\u2018([")
    return not before or before[-1] in ".!?…\n:"
