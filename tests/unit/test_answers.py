"""Denials, opposites and numbers counted anew stand beside what they answer."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.words import LinkKind
from safepassage.extracting import extract
from tests.support.reports import report


def contradicted(text):
    reading = extract(report(text), Gazetteer())
    return sum(link.kind == LinkKind.CONTRADICTS for link in reading.links)


@pytest.mark.parametrize(
    "text",
    [
        "The council said 40 trucks arrived. Drivers reported six.",
        "Residents said the well is poisoned. The ministry disputes this.",
        "Volunteers said three requests were sent. The office says no request was received.",
        "The governor said 28 settlements were captured. The general said the number of settlements was 74.",
    ],
)
def test_an_answer_contradicts_what_it_answers(text):
    assert contradicted(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The council said 40 trucks arrived. Drivers reported 40.",
        "The nurse said 17 people were wounded. Two of the wounded were children, the nurse said.",
        "The mayor plans to open the school. The ministry said the bridge was repaired.",
    ],
)
def test_what_agrees_or_speaks_of_something_else_contradicts_nothing(text):
    assert contradicted(text) == 0
