"""The settings that ship: every component loads, every door that should be shut is shut."""

import subprocess
import sys

import pytest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object


@pytest.fixture
def settings() -> Settings:
    ours = Settings()
    ours.setmodule("crawler.settings", priority="project")
    return ours


def test_every_component_that_they_name_can_be_loaded(settings: Settings) -> None:
    named = [
        *settings.getdict("DOWNLOADER_MIDDLEWARES"),
        *filter(None, settings.getdict("DOWNLOAD_HANDLERS").values()),
        settings["TWISTED_DNS_RESOLVER"],
        settings["DUPEFILTER_CLASS"],
    ]
    assert len(named) > 8
    for path in named:
        assert load_object(path)


def test_what_scrapy_runs_is_ours_wherever_scrapys_own_would_be_less_safe(
    settings: Settings,
) -> None:
    running = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    classes = [load_object(path) for path, order in running.items() if order is not None]
    names = [kind.__name__ for kind in classes]
    assert len(names) == len(set(names))
    assert {"OffsiteMiddleware", "RobotsTxtMiddleware", "RedirectMiddleware"}.isdisjoint(names)
    assert {"GuardMiddleware", "RobotsMiddleware", "ContentTypeMiddleware"} <= set(names)


def test_only_http_and_https_have_a_handler(settings: Settings) -> None:
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, path in handlers.items() if path} == {"http", "https"}


@pytest.mark.parametrize(
    "name",
    [
        "COOKIES_ENABLED",
        "HTTPCACHE_ENABLED",
        "METAREFRESH_ENABLED",
        "NEWSWARD_ALLOW_PRIVATE",
        "REFERER_ENABLED",
        "REMOTE_CONTROL_ENABLED",
        "TELNETCONSOLE_ENABLED",
    ],
)
def test_what_should_be_off_is_off(name: str, settings: Settings) -> None:
    assert name in settings
    assert settings.getbool(name) is False


@pytest.mark.parametrize(
    "name", ["DOWNLOAD_VERIFY_CERTIFICATES", "DOWNLOAD_FAIL_ON_DATALOSS", "ROBOTSTXT_OBEY"]
)
def test_what_should_be_on_is_on(name: str, settings: Settings) -> None:
    assert settings.getbool(name) is True


def test_reading_them_starts_nothing() -> None:
    # Importing Twisted's reactor installs it, and Scrapy could no longer choose its own.
    code = (
        "import sys; before = set(sys.modules); import crawler.settings;"
        "print(*[n for n in set(sys.modules) - before if n.split('.')[0] in"
        " {'twisted', 'scrapy', 'trafilatura', 'lxml', 'sqlite3'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_importing_every_component_installs_no_reactor() -> None:
    code = (
        "import sys, crawler.network, crawler.spiders.failures;"
        "from crawler.middlewares import guard, robots, redirect, pace, conditional;"
        "from crawler.middlewares import content_type, compression, header_limit;"
        "print('twisted.internet.reactor' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_crawler_says_who_it_is_and_how_to_reach_its_keeper() -> None:
    code = "from crawler.settings import USER_AGENT; print(USER_AGENT)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"NEWSWARD_CONTACT": "mailto:archive@example.org"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("newsward/")
    assert "(+mailto:archive@example.org)" in done.stdout
