import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ConfigurationError
from archive.records import LinkKind
from crawler.source_file import load_sources, parse_sources
from crawler.sources import Discovery, Scope, Source, SourceKind, listed_sites

FULL = """\
# Everything that a source can say.
[[source]]
id = "example-news"
name = " Example News "
homepage = "https://www.example.org/online-safety"
country = "GB"
language = "en-GB"
kind = "charity"
scope = "filter"
every = "6h"
delay = 2.5
enabled = false
link_only = true
licence = "OGL-UK-3.0"
evidence = "the page's own link rel=alternate"
reason = "paywalled"
checked = "2026-11-22: ok, 40 links"
hosts = ["Blog.example.net", "news.example.com:8443"]
drop = ["//aside", "//*[contains(@class, 'promo')]", "Follow our invented page"]

  [[source.discovery]]
  kind = "feed"
  url = "https://www.example.org/feed?x=1&y=2"

  [[source.discovery]]
  kind = "listing"
  url = "https://www.example.org/news"
  links = "main h2 > a"
  pattern = '/news/\\d{4}/'
  next_page = "a[rel~=next]"
  pages = 3
"""

WRONG: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("wrong_sources.toml").read_text(encoding="utf-8")
)
HEAD: str = WRONG["head"]
FEED: str = WRONG["feed"]


def test_a_full_source_becomes_a_value_with_all_that_it_says() -> None:
    assert parse_sources(FULL, "sources.toml") == (
        Source(
            id="example-news",
            name="Example News",
            homepage="https://www.example.org/online-safety",
            country="GB",
            language="en-GB",
            kind=SourceKind.CHARITY,
            scope=Scope.FILTER,
            every=21600.0,
            delay=2.5,
            enabled=False,
            link_only=True,
            licence="OGL-UK-3.0",
            evidence="the page's own link rel=alternate",
            reason="paywalled",
            checked="2026-11-22: ok, 40 links",
            hosts=("blog.example.net", "news.example.com:8443"),
            drop=("//aside", "//*[contains(@class, 'promo')]", "Follow our invented page"),
            discovery=(
                Discovery(kind=LinkKind.FEED, url="https://www.example.org/feed?x=1&y=2"),
                Discovery(
                    kind=LinkKind.LISTING,
                    url="https://www.example.org/news",
                    links="main h2 > a",
                    pattern=r"/news/\d{4}/",
                    next_page="a[rel~=next]",
                    pages=3,
                ),
            ),
        ),
    )


def test_what_a_source_leaves_out_has_the_defaults_of_the_value() -> None:
    (source,) = parse_sources(HEAD + FEED, "sources.toml")
    assert source == Source(
        id="a",
        name="A",
        homepage="https://a.example/",
        discovery=(Discovery(kind=LinkKind.FEED, url="https://a.example/feed"),),
    )


def test_a_listing_may_leave_it_to_us_which_links_are_articles() -> None:
    place = '[[source.discovery]]\nkind = "listing"\nurl = "https://a.example/news"\n'
    (source,) = parse_sources(HEAD + place, "sources.toml")
    assert (source.discovery[0].links, source.discovery[0].pattern) == (None, None)


def test_a_search_of_gov_uk_by_its_short_name_becomes_its_feed() -> None:
    (source,) = parse_sources(
        HEAD + FEED.replace("https://a.example/feed", "govuk:online-safety"), "sources.toml"
    )
    assert source.discovery[0].url == (
        "https://www.gov.uk/search/news-and-communications.atom?keywords=online%20safety"
    )


def test_a_file_without_sources_is_an_empty_list() -> None:
    assert parse_sources("# nothing yet\n", "sources.toml") == ()


def test_a_disabled_source_may_still_be_without_discovery() -> None:
    (source,) = parse_sources(HEAD + "enabled = false\n", "sources.toml")
    assert source.discovery == ()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("300", 300), ('"15m"', 900), ('"15 min"', 900), ('"1.5h"', 5400), ('"2w"', 1_209_600)],
)
def test_a_duration_is_seconds_or_has_a_unit(written: str, seconds: float) -> None:
    (source,) = parse_sources(f"{HEAD}every = {written}\n{FEED}", "sources.toml")
    assert source.every == seconds


