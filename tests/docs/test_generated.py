import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.database import open_archive
from archive.schema import tables


def test_the_generated_pages_say_what_the_code_says(docs: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(docs / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_a_page_that_was_changed_by_hand_is_found_and_written_again(
    docs: Path, tmp_path: Path
) -> None:
    for page in docs.glob("*.*"):
        (tmp_path / page.name).write_bytes(page.read_bytes())
    stale = tmp_path / "schema.md"
    stale.write_text(stale.read_text("utf-8") + "By hand.\n", "utf-8")
    command = [sys.executable, str(tmp_path / "generate.py")]
    check = subprocess.run([*command, "--check"], capture_output=True, text=True, timeout=60)  # noqa: PLW1510 - the code is asserted
    assert check.returncode == 1
    assert "docs/schema.md is out of date; run `python docs/generate.py`\n" in check.stdout
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert stale.read_bytes() == (docs / "schema.md").read_bytes()


def test_every_table_and_column_has_a_meaning(archive_file: Path) -> None:
    db = open_archive(archive_file, readonly=True)
    found = tables(db)
    db.close()
    assert {"articles", "removals", "provenance", "latest"} <= {table.name for table in found}
    for table in found:
        assert table.meaning, table.name
        for column in table.columns:
            assert column.meaning or column.is_key, f"{table.name}.{column.name}"


def sql_examples() -> list[str]:
    page = Path(__file__).parents[2] / "docs" / "schema.md"
    return re.findall(r"```sql\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("sql", sql_examples())
def test_every_example_in_sql_runs(archive_file: Path, sql: str) -> None:
    db = open_archive(archive_file, readonly=True)
    rows = db.execute(sql).fetchall()
    db.close()
    if "self-harm" in sql:
        assert rows == [(3, "Self-harm helplines")]
