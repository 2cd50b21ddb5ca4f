from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 400
PACKAGES = {"archive", "crawler"}
FOLDERS = ("archive", "crawler", "tests", "benchmarks", "docs")
CATCH_ALL = {"common", "helper", "helpers", "manager", "misc", "shared", "util", "utils"}


def modules(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (root / folder).rglob("*.py")


def too_long(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)}: {lines} lines, {MOST_LINES} at most: split it"
        for path in modules(root)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    ]


def catch_alls(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)}: a name that says nothing: name it by what it does"
        for path in modules(root)
        if {path.stem, path.parent.name} & CATCH_ALL
    ]


def misplaced(root: Path) -> list[str]:
    packages = {path.parent.name for path in root.glob("*/__init__.py")}
    return [
        *(f"{name}: a package at the top" for name in packages - PACKAGES),
        *(f"{path.name}: a module at the top" for path in root.glob("*.py")),
        *(
            f"{path.relative_to(root)}: tests are no packages"
            for path in root.glob("tests/**/__init__.py")
        ),
    ]


CHECKS = [too_long, catch_alls, misplaced]


@pytest.mark.parametrize("check", CHECKS)
def test_the_tree_keeps_its_rules(check: Callable[[Path], list[str]]) -> None:
    assert check(ROOT) == []


@pytest.mark.parametrize(
    ("check", "path", "lines"),
    [
        (too_long, "crawler/long.py", MOST_LINES + 1),
        (too_long, "tests/crawler/test_long.py", MOST_LINES + 1),
        (catch_alls, "archive/utils.py", 1),
        (catch_alls, "crawler/common/feeds.py", 1),
        (misplaced, "newsward/__init__.py", 0),
        (misplaced, "setup.py", 1),
        (misplaced, "tests/crawler/__init__.py", 0),
    ],
)
def test_each_rule_notices_what_it_forbids(
    check: Callable[[Path], list[str]], path: str, lines: int, tmp_path: Path
) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#\n" * lines)
    (said,) = check(tmp_path)
    assert said.startswith(path.partition("/")[0])


def test_both_packages_are_there_and_typed() -> None:
    assert all((ROOT / name / "py.typed").exists() for name in PACKAGES)
