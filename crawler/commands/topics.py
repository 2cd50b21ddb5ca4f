"""`newsward topics`: what records are about, why, and what other rules would say."""

from collections import Counter
from collections.abc import Iterator
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
from archive.commands.progress import progress
from archive.errors import ConfigurationError
from archive.reading import ReadArchive
from archive.retagging import Retagged, apply, retag
from archive.store import written
from archive.topic_rows import applied_rules, counts
from archive.topics.matching import Decision, Hit, Tag, decide
from archive.topics.rules import TopicRules, parse_rules, read_rules, shipped_rules
from archive.topics.words import Told
from crawler.frontier import utc

# Records that `try` names one by one; the counts are of all.
SHOWN = 40


@click.group
def topics() -> None:
    r"""See what records are about and why, and try other topic rules.

    \b
    Examples:
      newsward topics list
      newsward topics explain 12
    """


@topics.command(name="list")
@archive_option
@json_option
def list_(*, archive: Path, as_json: bool) -> None:
    r"""Show the topics and how many records each has.

    \b
    Example:
      newsward topics list
    """
    with ReadArchive(archive) as reader, reader.moment() as db:
        rows = [*counts(db)]
    if as_json:
        keys = ("topic", "label", "records", "sensitivity")
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
        return
    print_table(["topic", "label", "records", "sensitivity"], rows)


@topics.command
@archive_option
def rules(*, archive: Path) -> None:
    r"""Print the topic rules that hold, to edit and try a copy.

    \b
    Example:
      newsward topics rules > topics.toml
    """
    click.echo(_rules_of(archive).text, nl=False)


@topics.command
@click.argument("asked", metavar="ID|URL|FILE")
@click.option(
    "--rules",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Other rules than those of the archive.",
)
@archive_option
@json_option
def explain(*, asked: str, rules: Path | None, archive: Path, as_json: bool) -> None:
    r"""Show term by term why a record or a text is, or is not, about the field.

    A FILE is plain text: the title, an empty line, the text.

    \b
    Examples:
      newsward topics explain 12
      newsward topics explain article.txt --json
    """
    told = _told(asked, archive)
    held = read_rules(rules) if rules else _rules_of(archive)
    decision = decide(told, held)
    if as_json:
        print_json(_as_dict(decision, held))
    else:
        click.echo("\n".join(_explained(decision, held)))


def _told(asked: str, archive: Path) -> Told:
    file = Path(asked)
    if not asked.isdigit() and "://" not in asked:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{asked}: no number or address of a record, and no text file that can be read"
                f" ({error})."
            ) from error
        title, _, body = text.strip().partition("\n")
        return Told(title=title.strip(), text=body.strip())
    with ReadArchive(archive) as reader:
        record = reader.record(int(asked) if asked.isdigit() else asked)
    return Told(title=record.title, text=record.text)


def _rules_of(archive: Path) -> TopicRules:
    if not archive.exists():
        return shipped_rules()
    with ReadArchive(archive) as reader, reader.moment() as db:
        text = applied_rules(db)
    return parse_rules(text, f"{archive}: topic_rules") if text else shipped_rules()


def _as_dict(decision: Decision, rules: TopicRules) -> dict[str, Any]:
    return {
        "admitted": decision.admitted,
        "reason": decision.reason,
        "rules": decision.version,
        "topics": [_tag_as_dict(tag, rules) for tag in decision.tags],
        "below_threshold": [_tag_as_dict(tag, rules) for tag in decision.near],
        "child": decision.child,
        "online": decision.online,
        "masked": decision.masked,
        "not_counted": [_hit_as_dict(hit) for hit in decision.not_counted],
    }


def _tag_as_dict(tag: Tag, rules: TopicRules) -> dict[str, Any]:
    return {
        "topic": tag.topic,
        "label": rules.topics[tag.topic].label,
        "score": tag.score,
        "is_primary": tag.is_primary,
        "evidence": [_hit_as_dict(hit) for hit in tag.hits],
    }


def _hit_as_dict(hit: Hit) -> dict[str, Any]:
    told: dict[str, Any] = {
        "term": hit.term,
        "kind": hit.kind,
        "place": hit.place,
        "start": hit.start,
        "end": hit.end,
        "sentence": hit.sentence,
    }
    return {"topic": hit.topic, **told, "why": hit.not_counted} if hit.not_counted else told


