"""What belongs to a statement and what does not: the hour, asides on the last noun, parts of a number."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from safepassage.engines.extraction.frames import attributions
from safepassage.engines.extraction.tree import Tree
from safepassage.kernels.reading.english import parse_each


def read(text):
    (rows,) = parse_each([text])
    tree = Tree(rows)
    return [
        tuple(" ".join(rows[k].text for k in part) for part in (a.source, a.cue, a.content))
        for a in attributions(tree)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The mayor said on Sunday his town had not fallen, hours after the army published a photograph.",
            ("The mayor", "said", "his town had not fallen"),
        ),
        (
            "The army claimed to have destroyed the bridge at Kolva, which engineers said remained open.",
            ("The army", "claimed", "to have destroyed the bridge at Kolva"),
        ),
        (
            "The mayor gave the toll as 17 dead, among them five children.",
            ("The mayor", "gave", "the toll as 17 dead , among them five children"),
        ),
        (
            "The police had no information about any such incident.",
            ("The police", "had no information about", "any such incident"),
        ),
        (
            "Vint acknowledged for the first time that Kestria held 480 square kilometres.",
            ("Vint", "acknowledged", "that Kestria held 480 square kilometres"),
        ),
        (
            "No boat left that night, claims the harbour master, whose own log lists two.",
            ("the harbour master", "claims", "No boat left that night"),
        ),
        (
            "The mine field has been lifted, reads a notice nailed to the gate.",
            ("a notice nailed to the gate", "reads", "The mine field has been lifted"),
        ),
        (
            "A witness, Dmitri, recalled hearing two explosions a minute apart.",
            ("A witness , Dmitri ,", "recalled", "hearing two explosions a minute apart"),
        ),
    ],
)
def test_a_statement_ends_where_it_ends(text, expected):
    assert expected in read(text)


@pytest.mark.parametrize(
    ("text", "passed", "told"),
    [
        ("Survivors told the news site Lwemba Today that the ferry sank.", "", "the news site Lwemba Today"),
        ("A guard confided to the Brovna Observer that they stop counting.", "", "the Brovna Observer"),
        ("The mayor told parliament Monday that the road is closed.", "", "parliament"),
        ("A crew, whose message was passed on by the union, said the depot was dry.", "the union", ""),
    ],
)
def test_who_hears_and_who_passes_on_is_named_in_full(text, passed, told):
    (rows,) = parse_each([text])
    said = next(a for a in attributions(Tree(rows)) if a.lemma in {"tell", "confide", "say"})
    assert {" ".join(rows[k].text for k in words) for words in said.via} == ({passed} if passed else set())
    assert " ".join(rows[k].text for k in said.addressee) == told


def test_an_aside_in_the_middle_stays_in_the_statement():
    (said, *_) = read("The mayor said that the road, which officials said was closed, is open.")
    assert said[2] == "that the road , which officials said was closed , is open"
