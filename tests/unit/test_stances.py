"""Words answer typed questions with yes or no, denials turned."""

from __future__ import annotations

import pytest

from safepassage.engines.extraction.opposition import POINTS, WEIGHTS
from safepassage.engines.extraction.stances import agreed, negations, opposed, stance


@pytest.mark.parametrize(
    ("first", "second", "question"),
    [
        ("trains were passing as usual", "both trains were turned back", "way"),
        ("the road is open", "the road is not open", "way"),
        ("the evacuation was complete and nobody was left", "lights on in the basements", "people there"),
        ("drones over the bus stop", "no drones tonight", "fire"),
        ("three people were killed", "nobody was killed", "harm"),
        ("insulin ran out last week", "a stock of insulin", "supply"),
        ("the pause was not observed", "both sides observed the pause", "agreed"),
        ("troops advanced two kilometres", "the attack was halted", "advance"),
        ("the school was used to store ammunition", "she had never seen a weapon there", "military use"),
        ("residents heard jets", "no aircraft had flown", "flown"),
        ("the picture is genuine", "the picture is old", "genuine"),
        ("412 people are missing", "no one was missing", "missing"),
        ("an outbreak of cholera", "isolated cases", "sick"),
        ("talks were continuing", "the delegation walked out", "talking"),
    ],
)
def test_two_texts_answer_a_question_unlike(first, second, question):
    assert question in opposed(stance(first), stance(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("the road is open", "the bridge is passable"),
        ("no fewer than 40 trucks arrived", "40 trucks arrived"),
        ("the road is closed", "the barrier is shut"),
    ],
)
def test_two_texts_that_agree_answer_nothing_unlike(first, second):
    assert not opposed(stance(first), stance(second))
    assert agreed(stance(first), stance(second))


def test_denials_of_numbers_are_none():
    assert negations("no more than ten, not only here") == 0
    assert negations("nobody went, they didn't") == 2


def test_every_point_has_a_weight_and_no_weight_is_left_over():
    assert [point.name for point in POINTS] == list(WEIGHTS)
