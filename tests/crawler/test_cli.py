import os
import re
import signal
import subprocess
import sys
import types
from collections.abc import Callable
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from archive.errors import ArchiveUnavailableError, ConfigurationError
from crawler import cli

Register = Callable[[Callable[..., object]], None]

HEAVY = [
    "scrapy",
    "trafilatura",
    "lxml",
    "datasette",
    "sqlite_utils",
    "rich",
    "tldextract",
    "twisted",
    "pebble",
    "feedparser",
    "fastfeedparser",
    "sqlite3",
]
HEAVY_LOADED = f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, check=False
    )


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Register a command of the test's own under the name `probe`."""

    def register(function: Callable[..., object]) -> None:
        module = types.SimpleNamespace(
            probe=function if isinstance(function, click.Command) else click.command(function)
        )
        monkeypatch.setitem(sys.modules, "probe_module", module)
        monkeypatch.setattr(
            cli, "COMMANDS", {**cli.COMMANDS, "probe": ("probe_module:probe", "Probe.")}
        )

    return register


@pytest.fixture
def failing(command: Register) -> Callable[[BaseException], None]:
    def register(error: BaseException) -> None:
        def probe() -> None:
            raise error

        command(probe)

    return register


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["searchh"], []])
def test_what_needs_no_command_loads_none_and_nothing_heavy(arguments: list[str]) -> None:
    done = run_python(
        "import atexit\n"
        f"atexit.register(lambda: {HEAVY_LOADED})\n"
        "atexit.register(lambda: print([m for m in sys.modules if '.commands' in m],"
        " file=sys.stderr))\n"
        f"from crawler.cli import main\nmain({arguments!r})"
    )
    assert done.stderr.splitlines()[-2:] == ["[]", "[]"], done.stderr


