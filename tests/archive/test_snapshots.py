"""A body comes back as it was written, or not at all; the pages are invented."""

import random
from pathlib import Path

import pytest
from commits import NOW, query

from archive.errors import ArchiveDamagedError, ArchiveMissingError
from archive.snapshots import Snapshots, snapshots_path

BODY = " ".join(f"Invented sentence {number * 7919 % 1000}." for number in range(400)).encode()


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "archive.db"
    with Snapshots(path) as snapshots:
        digest = snapshots.keep(BODY, now=NOW)
        assert snapshots.keep(BODY, now="2027-01-01T00:00:00Z") == digest
        assert snapshots.count() == 1
    return path, digest


def test_a_body_is_what_was_kept_and_an_unknown_one_is_missing(kept: tuple[Path, str]) -> None:
    path, digest = kept
    with Snapshots(path, readonly=True) as snapshots:
        assert snapshots.body(digest) == BODY
        with pytest.raises(ArchiveMissingError, match="there is no snapshot"):
            snapshots.body("0" * 64)


@pytest.mark.parametrize("checksum", [True, False])
def test_no_flipped_byte_of_a_packed_body_is_given_as_a_page(
    kept: tuple[Path, str], checksum: bool
) -> None:
    path, digest = kept
    if not checksum:  # as an older program kept it
        query(snapshots_path(path), "DELETE FROM checksums")
    ((packed,),) = query(snapshots_path(path), "SELECT body FROM snapshots")
    dice = random.Random(1)
    with Snapshots(path, readonly=True) as snapshots:
        for _ in range(25):
            flipped = bytearray(packed)
            flipped[dice.randrange(len(packed))] ^= dice.randrange(1, 256)
            query(snapshots_path(path), "UPDATE snapshots SET body = ?", bytes(flipped))
            try:
                assert snapshots.body(digest) == BODY  # of one in 8,000 the sha256 is right
                assert not checksum
            except ArchiveDamagedError:
                continue


def test_another_page_under_a_name_is_no_page_of_that_name(kept: tuple[Path, str]) -> None:
    path, digest = kept
    with Snapshots(path) as snapshots:
        other = snapshots.keep(b"Another invented page.", now=NOW)
        query(
            snapshots_path(path),
            "UPDATE snapshots SET body = (SELECT body FROM snapshots WHERE snapshot_digest = ?)"
            " WHERE snapshot_digest = ?",
            other,
            digest,
        )
        with pytest.raises(ArchiveDamagedError, match="is damaged"):
            snapshots.body(digest)


def test_what_a_program_without_checksums_made_is_read_by_its_sha256(
    kept: tuple[Path, str],
) -> None:
    path, digest = kept
    query(snapshots_path(path), "DROP TABLE checksums")
    with Snapshots(path, readonly=True) as snapshots:
        assert snapshots.body(digest) == BODY
