"""Reads a sources.toml and checks it: all its faults at once, each with its line."""

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from archive.errors import ConfigurationError
from archive.records import LinkKind
from crawler import source_values as values
from crawler.source_values import Reader, Unfit
from crawler.sources import Discovery, Scope, Source, SourceKind
from crawler.toml_lines import KeyPath, line_index

_PLACES = (LinkKind.FEED, LinkKind.SITEMAP, LinkKind.LISTING, LinkKind.DIGEST)

# Key by key what a source and a place of discovery may say. A new key is added here, in the
# value class and in the comments that `newsward init` writes.
_DISCOVERY: Mapping[str, Reader] = {
    "kind": values.choice(_PLACES),
    "url": values.place,
    "links": values.selector,
    "pattern": values.expression,
    "next_page": values.selector,
    "pages": values.pages,
}
_SOURCE: Mapping[str, Reader] = {
    "id": values.slug,
    "name": values.text,
    "homepage": values.address,
    "country": values.country,
    "language": values.language,
    "kind": values.choice(SourceKind),
    "scope": values.choice(Scope),
    "every": values.duration,
    "every_least": values.duration,
    "every_most": values.duration,
    "delay": values.duration,
    "enabled": values.flag,
    "link_only": values.flag,
    "licence": values.text,
    "evidence": values.text,
    "reason": values.text,
    "checked": values.text,
}
# What the file says beside its sources.
_FILE: Mapping[str, Reader] = {"contact": values.contact}
_LISTS: Mapping[str, Reader] = {
    "hosts": values.host,
    "drop": values.xpath_or_line,
    "narrow": values.xpath,
}
_EXAMPLES: Mapping[str, str] = {
    "id": 'id = "example-news"',
    "name": 'name = "Example News"',
    "homepage": 'homepage = "https://news.example.org/"',
    "discovery": "a [[source.discovery]] with kind and url (or enabled = false)",
    "kind": 'kind = "feed" (or sitemap, listing, digest)',
    "url": 'url = "https://news.example.org/feed"',
}
_ONLY_LISTINGS = ("links", "pattern", "next_page", "pages")

MINUTE = 60.0
DAY = 86400.0
# Asking more often than every 5 minutes helps no reader of news and hurts small publishers; a
# source asked less often than every 90 days has most likely lost entries of its feed meanwhile.
EVERY = (5 * MINUTE, 90 * DAY, "5 min to 90 d")
# Scrapy's project template waits 1 s between two requests to a host; we never wait less.
DELAY = (1.0, 10 * MINUTE, "1 s to 10 min")
_PACES = {"every": EVERY, "every_least": EVERY, "every_most": EVERY, "delay": DELAY}


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFile:
    """What a file says: its sources in its order, and how publishers reach whoever crawls."""

    sources: tuple[Source, ...]
    contact: str | None = None


class _Fault(NamedTuple):
    line: int
    text: str


class _Checker:
    """The faults of one text, and where its keys stand."""

    def __init__(self, lines: Mapping[KeyPath, int]) -> None:
        self.faults: list[_Fault] = []
        self._lines = lines

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the table it should stand in."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def fault(self, path: KeyPath, text: str) -> None:
        """Note a fault at a key."""
        self.faults.append(_Fault(self.line(path), text))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    """One table of the file: what it says, where it stands, what faults call its keys."""

    content: Mapping[str, object]
    path: KeyPath
    checker: _Checker
    prefix: str = ""

    def fault(self, key: str, said: str) -> None:
        """A fault at a key of this table."""
        self.checker.fault((*self.path, key), said)

    def unfit(self, key: str, said: str) -> None:
        """A fault about what stands behind a key."""
        self.fault(key, f"{self.prefix}{key} = {_shown(self.content[key])} {said}")

    def read(self, readers: Mapping[str, Reader]) -> dict[str, Any]:
        """What the readers make of the keys that are there; a fault for each that is unfit."""
        found: dict[str, Any] = {}
        for key in self.content.keys() & readers.keys():
            try:
                found[key] = readers[key](self.content[key])
            except Unfit as unfit:
                self.unfit(key, str(unfit))
        return found

    def read_list(self, key: str, reader: Reader) -> tuple[Any, ...]:
        """What a reader makes of each item of a list."""
        items = self.content.get(key, [])
        if not isinstance(items, list):
            self.unfit(key, 'is not a list: write it in brackets, ["like this"].')
            return ()
        found = []
        for at, item in enumerate(items):
            try:
                found.append(reader(item))
            except Unfit as unfit:
                where = (*self.path, key, at)
                self.checker.fault(where, f"{self.prefix}{key}: {_shown(item)} {unfit}")
        return tuple(found)


