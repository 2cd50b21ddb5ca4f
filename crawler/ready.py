"""All that a worker needs for its first page: loaded once, by the process that workers come from.

Loading is half a second of processor time, and memory that the workers then share.
"""

import gc

from archive.topics.entities import shipped_entities
from archive.topics.rules import rules_of
from crawler.digests import reading
from crawler.discovery import read
from crawler.extraction import article, challenges

__all__ = ["article", "challenges", "read", "reading"]

rules_of(None)
shipped_entities()
# What is loaded stays: looking through it for garbage would be in vain, and would copy it into
# every worker.
gc.collect()
gc.freeze()
