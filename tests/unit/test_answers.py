"""Denials, opposites and numbers counted anew stand beside what they answer."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from importlib.resources import files

from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.words import LinkKind, Modality, Predicate
from safepassage.extracting import extract
from safepassage.formats.claims import gazetteer_in
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
        "The council accused the army of shelling a column of cars. The army called the claim “theatre”.",
        "The paper said the crossing would close. The service said it had received no such order.",
        "The mayor said the road is open to all. Drivers said they had been turned back at the barrier.",
        "The mayor said everyone has left the town. A nurse said seven patients are still in the cellar.",
        "The minister said we have no soldiers there. The other side asserts the opposite.",
        "The service says rumours that men are turned back are false.",
    ],
)
def test_an_answer_contradicts_what_it_answers(text):
    assert contradicted(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The council said 40 trucks arrived. Drivers reported 40.",
        "The nurse said 17 people were wounded. Two of the wounded were children, the nurse said.",
        "The office said 17 people were wounded. Two of the wounded were children, the office said.",
        "The mayor plans to open the school. The ministry said the bridge was repaired.",
    ],
)
def test_what_agrees_or_speaks_of_something_else_contradicts_nothing(text):
    assert contradicted(text) == 0


@pytest.mark.parametrize(("place", "links"), [("Lysk", 1), ("Rylno", 0)])
def test_people_who_wait_elsewhere_do_not_contradict_that_everybody_has_left(place, links):
    known, _ = gazetteer_in.read((files("safepassage") / "corpus" / "gazetteer.csv").read_bytes(), file="g")
    text = f"The mayor said everyone has left Lysk. A nurse said seven patients are still in {place}."
    reading = extract(report(text), known)
    assert sum(link.kind == LinkKind.CONTRADICTS for link in reading.links) == links


def test_a_denial_says_what_it_denies_of_who_said_it():
    read = extract(
        report(
            "A driver said his column had been fired on. The army denied its men had fired on the column."
        ),
        Gazetteer(),
    )
    fire = {c.claim.modality for c in read.claims if c.claim.predicate == Predicate.FIRE_ON_EVACUEES}
    assert fire == {Modality.ASSERTED, Modality.DENIED}


def test_who_speaks_for_a_party_does_not_contradict_it():
    text = (
        "Ukraine's administration said the road was open. Iryna Sol, a spokeswoman for the administration, "
        "said no bus had been stopped there."
    )
    assert not contradicted(text)


def test_a_denial_that_names_what_it_denies_denies_nothing_of_another_kind():
    text = (
        "The mayor said at least 60 people are still waiting at the school in Lysk. "
        "A spokesman denied that anyone had been fired at on the road."
    )
    assert not contradicted(text)
