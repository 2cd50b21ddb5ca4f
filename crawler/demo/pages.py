"""Templates and words to bytes: every page of the demo web goes through a `Press`."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import partial

import jinja2
from markupsafe import Markup, escape

from crawler.demo.content import HELPLINE, NOTICE, Block, DemoArticle, Junk, plain, split_links


def site_url(site: str, path: str, port: int) -> str:
    """The address of a path on a demo site; `site` is its id."""
    return f"http://{site}.localhost:{port}{path}"


class Press:
    """Fills templates with words for the web that runs at `port`."""

    def __init__(self, port: int) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("crawler.demo"),
            autoescape=jinja2.select_autoescape(("html", "xml", "atom")),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "linked": partial(_linked, port=port),
            "plain": plain,
            "day": _day,
            "http_date": format_datetime,
            "broken_title": _broken_title,
            "straight": _straight,
        }
        self._environment.globals |= {
            "url": partial(site_url, port=port),
            "pieces": _pieces,
            "junk_of": _junk_of,
            "authors_ld": _authors_ld,
            "notice": NOTICE,
            "helpline": HELPLINE,
            "port": port,
        }

    def fill(self, template: str, **values: object) -> bytes:
        """One page in UTF-8. Raises jinja2's errors when template and values do not fit."""
        return self._environment.get_template(template).render(values).encode()


def _linked(text: str, port: int) -> Markup:
    return Markup().join(
        escape(words)
        if site is None or path is None
        else Markup('<a href="{}">{}</a>').format(site_url(site, path, port), words)
        for words, site, path in split_links(text)
    )


def _pieces(article: DemoArticle) -> Iterator[tuple[Block | None, Junk | None]]:
    # The blocks with the junk between them, each piece either one or the other.
    for number, block in enumerate((None, *article.blocks)):
        if block:
            yield block, None
        yield from ((None, line) for line in article.junk if line.after == number)


def _junk_of(article: DemoArticle, kind: str) -> str:
    return next((line.text for line in article.junk if line.kind == kind), "")


def _authors_ld(article: DemoArticle) -> list[dict[str, str]]:
    # A newsroom signs as an organisation, everybody else as a person.
    return [
        {"@type": "Organization" if "newsroom" in name else "Person", "name": name}
        for name in article.authors
    ]


def _straight(text: str) -> str:
    # Mail programs turn the printer's quotation marks into those of a typewriter.
    return text.translate(str.maketrans("\u2018\u2019\u201c\u201d", "''\"\""))


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _broken_title(title: str, month: str, width: int = 40) -> str:
    # Newsletters turned into text have their date column between two halves of a long title.
    if len(title) <= width:
        return f"{title}\n\n{month}"
    cut = title.rindex(" ", 0, width)
    return f"{title[:cut]}\n\n{month}\n\n{title[cut + 1 :]}"
