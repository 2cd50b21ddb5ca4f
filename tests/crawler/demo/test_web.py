import http.client
import socket
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest

from crawler.demo.sites import CHARITY, CLOSED, GONE, SITES
from crawler.demo.web import DemoWeb

BLOG_HOST = "harbour-blog.localhost"
Ask = Callable[..., Any]


def test_every_page_of_every_site_answers_as_announced(web: DemoWeb, ask: Ask) -> None:
    for host, routes in web.pages.sites.items():
        for target, announced in routes.items():
            reply = ask(host, target)
            assert (reply.status, reply.body) == (announced.status, announced.body)
            assert reply.headers["content-type"] == announced.content_type
            assert int(reply.headers["content-length"]) == len(announced.body)
            assert ("etag" in reply.headers) == (reply.status == 200)
            assert ("last-modified" in reply.headers) == (reply.status == 200)


def test_a_page_that_is_known_is_answered_with_304_and_no_body(ask: Ask) -> None:
    first = ask(BLOG_HOST, "/feed/")
    for known in (first.headers["etag"], f'W/{first.headers["etag"]}, "other"', "*"):
        again = ask(BLOG_HOST, "/feed/", If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert ask(BLOG_HOST, "/feed/", If_None_Match='"other"').status == 200


def test_the_date_of_the_last_change_is_honoured_unless_there_is_a_tag(ask: Ask) -> None:
    changed = ask(BLOG_HOST, "/feed/").headers["last-modified"]
    assert parsedate_to_datetime(changed).year == 2026
    assert ask(BLOG_HOST, "/feed/", If_Modified_Since=changed).status == 304
    before = "Mon, 07 Sep 2026 00:00:00 GMT"
    assert ask(BLOG_HOST, "/feed/", If_Modified_Since=before).status == 200
    assert ask(BLOG_HOST, "/feed/", If_Modified_Since="yesterday").status == 200
    assert ask(BLOG_HOST, "/feed/", If_Modified_Since=changed, If_None_Match='"x"').status == 200


def test_a_tag_belongs_to_the_bytes_and_not_to_the_run(ask: Ask) -> None:
    tag = ask(BLOG_HOST, "/style.css").headers["etag"]
    assert tag == ask(BLOG_HOST, "/style.css").headers["etag"]
    assert tag != ask(BLOG_HOST, "/robots.txt").headers["etag"]


def test_an_unknown_page_an_unknown_host_and_a_missing_host_are_404_with_a_page(
    ask: Ask,
) -> None:
    for reply in (ask(BLOG_HOST, "/nowhere/"), ask("elsewhere.localhost", "/"), ask("", "/")):
        assert reply.status == 404
        assert reply.headers["content-type"].startswith("text/html")
        assert "Page not found" in reply.text
        assert "etag" not in reply.headers


def test_a_page_that_was_withdrawn_is_410_with_a_page(ask: Ask) -> None:
    reply = ask("circuit-signal.localhost", GONE)
    assert reply.status == 410
    assert "withdrawn" in reply.text


def test_an_old_address_redirects_for_good_to_the_same_host_and_port(
    web: DemoWeb, ask: Ask
) -> None:
    reply = ask(BLOG_HOST, "/blog/school-phone-pouches")
    assert reply.status == 301
    assert reply.headers["location"].startswith(web.url("harbour-blog", "/2026/09/"))


def test_each_site_has_its_own_robots_file_and_closes_its_own_path(web: DemoWeb, ask: Ask) -> None:
    for site in SITES:
        robots = RobotFileParser()
        robots.parse(ask(f"{site.id}.localhost", "/robots.txt").body.decode().splitlines())
        assert robots.can_fetch("newsward", web.url(site.id, "/news/"))
        assert not robots.can_fetch("newsward", web.url(site.id, f"{site.closed}x"))
        assert robots.can_fetch("newsward", web.url(site.id, CLOSED)) is (site.id != CHARITY)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "LOCALHOST"])
def test_the_bare_address_shows_an_index_of_the_invented_sites(
    web: DemoWeb, ask: Ask, name: str
) -> None:
    reply = ask(name, "/")
    assert reply.status == 200
    for site in SITES:
        assert site.name in reply.text
        assert web.url(site.id).encode() in reply.body
    assert ask(name, "/feed/").status == 404


