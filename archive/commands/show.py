"""`newsward show`: one record with the proof of where it came from."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from archive.commands.options import archive_option, human_bytes, json_option, print_json, printable
from archive.periods import plain_date, plain_time
from archive.provenance import blocks, provenance_sentences, removals_by_rule
from archive.reading import ReadArchive
from archive.records import BLOCK_SEPARATOR
from archive.views import RecordView

# Longer lines are hard to read, however wide the screen.
WIDTH = 80
# Of the visits of years, so many say how it goes now.
NEWEST_VISITS = 10


@click.command
@click.argument("asked", metavar="ID|URL")
@click.option("--removed", is_flag=True, help="Show every block that was stripped, rule by rule.")
@click.option(
    "--provenance", is_flag=True, help="Show every step from source to text instead of the text."
)
@archive_option
@json_option
def show(*, asked: str, removed: bool, provenance: bool, archive: Path, as_json: bool) -> None:
    r"""Show one record: its text, where it came from and what was stripped.

    \b
    newsward show 12
    newsward show 12 --provenance
    newsward show https://example.org/news/1 --removed
    """
    with ReadArchive(archive) as reader:
        record = reader.record(int(asked) if asked.isdecimal() else asked)
    if as_json:
        print_json(record)
        return
    parts = [_head(record)]
    if not (removed or provenance):
        parts += [_text(record), *_links(record), _origin(record), _stripped(record)]
    if provenance:
        parts += [_origin(record), _exchange(record), _revisions(record), _visits(record)]
    if removed:
        parts.append(_blocks(record))
    click.echo("\n\n".join("\n".join(part) for part in map(list, parts)))


def _head(record: RecordView) -> Iterator[str]:
    yield click.style(printable(record.title), bold=True)
    facts = [record.source_name, plain_date(record.published), *record.authors]
    yield printable(" · ".join([*facts, f"{record.word_count:,} words"]))
    yield printable(record.url)


def _text(record: RecordView) -> Iterator[str]:
    if record.kind == "link":
        yield "Of this source only title, date and link are kept."
        return
    wrapped = [
        textwrap.fill(printable(block), width=WIDTH, break_long_words=False)
        for block in record.text.split(BLOCK_SEPARATOR)
    ]
    yield "\n\n".join(wrapped)


def _links(record: RecordView) -> list[Iterator[str]]:
    if not record.links:
        return []
    lines = [click.style(f"Links in the text: {len(record.links):,}", bold=True)]
    for link in record.links:
        there = "" if link.record is None else f"  (record {link.record})"
        lines.append(f"  {printable(link.anchor)}: {printable(link.url)}{there}")
    return [iter(lines)]


def _visits(record: RecordView) -> Iterator[str]:
    yield click.style(f"Visits: {len(record.visits):,}", bold=True)
    for visit in record.visits[:NEWEST_VISITS]:
        status = "no answer" if visit.status is None else str(visit.status)
        yield f"  {plain_time(visit.at)}  {status}  {visit.ending}  run {visit.run_id}"
    if len(record.visits) > NEWEST_VISITS:
        yield f"  and {len(record.visits) - NEWEST_VISITS:,} before; --json has them all"


def _origin(record: RecordView) -> Iterator[str]:
    yield click.style("Where this came from", bold=True)
    for sentence in provenance_sentences(record):
        yield f"  {printable(sentence)}"


def _stripped(record: RecordView) -> Iterator[str]:
    yield click.style(f"Stripped: {blocks(len(record.removals))}", bold=True)
    for rule, count in removals_by_rule(record.removals):
        yield f"  {count:>4,}  {printable(rule)}"
    if record.removals:
        yield f"  `newsward show {record.id} --removed` shows what they said."


def _blocks(record: RecordView) -> Iterator[str]:
    yield click.style(f"Stripped: {blocks(len(record.removals))}", bold=True)
    for rule, count in removals_by_rule(record.removals):
        yield ""
        yield f"{printable(rule)}: {blocks(count)}"
        for removal in record.removals:
            if removal.rule == rule:
                part = "" if removal.part == "block" else f" ({removal.part})"
                yield f"  {removal.position:>4}{part}  {printable(removal.text)}"


def _exchange(record: RecordView) -> Iterator[str]:
    fetch = record.fetch
    yield click.style(f"The exchange (fetch {fetch.id})", bold=True)
    for hop in fetch.redirects:
        yield f"  {hop.status}  {printable(hop.url)}"
    yield f"  {fetch.status}  {printable(fetch.final_url)}"
    if fetch.bytes is not None:
        yield f"  {human_bytes(fetch.bytes)}, {fetch.elapsed_ms} ms, ending: {fetch.ending}"
    for name, value in fetch.headers:
        yield f"  {printable(name)}: {printable(value)}"
    yield f"  asked by {fetch.program}"


def _revisions(record: RecordView) -> Iterator[str]:
    yield click.style("Revisions", bold=True)
    for text in record.revisions:
        yield (
            f"  {text.revision}  {plain_time(text.seen_at)}  {text.reason}"
            f"  +{text.words_added:,} -{text.words_removed:,} words  text sha256 {text.text_hash}"
        )
    if record.last_checked_at:
        yield f"  last there {plain_time(record.last_seen_at)};"
        yield f"  last asked {plain_time(record.last_checked_at)}"
