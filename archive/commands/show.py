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
from archive.topics.routes import in_words
from archive.views import FetchView, RecordView, TopicView

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
        parts += [_text(record), *_links(record), *_subject(record)]
        parts += [_origin(record), _stripped(record)]
    if provenance:
        parts += [_origin(record), *_topic_rules(record), _revisions(record), _visits(record)]
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
    shown = list(record.visits[:NEWEST_VISITS])
    if record.fetch not in shown:
        # Of a link, the feed that named it; or a visit of long ago.
        shown.append(record.fetch)
    for visit in shown:
        yield from _exchange(visit, is_proof=visit.id == record.fetch.id)
    if len(record.visits) > NEWEST_VISITS:
        yield f"  and {len(record.visits) - NEWEST_VISITS:,} before; --json has them all"


def _subject(record: RecordView) -> list[Iterator[str]]:
    subject = record.subject
    lines = [
        f"  {printable(topic.label)}{' (main topic)' if topic.is_primary else ''}:"
        f" {printable(', '.join(_terms(topic)) or 'no words kept')}"
        for topic in subject.topics
    ]
    if subject.names:
        lines.append(f"  Named: {printable(', '.join(subject.names))}")
    if subject.story and subject.story.records > 1:
        story = subject.story
        lines.append(
            f"  Told by {story.records:,} records, story {story.id}: {printable(story.title)}"
        )
    if subject.routes:
        lines.append(click.style("  Report or find help", bold=True))
        lines += [f"    {printable(in_words(route))}" for route in subject.routes]
    return [iter([click.style("What it is about", bold=True), *lines])] if lines else []


def _terms(topic: TopicView) -> list[str]:
    return [*dict.fromkeys(str(hit["term"]) for hit in topic.evidence)]


def _topic_rules(record: RecordView) -> list[Iterator[str]]:
    if not record.subject.topics:
        return []
    lines = [click.style("Topics", bold=True)]
    for topic in record.subject.topics:
        lines.append(f"  {topic.slug}  score {topic.score:g}, topic rules {printable(topic.rules)}")
        lines += [
            f"    {hit['kind']} in the {hit['place']}: {printable(str(hit['sentence']))}"
            for hit in topic.evidence
        ]
    return [iter(lines)]


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


def _exchange(fetch: FetchView, *, is_proof: bool) -> Iterator[str]:
    unanswered = "not asked" if fetch.is_of_digest else "no answer"
    status = unanswered if fetch.status is None else str(fetch.status)
    proof = ", which the present text is from" if is_proof else ""
    yield f"  {plain_time(fetch.fetched_at)}  {status}  {fetch.ending}  run {fetch.run_id}{proof}"
    for hop in fetch.redirects:
        yield f"    {hop.status}  {printable(hop.url)}"
    yield f"    {status}  {printable(fetch.final_url)}"
    if fetch.bytes:
        elapsed = "" if fetch.elapsed_ms is None else f", {fetch.elapsed_ms} ms"
        yield f"    {human_bytes(fetch.bytes)}{elapsed}"
    for name, value in fetch.headers:
        yield f"    {printable(name)}: {printable(value)}"
    gone = " (not kept any more: something in it was taken down)" if fetch.is_taken_out else ""
    said = {
        "robots.txt": fetch.robots,
        "asked": "; ".join(fetch.asked),
        "only a link is kept": fetch.reserved,
        "seen": fetch.detail,
        "snapshot sha256": fetch.snapshot_digest and fetch.snapshot_digest + gone,
        "answered by": fetch.ip_address,
        "WARC": fetch.warc and f"{fetch.warc.file}, byte {fetch.warc.offset}, {fetch.warc.record}",
    }
    for what, text in said.items():
        if text:
            yield f"    {what}: {printable(text)}"
    yield f"    by {printable(fetch.program)}"


def _revisions(record: RecordView) -> Iterator[str]:
    yield click.style("Revisions", bold=True)
    for text in record.revisions:
        yield (
            f"  {text.revision}  {plain_time(text.seen_at)}  {text.reason}"
            f"  +{text.words_added:,} -{text.words_removed:,} words  text sha256 {text.text_hash}"
        )
        yield f"     read by {printable(text.extractor)}"
        if text.snapshot_digest:
            yield f"     from snapshot sha256 {text.snapshot_digest}"
    if record.last_checked_at:
        yield f"  last there {plain_time(record.last_seen_at)};"
        yield f"  last asked {plain_time(record.last_checked_at)}"
