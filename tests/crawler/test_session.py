"""What a crawl is told by its settings."""

import pytest
from scrapy.settings import Settings

from archive.errors import ConfigurationError
from crawler.session import SessionOptions


def told(**settings: object) -> SessionOptions:
    project = Settings()
    project.setmodule("crawler.settings", priority="project")
    project.update(settings, priority="cmdline")
    return SessionOptions.from_settings(project)


@pytest.mark.parametrize(("written", "meant"), [("0", 0), ("2", 2), (64, 64)])
def test_the_number_of_processes_is_as_told(written: object, meant: int) -> None:
    assert told(NEWSWARD_WORKERS=written).workers == meant


def test_untold_there_is_one_process_a_core_or_more_than_none() -> None:
    assert told().workers >= 1


@pytest.mark.parametrize("written", ["many", "-1", "65", "1.5", "\u00b2"])
def test_what_is_no_number_of_processes_is_said_in_a_line(written: str) -> None:
    with pytest.raises(ConfigurationError, match=r"NEWSWARD_WORKERS: .* from 0 to 64\. Give one"):
        told(NEWSWARD_WORKERS=written)
