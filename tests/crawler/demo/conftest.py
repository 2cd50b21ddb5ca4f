import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from lxml import html

from crawler.demo.content import DemoArticle, articles
from crawler.demo.web import DemoWeb


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The visible words of an HTML page, white space made even."""
        tree = html.fromstring(self.body)
        for hidden in tree.iter("script", "style", "title"):
            hidden.text = ""
        return " ".join(tree.text_content().split())


Ask = Callable[..., Reply]


@pytest.fixture(scope="session")
def written() -> tuple[DemoArticle, ...]:
    return articles()


@pytest.fixture
def web() -> Iterator[DemoWeb]:
    with DemoWeb(0) as running:
        yield running


@pytest.fixture
def ask(web: DemoWeb) -> Ask:
    def one(host: str, target: str, method: str = "GET", **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
        try:
            connection.request(method, target, headers={"Host": f"{host}:{web.port}", **named})
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(status=answer.status, headers=fields, body=answer.read())
        finally:
            connection.close()

    return one
