"""From the bytes of a page to a clean article with a receipt for everything that was taken out."""

from crawler.extraction.article import EXTRACTOR, Draft, draft, extract

__all__ = ["EXTRACTOR", "Draft", "draft", "extract"]
