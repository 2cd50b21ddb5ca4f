"""The rows of the site memory: what was learned of each source, and what it is learned from.

Every function works inside the transaction of its caller.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from archive.furniture import Furniture, FurnitureState, FurnitureView, PageText, SourceTexts
from archive.receipts import PackedRemoval, unpack
from archive.records import BLOCK_SEPARATOR, Part, Removal

# The newest records of a source show what its pages look like now, whatever the archive holds.
NEWEST = 200

_SOURCES = """
SELECT DISTINCT articles.source_id FROM fetches
JOIN revisions ON revisions.fetch_id = fetches.id
JOIN articles ON articles.id = revisions.article_id
WHERE fetches.run_id = ? ORDER BY 1
"""

_PAGES = """
SELECT articles.id, articles.site_name, articles.body, revisions.id
FROM articles JOIN revisions
  ON revisions.article_id = articles.id AND revisions.revision = articles.revision
WHERE articles.source_id = ? AND articles.kind = 'article' ORDER BY articles.id DESC LIMIT ?
"""

_VIEW = """
SELECT furniture.id, sources.slug, text, place, articles, state, learned_at
FROM furniture JOIN sources ON sources.id = furniture.source_id
WHERE ? IS NULL OR furniture.source_id = ?
ORDER BY sources.slug, state DESC, articles DESC, furniture.id
"""


def sources_of_run(db: Database, run_id: int) -> list[int]:
    """The sources that a run brought a text of."""
    return [source_id for (source_id,) in db.execute(_SOURCES, [run_id])]


def texts_of(db: Database, source_id: int) -> SourceTexts:
    """The newest pages of a source."""
    (name,) = db.execute("SELECT name FROM sources WHERE id = ?", [source_id]).fetchone()
    rows = db.execute(_PAGES, [source_id, NEWEST]).fetchall()
    names = dict.fromkeys([name, *(site for _, site, _, _ in rows if site)])
    pages = tuple(
        PageText(
            article_id=article_id,
            blocks=tuple(body.split(BLOCK_SEPARATOR)) if body else (),
            removals=removals_of(db, revision_id),
        )
        for article_id, _, body, revision_id in rows
    )
    return SourceTexts(source_id=source_id, names=tuple(names), pages=pages)


def removals_of(db: Database, revision_id: int) -> tuple[Removal, ...]:
    """What was taken out of the page of a revision."""
    rows = db.execute(
        "SELECT position, part, rule, blocks, text FROM removals WHERE revision_id = ?"
        " ORDER BY position, id",
        [revision_id],
    )
    return unpack(
        PackedRemoval(position=at, part=Part(part), rule=rule, blocks=blocks, text=text)
        for at, part, rule, blocks, text in rows
    )


def remember(
    db: Database, source_id: int, furniture: Sequence[Furniture], *, run_id: int, now: str
) -> None:
    """Keep what was learned of a source. What was dismissed once is not learned again."""
    for piece in furniture:
        db.execute(
            "INSERT INTO furniture"
            " (source_id, text_hash, text, place, articles, state, learned_at, run_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source_id, text_hash) DO UPDATE"
            " SET articles = excluded.articles WHERE state = ? AND articles < excluded.articles",
            [
                *(source_id, piece.text_hash, piece.text, piece.place, piece.articles),
                *(FurnitureState.LEARNED, now, run_id, FurnitureState.LEARNED),
            ],
        )


def learned(db: Database) -> dict[str, tuple[str, ...]]:
    """The hashes of what is taken out of the pages of each source, by its slug."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = db.execute(
        "SELECT sources.slug, text_hash FROM furniture"
        " JOIN sources ON sources.id = furniture.source_id WHERE state = ? ORDER BY furniture.id",
        [FurnitureState.LEARNED],
    )
    for slug, text_hash in rows:
        found[slug].append(text_hash)
    return {slug: tuple(hashes) for slug, hashes in found.items()}


def dismiss(db: Database, furniture_id: int) -> bool:
    """Never take a learned text out again; False when there is none with that number."""
    row = db.execute(
        "UPDATE furniture SET state = ? WHERE id = ? RETURNING id",
        [FurnitureState.DISMISSED, furniture_id],
    ).fetchone()
    return row is not None


def view(db: Database, source_id: int | None) -> Iterator[FurnitureView]:
    """The site memory of one source, or of all."""
    for row in db.execute(_VIEW, [source_id, source_id]):
        yield FurnitureView(
            id=row[0],
            source=row[1],
            text=row[2],
            place=row[3],
            articles=row[4],
            state=row[5],
            learned_at=row[6],
        )
