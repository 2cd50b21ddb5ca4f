"""The benchmark of the archive runs, on an archive of a few hundred articles."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "archive.py"


def benchmark(*arguments: object) -> dict[str, dict[str, float]]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, dict[str, float]] = json.loads(done.stdout)
    return figures


@pytest.mark.slow
def test_an_unchanged_revisit_writes_less_than_a_kilobyte_and_no_search_index() -> None:
    figures = benchmark("--only", "revisit")["revisit"]
    assert figures["bytes_a_visit"] < 1_000
    assert figures["search_index_changed"] is False


@pytest.mark.slow
def test_searches_and_pages_are_measured_and_the_archive_is_kept(tmp_path: Path) -> None:
    figures = benchmark(
        *("--articles", 300, "--keep", tmp_path, "--only", "search", "browse", "links")
    )
    assert figures["search"]["median_ratio"] > 0
    assert all(page["status"] == 200 for page in figures["browse"].values())  # type: ignore[index]  # pages are tables of figures
    assert not any(page["timed_out"] for page in figures["browse"].values())  # type: ignore[index]  # as above
    assert figures["links"]["ms_a_link_new"] > 0
    assert (tmp_path / "articles-300" / "archive.db").is_file()
