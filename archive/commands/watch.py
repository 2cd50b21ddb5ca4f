"""`newsward watch`: saved searches whose new records go out by mail, Atom file or webhook."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.commands.options import (
    archive_option,
    json_option,
    print_json,
    print_table,
    printable,
)
from archive.errors import ArchiveMissingError
from archive.exported import ExportedRecord
from archive.periods import plain_date
from archive.reading import ReadArchive
from archive.store import Archive
from archive.watches import rows
from archive.watches.sending import Round, Sender, failpoint, utc
from archive.watches.timing import due_after, every
from archive.watches.values import Watch, destination, watch_name

SOME_FAILED, ALL_FAILED = 3, 4
COLUMNS = ("name", "query", "every", "to", "due", "sent", "last sent", "waiting", "failures")


@click.group()
def watch() -> None:
    r"""Have what is new for a search sent to you: by mail, Atom file or webhook.

    Each `newsward crawl` ends with the watches that are due. docs/watches.md says how to set the
    mail server.

    \b
    newsward watch add deepfakes 'deepfake OR nudify' --every monday --to mail:lead@school.example
    """


@watch.command()
@click.argument("name")
@click.argument("query", required=False, default="")
@click.option("--topic", multiple=True, metavar="ID", help="Only of this topic; twice: of either.")
@click.option(
    "--every",
    "how_often",
    default="day",
    show_default=True,
    metavar="WHEN",
    help="crawl, day, month, a day of the week (monday,thursday), or 6h, 2d, ...",
)
@click.option(
    "--to",
    "to",
    required=True,
    metavar="WHERE",
    help="mail:ADDRESS, atom:FILE (atom: beside the archive) or webhook:URL.",
)
@archive_option
@json_option
def add(
    *, name: str, query: str, topic: Sequence[str], archive: Path, as_json: bool, **told: str
) -> None:
    r"""Save a search as NAME: what comes into the archive from now on and matches is sent.

    The QUERY is as `newsward search` takes it, fields such as source:bbc-news too.

    \b
    newsward watch add deepfakes 'deepfake OR nudify' --every monday --to mail:lead@school.example
    newsward watch add grooming --topic grooming --every crawl --to atom:/srv/www/grooming.atom
    newsward watch add law 'title:"online safety act"' --to webhook:https://chat.example/hook
    """
    now = datetime.now(UTC)
    asked = " ".join([query, *(f"topic:{one}" for one in topic)]).strip()
    how_often = every(told["how_often"])
    wanted = Watch(
        id=0,
        name=watch_name(name),
        query=asked,
        every=how_often,
        destination=destination(told["to"], name, archive),
        behind_record=0,
        added_at=utc(now),
        due_at=utc(due_after(how_often, now)),
    )
    _needs_archive(archive)
    with Archive(archive) as writer, writer.transaction() as db:
        kept = rows.add(db, wanted)
    if as_json:
        print_json(_as_dict(kept))
        return
    click.echo(f"{kept.name}: {printable(kept.query)}, to {kept.destination.in_public}.")
    when = (
        "after each crawl" if how_often == "crawl" else f"with the first crawl after {kept.due_at}"
    )
    click.echo(f"It is sent {when}, what comes from now on; now: newsward watch run {kept.name}")


@watch.command(name="list")
@archive_option
@json_option
def list_(*, archive: Path, as_json: bool) -> None:
    r"""Show the watches: when each is due, what it has sent, what went wrong.

    \b
    newsward watch list
    """
    with ReadArchive(archive) as reader, reader.moment() as db:
        known = rows.watches(db)
    if as_json:
        print_json([_as_dict(one) for one in known])
        return
    print_table(COLUMNS, [_row(one) for one in known])
    for one in known:
        if one.failure:
            click.echo(
                f"{one.name}: failed {one.failures} times: {printable(one.failure)}", err=True
            )


@watch.command()
@click.argument("name")
@archive_option
@json_option
def remove(*, name: str, archive: Path, as_json: bool) -> None:
    r"""Forget a watch: its search, and where it was sent to.

    \b
    newsward watch remove deepfakes
    """
    _needs_archive(archive)
    with Archive(archive) as writer, writer.transaction() as db:
        gone = rows.remove(db, name, utc(datetime.now(UTC)))
    if as_json:
        print_json(_as_dict(gone))
        return
    left = f"; unsent: {gone.waiting}" if gone.waiting else ""
    click.echo(f"{gone.name}: removed{left}.")


@watch.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--dry-run", is_flag=True, help="Print what would be sent and send nothing.")
@archive_option
@json_option
@click.pass_context
def run(
    ctx: click.Context, /, *, names: Sequence[str], dry_run: bool, archive: Path, as_json: bool
) -> None:
    r"""Send what is new: of the watches that are due, or of those named whether due or not.

    \b
    newsward watch run
    newsward watch run deepfakes --dry-run
    """
    _needs_archive(archive)
    if dry_run:
        _show(archive, names, as_json=as_json)
        return
    with Archive(archive) as writer:
        done = Sender(archive=writer, clock=lambda: datetime.now(UTC), failpoint=failpoint()).run(
            names
        )
    if as_json:
        print_json([_round_as_dict(one) for one in done])
    else:
        for one in done:
            click.echo(line_of(one), err=bool(one.failure))
        if not done:
            click.echo("No watch is due. `newsward watch list` shows when each is.", err=True)
    failed = sum(bool(one.failure) for one in done)
    ctx.exit(0 if not failed else SOME_FAILED if failed < len(done) else ALL_FAILED)


def line_of(done: Round) -> str:
    """What a watch did, in one line."""
    name, to = done.watch.name, done.watch.destination.in_public
    sent = f"{done.records} new" if done.records else "nothing new"
    if done.failure is None:
        return f"watch {name}: {sent}, to {to}"
    waits = f" {_messages(done.waiting)} for the next try." if done.waiting else ""
    return f"newsward: watch {name}: {printable(done.failure)}{waits}"


def _messages(count: int) -> str:
    return "1 message waits" if count == 1 else f"{count} messages wait"


def _needs_archive(path: Path) -> None:
    if not path.exists():
        raise ArchiveMissingError(f"{path}: there is no archive here. `newsward crawl` makes one.")


def _show(path: Path, names: Sequence[str], *, as_json: bool) -> None:
    now = utc(datetime.now(UTC))
    with ReadArchive(path) as reader, reader.moment() as db:
        chosen = [rows.watch_of(db, name) for name in names] if names else list(rows.watches(db))
        found = [(one, rows.to_come(db, one)) for one in chosen if names or one.is_at_hand(now)]
    if as_json:
        print_json([{"watch": one.name, "items": list(records)} for one, records in found])
        return
    for one, records in found:
        click.echo(f"{one.name}: {len(records)} new, to {one.destination.in_public}")
        for record in records:
            click.echo(_card(record))


def _card(record: ExportedRecord) -> str:
    said = f"{printable(record.source_name)}, {plain_date(record.published)}"
    return f"  {record.id}  {printable(record.title)} ({said})\n      {printable(record.url)}"


def _row(one: Watch) -> tuple[object, ...]:
    return (
        *(one.name, one.query, one.every, one.destination.in_public, one.due_at, one.sent),
        *(one.last_sent_at, one.waiting, one.failures),
    )


def _as_dict(one: Watch) -> dict[str, Any]:
    return {
        "name": one.name,
        "query": one.query,
        "every": one.every,
        "to": one.destination.in_public,
        "added_at": one.added_at,
        "due_at": one.due_at,
        "sent": one.sent,
        "last_sent_at": one.last_sent_at,
        "waiting": one.waiting,
        "failures": one.failures,
        "failure": one.failure,
    }


def _round_as_dict(done: Round) -> dict[str, Any]:
    return {
        "watch": done.watch.name,
        "to": done.watch.destination.in_public,
        "sent": done.records,
        "messages_waiting": done.waiting,
        "failure": done.failure,
    }