def test_help_lists_every_command_in_the_order_of_the_table() -> None:
    output = CliRunner().invoke(cli.newsward, ["--help"]).output
    listed = output.partition("Commands:\n")[2].splitlines()
    names = [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "]
    assert names[: len(cli.COMMANDS)] == list(cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_loads_and_explains_itself(name: str) -> None:
    with click.Context(cli.newsward, info_name="newsward") as context:
        command = cli.newsward.get_command(context, name)
    assert command is not None
    sentence = " ".join((command.help or "").partition("\n\n")[0].split())
    assert sentence == cli.COMMANDS[name][1], "the table and the command say the same sentence"
    assert sentence.endswith(".")
    assert ". " not in sentence
    shown = CliRunner().invoke(cli.newsward, [name, "--help"]).output
    example = rf"(?m)^ +(\$ )?newsward {name}\b"
    assert re.search(example, shown), "an example, on a line of its own, shows how to type it"
    assert r"\b" not in shown
    options = [one for one in command.params if isinstance(one, click.Option)]
    # Learned once: --archive means the same in every command.
    assert len([one for one in options if one.name != "archive"]) <= 6
    assert all(one.help for one in options)


def test_the_version_is_that_of_the_distribution() -> None:
    result = CliRunner().invoke(cli.newsward, ["--version"])
    assert (result.output, result.exit_code) == (f"newsward {version('newsward')}\n", 0)


def test_a_mistyped_command_is_told_the_nearest_one() -> None:
    result = CliRunner().invoke(cli.newsward, ["searchh", "grooming"])
    assert result.exit_code == 2
    assert result.stderr == (
        "newsward: There is no command 'searchh'. Did you mean 'search'? Try 'newsward --help'.\n"
    )


def test_an_unknown_option_is_one_line_that_names_the_help_to_read(command: Register) -> None:
    command(lambda: None)
    result = CliRunner().invoke(cli.newsward, ["probe", "--loud"], prog_name="newsward")
    assert result.exit_code == 2
    assert result.stderr == "newsward: No such option '--loud'. Try 'newsward probe --help'.\n"


def test_an_error_a_person_can_act_on_is_one_line_and_its_own_exit_code(
    failing: Callable[[BaseException], None],
) -> None:
    failing(ArchiveUnavailableError("archive.db is locked: another crawl is running; wait for it."))
    result = CliRunner().invoke(cli.newsward, ["probe"])
    assert result.exit_code == 5
    assert result.stdout == ""
    assert result.stderr == (
        "newsward: archive.db is locked: another crawl is running; wait for it.\n"
    )


def test_several_faults_come_one_a_line(failing: Callable[[BaseException], None]) -> None:
    failing(ConfigurationError("sources.toml:1: one\nsources.toml:2: two"))
    result = CliRunner().invoke(cli.newsward, ["probe"])
    assert result.exit_code == 2
    assert result.stderr == "newsward: sources.toml:1: one\nnewsward: sources.toml:2: two\n"


def test_a_bug_is_one_line_until_debug_shows_its_traceback(
    failing: Callable[[BaseException], None],
) -> None:
    failing(ZeroDivisionError("division\nby zero"))
    result = CliRunner().invoke(cli.newsward, ["probe"])
    assert result.exit_code == 1
    assert result.stderr == (
        "newsward: internal error (ZeroDivisionError: division by zero); run it again as "
        "`newsward --debug ...` and report what it says\n"
    )
    result = CliRunner().invoke(cli.newsward, ["--debug", "probe"])
    assert result.exit_code == 1
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.splitlines()[-1] == (
        "newsward: internal error (ZeroDivisionError: division by zero); report what it says"
    )


def test_debug_shows_the_traceback_of_an_expected_error_too(
    failing: Callable[[BaseException], None],
) -> None:
    failing(ConfigurationError("sources.toml:1: one"))
    result = CliRunner().invoke(cli.newsward, ["probe"], env={"NEWSWARD_DEBUG": "1"})
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.endswith("\nnewsward: sources.toml:1: one\n")


def test_an_interrupted_command_exits_130(failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    result = CliRunner().invoke(cli.newsward, ["probe"])
    assert result.exit_code == 130
    assert result.stderr.strip() == "newsward: interrupted"


def test_an_end_of_file_inside_a_command_is_a_bug_and_not_an_interruption(
    failing: Callable[[BaseException], None],
) -> None:
    failing(EOFError("compressed data ended"))
    assert CliRunner().invoke(cli.newsward, ["probe"]).exit_code == 1


def test_a_file_that_cannot_be_opened_is_a_usage_error(
    failing: Callable[[BaseException], None],
) -> None:
    failing(click.FileError("page.html", "no such file"))
    assert CliRunner().invoke(cli.newsward, ["probe"]).exit_code == 2


@pytest.mark.parametrize(("said", "seen"), [(None, 0), ({"new": 3}, 0)])
def test_what_a_command_returns_is_not_its_exit_code(
    command: Register, said: object, seen: int
) -> None:
    command(lambda: said)
    assert CliRunner().invoke(cli.newsward, ["probe"]).exit_code == seen


def test_a_command_chooses_its_exit_code_through_the_context(command: Register) -> None:
    @click.command
    @click.pass_context
    def probe(ctx: click.Context) -> None:
        ctx.exit(3)

    command(probe)
    assert CliRunner().invoke(cli.newsward, ["probe"]).exit_code == 3


def test_ctrl_c_on_the_real_process_exits_130() -> None:
    done = run_python(
        "import os, signal, types, click\n"
        "from crawler import cli\n"
        "module = types.ModuleType('probe_module')\n"
        "module.probe = click.command('probe')(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "sys.modules['probe_module'] = module\n"
        "cli.COMMANDS = {'probe': ('probe_module:probe', 'Probe.')}\n"
        "cli.main(['probe'])"
    )
    assert done.returncode == 130
    assert done.stderr.strip() == "newsward: interrupted"


@pytest.mark.skipif(os.name != "posix", reason="closed pipes are reported differently elsewhere")
def test_a_reader_that_goes_away_ends_the_command_without_a_complaint() -> None:
    code = (
        "import sys, types, click\n"
        "from crawler import cli\n"
        "module = types.ModuleType('probe_module')\n"
        "module.probe = click.command('probe')(\n"
        "    lambda: [click.echo('line') for _ in range(100000)] and None)\n"
        "sys.modules['probe_module'] = module\n"
        "cli.COMMANDS = {'probe': ('probe_module:probe', 'Probe.')}\n"
        "cli.main(['probe'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "line\n"
        process.stdout.close()
        complaint = process.stderr.read()
    assert complaint == ""
    assert process.returncode == 128 + signal.SIGPIPE
