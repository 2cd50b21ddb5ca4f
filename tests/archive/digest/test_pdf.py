"""The letters of an issue that is set on paper."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pdfplumber
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from quoted_record import RECORD

from archive.digest.pdf import OWN_FONT, as_pdf
from archive.digest.rendering import Style
from archive.digest.values import Elsewhere, Issue, Item, Topic
from archive.digest.word import as_word
from archive.errors import ConfigurationError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
# A hieroglyph: no common font has it.
RARE = "\U00013000"
ITEM = Item(number=1, section="Invented", title=RECORD.title, extract="", note="", record=RECORD)
ISSUE = Issue(title="An update", month="2026-11", introduction="", items=(ITEM,))
TOPIC = Topic(slug="own", label=f"Of our own rules: {RARE}", sensitivity="low")
OTHER = Elsewhere(article_id=2, title="", source=f"Courier {RARE}", url="https://courier.example/")


def own_font(folder: Path, letters: str) -> None:
    """A font whose letters are all one square."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 500), (500, 500), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    names = {ord(letter): f"u{ord(letter):05X}" for letter in letters}
    order = [".notdef", *names.values()]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(order)
    made.setupCharacterMap(names)
    made.setupGlyf(dict.fromkeys(order, square))
    made.setupHorizontalMetrics(dict.fromkeys(order, (600, 100)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "Invented", "styleName": "Regular"})
    made.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    made.setupPost()
    made.save(str(folder / OWN_FONT))


@pytest.mark.parametrize(
    "issue",
    [
        replace(ISSUE, title=RARE),
        replace(ISSUE, introduction=RARE),
        *(
            replace(ISSUE, items=(item,))
            for item in (
                replace(ITEM, section=RARE),
                replace(ITEM, title=RARE),
                replace(ITEM, extract=RARE),
                replace(ITEM, note=RARE),
                replace(ITEM, also=(OTHER,)),
                replace(ITEM, record=replace(RECORD, source_name=RARE)),
                replace(ITEM, record=replace(RECORD, licence=RARE)),
                replace(ITEM, record=replace(RECORD, topics=(TOPIC,))),
            )
        ),
    ],
)
@pytest.mark.parametrize("style", Style)
def test_a_letter_that_no_font_has_is_said_wherever_it_stands(issue: Issue, style: Style) -> None:
    with pytest.raises(ConfigurationError, match=f"these letters of the issue: {RARE} "):
        as_pdf(issue, style, now=NOW)


@pytest.mark.slow
def test_a_font_of_ones_own_sets_its_letters(tmp_path: Path) -> None:
    plain = "".join(map(chr, range(0x20, 0x7F))) + "\u2022\u2026\u201c\u201d\u2019"
    own_font(tmp_path, plain + RARE)
    issue = replace(ISSUE, items=(replace(ITEM, title=f"A scribe wrote {RARE} of pupils"),))
    body = as_pdf(issue, Style.DIGEST, now=NOW, folder=tmp_path)
    with pdfplumber.open(io.BytesIO(body)) as document:
        page = document.pages[0]
        assert f"1. A scribe wrote {RARE} of pupils" in page.extract_text()
        assert all("Invented" in char["fontname"] for char in page.chars)


def test_signs_that_nothing_can_set_stop_neither_a_word_file_nor_a_pdf() -> None:
    item = replace(ITEM, record=replace(RECORD, source_name="The\x07 Gazette\x00"))
    issue = replace(ISSUE, items=(item,))
    with pdfplumber.open(io.BytesIO(as_pdf(issue, Style.UPDATE, now=NOW))) as document:
        assert "Link: The Gazette" in document.pages[0].extract_text()
    document = docx.Document(io.BytesIO(as_word(issue, Style.UPDATE, now=NOW)))
    assert document.paragraphs[-1].text == "Link: The Gazette"
