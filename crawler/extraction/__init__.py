"""From the bytes of a page to a clean article with a receipt for everything that was taken out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.extraction.article import EXTRACTOR, Draft, draft, extract

__all__ = ["EXTRACTOR", "Draft", "draft", "extract"]


def __getattr__(name: str) -> object:
    # A crawl's own process needs the workers beside this, and never what reads pages.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from crawler.extraction import article

    return getattr(article, name)
