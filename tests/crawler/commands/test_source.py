import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import newsward

SOURCES = """\
[[source]]
id = "press"
name = "Press"
homepage = "https://press.example/"
every = "6h"
[[source.discovery]]
kind = "feed"
url = "https://press.example/feed"

[[source]]
id = "later"
name = "Later"
homepage = "https://later.example/"
enabled = false
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "list.toml"
    path.write_text(SOURCES)
    return path


def test_it_lists_the_sources_as_they_are_read(path: Path) -> None:
    result = CliRunner().invoke(newsward, ["source", "list", "--sources", str(path)])
    assert result.exit_code == 0
    assert result.stdout == (
        "id\tname\tkind\tscope\tlooks at\tevery\tenabled\n"
        "press\tPress\tnews\tall\tfeed\t6 h\tyes\n"
        "later\tLater\tnews\tall\tnothing yet\t1 h\tno\n"
    )
    assert result.stderr == f"{path}: 2 sources, 1 enabled.\n"


def test_as_json_a_source_has_all_its_keys(path: Path) -> None:
    result = CliRunner().invoke(
        newsward, ["source", "list", "--json"], env={"NEWSWARD_SOURCES": str(path)}
    )
    press, later = json.loads(result.stdout)
    assert press == {
        "id": "press",
        "name": "Press",
        "homepage": "https://press.example/",
        "discovery": [
            {
                "kind": "feed",
                "url": "https://press.example/feed",
                "links": None,
                "pattern": None,
                "next_page": None,
                "pages": 1,
            }
        ],
        "country": None,
        "language": None,
        "kind": "news",
        "scope": "all",
        "every": 21600.0,
        "delay": 1.0,
        "enabled": True,
        "link_only": False,
        "licence": None,
        "hosts": [],
        "drop": [],
        "evidence": None,
        "reason": None,
        "checked": None,
    }
    assert later["enabled"] is False


def test_a_wrong_list_is_told_line_by_line_and_exits_2(path: Path) -> None:
    path.write_text(SOURCES.replace('"feed"', '"sitmap"').replace('"6h"', '"often"'))
    result = CliRunner().invoke(newsward, ["source", "list", "--sources", str(path)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        f'newsward: {path}:5: every = "often" is not a duration: write seconds (900) or a unit'
        ' ("15m", "6h", "1d").\n'
        f'newsward: {path}:7: discovery kind = "sitmap" is not one of feed, sitemap, listing,'
        ' digest. Did you mean "sitemap"?\n'
    )


def test_a_missing_list_names_the_command_that_writes_one(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    result = CliRunner().invoke(newsward, ["source", "list", "--sources", str(missing)])
    assert result.exit_code == 2
    assert "newsward init" in result.stderr
