"""`newsward backup`: a checked copy of the archive and its snapshots."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.backup import KEEP, back_up
from archive.commands.options import archive_option, human_bytes, json_option, print_json


@click.command
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=KEEP,
    show_default=True,
    metavar="N",
    help="Keep the newest N sound backups there; older ones are removed.",
)
@archive_option
@json_option
def backup(*, directory: Path | None, keep: int, archive: Path, as_json: bool) -> None:
    r"""Copy the archive and its snapshots, check the copy, remove the oldest copies.

    Each backup is a folder in DIRECTORY (backups beside the archive without one) that holds both
    files under their own names. A crawl may go on meanwhile. A copy that is not sound never counts
    and never pushes out a sound one. docs/backup.md says how to restore one.

    \b
    newsward backup
    newsward backup /mnt/disk --keep 30
    """
    made = back_up(
        archive,
        archive.parent / "backups" if directory is None else directory,
        now=datetime.now(UTC),
        keep=keep,
    )
    if as_json:
        print_json(asdict(made))
        return
    removed = f", {len(made.removed):,} older removed" if made.removed else ""
    click.echo(f"{made.folder}: {human_bytes(made.size)}, sound. Kept: {made.kept:,}{removed}.")
