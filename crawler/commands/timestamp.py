"""`newsward timestamp`: let an authority vouch for when the archive stood as it does."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from archive import timestamp_rows
from archive.commands.options import archive_option, json_option, print_json, print_table
from archive.errors import ArchiveMissingError, ConfigurationError
from archive.reading import ReadArchive
from archive.store import Archive
from archive.timestamp_rows import Timestamp
from archive.timestamps import certificates, stamped_data

COLUMNS = ("id", "run", "stamped", "authority", "manifest_hash")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("answer", required=False, type=_FILE)
@click.option("--tsa", metavar="URL", help="Ask the authority at this address.")
@click.option(
    "--ca", type=_FILE, metavar="FILE", help="Certificates that the authority's must lead to, PEM."
)
@click.option("--request", type=_FILE, metavar="FILE", help="Write a request, to carry it there.")
@click.option(
    "--export",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write the newest timestamp as files for `openssl ts -verify`.",
)
@click.option("--allow-private", is_flag=True, help="For tests: let a private address be asked.")
@archive_option
@json_option
def timestamp(*, answer: Path | None, archive: Path, as_json: bool, **told: Any) -> None:  # noqa: ANN401 - what the options above say
    r"""Have a timestamp authority sign the chain of runs, or keep the ANSWER that one gave.

    A timestamp (RFC 3161) proves that the newest run, and through the chain every run before,
    stood in the archive at a time. Only a hash leaves this machine, and only to the address that
    you name. `newsward verify` checks every timestamp. Without an option: list them.

    \b
    newsward timestamp --tsa https://tsa.example/ --ca tsa-ca.pem
    newsward timestamp --request run.tsq --ca tsa-ca.pem
    newsward timestamp run.tsr
    newsward timestamp --export proof
    """
    if answer and (told["tsa"] or told["request"]):
        raise click.UsageError("ANSWER goes with no --tsa and no --request.")
    if not archive.exists():
        raise ArchiveMissingError(
            f"{archive}: there is no archive here. `newsward crawl` makes one."
        )
    if answer or told["tsa"] or told["request"]:
        with Archive(archive) as writer:
            _stamp(writer, answer, told)
    with ReadArchive(archive) as reader, reader.moment() as db:
        stamps = timestamp_rows.stamps(db)
    if told["export"]:
        _export(stamps, told["export"])
    elif as_json:
        print_json([dict(zip(COLUMNS, _row(stamp), strict=True)) for stamp in stamps])
    else:
        print_table(COLUMNS, [_row(stamp) for stamp in stamps])


def _stamp(archive: Archive, answer: Path | None, told: dict[str, Any]) -> None:
    if answer:
        _keep(archive, _read(answer))
        return
    if told["tsa"] and urlsplit(told["tsa"]).scheme not in {"http", "https"}:
        raise ConfigurationError(f"{told['tsa']}: not a web address; an authority has one.")
    roots = None if told["ca"] is None else _read(told["ca"]).decode("utf-8", "replace")
    certificates(roots)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with archive.transaction() as db:
        asked = timestamp_rows.ask(db, authority=told["tsa"], roots=roots, now=now)
    try:
        if told["tsa"]:
            # Imported here: half a second that the other ways need not pay.
            from crawler.spiders.stamp import ask

            _keep(archive, ask(told["tsa"], asked.request, allow_private=told["allow_private"]))
        else:
            _write(told["request"], asked.request)
            click.echo(f"{told['request']}: request over run {asked.run_id}.", err=True)
    except BaseException:
        with archive.transaction() as db:
            timestamp_rows.forget(db, asked)
        raise


def _keep(archive: Archive, response: bytes) -> None:
    with archive.transaction() as db:
        kept = timestamp_rows.keep(db, response)
    click.echo(f"Run {kept.run_id} and all before it stood so at {kept.stamped_at}.", err=True)


def _row(stamp: Timestamp) -> tuple[object, ...]:
    return stamp.id, stamp.run_id, stamp.stamped_at, stamp.authority, stamp.manifest_hash


def _export(stamps: list[Timestamp], folder: Path) -> None:
    stamp = next((stamp for stamp in stamps if stamp.response is not None), None)
    if stamp is None or stamp.response is None:
        raise ConfigurationError("There is no timestamp in this archive yet: --tsa URL makes one.")
    name = f"run-{stamp.run_id}"
    files = {
        f"{name}.txt": stamped_data(stamp.manifest_hash),
        f"{name}.tsq": stamp.request,
        f"{name}.tsr": stamp.response,
        **({f"{name}.pem": stamp.roots.encode()} if stamp.roots else {}),
    }
    for file, content in files.items():
        _write(folder / file, content)
    click.echo(f"{folder}: {', '.join(files)}. Check them, in that folder, with:", err=True)
    roots = f"{name}.pem" if stamp.roots else "CERTIFICATES.pem"
    click.echo(f"openssl ts -verify -data {name}.txt -in {name}.tsr -CAfile {roots}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be written ({error.strerror}). Choose another place."
        ) from error
