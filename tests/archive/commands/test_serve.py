import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from archive.commands.serve import serve
from archive.errors import ArchiveMissingError, ConfigurationError

SERVE = (sys.executable, "-c", "from archive.commands.serve import serve; serve()")


@pytest.fixture
def served(archive_file: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A real server process and the address that it prints."""
    with subprocess.Popen(
        [*SERVE, "--port", "0", "--archive", str(archive_file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_it_prints_its_address_answers_and_ends_well_at_ctrl_c(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, url = served
    assert url.startswith("http://127.0.0.1:")
    assert "sextortion" in httpx.get(f"{url}/articles/1", timeout=30).text
    assert httpx.get(url, headers={"host": "evil.test"}, timeout=30).status_code == 421
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, "")
    assert errors == "Ctrl-C stops it.\n"


def test_without_an_archive_nothing_is_served_and_nothing_made(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    with pytest.raises(ArchiveMissingError):
        CliRunner().invoke(
            serve, ["--port", "0", "--archive", str(missing)], catch_exceptions=False
        )
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_one_line_with_what_to_do(archive_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(ConfigurationError, match=rf"port {port}: cannot be used .*--port 0"):
            CliRunner().invoke(
                serve, ["--port", port, "--archive", str(archive_file)], catch_exceptions=False
            )


def test_serving_others_is_said_to_be_without_a_password(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        serve, ["--host", "192.0.2.1", "--archive", str(tmp_path / "none.db")]
    )
    assert "there is no password" in result.stderr