def test_a_host_name_is_read_without_case_and_final_dot(ask: Ask) -> None:
    assert ask("Harbour-Blog.LOCALHOST.", "/feed/").status == 200


def test_a_whole_address_as_target_names_the_host(web: DemoWeb, ask: Ask) -> None:
    assert ask("", web.url("harbour-blog", "/feed/")).body == ask(BLOG_HOST, "/feed/").body
    assert ask("", f"http://{BLOG_HOST}").status == 200
    assert ask(BLOG_HOST, "//circuit-signal.localhost/").status == 404


def test_a_head_request_gets_the_headers_of_the_page_and_no_body(ask: Ask) -> None:
    whole, head = ask(BLOG_HOST, "/feed/"), ask(BLOG_HOST, "/feed/", method="HEAD")
    assert head.body == b""
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["etag"] == whole.headers["etag"]


def test_hits_are_counted_by_host_and_target_whatever_the_answer(web: DemoWeb, ask: Ask) -> None:
    assert web.hits == Counter()
    tag = ask(BLOG_HOST, "/feed/").headers["etag"]
    ask(BLOG_HOST, "/feed/", If_None_Match=tag)
    ask(BLOG_HOST, "/nowhere/")
    ask("tidewell-trust.localhost", "/news/?page=2")
    assert web.hits == {
        f"{BLOG_HOST}/feed/": 2,
        f"{BLOG_HOST}/nowhere/": 1,
        "tidewell-trust.localhost/news/?page=2": 1,
    }


def test_no_hit_is_lost_when_many_ask_at_once(web: DemoWeb, ask: Ask) -> None:
    with ThreadPoolExecutor(16) as crowd:
        replies = list(crowd.map(lambda _: ask(BLOG_HOST, "/feed/").status, range(160)))
    assert replies == [200] * 160
    assert web.hits[f"{BLOG_HOST}/feed/"] == 160


def test_the_counter_that_is_handed_out_is_a_copy(web: DemoWeb) -> None:
    web.hits["mine"] += 1
    assert web.hits["mine"] == 0


def test_a_second_web_on_a_taken_port_takes_a_free_one(web: DemoWeb) -> None:
    with DemoWeb(web.port) as second:
        assert second.port != web.port
        assert f":{second.port}/" in second.url("harbour-blog", "/feed/")
        assert f":{second.port}/".encode() in second.pages.find(BLOG_HOST, "/feed/").body


def test_a_stopped_web_answers_nobody_and_frees_its_port() -> None:
    web = DemoWeb(0)
    kept = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    kept.request("GET", "/", headers={"Host": "localhost"})
    kept.getresponse().read()
    web.stop()
    # The socket that was kept open gives the end of the stream, or says that it was broken.
    assert kept.sock is not None
    with suppress(ConnectionError):
        assert kept.sock.recv(1) == b""
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", web.port), timeout=10)
    web.stop()
    with DemoWeb(web.port) as again:
        assert again.port == web.port


def test_a_stopped_web_leaves_no_serving_thread_behind() -> None:
    with DemoWeb(0):
        assert any(thread.name == "demo web" for thread in threading.enumerate())
    assert not any(thread.name == "demo web" for thread in threading.enumerate())


def test_a_client_that_breaks_off_is_no_news_on_the_terminal(
    web: DemoWeb, ask: Ask, capfd: pytest.CaptureFixture[str]
) -> None:
    rude = socket.create_connection(("127.0.0.1", web.port), timeout=10)
    rude.sendall(b"GET /feed/ HTTP/1.1\r\nHost: harbour-blog.localhost\r\n\r\n" * 40)
    # With no time to linger, closing resets the connection under the server's hands.
    rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    rude.close()
    assert ask(BLOG_HOST, "/feed/").status == 200
    assert ask(BLOG_HOST, "/nowhere/").status == 404
    web.stop()
    assert capfd.readouterr() == ("", "")


def test_importing_the_demo_reads_no_article() -> None:
    # A command line that only offers the demo should not pay for it.
    program = (
        "import sys; sys.addaudithook(lambda event, args: event == 'open'"
        " and '/demo/articles' in str(args[0]) and sys.exit(3));"
        "import crawler.demo.web"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
