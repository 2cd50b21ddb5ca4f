"""Bit rot, torn files and missing pieces: everything is found, and nothing sound is accused."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from commits import ARTICLE, NOW, PAGE, SOURCE, begin, claim_all, discover, outcome
from commits import query as run_sql
from sound_archive import PAGES, PICTURE, build

from archive.errors import ArchiveMissingError, ConfigurationError, NewswardError
from archive.integrity_rows import Fault
from archive.snapshots import Snapshots, snapshots_path
from archive.statements import select
from archive.store import Archive
from archive.verify import Verification


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "archive.db"
    build(path)
    return path


@pytest.fixture
def path(tmp_path: Path, sound: Path) -> Path:
    return copy(sound, tmp_path)


def copy(sound: Path, folder: Path) -> Path:
    for file in (sound, snapshots_path(sound)):
        shutil.copyfile(file, folder / file.name)
    return folder / sound.name


def faults(path: Path) -> list[Fault]:
    with Verification(path) as verification:
        found = list(verification.faults())
        assert found or verification.done == verification.total
        return found


def test_a_sound_archive_has_no_fault_and_is_not_changed_by_the_look(path: Path) -> None:
    before = path.read_bytes(), snapshots_path(path).read_bytes()
    assert faults(path) == []
    assert (path.read_bytes(), snapshots_path(path).read_bytes()) == before
    with Verification(path) as verification:
        checked = verification.checked()
    assert (checked.records, checked.revisions, checked.runs, checked.fetches) == (6, 7, 3, 13)
    assert (checked.snapshots, checked.orphans) == (13, 0)


# What of a record is stored as text, and where the bodies lie.
STORED = {
    "articles": "title url published kind authors description language published_precision"
    " published_source site_name first_seen_at text_hash body",
    "revisions": "reason seen_at snapshot_digest extractor title text_hash body",
    "removals": "part rule text",
    "links": "to_url anchor",
    "provenance": "relation place evidence seen_at",
    "fetches": "url final_url fetched_at headers ending snapshot_digest",
    "runs": "trigger started_at finished_at program counts manifest_hash previous_hash",
    "seals": "kind seal",
    "snapshots": "snapshot_digest content_encoding stored_at body",
}


def flip_somewhere(path: Path, dice: random.Random) -> str:
    """Flip one byte of one stored value; say where."""
    table = dice.choice(list(STORED))
    column = dice.choice(STORED[table].split())
    connection = sqlite3.connect(
        snapshots_path(path) if table == "snapshots" else path, isolation_level=None
    )
    connection.execute("PRAGMA ignore_check_constraints = ON")
    key = "kind || row_id" if table == "seals" else "id"
    rows = connection.execute(
        select(
            f"{key}, CAST({column} AS BLOB), typeof({column})",
            table,
            where=f"length({column}) > 0",
        )
    ).fetchall()
    row, value, kind = dice.choice(rows)
    place = dice.randrange(len(value))
    flipped = bytearray(value)
    flipped[place] ^= dice.randrange(1, 256)
    connection.execute(
        " ".join(["UPDATE", table, "SET", column, "=", f"CAST(? AS {kind})", "WHERE", key, "= ?"]),
        [bytes(flipped), row],
    )
    connection.close()
    return f"{table}.{column} of {row}, byte {place}"


def test_200_flipped_bytes_in_texts_facts_and_snapshots_are_200_found(
    sound: Path, tmp_path: Path
) -> None:
    dice = random.Random(4)
    missed = []
    for _ in range(200):
        path = copy(sound, tmp_path)
        where = flip_somewhere(path, dice)
        if not faults(path):
            missed.append(where)
    assert missed == []


@pytest.mark.slow
def test_200_flipped_bytes_of_texts_in_the_files_themselves_are_200_found(
    sound: Path, tmp_path: Path
) -> None:
    dice = random.Random(5)
    places = [(sound, place) for place in text_places(sound)]
    places += [(snapshots_path(sound), place) for place in body_places(snapshots_path(sound))]
    missed = []
    for file, place in dice.sample(places, 200):
        path = copy(sound, tmp_path)
        target = tmp_path / file.name
        with target.open("r+b") as stream:
            stream.seek(place)
            old = stream.read(1)[0]
            stream.seek(place)
            stream.write(bytes([old ^ dice.randrange(1, 256)]))
        if not is_refused_or_faulty(path):
            missed.append((file.name, place))
    assert missed == []


def is_refused_or_faulty(path: Path) -> bool:
    try:
        return bool(faults(path))
    except NewswardError:
        return True


def text_places(file: Path) -> list[int]:
    data = file.read_bytes()
    words = [PICTURE.encode(), b"Schools test button", b"A standfirst, invented."]
    words += [b"Share this", b"an earlier report"]
    return [at + step for word in words for at in finds(data, word) for step in range(len(word))]


def body_places(file: Path) -> list[int]:
    data = file.read_bytes()
    bodies = [body for (body,) in run_sql(file, "SELECT body FROM snapshots")]
    return [at + step for body in bodies for at in finds(data, body) for step in range(len(body))]


def finds(data: bytes, word: bytes) -> list[int]:
    found, at = [], data.find(word)
    while at >= 0:
        found.append(at)
        at = data.find(word, at + 1)
    return found


def break_chain(path: Path) -> None:
    # As one who can write would do it: the fetch gone, with its seal.
    run_sql(path, "DELETE FROM seals WHERE kind = 'fetch' AND row_id = 13")
    run_sql(path, "DELETE FROM fetches WHERE id = 13")


HARM: list[tuple[str, Callable[[Path], object], str, int | None]] = [
    (
        "a text edited by hand",
        lambda path: run_sql(path, "UPDATE articles SET body = body || '!' WHERE id = 2"),
        "record 2: its title or text is not that of its present revision",
        2,
    ),
    (
        "an older text edited by hand",
        lambda path: run_sql(path, "UPDATE revisions SET body = 'x' WHERE article_id = 1"),
        "record 1, revision 1: is not what was written",
        1,
    ),
    (
        "a receipt taken away",
        lambda path: run_sql(path, "DELETE FROM removals WHERE article_id = 3"),
        "record 3, revision 1: is not what was written",
        3,
    ),
    (
        "a revision taken away",
        lambda path: run_sql(path, "DELETE FROM revisions WHERE article_id = 4"),
        "record 4: has no revision of its present number",
        4,
    ),
    (
        "a place taken away",
        lambda path: run_sql(path, "DELETE FROM provenance WHERE id = 3"),
        "row 3 of provenance: was sealed and is not there",
        None,
    ),
    (
        "a row that names nothing",
        lambda path: run_sql(path, "UPDATE revisions SET fetch_id = 99 WHERE article_id = 5"),
        "row 5 of revisions: names a row of fetches that is not there",
        5,
    ),
    (
        "an address of a record edited by hand",
        lambda path: run_sql(path, "UPDATE frontier SET url = url || '!' WHERE article_id = 3"),
        "!: is not the one that fetch ",
        3,
    ),
    ("a run that lost a fetch", break_chain, "run 3: its fetches and texts are not those", None),
    (
        "a run forged",
        lambda path: run_sql(path, "UPDATE runs SET manifest_hash = '0' WHERE id = 2"),
        "run 3: the chain is broken",
        None,
    ),
    (
        "an index that lost a text",
        lambda path: run_sql(path, "DELETE FROM articles_fts_docsize WHERE id = 1"),
        "the search index: does not fit the texts",
        None,
    ),
    (
        "a snapshot gone",
        lambda path: run_sql(snapshots_path(path), "DELETE FROM snapshots WHERE id = 4"),
        "is not there, and is named by a record",
        3,
    ),
]


@pytest.mark.parametrize(
    ("harm", "said", "record"), [case[1:] for case in HARM], ids=[case[0] for case in HARM]
)
def test_every_fault_is_told_with_its_place(
    harm: Callable[[Path], object], said: str, record: int | None, path: Path
) -> None:
    harm(path)
    found = faults(path)
    assert [f for f in found if said in f"{f.where}: {f.what}" and f.record == record], found


def test_snapshots_that_nothing_names_are_counted_and_harm_nothing(path: Path) -> None:
    with Snapshots(path) as snapshots:
        snapshots.keep(b"a crawl was killed here", now=NOW)
    assert faults(path) == []
    with Verification(path) as verification:
        assert verification.checked().orphans == 1


def test_an_archive_without_its_snapshots_is_one_fault_not_one_for_each(path: Path) -> None:
    snapshots_path(path).unlink()
    (fault,) = faults(path)
    assert "is not there, and the archive names snapshots" in fault.what


def test_snapshots_that_cannot_be_opened_are_a_fault(path: Path) -> None:
    snapshots_path(path).write_bytes(b"no database any more " * 500)
    (fault,) = faults(path)
    assert "cannot be read" in fault.what


def test_a_run_that_goes_on_is_no_fault(path: Path) -> None:
    with Archive(path) as archive:
        run_id = begin(archive)
        claims = claim_all(archive, run_id)
        archive.commit(outcome(run_id, claims[PAGES[0]], article=ARTICLE, record_url=PAGES[0]))
        missing = [fault for fault in faults(path) if "d" * 64 not in fault.where]
        assert missing == []


def test_what_an_older_program_kept_is_told_apart(path: Path) -> None:
    run_sql(path, "PRAGMA user_version = 1")
    with pytest.raises(ConfigurationError, match="made by an older newsward"):
        Verification(path)


def test_no_archive_is_made_by_looking_for_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissingError):
        Verification(tmp_path / "archive.db")
    assert list(tmp_path.iterdir()) == []


def test_what_is_named_by_the_archive_is_looked_for_from_its_side(path: Path) -> None:
    run_sql(path, "UPDATE frontier SET snapshot_digest = 'x' WHERE url = ?", PAGES[0])
    (fault,) = faults(path)
    assert fault.where == "snapshot x"


def test_discovered_links_are_sealed_as_they_are_found(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        archive.sync_sources([SOURCE], now=NOW)
        discover(archive, begin(archive), PAGE)
    (places,) = run_sql(path, "SELECT count(*) FROM seals WHERE kind = 'place'")
    (found,) = run_sql(path, "SELECT count(*) FROM provenance")
    assert places == found
