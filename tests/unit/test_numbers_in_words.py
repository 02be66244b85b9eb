"""Numbers in sentences of the pages read the same in every language."""

from __future__ import annotations

import pytest

from safepassage.web.words import words
from safepassage.web.words.change_words import differing
from safepassage.web.words.planner_words import planned
from safepassage.web.words.sentences import spaced
from safepassage.web.words.spoken import spoken


def test_thousands_are_apart_and_other_commas_stay():
    assert spaced("4,502 → 3,677; 1,791,470") == "4\u202f502 → 3\u202f677; 1\u202f791\u202f470"
    assert spaced("c-1, 2,5 and 12,3456") == "c-1, 2,5 and 12,3456"


@pytest.mark.parametrize(
    "text",
    [
        "West: 4,502 → 3,677 served, last arrival Sat 16:11, person-minutes +1,791,470",
        "persons on roads: Mill road 1,399 → 0; Low road 4,507 → 3,114 and 12 more roads",
    ],
)
def test_what_differs_has_no_commas_in_numbers(text):
    said = differing(text, words("uk"))
    assert said != text
    assert "," not in said.replace(", ", " ")


def test_claimed_and_planned_numbers_have_none_either():
    assert spoken("76,000–200,000 persons", words("uk")) == "76\u202f000–200\u202f000 осіб"
    told = planned("12 places (Mill and 1,100 more) share Ford: 2,000 vehicles/h", words("uk"))
    assert "1\u202f100" in told
    assert "2\u202f000" in told
