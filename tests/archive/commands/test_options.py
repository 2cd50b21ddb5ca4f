import json
import math
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.commands.options import (
    archive_option,
    human_bytes,
    human_duration,
    json_option,
    print_json,
    print_table,
    printable,
)


@click.command
@archive_option
@json_option
def probe(*, archive: Path, as_json: bool) -> None:
    print_json([archive, as_json])


@pytest.mark.parametrize(
    ("arguments", "environment", "seen"),
    [
        ([], {}, ["archive.db", False]),
        (["--archive", "a/b.db", "--json"], {}, ["a/b.db", True]),
        ([], {"NEWSWARD_ARCHIVE": "kept.db"}, ["kept.db", False]),
        (["--archive", "typed.db"], {"NEWSWARD_ARCHIVE": "kept.db"}, ["typed.db", False]),
    ],
)
def test_the_archive_is_taken_from_the_option_then_the_environment(
    arguments: list[str], environment: dict[str, str], seen: list[object]
) -> None:
    result = CliRunner().invoke(probe, arguments, env=environment)
    assert json.loads(result.output) == seen


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    result = CliRunner().invoke(probe, ["--archive", str(tmp_path)])
    assert result.exit_code == 2


@dataclass(frozen=True)
class Row:
    title: str
    where: Path


def test_values_of_ours_become_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"rows": [Row(title="Café", where=Path("a/b"))]})
    assert json.loads(capsys.readouterr().out) == {"rows": [{"title": "Café", "where": "a/b"}]}


def test_what_has_no_json_form_is_a_bug_and_not_a_string() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        print_json([object()])


def test_away_from_a_terminal_rows_are_lines_of_tabbed_cells(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(["id", "title"], [(1, "Two\tparts\nof a title"), (2, None)])
    assert capsys.readouterr().out == "id\ttitle\n1\tTwo parts of a title\n2\t\n"


def test_on_a_terminal_rows_are_aligned_and_markup_is_plain_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    print_table(["id", "title"], [(1, "[bold]x[/bold]"), (22, "y")])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["id  title", "1   [bold]x[/bold]", "22  y"]


def test_a_title_cannot_send_orders_to_the_terminal() -> None:
    assert printable("a\x1b]0;owned\x07 b\u202etxt") == "a\ufffd]0;owned\ufffd b\ufffdtxt"


@given(st.text())
def test_printable_text_is_one_line_and_already_printable(text: str) -> None:
    shown = printable(text)
    assert "\n" not in shown
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_951, "10 kB"),
        (999_499, "999 kB"),
        (999_999, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (34_000_000_000, "34 GB"),
        (5e15, "5000 TB"),
    ],
)
def test_sizes_are_shown_with_their_unit(count: float, shown: str) -> None:
    assert human_bytes(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 ms"),
        (0.04, "40 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1 s"),
        (2.5, "2.5 s"),
        (9.96, "10 s"),
        (59.6, "1 min"),
        (65, "1 min 5 s"),
        (900, "15 min"),
        (3600, "1 h"),
        (3601, "1 h"),
        (7380, "2 h 3 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_durations_are_shown_with_their_two_largest_units(seconds: float, shown: str) -> None:
    assert human_duration(seconds) == shown


@given(st.floats(min_value=1, max_value=1e15))
def test_a_size_as_shown_is_within_six_per_cent_of_the_size(count: float) -> None:
    number, unit = human_bytes(count).split()
    scale = {"byte": 1, "bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[unit]
    assert math.isclose(float(number) * scale, count, rel_tol=0.34 if count < 10 else 0.06)
