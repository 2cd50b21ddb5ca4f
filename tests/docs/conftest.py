from pathlib import Path

import pytest

from archive.database import open_archive

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def docs() -> Path:
    return DOCS


@pytest.fixture
def archive_file(tmp_path: Path) -> Path:
    """An archive of three invented articles, for what the pages say about plain tools."""
    path = tmp_path / "archive.db"
    db = open_archive(path, create=True)
    now = "2026-11-22T05:26:03Z"
    db.execute(
        "INSERT INTO sources (id, slug, name, homepage, kind, scope, updated_at)"
        " VALUES (1, 'blog', 'Harbour Blog', 'http://blog.test/', 'news', 'all', ?)",
        [now],
    )
    for number, title in enumerate(("An e-safety week", "Safety at sea", "Self-harm helplines"), 1):
        db.execute(
            "INSERT INTO articles (id, title, url, published, source_id, word_count, revision,"
            " first_seen_at, text_hash, body) VALUES (?, ?, ?, '2026-11-20', 1, 9, 1, ?, 'x', ?)",
            [
                *(number, title, f"http://blog.test/{number}", now),
                "This text is invented, as is all in this archive.",
            ],
        )
    db.close()
    return path
