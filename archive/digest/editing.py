"""A selection as a small TOML file that a person reorders, shortens and annotates."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import tomlkit

from archive.digest.values import Chosen, RecordFacts, Selection
from archive.errors import ConfigurationError
from archive.periods import plain_date

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_HEAD = """\
The selection of an issue. Move, delete or copy the items; their order is that of the issue, and a
section begins where `section` changes.
title     the headline; leave it as the source has it
extract   words of the article, quoted: shorten it or choose others, never rewrite
note      your own words, printed below the extract
also      records that tell the same story; `newsward show NUMBER` shows one
Then: newsward digest lint FILE; newsward digest build FILE --format html --output update.html"""
_KEYS: Mapping[str, Mapping[str, type]] = {
    "": {"title": str, "month": str, "country": str, "introduction": str, "item": list},
    "item": {
        "record": int,
        "title": str,
        "section": str,
        "extract": str,
        "note": str,
        "also": list,
    },
}


def as_toml(selection: Selection, facts: Mapping[int, RecordFacts]) -> str:
    """The file of a selection, with what is known of each record as a comment."""
    document = tomlkit.document()
    for line in _HEAD.splitlines():
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    document["title"] = selection.title
    document["month"] = selection.month
    if selection.country:
        document["country"] = selection.country
    document["introduction"] = selection.introduction
    items = tomlkit.aot()
    for chosen in selection.items:
        table = tomlkit.table()
        table.add(tomlkit.comment(_about(facts[chosen.article_id])))
        table["record"] = chosen.article_id
        table["title"] = chosen.title
        table["section"] = chosen.section
        table["extract"] = chosen.extract
        table["note"] = chosen.note
        table["also"] = list(chosen.also)
        table.add(tomlkit.nl())
        items.append(table)
    document["item"] = items
    return tomlkit.dumps(document)


def _about(record: RecordFacts) -> str:
    told = f"{record.source_name}, {plain_date(record.published)}, {record.url}"
    # What a page says of itself may have a line end or a control in it, and a comment must not.
    return "".join(char if char.isprintable() else " " for char in told)


def read_toml(text: str, name: str) -> Selection:
    """The selection in a file, `name` for what is said of it.

    Raises:
        ConfigurationError: it is no TOML, or not of this form.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name}: this is no TOML ({error}).") from error
    _check(given, "", name)
    month = given.get("month", "")
    if not _MONTH.fullmatch(month):
        raise ConfigurationError(f"{name}: `month` is {month!r}; write one such as 2026-11.")
    return Selection(
        title=given.get("title") or f"E-safety update, {plain_date(month)}",
        month=month,
        country=given.get("country") or None,
        introduction=given.get("introduction", ""),
        items=tuple(_items(given.get("item", []), name)),
    )


def _items(given: list[Any], name: str) -> Iterator[Chosen]:
    for number, entry in enumerate(given, 1):
        where = f"{name}: item {number}"
        if not isinstance(entry, dict) or "record" not in entry:
            raise ConfigurationError(f"{where}: it needs `record`, the number of its record.")
        _check(entry, "item", where)
        also = entry.get("also", [])
        if not all(isinstance(one, int) for one in also):
            raise ConfigurationError(f"{where}: `also` is a list of numbers of records.")
        yield Chosen(
            article_id=entry["record"],
            title=entry.get("title", ""),
            section=entry.get("section", "").strip(),
            extract=entry.get("extract", ""),
            note=entry.get("note", ""),
            also=tuple(also),
        )


def _check(given: Mapping[str, Any], part: str, where: str) -> None:
    known = _KEYS[part]
    for key, value in given.items():
        if key not in known:
            raise ConfigurationError(
                f"{where}: `{key}` means nothing here. There are: {', '.join(known)}."
            )
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise ConfigurationError(f"{where}: `{key}` is {value!r}, not what is meant there.")
