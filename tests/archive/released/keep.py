"""Keep a small archive of the present schema, for tests of migrations to come.

Run `PYTHONPATH=tests/samples python tests/archive/released/keep.py` at a release.
"""

import gzip
import sqlite3
import sys
import tempfile
from pathlib import Path

from sound_archive import build

from archive.migrations import SCHEMA_VERSION

FOLDER = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "archive.db")
        for name in ("archive", "snapshots"):
            path = Path(folder) / f"{name}.db"
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("VACUUM")
            connection.close()
            kept = FOLDER / f"{name}-{SCHEMA_VERSION}.db.gz"
            kept.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
            sys.stdout.write(f"{kept}\n")


if __name__ == "__main__":
    main()
