"""What is wrong with an Atom feed, by the schema beside this file and the rules no schema tells."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
_SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def faults(feed: bytes) -> list[str]:
    """Each fault in words; nothing for a feed that is Atom as RFC 4287 defines it."""
    tree = etree.fromstring(feed)
    _SCHEMA.validate(tree)
    return [*(error.message for error in _SCHEMA.error_log), *_beyond_the_schema(tree)]


def _beyond_the_schema(tree: etree._Element) -> Iterator[str]:
    entries = tree.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) < len(ids):
        yield "two entries have one id"
    for entry in entries:
        if tree.find(f"{ATOM}author") is None and entry.find(f"{ATOM}author") is None:
            yield "nobody is the author of an entry"
        rels = [link.get("rel", "alternate") for link in entry.findall(f"{ATOM}link")]
        if entry.find(f"{ATOM}content") is None and "alternate" not in rels:
            yield "an entry has neither a text nor an address"
