"""Evidence as it is kept with a link: JSON, short, with offsets in place of texts.

A span is `[start, end]` of characters; a run `[words, unquoted, a, a, b, b]`, an aligned pair
`[a, a, b, b, score]`, a quotation `[a, a, b, b]`. Pairs that stand within a run that is kept are
told by that run, so they are only counted.
"""

import json
from collections.abc import Iterator
from typing import Any

from archive.stories.values import AlignedPair, Evidence, Kind, Run, SharedQuotation, Told

# What is kept at most, of a link that says reuse and of one that says the same event.
_RUNS, _PAIRS, _NAMES = {True: 12, False: 3}, {True: 60, False: 6}, {True: 40, False: 12}
_SHARES = (
    *("contained_a", "contained_b", "aligned_share", "verbatim_share", "order_kept", "cosine"),
)
_COUNTS = ("sentences", "only_a", "only_b")
_ALWAYS = ("by_sentences_of", "aligned_sentences")
_DATE = ("published", "precision", "source")
# A sentence has a stop and a quotation mark more than the words of a run.
_SLACK = 3


def kept(evidence: Evidence, kind: Kind, a: Told, b: Told) -> str:
    """The evidence of a link, and the dates of both texts with where they were read."""
    more = kind.is_derived
    runs = evidence.runs[: _RUNS[more]]
    pairs = [pair for pair in evidence.aligned if not _is_within(pair, runs)]
    pairs = sorted(pairs, key=lambda pair: (-pair.score, pair.a.start))[: _PAIRS[more]]
    told: dict[str, Any] = {name: round(getattr(evidence, name), 3) for name in _SHARES}
    told |= {name: getattr(evidence, name) for name in _COUNTS}
    told |= {
        "by_sentences_of": evidence.by_sentences_of,
        "aligned_sentences": len(evidence.aligned),
        "runs": [[run.words, run.unquoted, *_ends(run)] for run in runs],
        "aligned": [
            [*_ends(pair), pair.score] for pair in sorted(pairs, key=lambda one: one.a.start)
        ],
        "quotations": [[*_ends(shared)] for shared in evidence.quotations[: _NAMES[more]]],
        "names": evidence.names[: _NAMES[more]],
        "numbers": evidence.numbers[: _NAMES[more]],
        "dates": {"a": _date(a), "b": _date(b)},
    }
    if evidence.cites:
        told |= {"cites": evidence.cites, "citation": evidence.citation}
    filled = {name: value for name, value in told.items() if value or name in _ALWAYS}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":"))


def told(kept_json: str) -> dict[str, Any]:
    """What `kept` wrote, with every number and span by its name.

    Evidence of before schema 16 has the names already.
    """
    short: dict[str, Any] = json.loads(kept_json)
    if "aligned_sentences" not in short:
        return short
    return {
        **{name: short.get(name, 0) for name in (*_SHARES, *_COUNTS, "aligned_sentences")},
        "by_sentences_of": short["by_sentences_of"],
        "runs": [
            {"words": words, "unquoted": unquoted} | _sides(*ends)
            for words, unquoted, *ends in short.get("runs", ())
        ],
        "aligned": [_sides(*ends) | {"score": score} for *ends, score in short.get("aligned", ())],
        "quotations": [_sides(*ends) for ends in short.get("quotations", ())],
        **{name: short.get(name, []) for name in ("names", "numbers")},
        **{name: short.get(name) for name in ("cites", "citation")},
        "dates": {side: _named(short["dates"][side]) for side in ("a", "b")},
    }


def _is_within(pair: AlignedPair, runs: tuple[Run, ...]) -> bool:
    return any(
        run.a.start <= pair.a.start + _SLACK
        and pair.a.end <= run.a.end + _SLACK
        and run.b.start <= pair.b.start + _SLACK
        and pair.b.end <= run.b.end + _SLACK
        for run in runs
    )


def _ends(one: Run | AlignedPair | SharedQuotation) -> Iterator[int]:
    for span in (one.a, one.b):
        yield from (span.start, span.end)


def _sides(a_start: int, a_end: int, b_start: int, b_end: int) -> dict[str, Any]:
    return {"a": {"start": a_start, "end": a_end}, "b": {"start": b_start, "end": b_end}}


def _date(told: Told) -> list[str | None]:
    return [told.published, told.precision, told.date_source] if told.published else []


def _named(date: list[str | None]) -> dict[str, str | None]:
    return dict(zip(_DATE, date or [None] * len(_DATE), strict=True))
