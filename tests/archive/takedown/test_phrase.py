from pathlib import Path

import pytest
from takedowns import NAME, NOW, bodies, decision, faults, query, raw, record_of

from archive.errors import ConfigurationError
from archive.phrase_rows import Phrase
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


@pytest.mark.parametrize(
    "body",
    [
        "Zoë O'Nym".encode(),
        "ZOË\u00a0O\u2019NYM said so".encode(),
        "<b>Zoë</b> O&#8217;Nym".encode(),
        b"Zo&euml; O&rsquo;Nym",
        # A feed escapes the page that it quotes.
        b"<description>&lt;p&gt;Zo&amp;euml; O&amp;#8217;Nym&lt;/p&gt;</description>",
        b'<script>{"by": "Zo\\u00eb O\\u0027Nym"}</script>',
        "Zo\u00adë\u200b O'\u200dNym".encode(),
        "Zoe\u0308 O'Nym".encode(),
        "Zoë O'Nym".encode("utf-16"),
        # Nobody can search an encoding that is not named: it goes.
        "Zoë O'Nym".encode("latin-1"),
        "Zoë O'Nym".encode("cp1250"),
    ],
)
def test_a_phrase_is_found_in_a_page_however_it_is_written(body: bytes) -> None:
    assert Phrase.of("zoë o'nym").is_in_page(body)
    assert not Phrase.of("Zo O'Nym").is_in_page(body)
    assert not Phrase.of("Nym of").is_in_page(body)
