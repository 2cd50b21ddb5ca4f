"""Parquet: a table with types, for DuckDB, pandas, R and their like. An extra, made by DuckDB."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

from archive import extras
from archive.exported import ExportedRecord

# Dates stay text: they are as precise as published_precision says.
_TYPES: dict[object, str] = {
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    tuple[str, ...]: "VARCHAR[]",
}
_COLUMNS = {field.name: field.type for field in dataclasses.fields(ExportedRecord)}
# Written whole before the next: what DuckDB may hold in memory follows from it.
_ROWS_IN_A_GROUP = 10_000
# DuckDB takes twice as much to read lines; a text is at most the 10 MiB of its page.
_LONGEST_LINE = 32 * 1024 * 1024


def write_parquet(records: Iterable[ExportedRecord], path: Path, *, with_text: bool) -> int:
    """Write a new file with one row a record, and count the rows in it once it is there.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    duckdb = extras.load("duckdb", extra="parquet", purpose="writing Parquet files")
    columns = {
        name: _TYPES.get(kind, "VARCHAR")
        for name, kind in _COLUMNS.items()
        if with_text or name != "text"
    }
    lines = path.with_name(f"{path.name}.ndjson")
    try:
        _write_lines(records, lines, [*columns])
        # Nothing of DuckDB is fetched from elsewhere: it has JSON and Parquet built in.
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "threads": "1",
        }
        with duckdb.connect(":memory:", config=settings) as db:
            db.execute("SET memory_limit = '512MB'")
            source = db.read_json(
                str(lines),
                columns=columns,
                format="newline_delimited",
                maximum_object_size=_LONGEST_LINE,
            )
            source.write_parquet(str(path), compression="zstd", row_group_size=_ROWS_IN_A_GROUP)
            (count,) = db.read_parquet(str(path)).count("*").fetchall()[0]
        return int(count)
    finally:
        lines.unlink(missing_ok=True)


def _write_lines(records: Iterable[ExportedRecord], path: Path, columns: list[str]) -> None:
    with path.open("x", encoding="utf-8") as file:
        for record in records:
            values = {name: getattr(record, name) for name in columns}
            file.write(json.dumps(values, ensure_ascii=False) + "\n")
