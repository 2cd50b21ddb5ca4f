"""`newsward publish`: a copy of the archive fit to publish."""

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.options import archive_option, human_bytes, json_option, print_json
from archive.commands.progress import progress
from archive.publish import publish as write_copy


@click.command
@click.argument("out", metavar="OUT.db", type=click.Path(path_type=Path, dir_okay=False))
@archive_option
@json_option
def publish(*, out: Path, archive: Path, as_json: bool) -> None:
    r"""Write a copy of the archive that may be published: no texts, no snapshots.

    \b
    newsward publish public.db
    datasette public.db

    It has the title, source, date, link, topics and story of each article and an excerpt: what its
    publisher says of it, or how it begins, in at most 50 words and a tenth of the text, and never
    a whole sentence of any text (none where the page says nosnippet). Of sources that are link-only
    it has title and link; nothing of what was taken down or restricted. An older published copy at
    OUT.db is replaced.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    how_far = (0, 0)

    def note(read: int, left: int) -> None:
        nonlocal how_far
        how_far = read, left

    with progress("publish", "texts", lambda: how_far):
        published = write_copy(archive, out, now=now, done=note)
    if as_json:
        print_json(published)
    click.echo(
        f"{published.records:,} record{'' if published.records == 1 else 's'} of"
        f" {published.sources:,} source{'' if published.sources == 1 else 's'} published to {out}"
        f" ({human_bytes(published.size)}): title, source, date, link, topics, story, excerpt.",
        err=True,
    )
