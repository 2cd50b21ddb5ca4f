"""The Datasette that `newsward serve` runs: one archive, our pages, read only."""

import contextlib
import sqlite3
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

import sqlite_utils
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import parse_metadata, sqlite_timelimit

from archive.database import open_archive
from archive.schema import TableDoc, tables

# A Datasette configuration folder: metadata.yaml, settings.json, plugins, templates, static.
FOLDER = Path(__file__).parent
# The name of every archive in addresses, whatever its file is called.
NAME = "archive"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def application(archive: Path, *, hosts: Collection[str] | None = LOOPBACK) -> Datasette:
    """Datasette over one archive. It reads what a crawl commits meanwhile and writes nothing.

    `hosts` are the host names that it answers to, None for all.

    Raises:
        ArchiveMissingError: there is none at that path. Nothing is created.
        ConfigurationError: the file is not an archive, or newer than this program.
    """
    db = open_archive(archive, readonly=True)
    try:
        metadata = described(tables(db))
    finally:
        db.close()
    metadata["plugins"] = {"newsward": {"hosts": None if hosts is None else list(hosts)}}
    datasette = Datasette(config_dir=FOLDER, metadata=metadata)
    # Mutable to Datasette means: opened read only, and not taken for frozen.
    datasette.add_database(_Archive(datasette, path=str(archive), is_mutable=True), name=NAME)
    datasette.remove_database("_memory")
    return datasette


class _Archive(Database):
    """Counts the rows of what it lists, and of nothing else.

    Datasette counts every table for its front page, the search index too: gigabytes to be read
    from the disk at a million articles, and no time limit ends a count.
    """

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Rows by table; None for a hidden one, and where it takes more than `limit` ms."""
        hidden = await self.hidden_table_names()
        counts: dict[str, int | None] = dict.fromkeys(await self.table_names())
        for name in counts:
            if name in hidden:
                continue
            with contextlib.suppress(sqlite3.DatabaseError):
                counts[name] = await self.execute_fn(partial(_count, name, limit))
        return counts


def _count(name: str, limit: int, connection: sqlite3.Connection) -> int:
    db = sqlite_utils.Database(connection, recursive_triggers=False, execute_plugins=False)
    with sqlite_timelimit(connection, limit):
        return db.table(name).count


def described(docs: Collection[TableDoc]) -> dict[str, Any]:
    """Our metadata for Datasette, completed with what the schema says of tables and columns."""
    metadata: dict[str, Any] = parse_metadata((FOLDER / "metadata.yaml").read_text("utf-8"))
    of_tables = metadata["databases"][NAME]["tables"]
    for doc in docs:
        table = of_tables.setdefault(doc.name, {})
        table["description"] = doc.meaning
        table["columns"] = {column.name: column.meaning for column in doc.columns if column.meaning}
    return metadata
