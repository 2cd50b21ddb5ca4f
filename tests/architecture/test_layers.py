import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()",
         "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


def test_each_module_imports_only_what_stands_below_it() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("archive/store.py", "import crawler.urls", "archive never imports crawler"),
        ("crawler/flow.py", "import crawler.session", "crawler: layers"),
        ("crawler/discovery/feeds.py", "import crawler.extraction", "crawler: layers"),
        ("crawler/lonely.py", "", "crawler: layers"),
        ("archive/records.py", "import archive.store", "archive: layers"),
        ("crawler/flow.py", "import scrapy", "scrapy stays at the edge"),
        ("crawler/extraction/decode.py", "import trafilatura", "one module knows trafilatura"),
        ("crawler/flow.py", "import sqlite3", "the database has one door"),
    ],
)
def test_each_contract_notices_what_it_forbids(
    module: str, line: str, contract: str, tmp_path: Path
) -> None:
    for name in ("crawler", "archive"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [one for one in done.stdout.splitlines() if " BROKEN" in one]
    assert any(one.startswith(contract) for one in broken), done.stdout
