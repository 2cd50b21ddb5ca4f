"""`newsward extract`: what extraction makes of saved pages, without network and archive."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

import click

from archive.commands.options import human_duration, printable
from archive.commands.progress import progress
from archive.errors import ConfigurationError
from archive.receipts import Line, on_the_table
from archive.records import BLOCK_SEPARATOR, Article, Page, Rejected

SOME_FAILED = 3
ALL_FAILED = 4
_STDIN = Path("-")


@click.command()
@click.argument("file", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--url", "urls", multiple=True, help="The address that FILE came from; once for each FILE."
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="PAGES.jsonl",
    help="Read the pages that its lines name; print a line of JSON each.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    envvar="NEWSWARD_WORKERS",
    metavar="N",
    help="Processes that read a batch.  [default: one a core]",
)
@click.option("--json", "form", flag_value="json", help="Print a line of JSON for each page.")
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown.")
@click.option(
    "--explain",
    "form",
    flag_value="explain",
    help="Show every block: kept, or removed and by which rule.",
)
@click.pass_context
def extract(
    ctx: click.Context,
    /,
    *,
    file: Sequence[Path],
    urls: Sequence[str],
    batch: Path | None,
    workers: int | None,
    form: str | None,
) -> None:
    r"""Show what extraction makes of saved pages.

    It needs no network and no archive.

    FILE is a page as it was sent (.html or .html.gz); `-` reads it from standard input.

    A batch has one page a line: {"id": 7, "path": "seven.html.gz", "url": "https://…"}, the path
    as seen from the folder of the batch. The results come in the same order, one JSON object a
    line with `id`, `ending` ("article", or why there is none) and all that was found. Exit code 3
    says that some pages could not be read, 4 that none could.

    \b
    newsward extract page.html --url https://example.org/news/1
    newsward extract page.html --url https://example.org/news/1 --explain
    newsward extract --batch pages.jsonl > articles.jsonl
    """
    if batch is not None:
        if file or urls or form in {"markdown", "explain"}:
            raise click.UsageError("--batch names the pages itself and prints JSON.", ctx)
        ctx.exit(_batch(batch, workers or _cores()))
    if not file:
        raise click.UsageError("Name a FILE, or many with --batch.", ctx)
    if len(file) != len(urls):
        raise click.UsageError(f"{len(file)} FILE and {len(urls)} --url: give one for each.", ctx)
    ctx.exit(_files(file, urls, form))


def _files(files: Sequence[Path], urls: Sequence[str], form: str | None) -> int:
    # Imported here: trafilatura takes half a second to load.
    from crawler.extraction import Draft, draft

    code = 0
    for number, (file, url) in enumerate(zip(files, urls, strict=True)):
        body = _body(file)
        read = body if isinstance(body, Rejected) else draft(Page(url=url, body=body))
        result = read if isinstance(read, Rejected) else read.rejected or read.article
        # The blocks show why a page is no article.
        shown = read.article if form == "explain" and isinstance(read, Draft) else result
        text = _shown(shown, file, url, form)
        if text:
            click.echo(("\n" if number and form != "json" else "") + text)
        if isinstance(result, Rejected):
            why = f"{result.ending}: {result.detail}" if result.detail else str(result.ending)
            click.echo(f"newsward: {file}: no article ({printable(why)}).", err=True)
            code = SOME_FAILED
    return code


def _body(file: Path) -> bytes | Rejected:
    from crawler.extraction.saved import read_body

    try:
        with click.open_file(str(file), "rb") as stream:
            return read_body(cast("BinaryIO", stream))
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigurationError(f"{file}: cannot be read ({why}). Name a saved page.") from error


def _shown(result: Article | Rejected, file: Path, url: str, form: str | None) -> str:
    from crawler.extraction.markdown import markdown
    from crawler.extraction.saved import as_dict, json_line

    if form == "json":
        return _for_stdout(json_line(as_dict(result, url=url, page_id=str(file))))
    if isinstance(result, Rejected):
        return ""
    if form == "markdown":
        return "\n".join(_without_controls(markdown(result, url)))
    return "\n".join(_explained(result) if form == "explain" else _plain(result))


def _without_controls(text: str) -> Iterator[str]:
    # `printable` would take the line breaks.
    return map(printable, text.splitlines())


def _plain(article: Article) -> Iterator[str]:
    yield printable(article.title)
    byline = [", ".join(article.authors), article.published or ""]
    if any(byline):
        yield printable(" · ".join(part for part in byline if part))
    for block in article.text.split(BLOCK_SEPARATOR):
        yield ""
        yield from map(printable, block.splitlines())


def _explained(article: Article) -> Iterator[str]:
    for line in on_the_table(article.text, article.removals):
        yield _explained_line(line)


def _explained_line(line: Line) -> str:
    text = printable(line.text)
    if line.rule is not None:
        return click.style(f"- [{line.rule}] {text}", fg="red")
    cuts = "".join(f" [{cut.part} cut by {cut.rule}: {printable(cut.text)}]" for cut in line.cuts)
    return f"+ {text}" + click.style(cuts, fg="red")


def _batch(batch: Path, workers: int) -> int:
    from crawler.extraction.batch import count_lines, read_batch
    from crawler.extraction.workers import Workers

    endings: Counter[str] = Counter()
    failed, started = 0, time.monotonic()
    with _opened(batch) as lines:
        total = 0 if batch == _STDIN else count_lines(batch)

        def how_far() -> tuple[int, int]:
            done = endings.total()
            return done, max(total - done, 0)

        folder = Path() if batch == _STDIN else batch.parent
        with Workers(count=workers) as pool, progress("extract", "pages", how_far):
            for page in read_batch(lines, folder, pool, count=workers):
                click.echo(_for_stdout(page.json))
                endings[page.ending] += 1
                failed += page.is_failure
    click.echo(_summary(endings, failed, time.monotonic() - started), err=True)
    if not failed:
        return 0
    return SOME_FAILED if failed < endings.total() else ALL_FAILED


def _opened(batch: Path) -> BinaryIO:
    try:
        stream: BinaryIO = sys.stdin.buffer if batch == _STDIN else batch.open("rb")
    except OSError as error:
        raise ConfigurationError(
            f"{batch}: cannot be read ({error.strerror}). Name a file with one page a line."
        ) from error
    return stream


def _summary(endings: "Counter[str]", failed: int, seconds: float) -> str:
    total = endings.total()
    told = ", ".join(f"{ending}: {count:,}" for ending, count in endings.most_common())
    parts = [
        f"pages: {total:,}" + (f" ({told})" if told else ""),
        f"not read: {failed:,}",
        human_duration(seconds),
        f"{total / max(seconds, 0.001):.1f} pages/s",
    ]
    return " · ".join(parts)


def _cores() -> int:
    # The cores that we may use: a container or `taskset` may give fewer than there are.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _for_stdout(line: str) -> str:
    # A terminal that cannot show é still gets valid JSON.
    encoding = sys.stdout.encoding or "ascii"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return "".join(char if char.isascii() else _escape(char) for char in line)
    return line


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
