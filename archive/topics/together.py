"""Words that tell a topic when they stand in one sentence, whatever stands between them.

A phrase is found only as it is written in the rules, and news writes a thing in a thousand ways:
"porn that teenagers watch", "children who have seen porn". `<child> + porn` finds both. A part is
words with a bar between those of which one is enough, and a name in angle brackets stands for the
words of a group of the rule file: `<child> + <image> + stolen | copied`. A part behind a minus must
not stand there: `<child> + nude + - blackmail | threat`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

Phrases = Sequence[tuple[str, ...]]
Found = tuple[tuple[int, int], ...]


class Use(IntEnum):
    """When a pattern is tried.

    In every sentence; in title and lead where all else admits nothing; then in the title alone.
    """

    EACH_SENTENCE = 0
    LAST = 1
    HEADLINE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """Parts that tell a topic where all of them stand in one sentence.

    `parts` has one bit a part, the one with the fewest words first; `all_of` is all of these bits,
    `none_of` those of parts that must not stand there.
    """

    topic: str
    text: str
    parts: tuple[int, ...]
    all_of: int
    none_of: int
    use: Use


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A pattern as a rule file gives it: its parts, and those that must not stand there.

    A part is the phrases of which one is enough.
    """

    topic: str
    text: str
    there: Sequence[Phrases]
    hidden: Sequence[Phrases] = ()
    use: Use = Use.EACH_SENTENCE


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one phrase stands for: the bits of its parts, and the patterns it is a rare word of.

    `patterns` are those of each use: its own and those that are tried before.
    """

    bits: int
    patterns: tuple[tuple[Pattern, ...], ...]


def parts_of(patterns: Iterable[Given]) -> Iterator[tuple[tuple[str, ...], Part]]:
    """Each phrase of the patterns once, with what it stands for."""
    numbers: dict[frozenset[tuple[str, ...]], int] = {}
    bits: dict[tuple[str, ...], int] = {}
    first_of: dict[tuple[str, ...], list[Pattern]] = {}
    for given in patterns:
        parts = sorted(map(frozenset, given.there), key=len)
        there = tuple(1 << numbers.setdefault(part, len(numbers)) for part in parts)
        without = [*map(frozenset, given.hidden)]
        hidden = tuple(1 << numbers.setdefault(part, len(numbers)) for part in without)
        pattern = Pattern(
            topic=given.topic,
            text=given.text,
            parts=there,
            all_of=sum({*there}),
            none_of=sum({*hidden}),
            use=given.use,
        )
        for part, bit in zip([*parts, *without], [*there, *hidden], strict=True):
            for phrase in part:
                bits[phrase] = bits.get(phrase, 0) | bit
        for phrase in parts[0]:
            first_of.setdefault(phrase, []).append(pattern)
    for phrase, mask in bits.items():
        own = first_of.get(phrase, ())
        by_use = (tuple(pattern for pattern in own if pattern.use <= use) for use in Use)
        yield phrase, Part(bits=mask, patterns=tuple(by_use))


def find_together(
    parts: Iterable[tuple[int, int, Part]], sentences: Sequence[int], use: Use
) -> Iterator[tuple[Pattern, Found]]:
    """Each pattern in a sentence, with the spans of its parts in order of the text.

    No word stands for two parts. Of one topic the first pattern of a sentence is given.

    Args:
        parts: where the phrases of parts stand.
        sentences: the sentence of each word of the text.
        use: which patterns are tried.
    """
    by_sentence: dict[int, list[tuple[int, int, Part]]] = {}
    for found in parts:
        by_sentence.setdefault(sentences[found[0]], []).append(found)
    for there in by_sentence.values():
        yield from find_within(there, use)


def find_within(
    there: Sequence[tuple[int, int, Part]], use: Use
) -> Iterator[tuple[Pattern, Found]]:
    """The same for one sentence, of which these are the parts."""
    bits = 0
    for _, _, part in there:
        bits |= part.bits
    told: set[str] = set()
    for _, _, part in there:
        for pattern in part.patterns[use]:
            all_of = pattern.all_of
            if (
                bits & all_of == all_of
                and not bits & pattern.none_of
                and pattern.topic not in told
                and (spans := _spans(pattern, there))
            ):
                told.add(pattern.topic)
                yield pattern, spans


def _spans(pattern: Pattern, there: Sequence[tuple[int, int, Part]]) -> Found | None:
    taken: list[tuple[int, int]] = []
    for bit in pattern.parts:
        for at, end, part in there:
            if part.bits & bit and all(end <= start or stop <= at for start, stop in taken):
                taken.append((at, end))
                break
        else:
            return None
    return tuple(sorted(taken))


def all_words(
    name: str, groups: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], str | None]:
    """The words of a part, those of its groups among them; and a group that there is not."""
    found: list[str] = []
    for word in map(str.strip, name.split("|")):
        if not word.startswith("<"):
            found.append(word)
        elif word.strip("<>") in groups:
            found += groups[word.strip("<>")]
        else:
            return (), word
    return tuple(dict.fromkeys(found)), None
