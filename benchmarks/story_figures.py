"""Stories: how well records of one event are brought together, copies told, and at what cost.

    python benchmarks/stories.py ARTICLES.jsonl.gz [--records N] [--pairs N] [--seed N] [--json]

ARTICLES are real articles with the story that each belongs to (story_corpus.py says in which form).
`--records` is the size of the archive in which copies are looked for and time is taken.
"""

import argparse
import json
import math
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from story_corpus import NOW, Piece, by_corpus, fill, found_stories, in_arrival, read_pieces
from story_scale import at_sizes
from story_transforms import TRANSFORMS

from archive.store import Archive
from archive.stories.clustering import WINDOW
from archive.stories.comparing import compare, contained
from archive.stories.dates import days_apart
from archive.stories.features import Weights, common_terms, cosine, vector
from archive.stories.labels import judge
from archive.stories.reading import Reading, read
from archive.stories.values import Kind, Told
from archive.story_keeping import StoryKeeper

TRUE_KIND = {
    **dict.fromkeys(("verbatim", "revision"), Kind.COPY),
    **dict.fromkeys(("excerpt", "quote"), Kind.EXCERPT),
    **dict.fromkeys(("spun 40 %", "spun 65 %"), Kind.REWRITE),
}
# From this share of its words in a row on, a report is not independent of the other.
SHARED_WORDS = 0.10
_TITLE_WORD = re.compile(r"\w{3,}")


