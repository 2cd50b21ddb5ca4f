"""WARC files as they come: alone, packed or not, or inside a WACZ."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from crawler.ingestion.streams import Torn


class Counted:
    """A file that knows how many bytes were read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.done = 0

    def read(self, count: int) -> bytes:
        """Read up to so many bytes."""
        data = self._file.read(count)
        self.done += len(data)
        return data

    def seek(self, offset: int) -> int:
        """Go to a byte."""
        self.done = offset
        return self._file.seek(offset)


def size_of(path: Path) -> int:
    """Bytes that will be read of a file, nearly; 0 when it cannot be told."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def warcs_of(path: Path) -> Iterator[Iterator[tuple[str, Counted]]]:
    """The WARC files that a path holds: itself, or those of a WACZ, each with its name.

    Raises:
        Torn: the file cannot be opened, or begins like a zip and is none.
    """
    try:
        with path.open("rb") as file:
            if path.suffix.lower() != ".wacz":
                yield iter([(path.name, Counted(file))])
                return
            with zipfile.ZipFile(file) as pack:
                yield _members(pack, path.name)
    except OSError as error:
        raise Torn(f"cannot be read: {error.strerror or error}") from error
    except zipfile.BadZipFile as error:
        raise Torn(f"is no WACZ: {error}") from error


def _members(pack: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Counted]]:
    for member in pack.infolist():
        if member.filename.startswith("archive/") and ".warc" in member.filename:
            with pack.open(member) as file:
                label = f"{name}/{member.filename.removeprefix('archive/')}"
                yield label, Counted(cast("BinaryIO", file))
