"""Writing into a list of sources: what is written there stays as it is, comments and all."""

import difflib
import os
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Item

from archive.errors import ArchiveUnavailableError, ConfigurationError
from crawler.source_file import parse_sources
from crawler.sources import Discovery, Source
from crawler.toml_lines import line_index

_BOM = "\ufeff"
# In the order in which an entry says them; what has its usual value is not written.
_KEYS = ("country", "language", "kind", "scope", "every", "every_least", "every_most", "delay")
_MORE_KEYS = (
    "enabled",
    "link_only",
    "reason",
    "licence",
    "evidence",
    "checked",
    "hosts",
    "drop",
    "narrow",
)
_PLACE_KEYS = ("links", "pattern", "next_page", "pages")
_UNITS = ((604800, "w"), (86400, "d"), (3600, "h"), (60, "m"))


def read_list(path: Path) -> str:
    """The text of a list of sources with its line ends; empty when there is no such file.

    Raises:
        ConfigurationError: the file cannot be read, or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(
            f"{path}: cannot be read ({why}). Name another file with --sources."
        ) from error


def write_list(path: Path, text: str) -> None:
    """Put a list in the place of the old one, whole or not at all.

    Raises:
        ConfigurationError: the text is no list of sources: nothing was written.
        ArchiveUnavailableError: the file cannot be written: the old one is still there.
    """
    parse_sources(text.removeprefix(_BOM), str(path))
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=".sources-", delete=False
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is its owner's alone; a list keeps the rights that it had.
        Path(file.name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise ArchiveUnavailableError(
            f"{path}: cannot be written ({error.strerror}). Change its rights, or name another"
            " file with --sources."
        ) from error


def difference(before: str, after: str, path: Path) -> str:
    """What a change does to a list, as a unified diff; empty when it does nothing."""
    lines = difflib.unified_diff(
        before.removeprefix(_BOM).splitlines(),
        after.removeprefix(_BOM).splitlines(),
        f"{path} (before)",
        f"{path} (after)",
        n=2,
        lineterm="",
    )
    return "\n".join(lines)


def entry(source: Source) -> str:
    """A source as it is written in a list; what has its usual value is left out."""
    table = tomlkit.table()
    for key in ("id", "name", "homepage"):
        table.add(key, getattr(source, key))
    usual = _usual()
    for key in (*_KEYS, *_MORE_KEYS):
        value = getattr(source, key)
        if value != usual[key]:
            table.add(key, _written(key, value))
    sources = tomlkit.aot()
    sources.append(table)
    document = tomlkit.document()
    document.add("source", sources)
    places = "".join(f"\n{_place(place)}" for place in source.discovery)
    return tomlkit.dumps(document).strip() + "\n" + places


def _usual() -> Mapping[str, Any]:
    plain = Source(id="", name="", homepage="", discovery=())
    return {key: getattr(plain, key) for key in (*_KEYS, *_MORE_KEYS)}


def _written(key: str, value: object) -> object:
    if key.startswith("every") and isinstance(value, float):
        return duration(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, str) else value


def duration(seconds: float) -> str | int | float:
    """Seconds as a person would write them: "6h", 90, 2.5."""
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return int(seconds) if seconds == int(seconds) else seconds


def _place(place: Discovery) -> str:
    lines = [
        "  [[source.discovery]]",
        f"  kind = {_quoted(place.kind)}",
        f"  url = {_quoted(place.url)}",
    ]
    usual = Discovery(kind=place.kind, url=place.url)
    for key in _PLACE_KEYS:
        value = getattr(place, key)
        if value != getattr(usual, key):
            lines.append(f"  {key} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(value: str | int) -> str:
    if isinstance(value, str):
        # A pattern is easier to read without doubled backslashes.
        literal = "\\" in value and "'" not in value and value.isprintable()
        return tomlkit.string(str(value), literal=literal).as_string()
    return str(value)


def with_entries(text: str, entries: Iterable[str]) -> str:
    """A list with further sources at its end; all that was there stays as it was."""
    end = "\r\n" if "\r\n" in text else "\n"
    added = "".join(f"\n\n{each.strip()}\n" for each in entries)
    kept = text if not text or text.endswith("\n") else text + end
    return kept + (added if kept else added.lstrip("\n")).replace("\n", end)


def with_key(text: str, source: str, key: str, value: str | bool) -> str:  # noqa: FBT001 - the value that is written, not a switch
    """A list in which one source says one thing anew; nothing else is touched.

    Raises:
        ConfigurationError: there is no such source.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(mark)
    at = _position(text, source)
    wanted = tomllib.loads(text)
    wanted["source"][at][key] = value
    written = (*_new_line(text, at, key, value), _by_tomlkit(text, at, key, value))
    return mark + next(changed for changed in written if _says(changed, wanted))


def _position(text: str, source: str) -> int:
    for at, table in enumerate(tomllib.loads(text).get("source", [])):
        if table.get("id") == source:
            return at
    raise ConfigurationError(
        f"there is no source {source}. `newsward source list` shows those there are."
    )


def _new_line(text: str, at: int, key: str, value: str | bool) -> Iterator[str]:  # noqa: FBT001 - as above
    """The key on a line of its own, below the last key of the source itself, or the one before it.

    tomlkit would put it below the comments that belong to the first place of discovery. A place
    within a value that spans lines gives another text than wanted, or none that is TOML.
    """
    lines, index = text.split("\n"), line_index(text)
    own = {path[2]: number for path, number in index.items() if _is_own(path, at)}
    if key in own:
        return
    line = f"{key} = {_item(value).as_string()}" + ("\r" if "\r\n" in text else "")
    for number in sorted(set(own.values()), reverse=True):
        yield "\n".join([*lines[:number], line, *lines[number:]])


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _is_own(path: tuple[str | int, ...], at: int) -> bool:
    return (
        len(path) == len(("source", at, "key"))
        and path[:2] == ("source", at)
        and (path[2] != "discovery")
    )


def _by_tomlkit(text: str, at: int, key: str, value: str | bool) -> str:  # noqa: FBT001 - as above
    document = tomlkit.parse(text)
    document["source"][at][key] = value
    return document.as_string()


def _item(value: str | bool) -> Item:  # noqa: FBT001 - as above
    return tomlkit.item(value)


def entry_of(text: str, source: str) -> str:
    """What a list says of one source, as it is written there, its inner comments included.

    Raises:
        ConfigurationError: there is no such source.
    """
    text = text.removeprefix(_BOM)
    at, index = _position(text, source), line_index(text)
    lines = text.split("\n")
    start = index["source", at] - 1
    stop = index.get(("source", at + 1), len(lines) + 1) - 1
    kept = lines[start:stop]
    # Comments at the end, below an empty line, are about what comes next.
    while kept and (not kept[-1].strip() or kept[-1].startswith("#")):
        kept.pop()
    return "\n".join(kept) + "\n"


def header_of(text: str) -> str:
    """The comment that a list begins with."""
    lines = text.removeprefix(_BOM).splitlines()
    return "\n".join(takewhile(lambda line: line.startswith("#"), lines)) + "\n"
