"""Ages, grades and standings that the facts write in English are said in the reader's language, whole."""

from __future__ import annotations

import pytest

from safepassage.formats.facts.claims_facts import LESS, SAID, age_in_words
from safepassage.formats.facts.evidence_facts import grade_in_words
from safepassage.web.words import words
from safepassage.web.words.spoken import PHRASES, spoken

NOW = "2024-08-16T06:00:00Z"


def marked(text):
    return f"«{text}»"


@pytest.mark.parametrize(
    "published",
    ["", "2024-08-16", "2024-08-15", "2024-08-10", "2024-08-16T05:50:00Z", "2024-08-16T01:00:00Z"],
)
def test_every_age_is_known(published):
    text = age_in_words(published, NOW)
    said = spoken(text, marked)
    assert said != text
    assert "day" not in said.replace("of the same day", "")


@pytest.mark.parametrize("letter", "ABCDEF")
@pytest.mark.parametrize("figure", "123456")
def test_every_grade_is_known(letter, figure):
    said = spoken(grade_in_words(letter + figure), marked)
    assert said.count("«") == 2


@pytest.mark.parametrize("text", [*SAID.values(), *LESS.values()])
def test_every_standing_is_known(text):
    assert text in PHRASES


def test_what_is_not_known_stays():
    assert spoken("a resident; possibly true", words("uk")) == "a resident; можливо правда"
    assert spoken("3 days old", words("ru")) == "давность 3 дн."
