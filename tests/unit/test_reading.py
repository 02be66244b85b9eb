"""What is read in a report: chains, speakers, claims, gaps and places, each at its words."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from safepassage.domain.claims.claim import CivilianClaim, ForcesClaim
from safepassage.domain.claims.words import ForcesPredicate, LinkKind, Predicate
from safepassage.extracting import extract
from tests.support.reports import PLACES, WIRE, report


@pytest.fixture(scope="module")
def reading():
    return extract(report(), PLACES)


def names(reading, words):
    """Return the chain of the first attribution whose content holds some words."""
    return next(
        [link.name for link in a.chain.links] for a in reading.attributions if words in a.content.text
    )


def claims(reading, predicate):
    return [p.claim for p in reading.claims if p.claim.predicate == predicate]


def test_every_span_is_word_for_word_at_its_place(reading):
    for a in reading.attributions:
        for part in (a.source, a.cue, a.content):
            assert all(WIRE[s.start : s.end] == s.text for s in part.spans)
    for proposed in reading.claims:
        span = proposed.claim.span
        assert WIRE[span.start : span.end] == span.text


@pytest.mark.parametrize(
    ("words", "chain"),
    [
        ("looted shops", ["Meridian Wire", "The state agency VESTA", "an unnamed official"]),
        ("Belovsky district", ["Meridian Wire", "The newspaper Zarya", "two people close to the Kremlin"]),
        ("nobody had helped", ["Meridian Wire", "Reuters", "a resident of Sudzha"]),
        ("121,000 people", ["Meridian Wire", "The acting governor of the Kursk region, Ivan Belov"]),
        ("whole front line", ["Meridian Wire", "General Taras Melnyk"]),
    ],
)
def test_chains_lead_from_the_outlet_to_the_origin(reading, words, chain):
    assert names(reading, words) == chain


def test_numbers_have_their_units_and_go_to_their_predicate(reading):
    areas = claims(reading, ForcesPredicate.AREA_UNDER_CONTROL)
    assert [str(c.quantities[0]) for c in areas[-2:]] == ["900–1,100 km²", "720–880 km²"]
    harmed = claims(reading, Predicate.PERSONS_HARMED)
    assert [(dict(c.arguments)["aspect"], c.quantities[0].low) for c in harmed] == [
        ("dead", 12),
        ("injured", 121),
    ]


def test_figures_of_an_area_contradict_and_stay_without_a_place(reading):
    kinds = {(link.kind, link.a, link.b) for link in reading.links}
    first, second = sorted(c.id for c in claims(reading, ForcesPredicate.AREA_UNDER_CONTROL)[-2:])
    assert (LinkKind.CONTRADICTS, first, second) in kinds
    assert all(not hasattr(p.claim, "places") for p in reading.claims if isinstance(p.claim, ForcesClaim))


def test_what_is_not_said_is_a_question_and_no_claim(reading):
    assert "How many people were still missing?" in [gap.question for gap in reading.gaps]
    assert not any("missing" in p.claim.span.text for p in reading.claims)


def test_places_are_found_and_governments_are_not_put_on_the_map(reading):
    (road,) = claims(reading, Predicate.ROAD_STATUS)
    assert isinstance(road, CivilianClaim)
    assert [(p.name, p.lat_e7) for p in road.places] == [("Sudzha", 511910000), ("Sumy", 509170000)]
    metonyms = [p for c in reading.claims for p in getattr(c.claim, "places", ()) if p.metonym]
    assert all(p.lat_e7 is None for p in metonyms)


def test_the_same_text_twice_gives_the_same(reading):
    assert extract(report(), PLACES) == reading
