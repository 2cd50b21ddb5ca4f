"""The evidence of one pair: what is shared, where it stands in both texts, what is not."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from archive.stories.citing import citation
from archive.stories.features import Weights, cosine, number_of, numbers_of, vector
from archive.stories.fingerprints import SHINGLE
from archive.stories.reading import Reading
from archive.stories.values import AlignedPair, Evidence, Run, SharedQuotation
from archive.stories.words import Sentence, Span, stem

# Runs that are kept as evidence, and from how many words on.
MOST_RUNS, SHORTEST_RUN = 20, 8
# Two sentences tell the same from this share of their weighed terms on (Dice).
ALIGNED = 0.42
# A sentence is taken over word for word when so many of its shingles are in the other text.
VERBATIM = 0.8
# A bound of sums that are added in another order.
_NEARLY = 1 - 1e-9
# Sentences with fewer terms say too little to be told apart.
_FEWEST_TERMS = 4
# A sentence that is a quotation to this share tells of the speaker, not of the copyist.
_QUOTED = 0.6
# Rarity is a natural logarithm: of 20 texts one has the word.
_RARE = 3
# Names and figures are told in short lists.
_MOST_TOLD = 40


def compare(a: Reading, b: Reading, weights: Weights, *, likeness: float | None = None) -> Evidence:
    """Compare two texts; `weights` are of the terms of both.

    `likeness` is the cosine of their signatures, when it is known.
    """
    if likeness is None:
        likeness = cosine(vector(a.counts, weights), vector(b.counts, weights))
    by_a = len(a.words.folded) <= len(b.words.folded)
    short, long = (a, b) if by_a else (b, a)
    judged = _judged(short)
    pairs = align(judged, long, weights)
    places = [*map(long.firsts.get, short.shingles)]
    # Each shingle has a first place of its own, so this counts shingles.
    shared = len({*places} - {None})
    verbatim = sum(_is_verbatim(places, sentence) for sentence in judged)
    aligned = [
        _pair(judged[i].span, long.words.sentences[j].span, s, by_a=by_a) for i, j, s in pairs
    ]
    cites, how = citation(a.told, b.told)
    count = len(judged) or 1
    return Evidence(
        contained_a=shared / (len(a.firsts) or 1),
        contained_b=shared / (len(b.firsts) or 1),
        runs=tuple(_longest_runs(a, b)) if shared else (),
        by_sentences_of="a" if by_a else "b",
        sentences=len(judged),
        aligned=tuple(aligned),
        aligned_share=len(pairs) / count,
        verbatim_share=verbatim / count,
        order_kept=in_order([j for _, j, _ in pairs]),
        names=tuple(islice(_rare(sorted(a.names & b.names), weights), _MOST_TOLD)),
        numbers=tuple(sorted(a.numbers & b.numbers))[:_MOST_TOLD],
        quotations=tuple(_quotations(a, b))[:_MOST_TOLD],
        cosine=likeness,
        only_a=len(a.names - b.names) + len(a.numbers - b.numbers),
        only_b=len(b.names - a.names) + len(b.numbers - a.numbers),
        cites=cites,
        citation=how,
    )


def contained(one: Reading, other: Reading) -> float:
    """The share of the shingles of one text that the other has."""
    if not one.firsts:
        return 0.0
    return len(one.firsts.keys() & other.firsts.keys()) / len(one.firsts)


def _judged(reading: Reading) -> list[Sentence]:
    """The sentences that show reuse: with something to say, and not said by somebody else."""
    return [
        sentence
        for sentence in reading.words.sentences
        if len(sentence.terms) >= _FEWEST_TERMS and sentence.quoted < _QUOTED
    ]


def align(
    judged: Sequence[Sentence], long: Reading, weights: Weights
) -> list[tuple[int, int, float]]:
    """For each judged sentence its best of the other text, when they tell the same: both indexes.

    The score is Dice's over rarities, by inverted lists: a pair without a shared term costs
    nothing. What tells the same in the same terms fits best of all, so it is not weighed.
    """
    same: dict[frozenset[str], int] = {}
    for at, sentence in enumerate(long.words.sentences):
        same.setdefault(sentence.terms, at)
    found: list[tuple[int, int, float]] = []
    others: _Others | None = None
    for at, sentence in enumerate(judged):
        if not sentence.terms:
            continue
        if sentence.terms in same:
            found.append((at, same[sentence.terms], 1.0))
            continue
        others = others or _Others(judged, long, weights)
        score, best = others.best(sentence.terms)
        if score >= ALIGNED:
            found.append((at, best, round(score, 3)))
    return found


class _Others:
    """The sentences of a text, by what they tell: to find the one that tells most of the same."""

    def __init__(self, asked: Sequence[Sentence], text: Reading, weights: Weights) -> None:
        self._sentences = text.words.sentences
        self._heavy: dict[int, float] = {}
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        terms = frozenset[str]().union(*(sentence.terms for sentence in asked))
        self._rarity = _Rarity(weights, terms)
        for at, sentence in enumerate(self._sentences):
            for term in sentence.terms & terms:
                self._having[term].append(at)

    def best(self, terms: frozenset[str]) -> tuple[float, int]:
        """The score and the place of the best that is `ALIGNED`, the first of equals."""
        total = 0.0
        shared: dict[int, float] = {}
        for term in terms:
            weight = self._rarity[term]
            total += weight
            for at in self._having.get(term, ()):
                shared[at] = shared.get(at, 0.0) + weight
        best, place = 0.0, 0
        # What is shared is no more than all of the other: with less than this it cannot be aligned.
        least = _NEARLY * ALIGNED * total / (2 - ALIGNED)
        for at, value in shared.items():
            if value < least:
                continue
            score = 2 * value / (total + self._weighed(at))
            if score > best or (score == best and at < place):
                best, place = score, at
        return best, place

    def _weighed(self, at: int) -> float:
        if at not in self._heavy:
            self._heavy[at] = sum(map(self._rarity.__getitem__, self._sentences[at].terms))
        return self._heavy[at]


class _Rarity(dict[str, float]):
    """How rare terms are, looked up once each."""

    def __init__(self, weights: Weights, terms: frozenset[str]) -> None:
        super().__init__(zip(terms, weights.rarities(numbers_of(terms)), strict=True))
        self._weights = weights

    def __missing__(self, term: str) -> float:
        found = self[term] = self._weights.rarity(number_of(term))
        return found


def _pair(short: Span, long: Span, score: float, *, by_a: bool) -> AlignedPair:
    return (
        AlignedPair(a=short, b=long, score=score)
        if by_a
        else AlignedPair(a=long, b=short, score=score)
    )


def _is_verbatim(places: Sequence[int | None], sentence: Sentence) -> bool:
    """Whether a sentence was taken over: `places` of its shingles in the other text say it."""
    own = places[sentence.first : max(sentence.last - SHINGLE + 1, sentence.first)]
    return bool(own) and len(own) - own.count(None) >= VERBATIM * len(own)


def in_order(places: Sequence[int]) -> float:
    """The share of places that stand in rising order: the longest such row; 0 of none."""
    ends: list[int] = []
    for place in places:
        # The least end of a row of each length; equal places may follow one another.
        at = bisect_left(ends, place + 1)
        if at == len(ends):
            insort(ends, place)
        else:
            ends[at] = place
    return len(ends) / len(places) if places else 0.0


def _longest_runs(a: Reading, b: Reading) -> list[Run]:
    found = sorted(_runs(a, b), key=lambda run: (-run[2], run[0], run[1]))
    kept: list[tuple[int, int, int]] = []
    for first_a, first_b, count in found:
        if len(kept) == MOST_RUNS or count < SHORTEST_RUN:
            break
        if not any(start <= first_a < start + words for start, _, words in kept):
            kept.append((first_a, first_b, count))
    return [
        Run(
            words=count,
            unquoted=count
            - max(
                sum(a.words.quoted[first_a : first_a + count]),
                sum(b.words.quoted[first_b : first_b + count]),
            ),
            a=a.words.span(first_a, count),
            b=b.words.span(first_b, count),
        )
        for first_a, first_b, count in kept
    ]


def _runs(a: Reading, b: Reading) -> Iterator[tuple[int, int, int]]:
    """Every maximal run of shared shingles: first word in a, first word in b, words."""
    ours, theirs = a.words.folded, b.words.folded
    for at, first in enumerate(map(b.firsts.get, a.shingles)):
        if first is None:
            continue
        for place in (first, *b.repeats.get(a.shingles[at], ())):
            if at and place and ours[at - 1] == theirs[place - 1]:
                continue
            count, most = SHINGLE, min(len(ours) - at, len(theirs) - place)
            while count < most and ours[at + count] == theirs[place + count]:
                count += 1
            yield at, place, count


def _rare(shared: Iterable[str], weights: Weights) -> Iterator[str]:
    """The names that are not in every other text."""
    for name in shared:
        stems = [term for word in name.split() if (term := stem(word))]
        if max((weights.rarity(number_of(term)) for term in stems), default=0.0) >= _RARE:
            yield name


def _quotations(a: Reading, b: Reading) -> Iterator[SharedQuotation]:
    folded = {_plain(b, span): span for span in b.words.quotations}
    for span in a.words.quotations:
        other = folded.get(_plain(a, span))
        if other is not None:
            yield SharedQuotation(a=span, b=other)


def _plain(reading: Reading, span: Span) -> tuple[str, ...]:
    words = reading.words
    first, last = bisect_left(words.starts, span.start), bisect_left(words.starts, span.end)
    return words.folded[first:last]
