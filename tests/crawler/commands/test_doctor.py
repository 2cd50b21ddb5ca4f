import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from packaging.requirements import Requirement

from archive.snapshots import Snapshots
from archive.store import Archive
from crawler.cli import newsward
from crawler.commands import doctor
from crawler.commands.doctor import State

Doctor = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(newsward, ["doctor", *arguments], env=environment)

    return call


def of(result: Result, check: str) -> list[dict[str, str]]:
    return [one for one in json.loads(result.stdout)["checks"] if one["check"] == check]


def test_in_an_empty_folder_nothing_is_broken_and_nothing_is_made(
    run: Doctor, tmp_path: Path
) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "sources.toml: none yet" in result.output
    assert "archive.db: none yet" in result.output
    assert result.output.splitlines()[-1].endswith(" to note, 0 broken")
    assert list(tmp_path.iterdir()) == []


def test_every_dependency_that_concerns_this_machine_is_looked_at(run: Doctor) -> None:
    checks = {one["check"] for one in json.loads(run("--json").stdout)["checks"]}
    wanted = [Requirement(text) for text in requires("newsward") or []]
    here = {one.name for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})}
    assert len(here) >= 15
    assert here <= checks


def test_the_counts_add_up(run: Doctor) -> None:
    said = json.loads(run("--json").stdout)
    assert sum(said["counts"].values()) == len(said["checks"])
    assert set(said["counts"]) == {"good", "note", "broken"}


def test_a_wrong_list_of_sources_is_broken_and_each_fault_is_named(
    run: Doctor, tmp_path: Path
) -> None:
    (tmp_path / "sources.toml").write_text('[[source]]\nid = "a b"\nenabled = false\n')
    result = run("--json")
    assert result.exit_code == 2
    faults = of(result, "sources")
    assert [one["state"] for one in faults] == ["broken"] * 3
    assert faults[-1]["found"].startswith('sources.toml:2: id = "a b" may hold only')


