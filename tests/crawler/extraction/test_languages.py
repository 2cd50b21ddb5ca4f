"""Languages are told by their commonest words, and only where there is no doubt."""

import codecs

import pytest

from crawler.extraction.languages import gibberish, wrong_language

SAID = {
    "en": "The council said that the rules are for all of the schools and that they will be read "
    "by the parents with their children at home. ",
    "de": "Der Rat sagte, dass die Regeln für alle Schulen sind und dass sie von den Eltern mit "
    "ihren Kindern zu Hause gelesen werden. ",
    "fr": "Le conseil a dit que les règles sont pour toutes les écoles et qu'elles sont lues par "
    "les parents avec les enfants dans la maison. ",
    "es": "El consejo dijo que las reglas son para todas las escuelas y que los padres las leen "
    "con sus hijos en la casa por la noche. ",
    "it": "Il consiglio ha detto che le regole sono per tutte le scuole e che i genitori le "
    "leggono con i bambini a casa la sera. ",
    "nl": "De raad zei dat de regels voor alle scholen zijn en dat ze door de ouders met hun "
    "kinderen in het huis worden gelezen. ",
    "pl": "Rada powiedziała, że zasady są dla wszystkich szkół i że rodzice czytają je z dziećmi w "
    "domu, a to jest ważne, jak mówi się o nich. ",
    "ru": "Совет сказал, что правила касаются всех школ и что родители читают их дома. ",
}
LONG = {language: line * 10 for language, line in SAID.items()}
KNOWN = [language for language in SAID if language != "ru"]


@pytest.mark.parametrize("language", SAID)
def test_a_text_in_a_language_of_its_source_is_right(language: str) -> None:
    assert wrong_language(LONG[language], [language]) is None
    assert wrong_language(LONG[language], ["en", f"{language}-XX"]) is None


@pytest.mark.parametrize("listed", KNOWN)
@pytest.mark.parametrize("language", KNOWN)
def test_a_text_in_another_language_is_told(language: str, listed: str) -> None:
    found = wrong_language(LONG[language], [listed])
    assert found == (None if language == listed else language)


def test_a_text_in_another_script_is_told_and_the_other_way_round() -> None:
    assert wrong_language(LONG["ru"], ["en"]) == "a language of another script"
    assert wrong_language(LONG["en"], ["ru"]) == "en"


def test_without_a_listed_language_every_text_is_right() -> None:
    assert wrong_language(LONG["de"], []) is None


def test_short_texts_are_not_judged() -> None:
    assert wrong_language(SAID["de"], ["en"]) is None


def test_where_the_listed_language_is_not_known_the_page_must_declare_the_other() -> None:
    assert wrong_language(LONG["en"], ["zu"]) is None
    assert wrong_language(LONG["en"], ["zu"], declared="zu") is None
    assert wrong_language(LONG["en"], ["zu"], declared="en-ZA") == "en"


@pytest.mark.parametrize("language", SAID)
def test_no_language_is_gibberish(language: str) -> None:
    assert gibberish(LONG[language]) is None


def test_a_language_that_is_not_known_is_not_gibberish() -> None:
    zulu = "Umkhandlu uthe imithetho ingeyezikole zonke futhi abazali bayifunda nezingane ekhaya. "
    assert gibberish(zulu * 20) is None


def test_a_report_about_filler_or_with_a_few_broken_quotes_is_not_gibberish() -> None:
    assert gibberish(LONG["en"] + "The page said lorem ipsum dolor sit amet. ") is None
    assert gibberish(LONG["en"].replace("The", "Itâ€™s the")) is None


def test_a_text_that_is_garbled_behind_its_first_lines_is_gibberish() -> None:
    garbled = (
        codecs.encode(" ".join(SAID[language] for language in ("en", "nl", "fr")), "rot13") * 15
    )
    assert "vowels" in (gibberish(LONG["en"] + garbled) or "")
