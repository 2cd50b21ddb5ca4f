"""Evidence is kept short: what is told of it again is what was seen, at the same places."""

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from archive.stories.comparing import compare
from archive.stories.features import Weights
from archive.stories.kept_evidence import kept, told
from archive.stories.reading import read
from archive.stories.values import Kind, Told

WORDS = (
    "harbour quay invented pupils button reported police Northgate Eastmoor council officers"
    " children online safety report 34 1,200 warned tested platform \u201coverwhelmed\u201d"
).split()
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(
    lambda words: " ".join(words).capitalize() + "."
)
texts = st.lists(sentences, max_size=12).map("\n\n".join)


@given(texts, texts, st.sampled_from([Kind.COPY, Kind.SAME_EVENT]))
def test_what_is_told_again_is_what_was_seen(first: str, second: str, kind: Kind) -> None:
    a = Told(title="", text=f"{first}\n\n{second}", published="2026-11-02", precision="day")
    b = Told(title="", text=f"{second} {first}")
    evidence = compare(read(a), read(b), Weights())
    again = told(kept(evidence, kind, a, b))
    seen = json.loads(json.dumps(asdict(evidence)))
    for name in ("runs", "aligned", "quotations", "names", "numbers"):
        assert all(one in seen[name] for one in again[name])
    assert again["aligned_sentences"] == len(evidence.aligned)
    assert abs(again["cosine"] - evidence.cosine) <= 0.0005
    assert again["dates"]["a"] == {"published": "2026-11-02", "precision": "day", "source": None}
    assert again["dates"]["b"]["published"] is None
    # What is not told as an aligned pair is told as a run, or is one of too many.
    if kind is Kind.COPY and len(seen["aligned"]) <= 60:
        for pair in seen["aligned"]:
            assert pair in again["aligned"] or any(
                run["a"]["start"] <= pair["a"]["end"] and pair["a"]["start"] <= run["a"]["end"]
                for run in again["runs"]
            )


def test_evidence_of_an_older_archive_is_told_as_it_is() -> None:
    assert told('{"text": "kept"}') == {"text": "kept"}
