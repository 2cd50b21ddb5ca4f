"""An archive in which every table tells of one record: what a takedown has to find. Invented."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from takedowns import NAME, SHORT, URL, query, record_of

from archive.digest_rows import Imported, KeptIssue, KeptItem, keep_issue
from archive.permissions import Rights
from archive.records import Article, OutLink, Part, Redirect, Removal
from archive.seals import Sealed, seal
from archive.snapshots import Snapshots, digest_of
from archive.store import Archive
from archive.topics.rules import shipped_rules
from archive.topics.subject import subject_of
from archive.topics.words import Told

LATER = "2026-11-26T06:00:00Z"
TOLD = (
    f"Police said that {NAME} was told to pay 400 pounds by a sextortion gang on Instagram.",
    f"Of {NAME} the gang had intimate pictures, and Ofcom counted 31 such cases of sextortion.",
)
ITEM = f"{NAME} pays a sextortion gang, an invented newsletter says of 31 cases on Instagram."
ISSUE = f"Invented update\n\n1. {NAME} pays\n{ITEM}\n{URL}\n".encode()


def fill(path: Path, writer: Any, plain: Article) -> None:  # noqa: ANN401 - the Writer of conftest
    """Make every table of an archive tell of the record at `URL`, with the writers of the product.

    `writer` writes into it, `plain` is any article with a long text. What only a person
    or a failure writes is inserted.
    """
    snapshots = Snapshots(path)
    title = f"{NAME} and a sextortion gang"
    text = "\n\n".join([*TOLD, plain.text])
    article = replace(
        plain,
        title=title,
        text=text,
        authors=(NAME,),
        description=TOLD[0],
        site_name=f"The {NAME} pages",
        canonical_url=URL,
        removals=(Removal(position=9, part=Part.BLOCK, rule="sign-up", text=f"Ask {NAME}"),),
        links=(OutLink(url=f"{URL}#more", anchor=NAME),),
        signals=(f"license of {NAME}",),
        wire_credit=f"{NAME} agency",
        subject=subject_of(Told(title=title, text=text), shipped_rules()),
    )
    writer.next_run(now=LATER)
    writer.fetch(
        [(SHORT, article)],
        now=LATER,
        final_url=URL,
        redirects=(Redirect(url=SHORT, status=301), Redirect(url=f"{URL}-old", status=301)),
        digest=snapshots.keep(f"<p>{TOLD}</p>".encode(), now=LATER),
        rights=Rights(robots=f"allowed {URL}", signals=(f"licence: {NAME}",), reserved=(NAME,)),
    )
    snapshots.keep(ISSUE, now=LATER)
    assert len(import_issue(writer.archive, writer.run, "update.txt", ISSUE).records) == 1
    snapshots.close()
    _insert(path, writer.archive, writer.run)
    writer.close()


def import_issue(archive: Archive, run_id: int, name: str, body: bytes) -> Imported:
    """Import an issue with one item, which quotes the record."""
    item = Article(
        title=f"{NAME} pays",
        text=ITEM,
        removals=(),
        extractor="newsward digests 1",
        links=(OutLink(url=URL, anchor=NAME),),
    )
    issue = KeptIssue(
        name=name,
        title="Invented update",
        issued="2026-11",
        snapshot_digest=digest_of(body),
        items=(
            KeptItem(
                position=1, number=1, article=item, start=0, end=9, warnings=(f"no date: {NAME}",)
            ),
        ),
    )
    return keep_issue(archive, run_id, issue, now=LATER)


def _insert(path: Path, archive: Archive, run_id: int) -> None:
    number = record_of(path)
    ((frontier_id, fetch_id),) = query(
        path,
        "SELECT frontier.id, fetch_id FROM frontier JOIN revisions USING (article_id)"
        " WHERE url = ? AND article_id = ? ORDER BY revision DESC LIMIT 1",
        SHORT,
        number,
    )
    by_hand = _by_hand(frontier_id, fetch_id, number, run_id)
    with archive.transaction() as db:
        for sql, values in [*by_hand, *_stories(number)]:
            db.execute(sql, values)
        seal(db, Sealed.FETCH, fetch_id)
        for (place,) in db.execute("SELECT id FROM provenance").fetchall():
            seal(db, Sealed.PLACE, place)


def _by_hand(
    frontier_id: int, fetch_id: int, number: int, run_id: int
) -> list[tuple[str, list[object]]]:
    """What failures, other crawlers, re-extraction and the end of a run leave of the record."""
    quarantine = "INSERT INTO quarantine VALUES (1, ?, ?, 'too-short', ?, 1, '2026-11-24')"
    origin = "INSERT INTO fetch_origins VALUES (?, '192.0.2.7', ?, 77, '<urn:uuid:invented>')"
    reread = "INSERT INTO rereads SELECT max(id), ? FROM revisions WHERE article_id = ?"
    furniture = (
        "INSERT INTO furniture SELECT 1, source_id, 'x', ?, 'last', 3, 'learned', '2026-11-24', 1"
        " FROM articles WHERE id = ?"
    )
    issue = (
        "INSERT INTO digests (direction, name, issued, added_at)"
        " VALUES ('out', 'November', '2026-11', '2026-11-24')"
    )
    item = (
        "INSERT INTO digest_items (digest_id, position, article_id, warnings)"
        " SELECT max(id), 1, ?, ? FROM digests"
    )
    headers = f'[["content-disposition", "{NAME}"]]'
    return [
        ("UPDATE frontier SET title_hint = ? WHERE id = ?", [NAME, frontier_id]),
        ("UPDATE fetches SET headers = ?, detail = ? WHERE id = ?", [headers, NAME, fetch_id]),
        (
            "UPDATE provenance SET evidence = ? WHERE frontier_id = ? AND relation = 'feed entry'",
            [f'{{"title": "{NAME}"}}', frontier_id],
        ),
        (quarantine, [frontier_id, fetch_id, f"of {NAME}"]),
        (origin, [fetch_id, f"{NAME}.warc.gz"]),
        (reread, [run_id, number]),
        (furniture, [f"Ask {NAME}", number]),
        (issue, []),
        (item, [number, f'["{NAME}"]']),
    ]


def _stories(number: int) -> list[tuple[str, list[object]]]:
    """Two stories: one that the record tells alone, one of another record that it is linked to."""
    story = "INSERT INTO stories (title, origin_id, origin_name, origin_why) VALUES (?, ?, ?, ?)"
    member = "INSERT INTO article_stories VALUES (?, ?, 'first', 1, 1, 'x', '1', x'0102')"
    link = (
        "INSERT INTO reuse_links VALUES (?, ?, 'copy', NULL, 'unknown', ?, ?, 1, 1, '1',"
        " '2026-11-24T12:00:00Z')"
    )
    evidence = [f"as {NAME} says", f'{{"text": "{NAME}"}}']
    return [
        ("DELETE FROM stories_waiting", []),
        (story, [f"{NAME} and a sextortion gang", number, f"{NAME} agency", f"{NAME} was first"]),
        (story, ["Another story", 1, None, None]),
        (member, [number, 1]),
        (member, [1, 2]),
        ("INSERT INTO fingerprints VALUES (7, ?)", [number]),
        ("INSERT INTO signature_terms VALUES (7, 1, ?)", [number]),
        (link, [number, 1, *evidence]),
        (link, [2, number, *evidence]),
        ("INSERT INTO story_verdicts VALUES (1, ?, 'apart', 'A desk', '2026-11-24')", [number]),
        ("INSERT INTO story_merges VALUES (1, 2, ?, 0.5, 'proposed', '2026-11-24')", [number]),
    ]