def b_cubed(gold: Sequence[object], found: Sequence[object]) -> dict[str, float]:
    """B-cubed precision, recall and F1 (Bagga and Baldwin 1998)."""
    of_gold, of_found = defaultdict(set), defaultdict(set)
    for at, (one, other) in enumerate(zip(gold, found, strict=True)):
        of_gold[one].add(at)
        of_found[other].add(at)
    shared = [
        (len(of_gold[one] & of_found[other]), len(of_found[other]), len(of_gold[one]))
        for one, other in zip(gold, found, strict=True)
    ]
    precision = sum(both / mine for both, mine, _ in shared) / len(shared)
    recall = sum(both / theirs for both, _, theirs in shared) / len(shared)
    return {"P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall)}


def clustering(pieces: Sequence[Piece], seed: int) -> dict[str, dict[str, dict[str, float]]]:
    """B-cubed of each corpus, of newsward and of the others."""
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for name, of_corpus in by_corpus(pieces).items():
        arrived = in_arrival(of_corpus, seed)
        gold = [piece.story for piece in arrived]
        # Every other method with the threshold at which its mean over the development articles of
        # ECB+, BASIL and FNC-1 is best.
        methods: dict[str, Callable[[Sequence[Piece]], Sequence[object]]] = {
            "newsward": _by_newsward,
            "TF-IDF cosine alone": _by_cosine,
            "TF-IDF cosine within 30 days": _by_cosine_and_date,
            "title words": _by_title,
            "MinHash-LSH": _by_minhash,
        }
        for method, cluster in methods.items():
            try:
                figures.setdefault(method, {})[name] = b_cubed(gold, cluster(arrived))
            except ModuleNotFoundError as missing:
                print(f"{method} left out: {missing}", file=sys.stderr)
    return {name: of for name, of in figures.items() if of}


def _by_newsward(pieces: Sequence[Piece]) -> Sequence[object]:
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        fill(archive, pieces)
        StoryKeeper(archive).follow(now=NOW)
        return found_stories(archive)


def _online(pieces: Sequence[Piece], alike: Callable[[int, int], float], least: float) -> list[int]:
    """Single link: the story of the most alike before, from `least` on."""
    stories: list[int] = []
    for at in range(len(pieces)):
        best = max(((alike(at, other), -other) for other in range(at)), default=(0.0, 0))
        stories.append(stories[-best[1]] if best[0] >= least else at)
    return stories


def _vectors(pieces: Sequence[Piece]) -> list[dict[int, float]]:
    """All terms of each article, not the heaviest alone."""
    weights = Weights(prior=common_terms())
    counts = [read(Told(title=piece.title, text=piece.text)).counts for piece in pieces]
    return [vector(count, weights, terms=len(count)) for count in counts]


def _by_cosine(pieces: Sequence[Piece]) -> Sequence[object]:
    vectors = _vectors(pieces)
    return _online(pieces, lambda one, other: cosine(vectors[one], vectors[other]), 0.32)


def _by_cosine_and_date(pieces: Sequence[Piece]) -> Sequence[object]:
    vectors = _vectors(pieces)

    def alike(one: int, other: int) -> float:
        if not _may_be_one(pieces[one], pieces[other]):
            return 0.0
        return cosine(vectors[one], vectors[other])

    return _online(pieces, alike, 0.28)


def _by_title(pieces: Sequence[Piece]) -> Sequence[object]:
    # What feed readers do; without a title the first line stands for it.
    titles = [
        {*_TITLE_WORD.findall((piece.title or piece.text.split("\n")[0])[:150].lower())}
        for piece in pieces
    ]

    def jaccard(one: int, other: int) -> float:
        both = titles[one] | titles[other]
        return len(titles[one] & titles[other]) / len(both) if both else 0.0

    return _online(pieces, jaccard, 0.15)


def _by_minhash(pieces: Sequence[Piece]) -> Sequence[object]:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - optional, only compared with

    index = MinHashLSH(threshold=0.1, num_perm=128)
    stories: list[int] = []
    for at, piece in enumerate(pieces):
        sketch = MinHash(num_perm=128)
        words = piece.text.lower().split()
        sketch.update_batch([" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)])
        found = index.query(sketch)
        stories.append(stories[min(map(int, found))] if found else at)
        index.insert(str(at), sketch)
    return stories


def labels(pieces: Sequence[Piece], count: int, seed: int) -> dict[str, Any]:
    """Labels of pairs: made copies, real pairs of one event, real pairs of look-alike events."""
    chance = random.Random(seed)
    weights = Weights(prior=common_terms())
    usable = [piece for piece in pieces if len(piece.text.split()) >= 120]  # noqa: PLR2004 - a quotation must fit
    told: list[tuple[Kind, Kind, str]] = []
    for kind, change in TRANSFORMS.items():
        for piece in chance.sample(usable, min(count, len(usable))):
            copy = read(Told(title="", text=change(piece.text, chance)))
            told.append((TRUE_KIND[kind], _judged(copy, _reading(piece), weights), kind))
    real = [*_real_pairs(usable, count, chance, weights)]
    told += [(true, _judged(a, b, weights), name) for true, a, b, name in real]
    return _label_figures(told)


def _judged(a: Reading, b: Reading, weights: Weights) -> Kind:
    return judge(a.told, b.told, compare(a, b, weights)).kind


def _reading(piece: Piece) -> Reading:
    precision = "day" if piece.date else None
    told = Told(title=piece.title, text=piece.text, published=piece.date, precision=precision)
    return read(told)


def _real_pairs(
    pieces: Sequence[Piece], count: int, chance: random.Random, weights: Weights
) -> Iterable[tuple[Kind, Reading, Reading, str]]:
    for corpus, of_corpus in by_corpus(pieces).items():
        stories = defaultdict(list)
        for piece in of_corpus:
            stories[piece.story].append(piece)
        several = [story for story in stories.values() if len(story) > 1]
        for _ in range(count):
            one, other = map(_reading, chance.sample(chance.choice(several), 2))
            # Two papers that print one agency's words are no independent reports: what they are to
            # each other nobody has noted, so they are left out.
            if max(contained(one, other), contained(other, one)) < SHARED_WORDS:
                yield Kind.SAME_EVENT, one, other, f"same event, {corpus}"
        chosen = chance.sample(of_corpus, min(count, len(of_corpus)))
        vectors = [(piece, vector(_reading(piece).counts, weights)) for piece in of_corpus]
        for piece in chosen:
            own = vector(_reading(piece).counts, weights)
            # The most alike of another story, and of the same weeks where there are dates: the
            # hardest there is.
            nearest = max(
                (known for known in vectors if known[0].story != piece.story),
                key=lambda known: (_may_be_one(piece, known[0]), cosine(own, known[1])),
            )[0]
            yield Kind.NONE, _reading(piece), _reading(nearest), f"nearest other, {corpus}"


def _may_be_one(one: Piece, other: Piece) -> bool:
    apart = days_apart(one.date, None, other.date, None)
    return apart is None or apart <= WINDOW


def _label_figures(told: Sequence[tuple[Kind, Kind, str]]) -> dict[str, Any]:
    by_label = {}
    for kind in Kind:
        right = sum(true is found is kind for true, found, _ in told)
        said, truly = sum(f is kind for _, f, _ in told), sum(t is kind for t, _, _ in told)
        precision, recall = right / (said or 1), right / (truly or 1)
        f1 = 2 * precision * recall / ((precision + recall) or 1)
        by_label[str(kind)] = {"P": precision, "R": recall, "F1": f1}
    right = sum(true.is_derived and found.is_derived for true, found, _ in told)
    rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, found, name in told:
        rows[name][str(found)] += 1
    return {
        "labels": by_label,
        "macro-F1": sum(one["F1"] for one in by_label.values()) / len(by_label),
        "derived": {
            "P": right / (sum(found.is_derived for _, found, _ in told) or 1),
            "R": right / (sum(true.is_derived for true, _, _ in told) or 1),
        },
        "found": {name: dict(found) for name, found in rows.items()},
    }


def mean_f1(figures: Mapping[str, Mapping[str, float]]) -> float:
    """The mean of F1 over the corpora."""
    return math.fsum(one["F1"] for one in figures.values()) / len(figures)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("--records", type=int, default=10_000, help="0 leaves this part out")
    parser.add_argument(
        "--grow", type=int, nargs="*", default=[100_000], metavar="N", help="sizes to grow it to"
    )
    parser.add_argument("--queries", type=int, default=60, help="of each kind, for candidates")
    parser.add_argument("--pairs", type=int, default=200, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    pieces = read_pieces(asked.articles)
    figures: dict[str, Any] = {"clustering": clustering(pieces, asked.seed)}
    figures["mean B-cubed F1"] = {
        method: mean_f1(of) for method, of in figures["clustering"].items()
    }
    figures["pairs"] = labels(pieces, asked.pairs, asked.seed)
    if asked.records:
        sizes = [asked.records, *sorted(asked.grow)]
        figures["archive"] = at_sizes(pieces, sizes, asked.queries, asked.seed)
    print(json.dumps(figures, indent=2) if asked.json else "\n".join(lines(figures)))


def lines(figures: Mapping[str, Any], indent: str = "") -> Iterable[str]:
    """The figures as indented lines."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}"
            yield from lines(value, indent + "  ")
        else:
            yield (
                f"{indent}{name}: {value:.3f}"
                if isinstance(value, float)
                else f"{indent}{name}: {value}"
            )


if __name__ == "__main__":
    main()
