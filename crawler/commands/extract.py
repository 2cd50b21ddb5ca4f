"""`newsward extract`: what extraction makes of a saved page, without network and archive."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import click

from archive.commands.options import json_option, print_json, printable
from archive.errors import ConfigurationError, NewswardError
from archive.receipts import Line, on_the_table
from archive.records import Article, Page, Rejected


class NoArticleError(NewswardError):
    """The page was read and is no article."""

    exit_code = 3


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--url", required=True, help="The address that the page came from.")
@click.option(
    "--explain", is_flag=True, help="Show every block: kept, or removed and by which rule."
)
@json_option
def extract(*, file: Path, url: str, explain: bool, as_json: bool) -> None:
    r"""Show what extraction makes of one saved page.

    FILE is the page as it was sent (.html or .html.gz); `-` reads it from standard input.

    \b
    newsward extract page.html --url https://example.org/news/1
    newsward extract page.html --url https://example.org/news/1 --explain
    """
    # Imported here: trafilatura takes half a second to load.
    from crawler.extraction import extract as extract_page  # noqa: PLC0415

    result = extract_page(Page(url=url, body=_body(file)))
    if as_json:
        print_json(_as_dict(result, url))
    elif isinstance(result, Article):
        click.echo("\n".join(_explained(result) if explain else _plain(result)))
    if isinstance(result, Rejected):
        raise NoArticleError(f"{file}: no article ({result.ending}: {result.detail}).")


def _body(file: Path) -> bytes:
    try:
        body = click.open_file(str(file), "rb").read()
        return gzip.decompress(body) if file.suffix == ".gz" else body
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"{file}: cannot be read ({why}). Name a saved page.") from error


def _as_dict(result: Article | Rejected, url: str) -> dict[str, object]:
    if isinstance(result, Rejected):
        return {"url": url, "ending": result.ending, "detail": result.detail}
    return {
        "url": url,
        "ending": "article",
        "title": result.title,
        "authors": result.authors,
        "published": result.published,
        "published_precision": result.published_precision,
        "published_source": result.published_source,
        "modified": result.modified,
        "description": result.description,
        "site_name": result.site_name,
        "language": result.language,
        "canonical_url": result.canonical_url,
        "text": result.text,
        "removals": result.removals,
        "extractor": result.extractor,
    }


def _plain(article: Article) -> Iterator[str]:
    yield printable(article.title)
    byline = [", ".join(article.authors), article.published or ""]
    if any(byline):
        yield printable(" · ".join(part for part in byline if part))
    for block in article.text.split("\n\n"):
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
