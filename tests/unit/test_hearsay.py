"""Who has something from somebody else: both are named, and the chain ends with who told it."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.extracting import extract
from tests.support.reports import report

WHAT = "that two boats were turned round at noon"


@pytest.mark.parametrize(
    ("text", "chains"),
    [
        (f"The mate had it from the coast guard {WHAT}.", {("The mate", "the coast guard")}),
        (f"The mate heard from the coast guard {WHAT}.", {("The mate", "the coast guard")}),
        (f"The mate also passes on from the coast guard {WHAT}.", {("The mate", "the coast guard")}),
        (f"The mate heard on the radio {WHAT}.", {("The mate",)}),
        (
            "Velmar claims, through an air force spokesman, that only five drones were launched.",
            {("Velmar", "an air force spokesman")},
        ),
        ("Nurse quotes the mayor: “Nobody leaves before Monday.”", {("Nurse", "the mayor")}),
        (
            "Vardia's state television, referring to the commandant, claims that residents are returning.",
            {("Vardia's state television", "the commandant")},
        ),
        (
            "The press service, with reference to the district hospital, reports 12 wounded.",
            {("The press service", "the district hospital")},
        ),
        (
            "The governor said that, according to relatives, six people had been taken from a bus.",
            {("The governor",), ("The governor", "relatives")},
        ),
        (
            "Message from the harbour master via the coast radio: no boats tonight.",
            {("the coast radio", "the harbour master")},
        ),
        ("As the miller told us, trains will run from Rylno.", {("the miller",)}),
        ("Volunteer Mara, relaying the guard: lights seen on Mill Lane.", {("Volunteer Mara", "the guard")}),
    ],
)
def test_the_chain_ends_with_who_told_it(text, chains):
    stated = extract(report(text), Gazetteer()).attributions
    assert {tuple(link.name for link in a.chain.links[1:]) for a in stated} == chains


@pytest.mark.parametrize("text", ["The mate had a boat from the coast guard.", "They heard from no one."])
def test_having_and_hearing_alone_pass_nothing_on(text):
    assert not extract(report(text), Gazetteer()).attributions


def test_a_ministry_speaks_on_its_channel():
    read = extract(
        report(
            "During the night 22 drones fell, the ministry reports.",
            outlet="Vardian Ministry of Defence channel",
        ),
        Gazetteer(),
    )
    assert [link.name for link in read.attributions[0].chain.links][1:] == ["Vardian Ministry of Defence"]


def test_who_was_told_passes_on_what_they_were_told():
    read = extract(report("Ott was told by a conscript that the captain keeps half."), Gazetteer())
    assert [link.name for link in read.attributions[0].chain.links[1:]] == ["Ott", "a conscript"]
