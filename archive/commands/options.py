"""What the commands share: options that mean the same everywhere, and how values are printed."""

import dataclasses
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


def archive_option(function: Function) -> Function:
    """Give a command `--archive PATH` as the parameter `archive: Path`.

    The file need not exist: a command that only reads raises ArchiveMissingError itself.
    """
    return click.option(
        "--archive",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="NEWSWARD_ARCHIVE",
        default=Path("archive.db"),
        show_default=True,
        show_envvar=True,
        metavar="PATH",
        help="The archive.",
    )(function)


def json_option(function: Function) -> Function:
    """Give a command `--json` as the parameter `as_json: bool`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print JSON with stable keys, for programs."
    )(function)


def print_json(value: object) -> None:
    """Print a value (dataclasses and paths included) as JSON on stdout."""
    # A terminal that cannot show é still gets valid JSON.
    wide = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not wide, indent=2, default=_jsonable))


def _jsonable(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def printable(text: str) -> str:
    """A text from a page or a file made safe for a terminal: on one line and without controls.

    Escape sequences and marks that turn the writing direction could hide or forge what a person
    reads; each becomes U+FFFD. White space, line ends included, becomes single spaces.
    """
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(char) in {"Cc", "Cs"} or char in _DIRECTION_MARKS
        else char
        for char in " ".join(text.split())
    )


# Unicode TR 36, section 2.10: embeddings, overrides and isolates reorder what follows them.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows: as a table on a terminal, elsewhere separated by tabs below a header line."""
    cells = [[printable("" if cell is None else str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *cells]:
            click.echo("\t".join(row))
        return
    # Imported here: most commands print no table, and rich costs as much as all else they load.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    # The first column names the row: it must stay in one piece, to be copied.
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)


_STEP = 1000
# Below this many, one decimal still tells something; rounding must not show "10.0".
_ONE_DECIMAL_BELOW = 9.95


def human_bytes(count: float) -> str:
    """A size with its unit (1 kB = 1,000 bytes): `999 bytes`, `1.2 MB`, `34 GB`."""
    if count < _STEP:
        return f"{count:.0f} byte" if count == 1 else f"{count:.0f} bytes"
    value, unit = count / _STEP, "kB"
    for larger in ("MB", "GB", "TB"):
        if round(value) < _STEP:
            break
        value, unit = value / _STEP, larger
    return f"{value:.1f} {unit}" if value < _ONE_DECIMAL_BELOW else f"{value:.0f} {unit}"


def human_duration(seconds: float) -> str:
    """A duration with its units, the two largest: `40 ms`, `2.5 s`, `1 min 5 s`, `3 d 4 h`."""
    if round(seconds * 1000) < _STEP:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _ONE_DECIMAL_BELOW:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, whole = divmod(whole, size)
        parts.append((count, unit))
    first = next(index for index, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)