@pytest.mark.parametrize("host", ["127.0.0.1:8719", "[::1]:80", "localhost", "press.localhost:1"])
def test_on_this_machine_a_crawl_may_be_as_hasty_as_it_likes(host: str) -> None:
    text = f"{HEAD}every = 0\ndelay = 0\n{FEED}".replace("a.example", host)
    text = text.replace("https:", "http:")
    (source,) = parse_sources(text, "sources.toml")
    assert (source.every, source.delay) == (0, 0)


def test_one_host_elsewhere_makes_the_pace_matter_again() -> None:
    text = f'{HEAD}delay = 0\nhosts = ["b.example"]\n{FEED}'.replace("a.example", "localhost")
    with pytest.raises(ConfigurationError, match=r"^s:5: delay = 0 is outside 1 s to 10 min\.$"):
        parse_sources(text, "s")


def test_the_sites_of_a_source_are_registered_domains_of_all_its_addresses() -> None:
    (source,) = parse_sources(FULL, "sources.toml")
    assert listed_sites(source) == {"example.org", "example.net", "example.com"}


@pytest.mark.parametrize("case", WRONG["case"], ids=lambda case: case["name"])
def test_a_wrong_file_is_told_every_fault_with_its_line(case: dict[str, Any]) -> None:
    text = case["file"].replace("HEAD\n", HEAD).replace("FEED\n", FEED)
    with pytest.raises(ConfigurationError) as raised:
        parse_sources(text, "sources.toml")
    assert str(raised.value).splitlines() == [f"sources.toml:{line}" for line in case["says"]]


def test_the_table_of_wrong_files_is_not_shrinking() -> None:
    assert len(WRONG["case"]) >= 45


def test_faults_come_in_the_order_of_the_file_and_all_at_once() -> None:
    text = HEAD.replace('"A"', "1") + 'kind = "x"\n' + FEED.replace("https", "ftp") + "[[sourxe]]\n"
    with pytest.raises(ConfigurationError) as raised:
        parse_sources(text, "s")
    lines = [int(line.split(":")[1]) for line in str(raised.value).splitlines()]
    assert lines == [3, 5, 8, 9]


def test_a_file_that_is_not_there_names_the_command_that_writes_one(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    with pytest.raises(ConfigurationError) as raised:
        load_sources(path)
    assert str(raised.value) == (
        f"{path}: there is no such file. Write one with `newsward init`, or name another with"
        " --sources."
    )


def test_a_folder_is_no_list_of_sources(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read \(.+\)\. Name another file"):
        load_sources(tmp_path)


def test_a_file_of_another_encoding_is_told_the_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes("# eins\n# zwölf\n".encode("cp1252"))
    with pytest.raises(ConfigurationError) as raised:
        load_sources(path)
    assert str(raised.value) == (
        f"{path}:2: a character that is not UTF-8. Save the file as UTF-8."
    )


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes((HEAD + FEED).replace("\n", "\r\n").encode("utf-8-sig"))
    assert [source.id for source in load_sources(path)] == ["a"]


def test_the_list_that_ships_is_right_and_enables_only_addresses_that_were_seen() -> None:
    shipped = files("crawler").joinpath("sources.toml").read_text(encoding="utf-8")
    sources = parse_sources(shipped, "crawler/sources.toml")
    assert any(source.enabled for source in sources)
    assert "not checked live" in shipped


def test_an_interval_is_fixed_or_moves_between_two_bounds() -> None:
    (source,) = parse_sources(f"{HEAD}{FEED}", "sources.toml")
    assert (source.every, source.every_least, source.every_most) == (None, 900, 86_400)
    bounds = 'every_least = "5m"\nevery_most = "7d"\n'
    (source,) = parse_sources(f"{HEAD}{bounds}{FEED}", "sources.toml")
    assert (source.every, source.every_least, source.every_most) == (None, 300, 604_800)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('every_least = "1m"', 'every_least = "1m" is outside 5 min to 90 d.'),
        ('every_least = "2d"\nevery_most = "1d"', 'every_least = "2d" is more than every_most.'),
    ],
)
def test_bounds_that_cannot_be_are_told(written: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse_sources(f"{HEAD}{written}\n{FEED}", "sources.toml")
    assert said in str(raised.value)
