from pathlib import Path

import pytest
from takedowns import NAME, NOW, bodies, decision, faults, query, raw, record_of

from archive.errors import ConfigurationError
from archive.provenance import provenance_sentences
from archive.reading import ReadArchive
from archive.takedown import Action, redact


def test_it_goes_from_every_text_and_the_page_and_nothing_else_does(
    place: Path, texts: list[str]
) -> None:
    number = record_of(place)
    done = redact(place, number, decision(Action.PHRASE, NAME.lower()), now=NOW)
    assert done.texts >= 10
    assert done.in_address
    after = (raw(place) + bodies(place)).lower()
    assert NAME.lower().encode() not in after
    assert b"vandernam" not in after.replace(b"invented-vandername", b"")
    with ReadArchive(place) as reader:
        record = reader.record(number)
    assert record.text == "\n\n".join(text.replace(NAME, "[redacted]") for text in texts[2:14])
    assert record.authors == ("[redacted] the elder", "Qzwriter Qzson")
    assert len(record.removals) == 2


def test_the_record_proves_what_is_left_and_is_not_fetched_again(place: Path) -> None:
    number = record_of(place)
    redact(place, number, decision(Action.PHRASE, NAME), now=NOW)
    assert faults(place) == []
    states = query(place, "SELECT DISTINCT state FROM frontier WHERE article_id = ?", number)
    assert states == [("closed",)]
    digests = "SELECT DISTINCT snapshot_digest FROM revisions WHERE article_id = ?"
    assert query(place, digests, number) == [(None,)]
    assert query(place, "SELECT action FROM redactions WHERE article_id = ?", number) == [
        ("phrase",)
    ]
    with ReadArchive(place) as reader:
        told = " ".join(provenance_sentences(reader.record(number)))
    assert "Its page as it came is not kept any more: something in it was taken down." in told
    assert "only title, date and link" not in told


@pytest.mark.parametrize("phrase", ["never written", "Invented Vander", "  "])
def test_a_phrase_that_is_not_there_changes_nothing(place: Path, phrase: str) -> None:
    number = record_of(place)
    with pytest.raises(ConfigurationError):
        redact(place, number, decision(Action.PHRASE, phrase), now=NOW)
    assert query(place, "SELECT count(*) FROM redactions") == [(0,)]
    assert query(place, "SELECT count(*) FROM tombstones") == [(0,)]
