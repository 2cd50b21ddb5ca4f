"""Write the pages of `docs/` that say what the code says: tables, endings, commands.

`python docs/generate.py` writes them; with `--check` it only says which are out of date (exit 1).
"""

import argparse
import contextlib
import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

import crawler
from archive import publish
from archive.database import connect, open_archive
from archive.endings import Ending, Group
from archive.schema import ColumnDoc, TableDoc, tables
from archive.snapshots import Snapshots, snapshots_path
from crawler.cli import COMMANDS, newsward

FOLDER = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py; change the code, then run it. -->"
WIDTH = 88

SCHEMA_HEAD = """
# The tables of an archive

The schema is public API: read `archive.db` with `sqlite-utils`, Datasette or any SQLite. Tables and
columns are added, and what they mean stays. Times are ISO 8601 in UTC unless said otherwise. Keys
are whole numbers in the order of arrival.

```sh
sqlite-utils search archive.db articles 'e-safety' --quote \\
  -c published -c title -c url --limit 20 -t
datasette archive.db
```

Full text is searched in `articles_fts` (FTS5 over `title` and `body`, external content, porter
stemming), best first:

```sql
SELECT articles.id, articles.title FROM articles_fts
JOIN articles ON articles.id = articles_fts.rowid
WHERE articles_fts MATCH '"self-harm"' ORDER BY bm25(articles_fts, 5.0, 1.0) LIMIT 20
```

Where the records of a month were found:

```sql
SELECT articles.title, provenance.relation, provenance.place, provenance.position
FROM articles JOIN provenance ON provenance.article_id = articles.id
WHERE articles.published LIKE '2026-11%' ORDER BY articles.published
```

Every step that led to a record, and each visit since, as sentences:

```sql
SELECT at, step, sentence FROM provenance_in_words WHERE article_id = 1 ORDER BY at
```

Where the text of a record links to, and which of that is in the archive:

```sql
SELECT links.anchor, links.to_url, articles.title
FROM links LEFT JOIN articles ON articles.id = links.to_article_id WHERE links.article_id = 1
```

What was stripped most often:

```sql
SELECT rule, sum(blocks) AS blocks FROM removals GROUP BY rule ORDER BY blocks DESC
```

The exchange that brought the present text of each record:

```sql
SELECT articles.url, fetches.fetched_at, fetches.status, revisions.snapshot_digest
FROM articles
JOIN revisions ON revisions.article_id = articles.id AND revisions.revision = articles.revision
JOIN fetches ON fetches.id = revisions.fetch_id
```
"""

SNAPSHOTS_HEAD = """# The tables of snapshots.db

The exact bodies lie in a file of their own beside the archive, so that the archive stays small
enough to copy. `snapshot_digest` joins the two.
"""

PUBLISHED_HEAD = """# The tables of a published copy

What `newsward publish public.db` writes: titles, links, topics, stories and excerpts, no text.
Words are searched in `articles_fts` (FTS5 over `title` and `excerpt`).
"""

ENDINGS_HEAD = """
# How a fetch can end

Every fetch has exactly one of these endings: in `fetches.ending`, in `runs.counts` and in the
summary of a crawl. Nothing is refused without a name.
"""

GROUPS = {
    Group.NEW: "A record was added",
    Group.REVISED: "A record has a new text",
    Group.UNCHANGED: "What we have is current",
    Group.READ: "A page was read for links",
    Group.REJECTED: "Not for the archive: known why, not tried again at once",
    Group.FAILED: "It did not work: tried again later",
}

CLI_HEAD = """
# Commands

What each command says of itself with `--help`. Data goes to stdout, all else to stderr.
"""


def pages() -> dict[str, str]:
    """The text of each generated page by its file name."""
    return {
        "schema.md": schema_page(),
        "endings.md": endings_page(),
        "cli.md": cli_page(),
        "hostile-web.md": hostile_page(),
    }


