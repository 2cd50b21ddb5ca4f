import difflib
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ArchiveUnavailableError, ConfigurationError
from archive.records import LinkKind
from crawler.source_file import parse_sources
from crawler.source_writing import (
    difference,
    entry,
    entry_of,
    header_of,
    read_list,
    with_entries,
    with_key,
    write_list,
)
from crawler.sources import Discovery, Scope, Source, SourceKind

LISTED = """\
# My own words.
[[source]]
id = "a"   # never change
name = "A"
homepage = "https://a.example/"
enabled = false  # for now
# about the hosts
hosts = [
  "b.example",  # moved
]

  # Its feed was found by hand.
  [[source.discovery]]
  kind = "feed"
  url = "https://a.example/feed"


# --- Elsewhere ---

[[source]]
id = "b"
name = '''
B'''
homepage = "https://b.example/"
[[source.discovery]]
kind = "feed"
url = "https://b.example/feed"
# the end
"""
NEW = Source(
    id="c",
    name='C "quoted" \\ ünï',
    homepage="https://c.example/",
    kind=SourceKind.CHARITY,
    scope=Scope.FILTER,
    every=21600.0,
    delay=2.5,
    hosts=("d.example",),
    discovery=(
        Discovery(kind=LinkKind.LISTING, url="https://c.example/news", pattern=r"/news/\d{4}/"),
        Discovery(kind=LinkKind.DIGEST, url="https://c.example/updates", next_page="rel", pages=3),
    ),
)


def changed_lines(before: str, after: str) -> list[str]:
    diff = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in diff if line[0] in "+-"]


def test_a_source_is_added_below_and_nothing_else_moves() -> None:
    after = with_entries(LISTED, [entry(NEW)])
    assert after.startswith(LISTED)
    assert parse_sources(after, "s")[2] == NEW
    assert all(line.startswith("+") for line in changed_lines(LISTED, after))
    assert "pattern = '/news/\\d{4}/'" in after
    assert 'every = "6h"' in after


def test_the_first_source_of_a_new_list_stands_at_its_top() -> None:
    assert with_entries("", [entry(NEW)]).startswith("[[source]]\n")


def test_windows_line_ends_and_a_missing_last_one_are_kept_and_mended() -> None:
    before = LISTED.rstrip("\n").replace("\n", "\r\n")
    after = with_entries(before, [entry(NEW)])
    assert after.startswith(before + "\r\n")
    assert after.count("\n") == after.count("\r\n")
    assert with_key(before, "a", "checked", "ok").count("\r\n") == before.count("\r\n") + 1


def test_a_new_key_stands_below_the_other_keys_of_its_source_and_above_its_places() -> None:
    after = with_key(LISTED, "a", "checked", "2026-11-22: ok, 40 links")
    assert [*changed_lines(LISTED, after)] == ['+ checked = "2026-11-22: ok, 40 links"']
    assert 'enabled = false  # for now\nchecked = "2026' in after


def test_a_key_that_is_there_is_written_anew_where_it_stands() -> None:
    assert changed_lines(LISTED, with_key(LISTED, "a", "enabled", value=True)) == [
        "- enabled = false  # for now",
        "+ enabled = true  # for now",
    ]


def test_a_key_that_spans_lines_is_written_anew_too() -> None:
    after = with_key(LISTED, "b", "name", "Bee")
    assert tomllib.loads(after)["source"][1]["name"] == "Bee"
    assert "# the end" in after
    assert "# --- Elsewhere ---" in after


def test_sources_in_one_inline_list_are_changed_too() -> None:
    text = (
        'source = [{ id = "a", name = "A", homepage = "https://a.example/", discovery ='
        ' [{ kind = "feed", url = "https://a.example/feed" }] }]\n'
    )
    after = with_key(text, "a", "checked", "ok")
    assert parse_sources(after, "s")[0].checked == "ok"


@given(value=st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(str.strip))
def test_any_text_that_is_written_is_read_back_and_costs_no_comment(value: str) -> None:
    after = with_key(LISTED, "a", "checked", value)
    assert tomllib.loads(after)["source"][0]["checked"] == value
    assert [line for line in LISTED.splitlines() if line not in after] == []


@given(
    name=st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(str.strip),
    every=st.integers(300, 90 * 86400),
    delay=st.floats(1, 600),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_an_entry_is_read_back_as_the_source_that_it_was(
    name: str, every: int, delay: float, flags: tuple[bool, bool]
) -> None:
    source = Source(
        id="x",
        name=name.strip(),
        homepage="https://x.example/",
        every=float(every),
        delay=delay,
        enabled=flags[0],
        link_only=flags[1],
        discovery=NEW.discovery,
    )
    assert parse_sources(entry(source), "s") == (source,)


def test_every_shipped_source_can_be_written_and_is_read_back_as_it_was() -> None:
    text = files("crawler").joinpath("sources.toml").read_text("utf-8")
    sources = parse_sources(text, "shipped")
    assert parse_sources("\n".join(map(entry, sources)), "s") == sources
    for source in (sources[0], sources[60], sources[-1]):
        own = entry_of(text, source.id)
        assert parse_sources(own, "s") == (source,)
        assert own.startswith("[[source]]\n")
        assert "----" not in own
    assert header_of(text).startswith("# The sources of a newsward archive")
    assert header_of(text).rstrip().endswith("how many pages to read")


def test_a_source_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="there is no source nobody"):
        with_key(LISTED, "nobody", "checked", "ok")


def test_a_list_is_replaced_whole_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(LISTED)
    path.chmod(0o640)
    write_list(path, with_entries(read_list(path), [entry(NEW)]))
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.id for one in parse_sources(read_list(path), "s")] == ["a", "b", "c"]
    assert [one.name for one in tmp_path.iterdir()] == ["sources.toml"]


def test_what_is_no_list_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(LISTED)
    with pytest.raises(ConfigurationError):
        write_list(path, LISTED + LISTED)
    assert path.read_text() == LISTED
    assert [one.name for one in tmp_path.iterdir()] == ["sources.toml"]


def test_a_folder_that_is_not_there_takes_no_list(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnavailableError, match="cannot be written"):
        write_list(tmp_path / "none" / "sources.toml", LISTED)


def test_a_byte_order_mark_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("\ufeff" + LISTED, encoding="utf-8")
    write_list(path, with_key(read_list(path), "a", "checked", "ok"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert path.read_bytes().count(b"\xef\xbb\xbf") == 1


def test_a_change_is_shown_as_a_diff() -> None:
    after = with_key(LISTED, "a", "checked", "ok")
    shown = difference(LISTED, after, Path("s.toml")).splitlines()
    assert shown[:2] == ["--- s.toml (before)", "+++ s.toml (after)"]
    assert '+checked = "ok"' in shown
    assert difference(LISTED, LISTED, Path("s.toml")) == ""
