"""`newsward demo`: the whole product on an invented news web, without the internet."""

import os
from pathlib import Path

import click

from archive.errors import ConfigurationError
from crawler.commands.crawl import run_crawl
from crawler.summary import exit_code, summary_line

PORT = 8719
PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy"})


@click.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("newsward-demo"),
    show_default=True,
    help="Where the demo keeps its sources.toml and its archive.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="Port of the demo web; a free one is taken when another program has it.",
)
@click.option("--serve/--no-serve", default=True, help="Browse the archive afterwards.")
@click.pass_context
def demo(ctx: click.Context, /, *, directory: Path, port: int, serve: bool) -> None:
    r"""Crawl a small invented news web on this machine and browse the result.

    Real HTTP, real archive, no internet: every site, article and organisation in it is invented.
    Running it again shows what a second crawl does: everything is asked, nothing is new.

    \b
    newsward demo
    newsward demo --no-serve
    """
    # Imported here: the pages of the demo web are read when it starts, not by `newsward --help`.
    from crawler.demo.sites import sources_toml
    from crawler.demo.web import DemoWeb

    directory.mkdir(parents=True, exist_ok=True)
    archive, sources = directory / "archive.db", directory / "sources.toml"
    # The demo web is on this machine: a proxy could not reach it.
    for name in [name for name in os.environ if name.lower() in PROXIES]:
        del os.environ[name]
    with DemoWeb(port) as web:
        listed = sources_toml(web.port)
        _check_same_web(sources, listed, web.port)
        sources.write_text(listed, encoding="utf-8")
        click.echo(
            f"The demo web runs on 127.0.0.1:{web.port}: {len(web.hosts)} invented sites,"
            " no internet used.",
            err=True,
        )
        summary = run_crawl(
            {
                "NEWSWARD_ARCHIVE": str(archive),
                "NEWSWARD_SOURCES": str(sources),
                "NEWSWARD_ALLOW_PRIVATE": True,
                "NEWSWARD_EVERYTHING": True,
                "DOWNLOAD_DELAY": 0,
            }
        )
        click.echo(summary_line(summary))
        click.echo(f"Next: newsward search --archive {archive} 'self-harm OR grooming'")
        if serve and exit_code(summary) == 0:
            _browse(archive)
    ctx.exit(exit_code(summary))


def _check_same_web(sources: Path, listed: str, port: int) -> None:
    # Its addresses carry the port: another one would be another web with the same articles.
    if sources.exists() and sources.read_text(encoding="utf-8") != listed:
        raise ConfigurationError(
            f"{sources}: this demo was made for another port than {port}, which is the one free"
            " now. Stop what holds the other port, or name another --directory."
        )


def _browse(archive: Path) -> None:
    from archive.browse import server

    def ready(url: str) -> None:
        click.echo(f"Browse it at {url}   (Ctrl-C stops both)")

    server.serve(archive, host="127.0.0.1", port=0, ready=ready)
