"""Notes name who speaks before a colon, without a verb."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.engines.extraction.passages import passages
from safepassage.extracting import extract
from tests.support.reports import report


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        ("HQ: crossing closed, nobody moves.", "HQ", "crossing closed, nobody moves"),
        ("Per Cmdr of checkpoint 4: crossing open.", "Cmdr of checkpoint 4", "crossing open"),
        ("Source A2 – school head: 45 pupils in the basement.", "school head", "45 pupils in the basement"),
        (
            "Voice note from a driver, 18:40: road mined past the mill.",
            "a driver",
            "road mined past the mill",
        ),
        ("Pharmacist (woman, 50s): no insulin left.", "Pharmacist", "no insulin left"),
        ("Call, woman in Lysk: the flat was emptied.", "woman in Lysk", "the flat was emptied"),
        (
            "Told by the checkpoint lieutenant that nobody passes.",
            "the checkpoint lieutenant",
            "that nobody passes",
        ),
        ("Committee chair adamant that the pump works.", "Committee chair", "that the pump works"),
        ("Sister Agnes rang after: they are still there.", "Sister Agnes", "they are still there"),
        ("The committee has checked this: the hall was locked.", "The committee", "the hall was locked"),
        ("2240 the guard says the mill is empty.", "the guard", "the mill is empty"),
        ("14:05 Driver Bus 3: road clear, no shooting", "Driver Bus 3", "road clear, no shooting"),
    ],
)
def test_who_speaks_stands_before_the_colon(text, speaker, content):
    stated = extract(report(text), Gazetteer()).attributions
    assert [(a.source.text, a.content.text) for a in stated] == [(speaker, content)]


@pytest.mark.parametrize(
    "text", ["Update: the road is open.", "Bus leaves at 14:05 from the mill.", "Access: closed."]
)
def test_headings_and_times_of_day_do_not_speak(text):
    assert not extract(report(text), Gazetteer()).attributions


def test_entries_of_a_log_are_paragraphs_of_their_own():
    whole = passages("14:05 Driver Bus 3: road past the mill clear\n14:20 Driver Bus 7: they turned us back")
    assert [p.original for p in whole] == [
        "Driver Bus 3: road past the mill clear",
        "Driver Bus 7: they turned us back",
    ]


def test_two_voices_that_a_comma_joins_are_parted():
    stated = extract(
        report("Imam says 40 at evening prayer, caretaker counted 25."), Gazetteer()
    ).attributions
    assert [(a.source.text, a.content.text) for a in stated] == [
        ("Imam", "40 at evening prayer"),
        ("caretaker", "25"),
    ]
