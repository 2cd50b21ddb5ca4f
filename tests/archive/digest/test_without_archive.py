from pathlib import Path

from click.testing import CliRunner

from crawler.cli import newsward


def test_no_archive_is_made_by_asking_for_an_issue(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    result = CliRunner().invoke(
        newsward, ["digest", "--month", "2026-11", "--archive", str(path), "-o", "x.md"]
    )
    assert result.exit_code == 2
    assert not path.exists()
