"""`newsward diff`: what changed between two texts of a record."""

import html
import os
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from archive.commands.options import archive_option, json_option, print_json, printable
from archive.comparing import Comparison, Fate, Piece, Row, Text, compare
from archive.errors import ConfigurationError, RecordMissingError
from archive.periods import plain_time
from archive.phrase_rows import MARK
from archive.reading import ReadArchive
from archive.views import RecordView, RevisionView

WIDTH = 80
REREAD = "re-extraction"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Two texts of a record, what led from one to the other, and what changed."""

    record: RecordView
    before: RevisionView
    after: RevisionView
    steps: tuple[RevisionView, ...]
    comparison: Comparison

    @property
    def cause(self) -> str:
        """Who changed the text, in words."""
        reread = [step.reason == REREAD for step in self.steps]
        if all(reread):
            return "The page is the same: our own rules read it anew."
        if any(reread):
            return "The publisher changed the page, and our own rules read it anew."
        return "The publisher changed the page."


@click.command
@click.argument("number", metavar="ID", type=int)
@click.option(
    "--rev",
    "revisions",
    metavar="A:B",
    help="Compare revision A with B; A alone with the present one.  [default: the last two]",
)
@click.option("--html", "as_html", is_flag=True, help="Print one HTML page that needs no other.")
@archive_option
@json_option
def diff(
    *, number: int, revisions: str | None, as_html: bool, archive: Path, as_json: bool
) -> None:
    r"""Show what changed between two texts of a record, sentence by sentence.

    Says whether the publisher changed the page or our own rules read it anew, and which numbers
    and names changed. The keys of --json: record, url, title, cause, before and after (revision,
    seen_at, reason, extractor, title), steps, numbers and names (removed, added), sentences (fate,
    before, after, starts_block, rule).

    \b
    newsward diff 12
    newsward diff 12 --rev 1:3
    newsward diff 12 --html > changes.html
    """
    if as_html and as_json:
        raise click.UsageError("--html and --json print two things: choose one.")
    with ReadArchive(archive) as reader:
        record = reader.record(number, with_texts=True)
    found = _difference(record, revisions)
    if as_json:
        print_json(_as_dict(found))
    elif as_html:
        click.echo(_page(found))
    else:
        click.echo("\n".join(_lines(found)))


def _difference(record: RecordView, asked: str | None) -> Difference:
    first, last = _numbers(record, asked)
    revisions = {revision.revision: revision for revision in record.revisions}
    texts = {text.revision: text for text in record.texts}
    for number in (first, last):
        if number not in texts:
            raise RecordMissingError(
                f"Record {record.id} has no revision {number}."
                f" `newsward show {record.id} --provenance` shows those it has."
            )
    low, high = sorted((first, last))
    return Difference(
        record=record,
        before=revisions[first],
        after=revisions[last],
        steps=tuple(step for step in record.revisions if low < step.revision <= high),
        comparison=compare(
            *(Text(text=texts[at].text, removals=texts[at].removals) for at in (first, last))
        ),
    )


def _numbers(record: RecordView, asked: str | None) -> tuple[int, int]:
    known = [revision.revision for revision in record.revisions]
    if asked is None:
        if len(known) == 1:
            raise ConfigurationError(
                f"Record {record.id} has had one text only: there is nothing to compare."
                f" `newsward show {record.id}` shows it."
            )
        return known[-2], known[-1]
    found = re.fullmatch(r"(\d{1,9})(?::(\d{1,9}))?", asked)
    if found is None:
        raise ConfigurationError(f"--rev {asked}: not two numbers such as 1:2, nor one.")
    first, last = int(found[1]), int(found[2] or known[-1])
    if first == last:
        raise ConfigurationError(f"--rev {asked}: that is one text, which does not differ.")
    return first, last


def _as_dict(found: Difference) -> dict[str, object]:
    comparison = found.comparison
    return {
        "record": found.record.id,
        "url": found.record.url,
        "title": found.record.title,
        "cause": found.cause,
        "before": asdict(found.before),
        "after": asdict(found.after),
        "steps": [asdict(step) for step in found.steps],
        "numbers": {"removed": comparison.numbers_removed, "added": comparison.numbers_added},
        "names": {"removed": comparison.names_removed, "added": comparison.names_added},
        "sentences": [asdict(row) for row in comparison.rows],
    }


def _facts(found: Difference) -> Iterator[str]:
    for name, text in (("before", found.before), ("after", found.after)):
        yield f"{name}: revision {text.revision}, {plain_time(text.seen_at)}, {text.reason}"
    yield found.cause
    if found.before.title != found.after.title:
        yield f"Title: {found.before.title} → {found.after.title}"
    if any(MARK in piece.text for row in found.comparison.rows for piece in row.before):
        yield f"What was taken out of the first text since stands as {MARK}."
    yield _counts(found.comparison)
    for name, gone, come in (
        ("Numbers", found.comparison.numbers_removed, found.comparison.numbers_added),
        ("Names", found.comparison.names_removed, found.comparison.names_added),
    ):
        told = [
            f"{word} {', '.join(values)}"
            for word, values in (("no longer", gone), ("now", come))
            if values
        ]
        if told:
            yield f"{name} changed: {'; '.join(told)}."


def _counts(comparison: Comparison) -> str:
    told = [f"{comparison.count(fate):,} {fate}" for fate in Fate if comparison.count(fate)]
    return f"Sentences: {', '.join(told) or 'none'}."


def _lines(found: Difference) -> Iterator[str]:
    yield click.style(printable(found.record.title), bold=True)
    yield printable(found.record.url)
    yield from map(printable, _facts(found))
    skipped = 0
    for row in found.comparison.rows:
        if row.fate is Fate.SAME:
            skipped += 1
            continue
        if skipped:
            yield f"  … {skipped:,} unchanged"
            skipped = 0
        yield from _row_lines(row)
    if skipped:
        yield f"  … {skipped:,} unchanged"


def _row_lines(row: Row) -> Iterator[str]:
    rule = f"  [{printable(row.rule)}]" if row.rule else ""
    for sign, pieces, colour in (("-", row.before, "red"), ("+", row.after, "green")):
        if not pieces:
            continue
        whole = row.fate is not Fate.CHANGED
        text = "".join(_piece(piece, sign, colour, whole=whole) for piece in pieces)
        lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
        yield f"{sign} " + "\n  ".join(lines) + rule


def _piece(piece: Piece, sign: str, colour: str, *, whole: bool) -> str:
    # `printable` would take the spaces at the ends.
    body = "".join(printable(part) if part.strip() else " " * bool(part)
                   for part in re.split(r"(\s+)", piece.text))  # fmt: skip
    if not piece.is_changed:
        return body
    if _has_colours():
        return click.style(body, fg=colour, underline=not whole)
    return body if whole or not body.strip() else f"[{sign}{body}{sign}]"


def _has_colours() -> bool:
    # https://no-color.org
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


_STYLE = """
:root { color-scheme: light dark }
body { font: 1.05rem/1.6 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
ul { padding-left: 1.2rem } small { opacity: .75 }
del { background: #ffd7d5; color: #5c0d09 } ins { background: #cdf3d4; color: #0b4a1c }
"""


def _page(found: Difference) -> str:
    """One page: everything from the archive is escaped, nothing is loaded, nothing runs."""
    title = html.escape(found.record.title)
    body: list[str] = []
    for row in found.comparison.rows:
        if row.starts_block or not body:
            body.append("</p>\n<p>" if body else "<p>")
        body.append(_row_html(row))
    facts = "".join(f"<li>{html.escape(fact)}</li>\n" for fact in _facts(found))
    language = html.escape(found.record.language or "en", quote=True)
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>Changes: {title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p>{html.escape(found.record.url)}</p>
<ul>
{facts}</ul>
{"".join(body)}{"</p>" if body else ""}
</body>
</html>"""


def _row_html(row: Row) -> str:
    rule = f" <small>[{html.escape(row.rule)}]</small>" if row.rule else ""
    if row.fate is Fate.SAME:
        return _pieces_html(row.before, "del") + " "
    return _pieces_html(row.before, "del") + " " + _pieces_html(row.after, "ins") + rule + " "


def _pieces_html(pieces: Sequence[Piece], tag: str) -> str:
    return "".join(
        f"<{tag}>{html.escape(piece.text)}</{tag}>" if piece.is_changed else html.escape(piece.text)
        for piece in pieces
    )