def load_sources(path: Path) -> tuple[Source, ...]:
    """The sources of a file, in its order, disabled ones included; see `load_file`."""
    return load_file(path).sources


def load_file(path: Path) -> SourceFile:
    """What a file says.

    Raises:
        ConfigurationError: the file cannot be read, or is wrong; one line a fault.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{path}: there is no such file. Write one with `newsward init`, or name another with "
            "--sources."
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}). Name another file with --sources."
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"{path}:{line}: a character that is not UTF-8. Save the file as UTF-8."
        ) from error
    return parse_file(text, str(path))


def parse_sources(text: str, where: str) -> tuple[Source, ...]:
    """The sources of a TOML text; see `parse_file`."""
    return parse_file(text, where).sources


def parse_file(text: str, where: str) -> SourceFile:
    """What a TOML text says; `where` names it in messages.

    Raises:
        ConfigurationError: the text is wrong; one line `where:line: what` for each fault.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{where}:{_syntax_fault(str(error), text)}") from error
    checker = _Checker(line_index(text))
    told = _Table(content=document, path=(), checker=checker).read(_FILE)
    found = _document(document, checker)
    if checker.faults:
        lines = [f"{where}:{line}: {said}" for line, said in sorted(set(checker.faults))]
        raise ConfigurationError("\n".join(lines))
    return SourceFile(sources=tuple(found), **told)


def _syntax_fault(said: str, text: str) -> str:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    what = said[: place.start()] if place else said
    line = place[1] if place and place[1] else str(text.rstrip("\n").count("\n") + 1)
    column = f", column {place[2]}" if place and place[2] else ""
    hint = " Is the text in quotes?" if what == "Invalid value" else ""
    return f"{line}: not valid TOML: {what[:1].lower()}{what[1:]}{column}.{hint}"


def _document(document: Mapping[str, object], checker: _Checker) -> list[Source]:
    for key in document.keys() - {"source", *_FILE}:
        near = " Did you mean [[source]]?" if values.did_you_mean(key, ["source"]) else ""
        checker.fault((key,), f"{key} has no meaning here: the file is a list of [[source]].{near}")
    tables = document.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        checker.fault(("source",), "source is not a list: write [[source]], with two brackets.")
        return []
    found = [
        _source(_Table(content=content, path=("source", at), checker=checker))
        for at, content in enumerate(tables)
    ]
    _check_ids(tables, checker)
    return [source for source in found if source is not None]


def _check_ids(tables: Sequence[Mapping[str, object]], checker: _Checker) -> None:
    first: dict[object, int] = {}
    for at, table in enumerate(tables):
        name = table.get("id")
        if not isinstance(name, str):
            continue
        path: KeyPath = ("source", at, "id")
        if name in first:
            said = f"id = {_shown(name)} is already the id of the source on line {first[name]}."
            checker.fault(path, f"{said} Each source needs its own.")
        first.setdefault(name, checker.line(path))


