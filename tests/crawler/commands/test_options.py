from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from crawler.commands.options import sources_option


@click.command
@sources_option
def probe(*, sources: Path) -> None:
    click.echo(sources)


@pytest.mark.parametrize(
    ("arguments", "environment", "seen"),
    [
        ([], {}, "sources.toml"),
        ([], {"NEWSWARD_SOURCES": "mine.toml"}, "mine.toml"),
        (["--sources", "a/b.toml"], {"NEWSWARD_SOURCES": "mine.toml"}, "a/b.toml"),
    ],
)
def test_the_list_is_taken_from_the_option_then_the_environment(
    arguments: list[str], environment: dict[str, str], seen: str
) -> None:
    result = CliRunner().invoke(probe, arguments, env=environment)
    assert result.output == f"{seen}\n"
