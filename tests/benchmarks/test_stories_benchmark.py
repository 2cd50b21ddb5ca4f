"""The benchmark of stories runs on a small file and tells what it says it tells."""

import gzip
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from commits import NOW, query

from archive.statements import select
from archive.store import Archive
from archive.story_keeping import StoryKeeper

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "stories.py"
PLACES = ("Eastmoor", "Westhaven", "Northgate", "Southmere")


def row(story: str, number: int) -> dict[str, str]:
    told = " ".join(
        f"In {story} the invented council counted {number * 7 + at} boats of the {story} harbour,"
        f" and {PLACES[(at + number) % 4]} sent its {at} best rowers to see them on day {at}."
        for at in range(8)
    )
    return {
        "id": f"{story}:{number}",
        "corpus": "invented",
        "story": story,
        "title": "",
        "text": told,
    }


@pytest.mark.slow
def test_the_benchmark_tells_every_part(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl.gz"
    rows = [row(story, number) for story in PLACES for number in range(4)]
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    arguments = [str(file), "--records", "40", "--grow", "90", "--queries", "4", "--pairs", "4"]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(done.stdout)
    assert 0 < figures["clustering"]["newsward"]["invented"]["F1"] <= 1
    assert figures["pairs"]["found"]["verbatim"] == {"copy": 4}
    assert figures["archive"]["recall@10"]["verbatim"] == 1
    assert figures["archive"]["bytes a record"]["all to find by"] > 0
    grown = figures["archive"]["grown to"]["90 records"]
    assert grown["recall@10"]["verbatim"] >= 0.5
    assert grown["times the cost in the first"]["of its own"] > 0


@pytest.mark.slow
def test_a_grown_archive_has_of_each_record_as_much_as_one_that_was_read(tmp_path: Path) -> None:
    corpus = importlib.import_module("story_corpus")
    scale = importlib.import_module("story_scale")
    path = tmp_path / "archive.db"
    texts = [row(story, number)["text"] for story in PLACES for number in range(4)]
    with Archive(path) as archive:
        corpus.fill(
            archive,
            [
                corpus.Piece(id=str(at), corpus="all", story=str(at), title="", text=text)
                for at, text in enumerate(texts)
            ],
        )
        StoryKeeper(archive).follow(now=NOW)
    scale.grow(path, 40)
    for table in ("fingerprints", "signature_terms", "article_stories"):
        counts = dict(query(path, select("article_id, count(*)", table, group="1")))
        assert set(counts) == set(range(1, 41))
        assert all(counts[at] == counts[at + 16] for at in range(1, 17))
    shared = "SELECT count(*) FROM fingerprints AS a JOIN fingerprints AS b USING (fingerprint)"
    assert query(path, f"{shared} WHERE a.article_id <= 16 AND b.article_id > 16") == [(0,)]
    assert query(path, "PRAGMA foreign_key_check") == []
    # The next article is read there as in any archive.
    with Archive(path) as archive:
        piece = corpus.Piece(id="new", corpus="all", story="", title="", text=texts[0])
        corpus.fill(archive, [piece])
        assert StoryKeeper(archive).follow(now=NOW) == 1
    links = query(path, "SELECT kind FROM reuse_links WHERE a_id = 41 AND b_id = 1")
    assert links == [("copy",)]
