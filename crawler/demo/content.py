"""The words of the demo web: invented articles and digest issues, kept apart from all HTML.

Each file in `articles/` is one article: TOML between two lines of `+++`, then blocks separated by
an empty line. A block that begins with `## ` is a subheading, one whose lines begin with `- ` is a
list, anything else is a paragraph. `[words](site:/path/)` links to an article of a demo site.
"""

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

HELPLINE = "0808 157 0142"
"""The number in every article of the invented charity: Ofcom keeps 0808 157 0xxx for fiction."""

INVENTED = "invented for the newsward demo"
"""These words stand in the last sentence of every article."""

NOTICE = "Nothing on this page is real: the whole site belongs to the demonstration of newsward."
"""These words stand on every page, outside the article."""

JUNK_LINES: tuple[str, ...] = (
    # Verbatim from collected articles: what a blog leaves in its text.
    "surge-in-internet .jpg",
    "Photo by NeONBRAND on Unsplash",
    "Photo by Lucas Metz on Unsplash",
    "Reading Time:",
    "Connect With Us",
    "Leave a Reply",
    "Your email address will not be published. Required fields are marked *",
    "Don`t copy text!",
    # What a magazine leaves; the caption, the image credit and the E&T line are verbatim too.
    "One of them nefarious deep dark web types",
    "Image credit: Gerd Altmann, Pixabay",
    "Image credit: ",
    (
        "Sign up to the E&T News e-mail to get great stories like this delivered to your inbox "
        "every day."
    ),
    (
        "Sign up to the C&S News e-mail to get great stories like this delivered to your inbox "
        "every day."
    ),
    "Recent articles",
    # What a government site and a charity put around their text.
    "Cookies on the Public Advice Service",
    "Is this page useful?",
    "Report a problem with this page",
    "Related content",
    "Share on Facebook",
    "Share by email",
    "Donate £5 a month and help us answer the next call.",
    "Read next",
    NOTICE,
)
"""Lines that stand on demo pages and never belong in an archived text."""

_FENCE = "+++\n"
_LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<site>[a-z-]+):(?P<path>/[^)\s]*)\)")


class BlockKind(StrEnum):
    """What a block of an article is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One block of an article; only a list has more than one text. Texts may hold link marks."""

    kind: BlockKind
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Junk:
    """One line on an article's page that is not the article.

    It stands behind the first `after` blocks; with None its site's template has a place for its
    kind. `kind` also tells how to dress it. `to` is the path that it links to, on the same site.
    """

    kind: str
    text: str
    after: int | None = None
    to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoArticle:
    """One invented article as it was written, before any template dressed it as a page.

    `site` is the id of its source. `authors` stand in JSON-LD on the magazine, in a meta tag on the
    blog, only in words (as "From:") on the government site; the charity names none. `layout` is
    `classic` (the class names usual for such sites) or `bare` (junk in plain `p`, `h3` and `div`).
    `feed_path` is the address under which the feed still lists it, when that differs from `path`.
    """

    site: str
    path: str
    title: str
    published: datetime
    authors: tuple[str, ...]
    summary: str
    blocks: tuple[Block, ...]
    junk: tuple[Junk, ...] = ()
    layout: str = "classic"
    feed_path: str | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Every paragraph, subheading and list item in order, as plain text."""
        return tuple(plain(text) for block in self.blocks for text in block.texts)

    @property
    def word_count(self) -> int:
        """Words between white space, without the title."""
        return sum(len(text.split()) for text in self.paragraphs)


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestItem:
    """One numbered item of a digest: an article and which of its paragraphs are quoted."""

    article: DemoArticle
    quotes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestIssue:
    """One issue of the invented newsletter."""

    slug: str
    month: str
    published: datetime
    items: tuple[DigestItem, ...]

    @property
    def path(self) -> str:
        """Where the issue stands on its site."""
        return f"/issues/{self.slug}.txt"


def articles() -> tuple[DemoArticle, ...]:
    """Every article of the demo web, newest first. Raises ValueError naming a malformed file."""
    found = [_article(file) for file in _data("articles", ".md")]
    titles = {(article.site, article.path): article.title for article in found}
    complete = (_with_related_titles(article, titles) for article in found)
    return tuple(sorted(complete, key=lambda each: (each.published, each.path), reverse=True))


def digest_issues(written: Iterable[DemoArticle]) -> tuple[DigestIssue, ...]:
    """Every issue of the demo newsletter, newest first, quoting the given articles."""
    by_address = {f"{article.site}:{article.path}": article for article in written}
    issues = [_issue(file, by_address) for file in _data("digests", ".toml")]
    return tuple(sorted(issues, key=lambda issue: issue.published, reverse=True))


def plain(text: str) -> str:
    """A text without its link marks."""
    return _LINK.sub(r"\g<words>", text)


def split_links(text: str) -> list[tuple[str, str | None, str | None]]:
    """A text as pieces (words, site, path); site and path are None outside of links."""
    pieces: list[tuple[str, str | None, str | None]] = []
    end = 0
    for link in _LINK.finditer(text):
        pieces += [(text[end : link.start()], None, None)]
        pieces += [(link["words"], link["site"], link["path"])]
        end = link.end()
    return [*pieces, (text[end:], None, None)]


def _data(folder: str, suffix: str) -> list[Traversable]:
    inside = (files(__package__) / folder).iterdir()
    return sorted((file for file in inside if file.name.endswith(suffix)), key=lambda f: f.name)


def _article(file: Traversable) -> DemoArticle:
    before, _, rest = file.read_text("utf-8").partition(_FENCE)
    head, fence, body = rest.partition(_FENCE)
    if before or not fence:
        raise ValueError(f"{file.name}: begin with TOML between two lines of +++")
    try:
        fields = tomllib.loads(head)
        authors = tuple(fields.pop("authors", ()))
        junk = tuple(Junk(**{"text": "", **entry}) for entry in fields.pop("junk", ()))
        return DemoArticle(authors=authors, junk=junk, blocks=_blocks(body), **fields)
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file.name}: {error}") from error


def _blocks(body: str) -> tuple[Block, ...]:
    return tuple(_block(block) for block in re.split(r"\n\s*\n", body.strip()))


def _block(block: str) -> Block:
    if block.startswith("## "):
        return Block(kind=BlockKind.HEADING, texts=(_one_line(block[3:]),))
    if block.startswith("- "):
        items = re.split(r"^- ", block, flags=re.MULTILINE)[1:]
        return Block(kind=BlockKind.LIST, texts=tuple(map(_one_line, items)))
    return Block(kind=BlockKind.PARAGRAPH, texts=(_one_line(block),))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _with_related_titles(
    article: DemoArticle, titles: Mapping[tuple[str, str], str]
) -> DemoArticle:
    # A related link carries the headline of its target, so that no headline is written twice.
    junk = tuple(
        dataclasses.replace(line, text=titles[article.site, line.to])
        if line.to and not line.text
        else line
        for line in article.junk
    )
    return dataclasses.replace(article, junk=junk)


def _issue(file: Traversable, by_address: Mapping[str, DemoArticle]) -> DigestIssue:
    fields: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    return DigestIssue(
        slug=file.name.removesuffix(".toml"),
        month=fields["month"],
        published=fields["published"],
        items=tuple(_item(entry, by_address) for entry in fields["item"]),
    )


def _item(entry: Mapping[str, Any], by_address: Mapping[str, DemoArticle]) -> DigestItem:
    article = by_address[entry["article"]]
    quoted = tuple(article.paragraphs[number - 1] for number in entry["quote"])
    return DigestItem(article=article, quotes=quoted)