def _explained(decision: Decision, rules: TopicRules) -> Iterator[str]:
    yield f"{'Admitted' if decision.admitted else 'Not admitted'}: {printable(decision.reason)}."
    yield f"Of children: {_words(decision.child)}. Online: {_words(decision.online)}."
    if decision.masked:
        yield f"Means something else: {_words(decision.masked)}."
    for tag in decision.tags:
        yield ""
        primary = ", the main topic" if tag.is_primary else ""
        yield click.style(f"{rules.topics[tag.topic].label} ({tag.score}{primary})", bold=True)
        yield from _hits(tag.hits)
    if decision.near:
        yield ""
        told = (f"{rules.topics[tag.topic].label} ({tag.score})" for tag in decision.near)
        yield f"Below {rules.threshold}: {', '.join(told)}"
    for hit in decision.not_counted:
        yield f"  not counted: {printable(hit.term)!r} ({hit.topic}): {hit.not_counted}"
    yield f"Rules {rules.version}"


def _hits(hits: tuple[Hit, ...]) -> Iterator[str]:
    for hit in hits:
        yield f"  {hit.kind} {printable(hit.term)!r} in the {hit.place}: {printable(hit.sentence)}"


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(printable(word) for word in words) or "nothing"


@topics.command(name="try")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@archive_option
@json_option
def try_(*, file: Path, archive: Path, as_json: bool) -> None:
    r"""Show what the rules of FILE would change in the archive, and change nothing.

    \b
    Example:
      newsward topics try topics.toml
    """
    rules = read_rules(file)
    with ReadArchive(archive) as reader:
        tally = _Tally(reader.counts().records)
        with progress("topics", "records", tally.how_far):
            for one in retag(reader, rules, keep=False):
                tally.note(one)
    tally.show(as_json=as_json, verb="would change", rules=rules)


@topics.command(name="apply")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--shipped", is_flag=True, help="The rules that come with the program, no FILE.")
@archive_option
@json_option
def apply_(*, file: Path | None, shipped: bool, archive: Path, as_json: bool) -> None:
    r"""Make the rules of FILE those of the archive, and tag every record anew.

    The archive keeps the whole file; later crawls use it.

    \b
    Examples:
      newsward topics apply topics.toml
      newsward topics apply --shipped
    """
    if shipped == (file is not None):
        raise click.UsageError("Give either a FILE of rules or --shipped.")
    rules = read_rules(file) if file else shipped_rules()
    with written(archive) as opened:
        with ReadArchive(archive) as reader:
            tally = _Tally(reader.counts().records)
        with progress("topics", "records", tally.how_far):
            now = utc(datetime.now(UTC))
            for one in apply(opened, rules, now=now):
                tally.note(one)
    tally.show(as_json=as_json, verb="changed", rules=rules)


class _Tally:
    """What changes, counted as it goes."""

    def __init__(self, total: int) -> None:
        self.total, self.read = total, 0
        self.gained: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.changed: list[Retagged] = []

    def how_far(self) -> tuple[int, int]:
        return self.read, max(self.total - self.read, 0)

    def note(self, one: Retagged) -> None:
        self.read += 1
        self.gained.update(one.gained)
        self.lost.update(one.lost)
        if one.changes:
            self.changed.append(one)

    def show(self, *, as_json: bool, verb: str, rules: TopicRules) -> None:
        if as_json:
            print_json(
                {
                    "rules": rules.version,
                    "records": self.read,
                    "changed": len(self.changed),
                    "gained": dict(self.gained),
                    "lost": dict(self.lost),
                    "articles": self.changed,
                }
            )
            return
        for one in self.changed[:SHOWN]:
            signs = [f"+{topic}" for topic in one.gained] + [f"-{topic}" for topic in one.lost]
            click.echo(f"{one.article_id:>6}  {' '.join(signs)}  {printable(one.title)}")
        if len(self.changed) > SHOWN:
            click.echo(f"        and {len(self.changed) - SHOWN:,} more")
        both = sorted({*self.gained, *self.lost})
        told = ", ".join(f"{topic} +{self.gained[topic]} -{self.lost[topic]}" for topic in both)
        records = f"{self.read:,} record{'' if self.read == 1 else 's'}"
        click.echo(
            f"{records} read: the topics of {len(self.changed):,} {verb}"
            + (f" ({told})" if told else "")
        )
