"""The `newsward` command: which commands there are, and the one border where errors become lines.

A command is imported when it is called and not before: `newsward --help` reads the table below.
"""

import difflib
import functools
import importlib
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, NoReturn

import click

from archive.errors import NewswardError

# In the order in which a person meets them: name, where it is, what it does in one sentence.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": (
        "crawler.commands.demo:demo",
        "Crawl a small invented news web on this machine and browse the result.",
    ),
    "init": ("crawler.commands.init:init", "Write a commented sources.toml to start from."),
    "source": ("crawler.commands.source:source", "Look after the list of sources."),
    "crawl": (
        "crawler.commands.crawl:crawl",
        "Fetch what is new from the listed SOURCEs (all without one), archive it, say how it went.",
    ),
    "add": (
        "crawler.commands.add:add",
        "Add the addresses of single articles of listed sources, for the next crawl to fetch.",
    ),
    "ingest": (
        "crawler.commands.ingest:ingest",
        "Archive the pages of WARC files that any crawler wrote, as if they had been fetched.",
    ),
    "extract": (
        "crawler.commands.extract:extract",
        "Show what extraction makes of saved pages.",
    ),
    "reextract": (
        "crawler.commands.reextract:reextract",
        "Read the kept pages of SOURCEs (all without one) again with today's rules.",
    ),
    "search": ("archive.commands.search:search", "Find articles by words, the best first."),
    "show": (
        "archive.commands.show:show",
        "Show one record: its text, where it came from and what was stripped.",
    ),
    "export": (
        "archive.commands.export:export",
        "Export the records that match a query, or all, for other programs.",
    ),
    "publish": (
        "archive.commands.publish:publish",
        "Write a copy of the archive that may be published: no texts, no snapshots.",
    ),
    "audit": (
        "archive.commands.audit:audit",
        "Show what was stripped most, what of it looks wrong, and what was learned of each site.",
    ),
    "import-digest": (
        "crawler.commands.import_digest:import_digest",
        "Make records of the items of old newsletters: text, mail, HTML, PDF or Word files.",
    ),
    "digest": (
        "archive.commands.digest:digest",
        "Write the update of a month: headlines, short quotations, sources, links, help.",
    ),
    "watch": (
        "archive.commands.watch:watch",
        "Have what is new for a search sent to you: by mail, Atom file or webhook.",
    ),
    "stories": (
        "archive.commands.stories:stories",
        "See which records tell the same story, which copied which, and who had it first.",
    ),
    "topics": (
        "crawler.commands.topics:topics",
        "See what records are about and why, and try other topic rules.",
    ),
    "diff": (
        "archive.commands.diff:diff",
        "Show what changed between two texts of a record, sentence by sentence.",
    ),
    "redact": (
        "archive.commands.redact:redact",
        "Take a record down for good: text, title, names, every revision, its page.",
    ),
    "serve": (
        "archive.commands.serve:serve",
        "Browse the archive in a web browser, with Datasette, until Ctrl-C.",
    ),
    "verify": (
        "crawler.commands.verify:verify",
        "Check that everything in the archive is what was written.",
    ),
    "timestamp": (
        "crawler.commands.timestamp:timestamp",
        "Have a timestamp authority sign the chain of runs, or keep the ANSWER that one gave.",
    ),
    "backup": (
        "archive.commands.backup:backup",
        "Copy the archive and its snapshots, check the copy, remove the oldest copies.",
    ),
    "schedule": (
        "crawler.commands.schedule:schedule",
        "Crawl again and again, by a systemd user timer or a crontab.",
    ),
    "health": (
        "crawler.commands.health:health",
        "Say how each SOURCE (all without one) is doing: what is wrong, since when, what next.",
    ),
    "doctor": (
        "crawler.commands.doctor:doctor",
        "Check that all that newsward needs is here and works.",
    ),
}

BUG = 1
USAGE = 2
INTERRUPTED = 130
# What a shell reports for a program that a closed pipe ended (128 + SIGPIPE).
PIPE_CLOSED = 141


class Failure(click.ClickException):
    """An error on its way to the person who typed the command: its lines and its exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class CommandTable(click.Group):
    """A group that imports a command when it is called, and the border where errors end.

    Exit codes: 0 all good, 1 a bug, 2 usage or configuration, 130 interrupted, 141 the reader
    of our output went away; a `NewswardError` brings its own. A command says any other code
    with `ctx.exit(code)`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]} is not a click command")
        return _with_kept_lines(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of the name that was typed."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; give every error its exit code, and its traceback when asked for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _leave_closed_pipe()
        except Exception as error:
            if _belongs_to_click(error):
                raise
            debug = bool(ctx.params["debug"])
            if debug:
                click.echo(traceback.format_exc(), err=True, nl=False)
            if isinstance(error, NewswardError):
                raise Failure(str(error), error.exit_code) from error
            raise Failure(_bug_line(error, debug=debug), BUG) from error

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's own signature
        **extra: Any,  # noqa: ANN401 - click's own signature
    ) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command line and, unless told otherwise, exit with the code of how it ended."""
        run = functools.partial(
            super().main, args, prog_name, complete_var, standalone_mode=False, **extra
        )
        if not standalone_mode:
            return run()
        try:
            code: object = run()
        except click.ClickException as error:
            sys.exit(_report(error))
        except click.Abort:
            click.echo("newsward: interrupted", err=True)
            sys.exit(INTERRUPTED)
        # What a command returns is nobody's business; click hands exit codes through here too.
        sys.exit(code if isinstance(code, int) else 0)


def _with_kept_lines(command: click.Command) -> click.Command:
    # Our docstrings are raw; click keeps the lines of a paragraph that begins with the character
    # that "\b" stands for.
    command.help = (command.help or "").replace(r"\b", "\b")
    for inner in getattr(command, "commands", {}).values():
        _with_kept_lines(inner)
    return command


def _belongs_to_click(error: Exception) -> bool:
    return isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort)


def _bug_line(error: Exception, *, debug: bool) -> str:
    said = " ".join(str(error).split())
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    then = "report" if debug else "run it again as `newsward --debug ...` and report"
    return f"internal error ({what}); {then} what it says"


def _report(error: click.ClickException) -> int:
    """Print an error, each of its lines with its origin, and return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    message = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx:
        message += f" Try '{error.ctx.command_path} --help'."
    for line in message.splitlines():
        click.echo(f"newsward: {line}", err=True)
    # click's other errors (a file that cannot be opened) would exit 1, which here means a bug.
    return error.code if isinstance(error, Failure) else USAGE


def _leave_closed_pipe() -> NoReturn:
    # Python flushes stdout once more at exit and would complain again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(PIPE_CLOSED)


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it so
    if value and not ctx.resilient_parsing:
        click.echo(f"newsward {version('newsward')}")
        ctx.exit()


@click.command(
    cls=CommandTable,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 all good, 1 a bug, 2 usage or configuration, 3 some sources failed, "
    "4 all failed, 5 archive locked or unwritable, 6 verification failed, 130 interrupted.",
)
@click.option(
    "--debug", is_flag=True, envvar="NEWSWARD_DEBUG", help="Show the traceback of an error."
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def newsward(*, debug: bool) -> None:
    r"""Keep an archive of e-safety news, with the proof of where each article came from.

    \b
    newsward demo      see it all at work, without a network
    newsward init      start your own
    """
    del debug


_with_kept_lines(newsward)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `newsward` with the arguments of the process, or those given, and exit."""
    newsward.main(args=arguments, prog_name="newsward")
    raise AssertionError("click always exits")
