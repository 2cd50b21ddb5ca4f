"""CSV, JSON and JSON lines: every field of a record."""

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Iterator

from archive.exported import ExportedRecord

FIELDS = tuple(field.name for field in dataclasses.fields(ExportedRecord) if field.name != "text")

# A spreadsheet takes a cell that begins so for a formula, which can send other cells away:
# https://owasp.org/www-community/attacks/CSV_Injection names these signs, the full-width ones too.
_FORMULA_SIGNS = tuple("=+-@\t\r\n") + tuple(chr(ord(sign) + 0xFEE0) for sign in "=+-@")

# What some spreadsheets drop at the beginning of a cell before they look at it.
_PASSED_OVER = " \0\u00a0\u200b\ufeff"


def as_csv(records: Iterable[ExportedRecord]) -> Iterator[str]:
    """CSV as RFC 4180 has it. A cell that a spreadsheet would take for a formula gets a `'`.

    The column `text` is there when the first record has one.
    """
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    columns: tuple[str, ...] = ()
    for record in records:
        if not columns:
            columns = FIELDS if record.text is None else (*FIELDS, "text")
            writer.writerow(columns)
        values = _values(record)
        values["authors"] = "; ".join(record.authors)
        values["topics"] = "; ".join(record.topics)
        values["signals"] = "; ".join(record.signals)
        writer.writerow([_safe(values.get(column)) for column in columns])
        yield _taken(line)
    if not columns:
        writer.writerow(FIELDS)
        yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _safe(value: object) -> object:
    if isinstance(value, str) and value.lstrip(_PASSED_OVER).startswith(_FORMULA_SIGNS):
        return f"'{value}"
    return value


def as_json(records: Iterable[ExportedRecord]) -> Iterator[str]:
    """One JSON array."""
    before = "[\n"
    for record in records:
        yield before + _json(record)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def as_ndjson(records: Iterable[ExportedRecord]) -> Iterator[str]:
    """One JSON object a line."""
    for record in records:
        yield _json(record) + "\n"


def _json(record: ExportedRecord) -> str:
    return json.dumps(_values(record), ensure_ascii=False)


def _values(record: ExportedRecord) -> dict[str, object]:
    values = dataclasses.asdict(record)
    if record.text is None:
        del values["text"]
    return values
