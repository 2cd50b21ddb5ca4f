"""A run in one line that adds up."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.endings import Ending
from archive.views import RunSummary
from crawler.summary import exit_code, summary_line

RUN = RunSummary(
    run_id=1,
    status="finished",
    seconds=23.4,
    sources_ok=("a", "b", "c", "d", "e"),
    sources_failed=("f",),
    endings=(
        (Ending.NEW, 12),
        (Ending.REVISED, 2),
        (Ending.UNCHANGED, 8),
        (Ending.NOT_MODIFIED, 19),
        (Ending.SOFT_404, 1),
        (Ending.TIMEOUT, 1),
    ),
    discovery=((Ending.READ, 5), (Ending.NOT_MODIFIED, 1), (Ending.UNREADABLE, 1)),
    removals=1088,
    waiting=4,
)


def test_the_line_tells_every_figure_with_its_parts() -> None:
    assert summary_line(RUN) == (
        "6 sources: 5 ok, 1 failed (f) · 7 lists read (1 unchanged, unreadable: 1) · "
        "43 pages: 12 new, 2 revised, 27 unchanged (unchanged: 8, not-modified: 19), "
        "1 rejected (soft-404: 1), 1 failed (timeout: 1) · 1,088 blocks removed · 23 s"
    )


def test_an_interrupted_run_says_so_first() -> None:
    line = summary_line(replace(RUN, status="interrupted", seconds=61))
    assert line.startswith("interrupted with 4 pages waiting · ")
    assert line.endswith("1 min 1 s")


def test_many_failed_sources_are_counted_and_not_all_named() -> None:
    failed = tuple(f"s{n}" for n in range(93))
    assert "93 failed (s0, s1, s2, s3, s4 and 88 more)" in summary_line(
        replace(RUN, sources_failed=failed)
    )


@given(st.dictionaries(st.sampled_from(list(Ending)), st.integers(1, 10**6)))
def test_the_groups_add_up_to_the_pages(endings: dict[Ending, int]) -> None:
    told = [ending for ending in endings if ending.group != "read"]
    line = summary_line(replace(RUN, endings=tuple((ending, endings[ending]) for ending in told)))
    part = next(part for part in line.split(" · ") if re.search(r"[\d,]+ pages?\b", part))
    total, *groups = re.findall(r"(\d[\d,]*) \w", re.sub(r"\([^)]*\)", "", part))
    assert int(total.replace(",", "")) == sum(int(group.replace(",", "")) for group in groups)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sources_failed": ()}, 0),
        ({"sources_failed": (), "sources_ok": ()}, 0),
        ({}, 3),
        ({"sources_ok": ()}, 4),
        ({"status": "interrupted"}, 130),
    ],
)
def test_the_exit_code_follows_the_sources(changes: dict[str, object], code: int) -> None:
    assert exit_code(replace(RUN, **changes)) == code  # type: ignore[arg-type]
