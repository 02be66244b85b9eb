"""Typed slots decide which claims contradict, corroborate or restate each other, side by side."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from safepassage.domain.claims.claim import CivilianClaim, ForcesClaim
from safepassage.domain.claims.conflict import Conflict
from safepassage.domain.claims.ledger import ClaimDecided, ClaimProposed, Entry, Ledger, ReportFiled
from safepassage.domain.claims.values import Chain, Link, PlaceReference, Quantity, Report, Span, TimeSpan
from safepassage.domain.claims.words import (
    Decision,
    ForcesPredicate,
    Interest,
    LinkKind,
    Modality,
    OriginKind,
    PlacePrecision,
    Polarity,
    Predicate,
    TimePrecision,
)
from safepassage.engines.conflicts import conflicts, relate

PLACE = PlaceReference(name="Amber bridge", precision=PlacePrecision.EXACT, selector="link:amber")
REPORTS: dict[str, Report] = {}


def chain(origin, side="", outlet="Wire", kind=OriginKind.PARTY):
    return Chain(links=(Link(name=outlet), Link(name=origin, side=side, kind=kind)))


def said(words, origin="governor", side="A", predicate=Predicate.PERSONS_LEFT, outlet="Wire", **values):
    report = Report(outlet=outlet, text=words, published="2030-05-14", received="2030-05-14T06:00:00Z")
    REPORTS[report.id] = report
    claim = CivilianClaim(
        report=report.id,
        span=Span(start=0, end=len(words), text=words),
        chain=chain(origin, side, outlet),
        predicate=predicate,
        places=(PLACE,),
        uttered="2030-05-14",
        modality=Modality.ASSERTED,
    )
    return replace(claim, **values)


def number(low, high=None, unit="persons"):
    return (Quantity(low=low, high=low if high is None else high, unit=unit, text=str(low)),)


def day(n):
    return (TimeSpan(from_utc_s=n * 86_400, until_utc_s=(n + 1) * 86_400, precision=TimePrecision.DAY),)


def kind_of(a, b):
    links = relate([a, b])
    return links[0].kind if links else None


def ledger(*claims):
    acts = [ReportFiled(report=REPORTS[c.report]) for c in claims] + [ClaimProposed(claim=c) for c in claims]
    return Ledger.of(Entry(at="2030-05-14T07:00:00Z", by="desk", act=act) for act in acts)


A = said("1,724 left", quantities=number(1_724))


def left(words, side="B", origin="ministry", **values):
    return said(words, origin, side, **values)


AGREES = number(1_700, 1_800)


@pytest.mark.parametrize(
    ("b", "kind"),
    [
        (left("3,000 left", quantities=number(3_000)), LinkKind.CONTRADICTS),
        (left("1,700 to 1,800 left", quantities=AGREES), LinkKind.CORROBORATES_INDEPENDENTLY),
        (left("1,700 to 1,800 left", "A", quantities=AGREES), LinkKind.CORROBORATES_DEPENDENTLY),
        (said("About 1,724 left", quantities=AGREES), LinkKind.CORROBORATES_DEPENDENTLY),
        (said("1,724 left", outlet="Paper", quantities=number(1_724)), LinkKind.RESTATES),
        (left("2 buses", quantities=number(2, unit="buses")), None),
        (left("3,000 will go", quantities=number(3_000), modality=Modality.INTENDED), None),
        (left("No one left", polarity=Polarity.NEGATED), LinkKind.CONTRADICTS),
        (left("None left", modality=Modality.DENIED), LinkKind.CONTRADICTS),
        (left("3,000 remain", predicate=Predicate.PERSONS_REMAIN, quantities=number(3_000)), None),
        (left("3,000 left", quantities=number(3_000), places=(replace(PLACE, selector="x"),)), None),
    ],
)
def test_two_claims_of_one_slot_stand_to_each_other_as_their_values_say(b, kind):
    assert kind_of(A, b) == kind_of(b, A) == kind


def test_the_same_number_on_other_days_is_no_contradiction():
    assert (
        kind_of(replace(A, times=day(1)), said("3,000", "x", "B", quantities=number(3_000), times=day(1)))
        == "contradicts"
    )
    assert (
        kind_of(replace(A, times=day(1)), said("3,000", "x", "B", quantities=number(3_000), times=day(3)))
        is None
    )


def test_status_words_contradict_where_one_opens_and_the_other_closes():
    roads = {
        word: said(f"{word}.", word, word, Predicate.ROAD_STATUS, arguments=(("status", word),))
        for word in ("PASSABLE", "RESTRICTED", "NOT_PASSABLE")
    }
    assert kind_of(roads["PASSABLE"], roads["NOT_PASSABLE"]) == LinkKind.CONTRADICTS
    assert kind_of(roads["PASSABLE"], roads["RESTRICTED"]) == LinkKind.CORROBORATES_INDEPENDENTLY


def test_complying_and_firing_on_evacuees_contradict():
    comply = said("We let civilians pass", "side A", "A", Predicate.COMPLIANCE)
    fired = said("They fire at evacuees", "side B", "B", Predicate.FIRE_ON_EVACUEES)
    assert kind_of(comply, fired) == LinkKind.CONTRADICTS
    denied = replace(fired, modality=Modality.DENIED, chain=chain("side A", "A"))
    assert kind_of(comply, denied) == LinkKind.CORROBORATES_DEPENDENTLY


def test_relations_do_not_depend_on_the_order_of_reports():
    claims = [
        A,
        said("3,000 left", "ministry", "B", quantities=number(3_000)),
        said("1,800 left", "monitor", "", quantities=number(1_600, 2_000)),
    ]
    assert len({relate(order) for order in permutations(claims)}) == 1


def area(words, origin, side, low, **values):
    base = said(words, origin, side)
    return ForcesClaim(
        report=base.report,
        span=base.span,
        chain=base.chain,
        uttered="2030-05-12",
        modality=Modality.ASSERTED,
        predicate=ForcesPredicate.AREA_UNDER_CONTROL,
        arguments=(("about", "the district"),),
        quantities=number(low, unit="km2"),
        **values,
    )


def test_a_contested_figure_stays_an_interval_with_who_said_what():
    party = area("We hold 1,000 km2", "commander", "A", 1_000, interest=Interest.SERVES)
    analysts = area("800 km2 is more realistic", "analysts", "", 800)
    [conflict] = conflicts(ledger(party, analysts))
    assert (conflict.asserted_low, conflict.asserted_high) == (800, 1_000)
    assert [v.origin for v in conflict.versions] == ["analysts", "commander"]
    assert conflict.estimate is not None
    assert 550 < conflict.estimate.low < conflict.estimate.central < conflict.estimate.high < 1_200
    # The party's figure about its own success is believed a little less than the other.
    assert conflict.estimate.central < (800 * 1_000) ** 0.5


def test_relays_of_one_origin_are_one_version():
    relay = said("1,724 left", outlet="Paper", quantities=number(1_724))
    [conflict] = conflicts(ledger(A, relay, said("3,000 left", "ministry", "B", quantities=number(3_000))))
    heard = {version.origin: version.outlets for version in conflict.versions}
    assert heard == {"governor": ("Paper", "Wire"), "ministry": ("Wire",)}


def test_what_a_person_rejected_stands_in_no_conflict():
    other = said("3,000 left", "ministry", "B", quantities=number(3_000))
    both = ledger(A, other)
    assert len(conflicts(both)) == 1
    rejected = Entry(
        at="2030-05-14T08:00:00Z", by="desk", act=ClaimDecided(claim=other.id, decision=Decision.REJECTED)
    )
    assert conflicts(both.after(rejected)) == ()


def test_claims_without_place_and_subject_are_compared_with_nothing():
    nowhere = [replace(claim, places=()) for claim in (A, said("3,000", "m", "B", quantities=number(3_000)))]
    assert relate(nowhere) == ()


def test_thousands_who_say_one_thing_do_not_crowd_out_the_one_who_says_another():
    many = [left(f"{n}: 1,724 left", f"observer {n}", quantities=number(1_724)) for n in range(500)]
    other = left("0: 3,000 left", "observer x", quantities=number(3_000), uttered="2030-05-01")
    [conflict] = conflicts(ledger(other, *many))
    assert len(conflict.versions) == 501
    assert conflict.pairs
    assert all(other.id in pair for pair in conflict.pairs)


@pytest.mark.parametrize(
    ("predicate", "name", "title"),
    [
        ("persons_left", "Sumy", "Persons left: Sumy"),
        ("persons_left", "", "Persons left"),
        ("other", "", "Said by one and disputed by another"),
    ],
)
def test_titles_name_the_place_where_there_is_one(predicate, name, title):
    assert Conflict(id="1", predicate=predicate, place="", versions=(), pairs=(), name=name).title == title


def test_a_conflict_bears_the_name_of_its_place_and_not_its_selector():
    told = ledger(said("40 left", quantities=number(40)), said("900", "mayor", quantities=number(900)))
    assert [c.name for c in conflicts(told)] == ["Amber bridge"]