def _source(table: _Table) -> Source | None:
    known = [*_SOURCE, *_LISTS, "discovery"]
    required = ["id", "name", "homepage"]
    # A source that is switched off may be a note of one whose feed is still to be found.
    required += [] if table.content.get("enabled") is False else ["discovery"]
    before = len(table.checker.faults)
    _check_keys(table, known, required)
    read = table.read(_SOURCE)
    read |= {key: table.read_list(key, _LISTS[key]) for key in _LISTS}
    read["discovery"] = _places(table)
    _check_pace(table, read)
    return None if len(table.checker.faults) > before else Source(**read)


def _check_keys(table: _Table, known: Sequence[str], required: Sequence[str]) -> None:
    meant = set()
    for key in table.content.keys() - set(known):
        near = values.did_you_mean(key, known)
        meant |= {word for word in required if f'"{word}"' in near}
        if table.prefix and key in {*_SOURCE, *_LISTS}:
            near = f" It belongs to the source: move it above [[source.{table.prefix.strip()}]]."
        if key in _FILE:
            near = " It belongs to the file: move it above the first [[source]]."
        table.fault(key, f"{table.prefix}{key} is not a known key.{near or _list_of(known)}")
    for key in required:
        # An empty list of places is as good as none.
        if table.content.get(key, []) == [] and key not in meant:
            what = table.prefix.strip() or f"source {_shown(table.content.get('id', ''))}"
            table.checker.fault(table.path, f"{what} has no {key}. Add {_EXAMPLES[key]}.")


def _list_of(known: Sequence[str]) -> str:
    return f" Known keys: {', '.join(known)}."


def _places(source: _Table) -> tuple[Discovery, ...]:
    tables = source.content.get("discovery", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        source.fault(
            "discovery", "discovery is not a list: write [[source.discovery]], with two brackets."
        )
        return ()
    found = []
    for at, content in enumerate(tables):
        path = (*source.path, "discovery", at)
        table = _Table(content=content, path=path, checker=source.checker, prefix="discovery ")
        _check_keys(table, list(_DISCOVERY), ["kind", "url"])
        read = table.read(_DISCOVERY)
        if "kind" in read:
            _check_listing(table, read["kind"])
        if {"kind", "url"} <= read.keys():
            found.append(Discovery(**read))
    return tuple(found)


def _check_listing(table: _Table, kind: LinkKind) -> None:
    written = table.content.keys()
    if kind not in {LinkKind.LISTING, LinkKind.DIGEST}:
        for key in written & set(_ONLY_LISTINGS):
            table.fault(
                key, f"discovery {key} has no meaning for a {kind}: listings and digests have it."
            )
        return
    if "next_page" in written and table.content.get("pages", 1) == 1:
        table.fault("next_page", "discovery next_page is not followed while pages = 1. Set pages.")
    if "pages" in written and "next_page" not in written and table.content["pages"] != 1:
        table.fault("pages", "discovery pages needs next_page, the selector of the link to follow.")


def _check_pace(table: _Table, read: Mapping[str, Any]) -> None:
    addresses = [read.get("homepage"), *(place.url for place in read["discovery"])]
    hosts = [urlsplit(url).hostname or "" for url in addresses if url]
    hosts += [host.partition(":")[0] for host in read["hosts"]]
    own = bool(hosts) and all(map(values.is_loopback, hosts))
    for key, (least, most, bounds) in _PACES.items():
        # Nobody else pays for the haste of a crawl of this machine: demo and tests.
        floor = 0.0 if own else least
        if key in read and not floor <= read[key] <= most:
            table.unfit(key, f"is outside {bounds}.")
    if read.get("every_least", 0) > read.get("every_most", math.inf):
        table.unfit("every_least", "is more than every_most.")


def _shown(value: object) -> str:
    """A value as it may be written in TOML, cut to a length that fits into a line."""
    if isinstance(value, dict):
        return "{...}"
    if isinstance(value, list):
        return "[...]"
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _SHOWN else f'{shown[: _SHOWN - 4]}..."'


_SHOWN = 60
