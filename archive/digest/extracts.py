"""What is quoted of an article: whole sentences of its own, chosen by what they tell.

Bounds are those of `archive.excerpts`: 50 words, 300 characters and, unless the licence of the
source is an open one, a tenth of the text.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from archive.digest.risks import risks_in
from archive.excerpts import ELLIPSIS, LARGEST_SHARE, MOST_CHARACTERS, MOST_WORDS, excerpt
from archive.topics.words import Told, read_words

_STOP = re.compile(r"[.!?][\"'\u201d\u2019)\]]*$")
# A sentence that begins so, or speaks of "it" and "them" without a word they could stand for, leans
# on the one before it.
_LEANING = re.compile(
    r"[\"'\u201c\u2018]?(?:he|she|they|it|this|that|these|those|his|her|its|their|them|we|i|you|our"
    r"|but|and|or|so|yet|nor|because|however|also|then|instead|still|meanwhile|therefore|moreover"
    r"|both|neither|either|others?|another|such|none|all of|most of|some of|many of|each|here|there"
    r"|the (?:first|second|third|last|others?|latter|former|same|rest)|one (?:of|such)|of \w+)\b",
    re.IGNORECASE,
)
_STANDS_IN = re.compile(
    r"^\W*(?:\w+\W+){1,4}(?:it|them|him|her)\b"
    r"|\b(?:it|them|him|her|doing so|the latter|the former)[.,;!?]*$",
    re.IGNORECASE,
)
_OPENED, _CLOSED = re.compile(r"[\u201c\u00ab]"), re.compile(r"[\u201d\u00bb]")
_OPEN = re.compile(r"\b(?:OGL|CC0|CC[- ]BY|public domain)\b", re.IGNORECASE)
# News says in its first sentence what it is about: that, about its topic, goes before a figure.
_FIGURE, _EVIDENCE, _LEANS = 3.0, 2.0, 3.5
_FIRST = (2.5, 0.5)
# Between quoted sentences that are not neighbours.
_GAP = f" {ELLIPSIS} "
_SHORTEST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sentence:
    at: int
    text: str
    score: float


def most_characters(text: str, licence: str | None) -> int:
    """How many characters of a text may be quoted."""
    if licence and _OPEN.search(licence):
        return MOST_CHARACTERS
    return min(MOST_CHARACTERS, int(len(text) * LARGEST_SHARE))


def extract(
    text: str,
    *,
    figures: Collection[str] = (),
    evidence: Collection[str] = (),
    licence: str | None = None,
) -> str:
    """The sentences of a text that tell most, in its order; with an ellipsis where some are left.

    The first sentence, when it has words that made its topics, goes before one with a statistic,
    that before others with such words; then comes what follows on one of these. What leans on a
    sentence that is not quoted is not quoted either. Sentences that `archive.digest.risks` warns of
    are passed over. Where so little fits that half of the room stays empty, and no statistic is
    there, the beginning of the text as `archive.excerpts` gives it.
    """
    room = most_characters(text, licence)
    chosen: list[_Sentence] = []
    ranked = sorted(_sentences(text, figures, evidence), key=lambda one: (-one.score, one.at))
    for sentence in ranked:
        if sentence.score <= 0 and sentence.at - 1 not in {one.at for one in chosen}:
            continue  # it tells nothing by itself, and leads on from nothing that is quoted
        tried = _joined([*chosen, sentence])
        if len(tried) <= room and len(tried.split()) <= MOST_WORDS:
            chosen.append(sentence)
    quoted, beginning = _joined(chosen), excerpt(text)
    tells = any(sentence.score >= _FIGURE for sentence in chosen) or len(quoted) * 2 >= room
    if tells or risks_in(beginning):
        return quoted
    # One short sentence of the middle says less than how the article begins.
    return beginning if len(beginning) > len(quoted) else quoted


def _sentences(
    text: str, figures: Collection[str], evidence: Collection[str]
) -> Iterator[_Sentence]:
    spans = read_words(Told(title="", text=text)).spans[1:]
    first = list(_FIRST)
    for at, (start, end) in enumerate(spans):
        sentence = " ".join(text[start:end].split())
        is_whole = bool(_STOP.search(sentence)) and len(sentence.split()) >= _SHORTEST
        if is_whole and not risks_in(sentence) and _is_all_said(sentence):
            score = _FIGURE * (sentence in figures) + _EVIDENCE * (sentence in evidence)
            score += first.pop(0) if first else 0.0
            score -= _LEANS * (at > 0 and _leans(sentence))
            yield _Sentence(at=at, text=sentence, score=score)


def _leans(sentence: str) -> bool:
    return bool(_LEANING.match(sentence) or _STANDS_IN.search(sentence))


def _is_all_said(sentence: str) -> bool:
    """Whether what somebody said in it ends in it."""
    return len(_OPENED.findall(sentence)) == len(_CLOSED.findall(sentence))


def _joined(sentences: Sequence[_Sentence]) -> str:
    text, last = "", None
    for one in sorted(sentences, key=lambda one: one.at):
        gap = "" if last is None else " " if one.at == last + 1 else _GAP
        text, last = text + gap + one.text, one.at
    return text


def is_quoted(extract: str, text: str) -> bool:
    """Whether all of an extract stands in the text, in its order, ellipses aside."""
    whole = " ".join(text.split())
    at = 0
    for piece in extract.split(ELLIPSIS):
        words = " ".join(piece.split())
        at = whole.find(words, at)
        if at < 0:
            return False
        at += len(words)
    return True
