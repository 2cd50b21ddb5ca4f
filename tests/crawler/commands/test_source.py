import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import newsward
from crawler.shipped import shipped_sources, shipped_text
from crawler.source_file import load_sources

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
        "later\tLater\tnews\tall\tnothing yet\tas it brings news\tno\n"
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
        "every_least": 900.0,
        "every_most": 86400.0,
        "delay": 1.0,
        "enabled": True,
        "link_only": False,
        "licence": None,
        "hosts": [],
        "drop": [],
        "narrow": [],
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


def source(*arguments: str, path: Path) -> Result:
    return CliRunner().invoke(newsward, ["source", *arguments, "--sources", str(path)])


def test_the_list_that_ships_can_be_shown(path: Path) -> None:
    result = source("list", "--shipped", path=path)
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 170
    assert result.stderr.startswith("the list that ships: 169 sources")


def test_a_shipped_source_is_listed_by_its_id_with_all_that_is_said_of_it(path: Path) -> None:
    result = source("add", "netzpolitik", path=path)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"--- {path} (before)\n+++ {path} (after)\n")
    assert '+id = "netzpolitik"' in result.stdout
    assert path.read_text().startswith(SOURCES)
    added = load_sources(path)[-1]
    assert added == next(one for one in shipped_sources() if one.id == "netzpolitik")


def test_a_search_of_gov_uk_is_listed_without_asking_anybody(path: Path) -> None:
    result = source("add", "govuk:age-assurance@ofcom", "--name", "Ofcom on age", path=path)
    assert result.exit_code == 0, result.stderr
    added = load_sources(path)[-1]
    assert (added.id, added.name, added.licence) == ("ofcom-on-age", "Ofcom on age", "OGL-UK-3.0")
    assert added.discovery[0].url.endswith(
        ".atom?keywords=age%20assurance&organisations%5B%5D=ofcom"
    )


@pytest.mark.parametrize("again", ["netzpolitik", "govuk:online-safety"])
def test_what_is_listed_already_is_refused_and_the_list_stays_as_it_was(
    path: Path, again: str
) -> None:
    assert source("add", again, path=path).exit_code == 0
    before = path.read_bytes()
    result = source("add", again, path=path)
    assert result.exit_code == 2
    assert "it is listed already, as " in result.stderr
    assert result.stdout == ""
    assert path.read_bytes() == before


def test_an_id_that_is_taken_and_one_that_is_none_are_refused(path: Path) -> None:
    before = path.read_bytes()
    assert "already" in source("add", "govuk:phones", "--id", "press", path=path).stderr
    wrong = source("add", "govuk:phones", "--id", "Not an id", path=path)
    assert wrong.exit_code == 2
    assert "may hold only lower-case letters" in wrong.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("govuk:news/x", "no search of GOV.UK"),
        ("ftp://a.example/", "is not a web address"),
        ("a.example/news", 'Did you mean "https://a.example/news"?'),
        ("https://me:x@a.example/", "holds a user name or password"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_asked(
    path: Path, url: str, said: str
) -> None:
    result = source("add", url, path=path)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_dry_run_shows_the_change_and_makes_none(path: Path) -> None:
    before = path.read_bytes()
    result = source("add", "netzpolitik", "--dry-run", path=path)
    assert '+id = "netzpolitik"' in result.stdout
    assert path.read_bytes() == before


def test_the_first_source_makes_a_list_that_says_what_each_key_means(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    assert source("add", "netzpolitik", path=path).exit_code == 0
    assert path.read_text("utf-8").startswith("# The sources of a newsward archive")
    assert [one.id for one in load_sources(path)] == ["netzpolitik"]


CANDIDATES = """\
name,kind,country,lang,homepage,feed_or_listing,discovery,scope,evidence
Press,news section,GB,en,https://press.example/,https://press.example/feed,feed,all,seen
One,charity,GB,en,https://one.example/,https://one.example/news,listing,all,seen
Two,charity,GB,en,https://two.example/,https://two.example/feed,feed,filter,unverified
"""


def test_a_csv_is_imported_off_until_it_is_enabled(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text(CANDIDATES)
    result = source("import", str(file), path=path)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == f"{file}: 3 sources: 2 listed (0 enabled), 1 known.\n"
    assert path.read_text().startswith(SOURCES)
    assert [(one.id, one.enabled) for one in load_sources(path)][2:] == [
        ("one", False),
        ("two", False),
    ]
    again = source("import", str(file), path=path)
    assert again.stderr == f"{file}: 3 sources: 0 listed (0 enabled), 3 known.\n"


def test_with_enable_what_was_seen_is_on_and_what_was_not_stays_off(
    path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text(CANDIDATES)
    result = source("import", str(file), "--enable", "--json", path=path)
    assert [(one["id"], one["enabled"]) for one in json.loads(result.stdout)] == [
        ("one", True),
        ("two", False),
    ]


def test_a_file_with_a_fault_is_refused_whole(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text(CANDIDATES.replace("GB,en,https://two", "UK,en,https://two"))
    before = path.read_bytes()
    result = source("import", str(file), path=path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"newsward: {file}:4: country 'UK' is not a country code")
    assert path.read_bytes() == before
    file.write_bytes(b"name\n\xe9\n")
    assert (
        f"{file}:2: a character that is not UTF-8" in source("import", str(file), path=path).stderr
    )
    missing = source("import", str(tmp_path / "none.csv"), path=path)
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)


def test_the_list_goes_to_a_feed_reader_and_comes_back(path: Path, tmp_path: Path) -> None:
    opml, fresh = tmp_path / "out.opml", tmp_path / "fresh.toml"
    assert source("export", "--opml", "-o", str(opml), path=path).exit_code == 0
    assert source("import", str(opml), "--enable", path=fresh).exit_code == 0
    (press,) = load_sources(fresh)
    assert (press.name, press.discovery) == ("Press", load_sources(path)[0].discovery)
    as_csv = source("export", "--csv", path=path)
    assert as_csv.stdout_bytes.decode().splitlines()[1].startswith("Press,news,,,https://press")
    assert source("export", path=path).exit_code == 2


def test_the_candidates_that_the_shipped_list_was_made_of_are_all_in_it(
    shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(shipped_text(), "utf-8")
    result = source("import", str(shared / "data" / "sources.csv"), path=path)
    assert result.stderr.endswith("169 sources: 0 listed (0 enabled), 169 known.\n")
