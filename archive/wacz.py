"""Writing WACZ 1.1.1: a WARC with its index and list of pages in one file that viewers open.

https://specs.webrecorder.net/wacz/1.1.1/
"""

import gzip
import hashlib
import heapq
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Self
from urllib.parse import urlsplit

from archive.warc import Written

VERSION = "1.1.1"
WARC_NAME = "newsward.warc.gz"
INDEX_NAME = "index.cdx.gz"
# Lines that are sorted in memory before they go to a file, and lines of one block of the index.
SORTED_AT_ONCE = 20_000
BLOCK = 1000
_WWW = re.compile(r"^www\d*\.")


@dataclass(frozen=True, kw_only=True, slots=True)
class PageEntry:
    """A page of a record, as a viewer lists it."""

    url: str
    date: str
    title: str
    article_id: int


@dataclass(slots=True)
class Wacz:
    """A WACZ in the making: gather its parts, then `finish`. Memory does not grow with them.

    `folder` is where the parts wait.
    """

    folder: Path
    warc: BinaryIO = field(init=False)
    _pages: IO[str] = field(init=False)
    _lines: list[str] = field(default_factory=list)
    _runs: list[IO[str]] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.warc = self._stack.enter_context(tempfile.TemporaryFile(dir=self.folder))
        self._pages = self._text()
        head = {"format": "json-pages-1.0", "id": "pages", "title": "Records"}
        self._pages.write(json.dumps(head) + "\n")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def page(self, page: PageEntry) -> None:
        """List a page."""
        line = {"id": str(page.article_id), "url": page.url, "ts": page.date, "title": page.title}
        self._pages.write(json.dumps(line) + "\n")

    def index(self, written: Written) -> None:
        """Put a record of the WARC into the index."""
        about = {
            "url": written.url,
            "mime": written.mime,
            "status": "-" if written.status is None else str(written.status),
            "digest": written.digest,
            "length": str(written.length),
            "offset": str(written.offset),
            "filename": WARC_NAME,
        }
        stamp = re.sub(r"\D", "", written.date)
        self._lines.append(f"{url_key(written.url)} {stamp} {json.dumps(about)}\n")
        if len(self._lines) >= SORTED_AT_ONCE:
            self._set_down()

    def finish(self, out: BinaryIO, *, title: str, now: str, program: str) -> None:
        """Put the parts together."""
        self._set_down()
        with zipfile.ZipFile(out, "w") as pack:
            parts = _Parts(pack=pack, now=now)
            self.warc.seek(0)
            parts.add(f"archive/{WARC_NAME}", iter(lambda: self.warc.read(1 << 16), b""))
            blocks: list[str] = []
            parts.add(f"indexes/{INDEX_NAME}", self._blocks(blocks))
            meta = json.dumps({"format": "cdxj-gzip-1.0", "filename": INDEX_NAME})
            blocks.insert(0, f"!meta 0 {meta}\n")
            parts.add("indexes/index.idx", ["".join(blocks).encode()], packed=True)
            self._pages.seek(0)
            parts.add("pages/pages.jsonl", (line.encode() for line in self._pages), packed=True)
            parts.finish(title=title, program=program)

    def _set_down(self) -> None:
        run = self._text()
        run.writelines(sorted(self._lines))
        run.seek(0)
        self._runs.append(run)
        self._lines.clear()

    def _text(self) -> IO[str]:
        return self._stack.enter_context(
            tempfile.TemporaryFile("w+", dir=self.folder, encoding="utf-8", newline="\n")
        )

    def _blocks(self, told: list[str]) -> Iterator[bytes]:
        """The index in blocks of gzip; `told` gets the line that leads to each."""
        offset = 0
        for lines in _in_blocks(heapq.merge(*self._runs)):
            block = gzip.compress("".join(lines).encode(), mtime=0)
            where = {
                "offset": offset,
                "length": len(block),
                "digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
                "filename": INDEX_NAME,
            }
            told.append(f"{lines[0].partition('{')[0].strip()} {json.dumps(where)}\n")
            offset += len(block)
            yield block


def _in_blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


@dataclass(slots=True)
class _Parts:
    """The members of a WACZ as they are written, with the hash of each."""

    pack: zipfile.ZipFile
    now: str
    resources: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = False) -> None:
        digest, size = hashlib.sha256(), 0
        with self.pack.open(self._info(name, packed=packed), "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += member.write(chunk)
        self.resources.append(
            {
                "name": name.rpartition("/")[2],
                "path": name,
                "hash": f"sha256:{digest.hexdigest()}",
                "bytes": size,
            }
        )

    def finish(self, *, title: str, program: str) -> None:
        described = json.dumps(
            {
                "profile": "data-package",
                "wacz_version": VERSION,
                "title": title,
                "created": self.now,
                "software": program,
                "resources": self.resources,
            },
            indent=2,
        ).encode()
        digest = {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(described).hexdigest()}",
        }
        self.pack.writestr(self._info("datapackage.json", packed=True), described)
        proof = self._info("datapackage-digest.json", packed=True)
        self.pack.writestr(proof, json.dumps(digest, indent=2))

    def _info(self, name: str, *, packed: bool) -> zipfile.ZipInfo:
        when = datetime.fromisoformat(self.now)
        info = zipfile.ZipInfo(
            name, (when.year, when.month, when.day, when.hour, when.minute, when.second)
        )
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        return info


def url_key(url: str) -> str:
    """The key under which an index has an address (SURT): host reversed, lower case, query sorted.

    As the Internet Archive's `surt` makes it of canonical addresses.
    """
    parts = urlsplit(url)
    host = _WWW.sub("", parts.hostname or "")
    is_number = host.replace(".", "").isdigit() or ":" in host
    turned = host if is_number else ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port else ""
    path = parts.path.lower()
    path = path.rstrip("/") if len(path) > 1 else path
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{turned}{port}){path or '/'}" + (f"?{query}" if query else "")
