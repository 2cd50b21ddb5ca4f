"""One crawl of what a web server can do to a crawler: each has its ending, the good pages come."""

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from cases_bodies import MEDIA
from hostile_answers import MIB, PAGE, zeros_as_bare_deflate, zeros_as_deflate, zeros_as_gzip
from hostile_crawl import EXCHANGES, GOOD
from process_memory import MOST_MIB

if TYPE_CHECKING:
    from hostile_case import Case

    from tests.hostile.conftest import HostileRun


@pytest.mark.parametrize("case", EXCHANGES, ids=lambda case: case.name)
def test_it_has_its_named_ending(case: "Case", hostile_run: "HostileRun") -> None:
    assert hostile_run.ending(case.name) == case.ending, hostile_run.results[case.name]


def test_a_bomb_is_sound_packed_data() -> None:
    assert gzip.decompress(zeros_as_gzip(3 * MIB)) == bytes(3 * MIB)
    assert zlib.decompress(zeros_as_deflate(3 * MIB)) == bytes(3 * MIB)
    assert zlib.decompress(zeros_as_bare_deflate(3 * MIB), -zlib.MAX_WBITS) == bytes(3 * MIB)


def test_no_two_sites_have_one_name() -> None:
    names = [case.name for case in EXCHANGES]
    assert len(names) == len({*names})


def test_every_good_page_between_them_comes_whole(hostile_run: "HostileRun") -> None:
    for number in range(GOOD):
        result = hostile_run.results[f"good-{number}"]
        assert (result["status"], result["text"]) == (200, GOOD_PAGE)


GOOD_PAGE = "<html><title>Invented</title><p>An invented page.</p></html>"


def test_the_crawl_stays_small_in_memory(hostile_run: "HostileRun") -> None:
    # What they claim to be adds up to hundreds of gigabytes, and they all come in one process.
    assert hostile_run.peak_mib < MOST_MIB


@pytest.mark.parametrize("case", MEDIA, ids=lambda case: case.name)
def test_no_body_of_what_is_not_text_is_read(case: "Case", hostile_run: "HostileRun") -> None:
    # The server holds the body back until the crawler hangs up or a minute is over.
    assert hostile_run.results[case.name]["status"] == 200
    assert hostile_run.sent.get(f"{case.name}/", 0) == 0


def test_an_error_stays_an_error_whatever_its_body_is(hostile_run: "HostileRun") -> None:
    result = hostile_run.results["image-404"]
    assert (result["status"], result["size"]) == (404, 0)


@pytest.mark.parametrize("name", ["moved-with-an-image", "bomb-in-a-redirect"])
def test_a_redirect_is_followed_whatever_its_body_is(name: str, hostile_run: "HostileRun") -> None:
    good = f"http://good.localhost:{hostile_run.port}/"
    assert hostile_run.results[name]["final_url"] == good


@pytest.mark.parametrize(
    "name", ["honest-gzip", "honest-brotli", "honest-zstd", "gzip-with-a-tail"]
)
def test_an_honest_compressed_page_comes_whole(name: str, hostile_run: "HostileRun") -> None:
    assert hostile_run.results[name]["size"] == len(PAGE)


def test_what_lies_behind_a_length_that_is_too_short_is_not_taken(
    hostile_run: "HostileRun",
) -> None:
    assert hostile_run.results["short-length"]["size"] == 30


def test_an_endless_head_is_cut_off_long_before_its_time_is_over(hostile_run: "HostileRun") -> None:
    assert hostile_run.results["endless-headers"]["detail"] == "a flood of headers"
    assert hostile_run.paths_asked("endless-headers").count("/") == 1
    # What the buffers of two sockets hold may be on the way when we hang up.
    assert hostile_run.sent["endless-headers/"] < 12 * MIB


def test_six_requests_are_the_most_that_a_chain_of_redirects_gets(
    hostile_run: "HostileRun",
) -> None:
    assert hostile_run.results["endless-redirects"]["detail"] == "more than 5 redirects"
    pages = [path for path in hostile_run.paths_asked("endless-redirects") if "robots" not in path]
    assert pages == ["/", "/x", "/xx", "/xxx", "/xxxx", "/xxxxx"]


def test_no_cookie_password_or_referer_was_ever_sent(hostile_run: "HostileRun") -> None:
    never = {"cookie", "referer", "authorization", "proxy-authorization", "x-odd"}
    for host, headers in hostile_run.headers.items():
        assert not never & headers.keys(), host


def test_nothing_of_it_was_our_own_mistake(hostile_run: "HostileRun") -> None:
    own = {label for label in hostile_run.results if hostile_run.ending(label) == "internal"}
    assert own == set()
    assert "Traceback" not in hostile_run.log
