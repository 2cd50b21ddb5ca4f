import json
from pathlib import Path

from click.testing import CliRunner

from archive.commands.publish import publish


def test_publishing_says_what_it_wrote(archive_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "public.db"
    done = CliRunner().invoke(publish, [str(out), "--archive", str(archive_file), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["records"] == 4
    assert done.stderr.startswith(f"4 records of 2 sources published to {out} (")