def test_a_list_with_nothing_to_crawl_is_worth_a_note(run: Doctor, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("")
    (seen,) = of(run("--json"), "sources")
    assert (seen["state"], seen["found"]) == ("note", "sources.toml: 0 listed, 0 enabled")


def test_a_list_that_was_just_written_is_good(run: Doctor) -> None:
    CliRunner().invoke(newsward, ["init"])
    (seen,) = of(run("--json"), "sources")
    assert seen["state"] == "good"


def test_an_archive_is_looked_at_and_not_changed(run: Doctor, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    Archive(path).close()
    Snapshots(path).close()
    before = path.read_bytes()
    (seen,) = of(run("--json"), "archive")
    assert seen["state"] == "good", seen
    assert "0 records" in seen["found"]
    assert "structure intact" in seen["found"]
    assert path.read_bytes() == before


def test_an_archive_whose_structure_is_broken_is_broken(run: Doctor, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    Archive(path).close()
    damaged = bytearray(path.read_bytes())
    for page in range(4096 * 3, len(damaged), 4096):
        damaged[page : page + 64] = b"\xff" * 64
    path.write_bytes(damaged)
    result = run("--json")
    assert result.exit_code == 2
    (seen,) = of(result, "archive")
    assert seen["state"] == "broken"
    assert "damaged" in seen["found"]


def test_a_file_that_is_no_archive_is_broken(run: Doctor, tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_text("not a database, and long enough to be looked at" * 9)
    result = run("--json")
    assert result.exit_code == 2
    assert of(result, "archive")[0]["found"].startswith("archive.db: ")


def test_the_folder_of_an_archive_that_is_not_there_yet_is_the_nearest_that_is(
    run: Doctor, tmp_path: Path
) -> None:
    (seen,) = of(run("--json", "--archive", str(tmp_path / "a/b/archive.db")), "disk")
    assert seen["found"].startswith(f"{tmp_path}: ")


def test_a_proxy_is_noted_without_its_password(run: Doctor) -> None:
    result = run("--json", HTTPS_PROXY="http://user:secret@proxy.example:3128", http_proxy="p:1")
    (seen,) = of(result, "proxy")
    assert seen["state"] == "note"
    assert seen["found"] == "https_proxy = proxy.example:3128, http_proxy = p:1"
    assert "secret" not in result.output


def test_the_address_that_publishers_see_is_shown(run: Doctor) -> None:
    (seen,) = of(run("--json", NEWSWARD_CONTACT="mailto:news@school.example"), "contact")
    assert (seen["state"], seen["found"]) == ("good", "mailto:news@school.example")


def test_the_contact_of_the_list_is_shown_and_its_lack_is_told(run: Doctor, tmp_path: Path) -> None:
    (seen,) = of(run("--json"), "contact")
    assert (seen["state"], seen["found"]) == ("note", "none")
    assert "NEWSWARD_CONTACT" in seen["advice"]
    (tmp_path / "sources.toml").write_text('contact = "https://school.example/it"\n')
    (seen,) = of(run("--json"), "contact")
    assert (seen["state"], seen["found"]) == ("good", "https://school.example/it")
    (seen,) = of(run("--json", NEWSWARD_CONTACT="mailto:a@b.example"), "contact")
    assert seen["found"] == "mailto:a@b.example", "the environment wins"


@pytest.mark.parametrize(
    ("there", "state"),
    [
        ("2.19.0", State.GOOD),
        ("2.19.7", State.GOOD),
        ("2.18.9", State.BROKEN),
        ("2.20.0", State.BROKEN),
    ],
)
def test_a_dependency_outside_the_tested_range_is_broken(there: str, state: State) -> None:
    finding = doctor.dependency("scrapy<2.20,>=2.19", lambda _: there)
    assert finding is not None
    assert finding.state is state
    assert bool(finding.advice) == (state is State.BROKEN)


def test_a_missing_dependency_is_told_how_to_install_it() -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    finding = doctor.dependency("pebble<6,>=5.2", missing)
    assert finding is not None
    assert (finding.state, finding.found) == (State.BROKEN, "not installed")
    assert finding.advice == "Type: python -m pip install 'pebble<6,>=5.2'"


def test_a_requirement_of_other_machines_is_passed_over() -> None:
    assert doctor.dependency("winloop; sys_platform == 'nowhere'", lambda _: "1") is None
    assert doctor.dependency("torch; extra == 'similar'", lambda _: "1") is None


@pytest.mark.parametrize(
    ("features", "state"),
    [
        ({"version": "3.35.0", "fts5": "yes"}, State.GOOD),
        ({"version": "3.34.1", "fts5": "yes"}, State.BROKEN),
        ({"version": "3.45.0", "fts5": "no"}, State.BROKEN),
    ],
)
def test_sqlite_must_be_new_enough_and_able_to_search(
    features: dict[str, str], state: State
) -> None:
    assert doctor.sqlite(features).state is state


@pytest.mark.parametrize(
    ("free", "writable", "state"),
    [
        (600_000_000, True, State.GOOD),
        (400_000_000, True, State.NOTE),
        (40_000_000, True, State.BROKEN),
        (600_000_000, False, State.BROKEN),
    ],
)
def test_an_archive_needs_room_and_a_folder_it_may_write_to(
    free: int, writable: bool, state: State
) -> None:
    assert doctor.disk(Path("/data"), free, writable=writable).state is state


def test_an_old_python_is_broken() -> None:
    assert doctor.python("3.10.4", ">=3.11").state is State.BROKEN
    assert doctor.python("3.15.0a1", ">=3.11").state is State.GOOD


def test_a_module_that_cannot_be_used_is_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_installed.py").write_text("import nothing_of_this_name")
    monkeypatch.syspath_prepend(tmp_path)
    finding = doctor.imported("half_installed")
    assert finding.state is State.BROKEN
    assert finding.found == "ModuleNotFoundError: No module named 'nothing_of_this_name'"


@pytest.mark.usefixtures("run")
def test_a_terminal_without_unicode_gets_plain_marks() -> None:
    result = CliRunner(charset="ascii").invoke(newsward, ["doctor"])
    assert result.output.startswith("ok Python")
