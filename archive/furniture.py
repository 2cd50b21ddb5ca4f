"""What a site puts on its pages whatever the article: values of the site memory."""

from dataclasses import dataclass
from enum import StrEnum

from archive.records import Removal


class FurnitureState(StrEnum):
    """Whether a learned text is taken out of the next pages."""

    LEARNED = "learned"
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageText:
    """What one page showed: the blocks that were kept, in order, and what was taken out."""

    article_id: int
    blocks: tuple[str, ...]
    removals: tuple[Removal, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceTexts:
    """The newest pages of a source; `names` are what the source and its site call themselves."""

    source_id: int
    names: tuple[str, ...]
    pages: tuple[PageText, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Furniture:
    """A block that a site repeats: `text_hash` is over its words, `text` as one page had it.

    `place` says where it stands in the articles: among the `first` blocks, the `last`, or `both`.
    `articles` counts the distinct articles it was seen on.
    """

    text_hash: str
    text: str
    place: str
    articles: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FurnitureView:
    """A row of the site memory, for people; `learned_at` in UTC."""

    id: int
    source: str
    text: str
    place: str
    articles: int
    state: str
    learned_at: str
