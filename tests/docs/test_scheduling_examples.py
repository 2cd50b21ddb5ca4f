"""The examples for containers and GitHub parse, and what they type exists."""

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from archive.health_problems import Problem
from archive.health_values import State
from crawler.cli import newsward

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PAGES = ("scheduling.md", "health.md")


def typed(text: str) -> list[list[str]]:
    """Every `newsward ...` of a text, up to the end of its command."""
    found = re.findall(r"\bnewsward ([a-z][^\n`;|&#\"]*)", text)
    return [shlex.split(line.split("  ")[0].rstrip("\\ ")) for line in found]


def assert_exists(arguments: list[str]) -> None:
    with click.Context(newsward, info_name="newsward") as context:
        command = newsward.get_command(context, arguments[0])
    assert command is not None, arguments
    rest = arguments[1:]
    if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        command = command.commands[rest[0]]
        rest = rest[1:]
    known = {name for one in command.params for name in one.opts}
    for word in rest:
        if word.startswith("--"):
            assert word.rstrip(",.").partition("=")[0] in known, arguments


@pytest.mark.parametrize("name", ["Containerfile", "github-actions.yml"])
def test_every_command_of_an_example_exists(name: str) -> None:
    lines = (EXAMPLES / name).read_text("utf-8").splitlines()
    commands = typed("\n".join(line for line in lines if not line.startswith("#")))
    assert len(commands) >= 2
    for arguments in commands:
        assert_exists(arguments)


@pytest.mark.parametrize("name", PAGES)
def test_every_command_of_the_pages_exists(docs: Path, name: str) -> None:
    code = re.findall(r"```sh\n(.*?)```", (docs / name).read_text("utf-8"), re.DOTALL)
    lines = [line for block in code for line in block.splitlines() if line.startswith("newsward ")]
    assert len(lines) >= 3
    for line in lines:
        (arguments,) = typed(line)
        assert_exists(arguments)


def test_a_command_that_is_not_there_is_noticed() -> None:
    for wrong in (["crawll"], ["crawl", "--max-tim", "3m"]):
        with pytest.raises(AssertionError):
            assert_exists(wrong)


def test_the_workflow_is_one_that_github_reads() -> None:
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text("utf-8"))
    # YAML 1.1 takes the key `on` for true; GitHub does not.
    assert workflow[True]["schedule"] == [{"cron": "23 */6 * * *"}]
    (job,) = workflow["jobs"].values()
    assert job["runs-on"] == "ubuntu-latest"
    assert all({"run", "uses"} & step.keys() for step in job["steps"])
    limit = next(step["run"] for step in job["steps"] if "--max-time" in step.get("run", ""))
    assert int(re.findall(r"--max-time (\d+)m", limit)[0]) < job["timeout-minutes"]


def test_the_container_is_built_of_instructions_that_there_are() -> None:
    text = (EXAMPLES / "Containerfile").read_text("utf-8")
    lines = re.sub(r"\\\n", " ", text).splitlines()
    words = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert words[0] == "FROM"
    assert set(words) <= {"FROM", "RUN", "USER", "WORKDIR", "VOLUME", "ENV", "CMD", "HEALTHCHECK"}
    (command,) = (line for line in lines if line.startswith("CMD "))
    shell = json.loads(command.removeprefix("CMD "))
    subprocess.run([*shell[:1], "-n", *shell[1:]], check=True, timeout=60)


@pytest.mark.slow
@pytest.mark.timeout(300)  # three programs, on a machine that may be busy
def test_what_the_container_runs_first_lists_sources_then_crawls_until_it_is_told_to_stop(
    tmp_path: Path,
) -> None:
    lines = re.sub(r"\\\n", " ", (EXAMPLES / "Containerfile").read_text("utf-8")).splitlines()
    (command,) = (line for line in lines if line.startswith("CMD "))
    shell = json.loads(command.removeprefix("CMD "))
    tools = Path(sys.executable).parent
    environ = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    environ |= {"NEWSWARD_ARCHIVE": f"{tmp_path}/archive.db", "PYTHONUNBUFFERED": "1"}
    environ |= {"NEWSWARD_SOURCES": f"{tmp_path}/sources.toml"}
    first = subprocess.run(shell, cwd=tmp_path, env=environ, check=True, timeout=100)
    assert first.returncode == 0
    listed = tmp_path / "sources.toml"
    assert "[[source]]" in listed.read_text("utf-8")
    listed.write_text(SWITCHED_OFF, "utf-8")
    loop = subprocess.Popen(
        shell,
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # its sleep, which a container ends with all else, is ours to end
    )
    with loop:
        try:
            assert loop.stdout
            assert loop.stdout.readline().startswith("0 sources")
            loop.terminate()
            assert loop.wait(timeout=100) == 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(loop.pid, signal.SIGKILL)


SWITCHED_OFF = """\
[[source]]
id = "press"
name = "Press (invented)"
homepage = "https://press.example/"
enabled = false
"""


def test_the_page_names_every_problem_and_state(docs: Path) -> None:
    page = (docs / "health.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE)
    assert sorted(rows) == sorted([*map(str, Problem), *map(str, State)])


def test_the_exit_codes_of_the_page_are_those_of_the_help(docs: Path) -> None:
    page = (docs / "scheduling.md").read_text("utf-8")
    told = re.findall(r"^\| ([\d, ]+) \| ", page, re.MULTILINE)
    codes = {int(code) for row in told for code in row.split(",")}
    shown = CliRunner().invoke(newsward, ["--help"]).output.partition("Exit codes:")[2]
    assert codes == {int(code) for code in re.findall(r"\b(\d+)\b", shown)} - {6}
