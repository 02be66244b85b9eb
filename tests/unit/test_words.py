"""No page speaks two languages: every sentence has its translation, and what nobody reviewed says so."""

from __future__ import annotations

import re

import pytest

from safepassage.web.words import LANGUAGES, PSEUDO, catalogue, direction, pseudo, reviewed, words
from tests.support.words_used import used

OTHERS = [locale for locale in LANGUAGES if locale != "en"]
FIELDS = re.compile(r"\{[a-z_]*\}")


@pytest.mark.parametrize("locale", OTHERS)
def test_every_sentence_has_its_translation(locale):
    known = catalogue(locale)
    missing = {text: where for text, where in used().items() if text not in known}
    assert missing == {}


@pytest.mark.parametrize("locale", OTHERS)
def test_translations_keep_fields_and_are_not_empty(locale):
    for english, text in catalogue(locale).items():
        assert sorted(FIELDS.findall(text)) == sorted(FIELDS.findall(english)), english
        assert text.strip() == text != "", english
        assert text != english or len(english) < 4, english


def test_the_catalogues_hold_the_same_sentences():
    assert list(catalogue("uk")) == list(catalogue("ru"))


def test_ukrainian_and_russian_letters_are_not_mixed_up():
    assert not re.search("[ыъэёЫЪЭЁ]", " ".join(catalogue("uk").values()))
    assert not re.search("[іїєґІЇЄҐ]", " ".join(catalogue("ru").values()))


@pytest.mark.parametrize("locale", OTHERS)
def test_what_no_speaker_reviewed_says_so(locale):
    assert not reviewed(locale)
    assert reviewed("en")


def test_the_made_up_language_is_from_right_to_left_and_keeps_fields():
    assert direction(PSEUDO) == "rtl"
    assert {direction(locale) for locale in LANGUAGES} == {"ltr"}
    assert pseudo("reported by {source}") == "[répórtéd bý {source}~~~~~]"
    assert words(PSEUDO)("Plan").startswith("[Pláñ")


def test_the_finder_of_sentences_sees_templates_code_and_lists():
    found = used()
    assert found["Skip to the list"] == "base.html"
    assert found["reported by {source}"] == "map_features.py"
    assert found["not passable"] == "RoadStatusWord"
