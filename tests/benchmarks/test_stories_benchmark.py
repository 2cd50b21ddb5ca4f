"""The benchmark of stories runs on a small file and tells what it says it tells."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

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
    arguments = [str(file), "--records", "40", "--pairs", "4", "--json"]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments], capture_output=True, text=True, check=True
    )
    figures = json.loads(done.stdout)
    assert 0 < figures["clustering"]["newsward"]["invented"]["F1"] <= 1
    assert figures["pairs"]["found"]["verbatim"] == {"copy": 4}
    assert figures["archive"]["recall@10"]["verbatim"] == 1
    assert figures["archive"]["bytes a record"]["all to find by"] > 0