def hostile_page() -> str:
    """The cases of the hostile web, as the tests have them; nothing is crawled."""
    sys.path.insert(0, str(Path(crawler.__file__).parents[1] / "tests" / "hostile"))
    hostile_table = importlib.import_module("hostile_table")
    return f"{NOTE}\n{hostile_table.page()}"


def schema_page() -> str:
    """Every table and column of a fresh archive and of its snapshots."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.db"
        with contextlib.closing(open_archive(archive, create=True)) as db:
            of_archive = tables(db)
        Snapshots(archive).close()
        with contextlib.closing(connect(snapshots_path(archive), readonly=True)) as db:
            of_snapshots = tables(db)
        with contextlib.closing(connect(Path(folder) / "public.db")) as db:
            publish.create_schema(db)
            of_published = tables(db)
    return "\n".join(
        [
            *(NOTE, SCHEMA_HEAD, *map(_table, of_archive)),
            *(SNAPSHOTS_HEAD, *map(_table, of_snapshots)),
            *(PUBLISHED_HEAD, *map(_table, of_published)),
        ]
    )


def _table(doc: TableDoc) -> str:
    lines = [f"## {doc.name}{' (view)' if doc.is_view else ''}", "", doc.meaning, ""]
    lines += ["| column | type | | meaning |", "|---|---|---|---|", *map(_column, doc.columns), ""]
    if doc.indexes:
        lines += [f"Indexed: {'; '.join(f'`{index}`' for index in doc.indexes)}.", ""]
    return "\n".join(lines)


def _column(doc: ColumnDoc) -> str:
    meaning = "the row's number" if doc.is_key and not doc.meaning else doc.meaning
    facts = "key" if doc.is_key else "" if doc.is_required else "may be empty"
    values = f" ({', '.join(f'`{value}`' for value in doc.values)})" if doc.values else ""
    reference = f" (→ `{doc.references}`)" if doc.references else ""
    return f"| `{doc.name}` | {doc.type} | {facts} | {_cell(meaning)}{values}{reference} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def endings_page() -> str:
    """Every ending by its group."""
    lines = [NOTE, ENDINGS_HEAD]
    for group in Group:
        lines += [f"## {group}: {GROUPS[group]}", "", "| ending | meaning |", "|---|---|"]
        lines += [f"| `{end}` | {_cell(end.meaning)} |" for end in Ending if end.group is group]
        lines.append("")
    return "\n".join(lines)


def cli_page() -> str:
    """The help of `newsward` and of every command in its table."""
    root = _context(newsward, "newsward", None)
    lines = [NOTE, CLI_HEAD, *_help(root)]
    for name, (where, _) in COMMANDS.items():
        # A command may be listed before it is written.
        if importlib.util.find_spec(where.partition(":")[0]) is None:
            continue
        command = newsward.get_command(root, name)
        if command is None:
            raise LookupError(f"{name}: listed and not found")
        lines += _commands(_context(command, name, root))
    return "\n".join(lines)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return command.context_class(
        command,
        info_name=name,
        parent=parent,
        terminal_width=WIDTH,
        **{key: value for key, value in command.context_settings.items() if "width" not in key},
    )


def _commands(context: click.Context) -> Iterator[str]:
    yield from _help(context)
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from _commands(_context(command, name, context))


def _help(context: click.Context) -> Iterator[str]:
    lines = [line.rstrip() for line in context.get_help().splitlines()]
    yield from (f"## {context.command_path}", "", "```text", *lines, "```", "")


def main() -> int:
    """Write the pages, or say which differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if one differs")
    check = parser.parse_args().check
    stale = 0
    for name, text in pages().items():
        path = FOLDER / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale += 1
        if not check:
            path.write_text(text, "utf-8")
        verb = "is out of date; run `python docs/generate.py`" if check else "written"
        sys.stdout.write(f"docs/{name} {verb}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
