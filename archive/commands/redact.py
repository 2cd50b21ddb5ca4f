"""`newsward redact`: take a record down, restrict it, or take a phrase out of it."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.options import archive_option, json_option, print_json, printable
from archive.errors import ConfigurationError
from archive.takedown import Action, Decision, Reason, Redacted, look
from archive.takedown import redact as carry_out


@click.command
@click.argument("target", metavar="ID|URL")
@click.option(
    "--reason",
    type=click.Choice([str(reason) for reason in Reason]),
    required=True,
    help="Its class; the case itself belongs elsewhere.",
)
@click.option("--by", "decided_by", metavar="WHO", required=True, help="Who decided it.")
@click.option("--phrase", metavar="TEXT", help="Take out only this; - reads it from stdin.")
@click.option(
    "--restrict/--release",
    default=None,
    help="Keep it where nobody finds it; give it back.",
)
@archive_option
@json_option
def redact(
    *, target: str, phrase: str | None, restrict: bool | None, archive: Path, **said: object
) -> None:
    r"""Take a record down for good: text, title, names, every revision, its page.

    \b
    newsward redact 12 --reason privacy --by 'J. Doe, safeguarding'
    newsward redact 12 --reason privacy --by 'J. Doe' --phrase 'a name'
    newsward redact 12 --reason legal --by 'J. Doe' --restrict

    Its address is kept as a hash alone and never fetched again; a record with a phrase taken out
    is not fetched again either. Both files are written anew, so it takes as long as a backup.
    Backups, exports and published copies made before still have it: replace them.
    """
    if phrase is not None and restrict is not None:
        raise ConfigurationError("A phrase is taken out, or the record is restricted: not both.")
    asked = int(target) if target.isdecimal() else target
    decision = Decision(
        action=_action(phrase=phrase, restrict=restrict),
        reason=Reason(str(said["reason"])),
        decided_by=str(said["decided_by"]),
        phrase=sys.stdin.read().strip() if phrase == "-" else phrase,
    )
    about = look(archive, asked)
    if sys.stdin.isatty() and phrase != "-" and decision.action in {Action.REMOVE, Action.PHRASE}:
        click.confirm(f"{printable(about)}\nThis cannot be undone. Go on?", err=True, abort=True)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = carry_out(archive, asked, decision, now=now)
    if said["as_json"]:
        print_json(done)
    click.echo(_said(done) + _quoted(done) + _shown(done), err=True)


def _action(*, phrase: str | None, restrict: bool | None) -> Action:
    if restrict is not None:
        return Action.RESTRICT if restrict else Action.RELEASE
    return Action.REMOVE if phrase is None else Action.PHRASE


def _quoted(done: Redacted) -> str:
    if not done.items:
        return ""
    items = f"{done.items:,} newsletter item{'' if done.items == 1 else 's'}"
    return f" The same was done to {items} quoting it."


def _shown(done: Redacted) -> str:
    if not done.others:
        return ""
    others = f"{done.others:,} other record{'' if done.others == 1 else 's'}"
    return f" The pages of {others} showed its title: there it is gone, and so are these pages."


def _said(done: Redacted) -> str:
    what = "The address" if done.article_id is None else f"Record {done.article_id}"
    if done.again:
        return f"{what} was taken down before; the files were cleaned once more."
    bodies = f"{done.snapshots:,} snapshot{'' if done.snapshots == 1 else 's'} dropped"
    match done.action:
        case Action.REMOVE:
            return f"{what} is removed and will not be fetched again; {bodies}."
        case Action.PHRASE:
            places = f"{done.texts:,} text{'' if done.texts == 1 else 's'}"
            still = " Its address still has the phrase: only a removal takes that out."
            return (
                f"{what}: the phrase is out of {places}; {bodies}; not fetched again."
                f"{still if done.in_address else ''}"
            )
        case Action.RESTRICT:
            return f"{what} is restricted: kept, and in no search, page, export or copy."
        case Action.RELEASE:
            return f"{what} is released: found, exported and fetched again."
