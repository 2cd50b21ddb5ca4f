"""A record of an invented publisher, as an issue of the digest quotes it."""

from archive.digest.values import RecordFacts

RECORD = RecordFacts(
    article_id=1,
    title="Invented news",
    url="https://gazette.example/1",
    source="gazette",
    source_name="The Invented Gazette",
    country="GB",
    licence=None,
    published="2026-11-20",
    text="",
)
