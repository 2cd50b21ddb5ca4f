"""What a copy changed: names and figures put otherwise or left out, sentences without a source."""

import re
from collections.abc import Iterator
from functools import partial

from archive.stories.comparing import align
from archive.stories.features import Weights
from archive.stories.reading import Reading
from archive.stories.values import Change
from archive.stories.words import Sentence, Span, fold, names, numbers

_MOST = 60


def changes(original: Reading, copy: Reading, weights: Weights) -> tuple[Change, ...]:
    """Names and figures of aligned sentences that one side has and the other has not."""
    sentences = copy.words.sentences
    found: list[Change] = []
    for at, source, _ in align(sentences, original, weights):
        found += _between(original, original.words.sentences[source], copy, sentences[at])
    return tuple(found[:_MOST])


def unsourced(original: Reading, copy: Reading, weights: Weights) -> tuple[Span, ...]:
    """The sentences of a copy that the original has nothing like."""
    sentences = copy.words.sentences
    sourced = {at for at, _, _ in align(sentences, original, weights)}
    return tuple(
        sentence.span
        for at, sentence in enumerate(sentences)
        if at not in sourced and len(sentence.terms) > 1
    )


def _between(
    original: Reading, source: Sentence, copy: Reading, sentence: Sentence
) -> Iterator[Change]:
    for read in (names, numbers):
        gone = [
            name
            for name in sorted(read(source.span.of(original.told.text)))
            if not _has(sentence.span.of(copy.told.text), name)
        ]
        new = [
            name
            for name in sorted(read(sentence.span.of(copy.told.text)))
            if not _has(source.span.of(original.told.text), name)
        ]
        for name in gone:
            # A name that appears elsewhere in the copy was moved, not changed.
            instead = max(new, key=partial(_alike, name), default=None)
            if instead is not None and (read is numbers or _alike(name, instead)):
                new.remove(instead)
            elif _has(copy.told.text, name):
                continue
            else:
                instead = None
            yield Change(
                original=name,
                copy=instead,
                original_sentence=source.span,
                copy_sentence=sentence.span,
            )
        for name in new:
            if not _has(original.told.text, name):
                yield Change(
                    original=None,
                    copy=name,
                    original_sentence=source.span,
                    copy_sentence=sentence.span,
                )


def _has(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _alike(one: str, other: str) -> int:
    """How many words two names share."""
    return len({*map(fold, one.split())} & {*map(fold, other.split())})
