"""A folder in which WARC files are ingested, in this process and without workers."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import warcs

from crawler.ingestion.run import Ingestion
from crawler.ingestion.tally import Tally
from crawler.session import SessionOptions
from crawler.source_file import load_sources


class Room:
    """A list of sources, WARC files, and the archive that they are ingested into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "archive.db"
        (folder / "sources.toml").write_text(warcs.SOURCES, encoding="utf-8")

    def write(self, name: str, records: Sequence[bytes], *, packed: bool = True) -> list[int]:
        return warcs.write(self.folder / name, records, packed=packed)

    def ingest(self, *names: str, source: str | None = None) -> Tally:
        sources = self.folder / "sources.toml"
        options = SessionOptions(
            archive=self.archive, sources_file=sources, workers=0, trigger="ingest"
        )
        listed = {one.id: one for one in load_sources(sources)}
        with Ingestion(options, listed, only=source) as work:
            for name in names:
                work.ingest(self.folder / name)
        assert work.tally.adds_up
        if work.summary:
            assert dict(work.summary.endings) == dict(work.tally.pages)
        return work.tally

    def bytes(self) -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in self.folder.glob("*.db*")
            if path.suffix != ".lock"
        }


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
def other_room(tmp_path: Path) -> Room:
    (tmp_path / "other").mkdir()
    return Room(tmp_path / "other")
