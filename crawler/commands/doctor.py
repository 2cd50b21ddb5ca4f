import importlib
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from urllib.parse import urlsplit

import click
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archive.commands.options import archive_option, human_bytes, json_option, print_json
from archive.database import sqlite_features
from archive.errors import ConfigurationError, NewswardError
from archive.quick_check import quick_check
from crawler.commands.options import sources_option
from crawler.contact import contact_in
from crawler.source_file import load_file, load_sources

BROKEN_EXIT = 2
# INSERT ... RETURNING came with it (SQLite release notes of 2021-03-12).
SQLITE_NEEDED = "3.35.0"
# A first crawl of the sources that ship needs some 50 MB; a year of them a few hundred.
LOW_SPACE = 500_000_000
NO_SPACE = 50_000_000


class State(StrEnum):
    """How a check came out."""

    GOOD = "good"
    NOTE = "note"
    BROKEN = "broken"


# A terminal that cannot show the first gets the second.
MARKS = {
    State.GOOD: ("\N{CHECK MARK}", "ok"),
    State.NOTE: ("\N{MIDDLE DOT}", ".."),
    State.BROKEN: ("\N{BALLOT X}", "NO"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check found, and what to do about it where `found` does not say it already."""

    check: str
    state: State
    found: str
    advice: str = ""


def python(running: str, needed: str) -> Finding:
    """Whether a version of Python is one that newsward is made for."""
    fits = SpecifierSet(needed).contains(running, prereleases=True)
    return Finding(
        check="Python",
        state=State.GOOD if fits else State.BROKEN,
        found=f"{running} (needed: {needed})",
        advice="" if fits else "Install newsward with a newer Python.",
    )


def dependency(wanted: str, installed: Callable[[str], str]) -> Finding | None:
    """Whether a distribution is there in the range that was tested.

    `wanted` is one requirement of newsward (PEP 508), `installed` gives the version of a name or
    raises PackageNotFoundError. None when the requirement does not concern this machine.
    """
    requirement = Requirement(wanted)
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return None
    name, tested = requirement.name, str(requirement.specifier)
    advice = f"Type: python -m pip install '{name}{tested}'"
    try:
        there = installed(name)
    except PackageNotFoundError:
        return Finding(check=name, state=State.BROKEN, found="not installed", advice=advice)
    fits = requirement.specifier.contains(there, prereleases=True)
    return Finding(
        check=name,
        state=State.GOOD if fits else State.BROKEN,
        found=f"{there} (tested: {tested})",
        advice="" if fits else advice,
    )


def imported(module: str) -> Finding:
    """Whether a module that is installed can be used, too."""
    try:
        importlib.import_module(module)
    except (ImportError, OSError, AttributeError) as error:
        said = " ".join(str(error).split())
        return Finding(
            check=f"import {module}",
            state=State.BROKEN,
            found=f"{type(error).__name__}: {said}",
            advice="Install newsward again in a fresh environment: python -m venv, then pip.",
        )
    return Finding(check=f"import {module}", state=State.GOOD, found="works")


def sqlite(features: Mapping[str, str]) -> Finding:
    """Whether the SQLite of this Python can do what the archive asks of it."""
    running, search = features["version"], features["fts5"]
    fits = search == "yes" and Version(running) >= Version(SQLITE_NEEDED)
    return Finding(
        check="SQLite",
        state=State.GOOD if fits else State.BROKEN,
        found=f"{running} (needed: >={SQLITE_NEEDED}), full-text search (FTS5, porter): {search}",
        advice="" if fits else "Use a Python with its own SQLite: that of uv or python.org.",
    )


def sources_file(path: Path) -> Iterator[Finding]:
    """Whether there is a list of sources, and each of its faults."""
    name = "sources"
    if not path.exists():
        yield Finding(
            check=name,
            state=State.NOTE,
            found=f"{path}: none yet",
            advice="Write one with `newsward init`, or name yours with --sources.",
        )
        return
    try:
        listed = load_sources(path)
    except NewswardError as error:
        for line in str(error).splitlines():
            yield Finding(check=name, state=State.BROKEN, found=line)
        return
    enabled = sum(source.enabled for source in listed)
    yield Finding(
        check=name,
        state=State.GOOD if enabled else State.NOTE,
        found=f"{path}: {len(listed)} listed, {enabled} enabled",
        advice="" if enabled else "A crawl has nothing to do: enable a source.",
    )


def archive_file(path: Path) -> Finding:
    """Whether there is an archive, and whether it can be used."""
    name = "archive"
    if not path.exists():
        return Finding(
            check=name,
            state=State.NOTE,
            found=f"{path}: none yet",
            advice="`newsward crawl` makes it; `newsward demo` shows one.",
        )
    try:
        seen = quick_check(path)
    except NewswardError as error:
        return Finding(check=name, state=State.BROKEN, found=str(error))
    older = seen.schema < seen.newest_schema
    return Finding(
        check=name,
        state=State.NOTE if older else State.GOOD,
        found=f"{path}: {seen.records:,} records, {human_bytes(seen.size)} with snapshots, "
        f"schema {seen.schema}, structure intact",
        advice=f"The next crawl brings it to schema {seen.newest_schema}." if older else "",
    )


def disk(folder: Path, free: int, *, writable: bool) -> Finding:
    """Whether an archive can grow in a folder; `free` is in bytes."""
    found = f"{folder}: {human_bytes(free)} free"
    if not writable:
        state, found, advice = State.BROKEN, f"{folder}: not writable", "Change its rights."
    elif free < NO_SPACE:
        state, advice = State.BROKEN, f"Free some space: {human_bytes(NO_SPACE)} at least."
    elif free < LOW_SPACE:
        state, advice = State.NOTE, f"An archive of a year may need {human_bytes(LOW_SPACE)}."
    else:
        state, advice = State.GOOD, ""
    return Finding(check="disk", state=state, found=found, advice=advice)


def proxies(environ: Mapping[str, str]) -> Finding:
    """Whether requests go out through a proxy; its password is not shown."""
    kept = {
        name.lower(): urlsplit(value if "://" in value else f"//{value}").netloc.rpartition("@")[2]
        for name, value in sorted(environ.items())
        if name.lower() in {"http_proxy", "https_proxy"} and value.strip()
    }
    if not kept:
        return Finding(check="proxy", state=State.GOOD, found="none in the environment")
    return Finding(
        check="proxy",
        state=State.NOTE,
        found=", ".join(f"{name} = {host}" for name, host in kept.items()),
        advice="Names are then resolved by the proxy: it, not newsward, refuses private addresses.",
    )


def contact(environ: Mapping[str, str], listed: str | None) -> Finding:
    """Whether publishers can reach the person who crawls them; `listed`: what sources.toml says."""
    address = contact_in(environ) or listed
    return Finding(
        check="contact",
        state=State.GOOD if address else State.NOTE,
        found=address or "none",
        advice=""
        if address
        else 'Write contact = "mailto:..." above the first [[source]] of the list, or set'
        " NEWSWARD_CONTACT: publishers see it with each request.",
    )


def _listed_contact(path: Path) -> str | None:
    try:
        return load_file(path).contact
    except ConfigurationError:  # said by its own check
        return None


def examine(archive: Path, sources: Path) -> Iterator[Finding]:
    """Every finding, in the order in which one rests on the other."""
    yield python(platform.python_version(), metadata("newsward")["Requires-Python"])
    yield Finding(check="platform", state=State.GOOD, found=platform.platform())
    yield Finding(check="newsward", state=State.GOOD, found=version("newsward"))
    for wanted in requires("newsward") or []:
        if (finding := dependency(wanted, version)) is not None:
            yield finding
    # What an old pip leaves out (lxml.html.clean), and what rests on libraries in C.
    for module in ("lxml.html.clean", "trafilatura", "scrapy.crawler", "datasette.app"):
        yield imported(module)
    yield sqlite(sqlite_features())
    yield from sources_file(sources)
    yield archive_file(archive)
    folder = next(one for one in archive.absolute().parents if one.exists())
    yield disk(folder, shutil.disk_usage(folder).free, writable=os.access(folder, os.W_OK))
    yield proxies(os.environ)
    yield contact(os.environ, _listed_contact(sources))


def _print(findings: list[Finding]) -> None:
    wide = (sys.stdout.encoding or "").lower().startswith("utf")
    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        mark = MARKS[finding.state][0 if wide else 1]
        click.echo(f"{mark} {finding.check:{width}}  {finding.found}")
        if finding.advice:
            click.echo(f"{'':{len(mark) + width}}   -> {finding.advice}")


@click.command
@archive_option
@sources_option
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, archive: Path, sources: Path, as_json: bool) -> None:
    r"""Check that all that newsward needs is here and works.

    Changes nothing and needs no network. Exits 2 when something is broken.

    \b
    Examples:
      newsward doctor
      newsward doctor --json
    """
    findings = list(examine(archive, sources))
    count = {state: sum(one.state is state for one in findings) for state in State}
    if as_json:
        print_json({"counts": count, "checks": [asdict(finding) for finding in findings]})
    else:
        _print(findings)
        click.echo(
            f"{len(findings)} checks: {count[State.GOOD]} good, {count[State.NOTE]} to note, "
            f"{count[State.BROKEN]} broken"
        )
    ctx.exit(BROKEN_EXIT if count[State.BROKEN] else 0)
