"""An archive for stories, still without records."""

from pathlib import Path

import pytest
from told_events import Newsroom


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path / "archive.db")
