"""`newsward serve`: browse the archive in a web browser."""

from pathlib import Path

import click

from archive.commands.options import archive_option


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen at; 0 takes any that is free.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open it in the web browser.")
@archive_option
def serve(*, host: str, port: int, open_browser: bool, archive: Path) -> None:
    r"""Browse the archive in a web browser, with Datasette, until Ctrl-C.

    It is read only, may run while a crawl writes, and by default answers to this machine alone.

    \b
    newsward serve --open
    """
    # Datasette takes a second to load, which `--help` need not.
    from archive.browse import server

    def ready(url: str) -> None:
        click.echo(url)
        click.echo("Ctrl-C stops it.", err=True)
        if open_browser:
            click.launch(url)

    if not server.is_loopback(host):
        click.echo(
            f"Whoever can reach {host} can read the whole archive: there is no password.", err=True
        )
    server.serve(archive, host=host, port=port, ready=ready)
