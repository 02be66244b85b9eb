"""Forged, repeated, edited and self-contradicting reports: none opens a road, each can be found again."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.claims.ledger import (
    ClaimCorrected,
    ClaimDecided,
    ClaimProposed,
    ClaimRetracted,
    Entry,
    Ledger,
    ReportFiled,
)
from safepassage.domain.claims.values import Chain, Link, Report, Span
from safepassage.domain.claims.words import Decision, Modality, PlacePrecision, Polarity, Predicate
from safepassage.engines.hazard_picture import field, narrowed, picture
from tests.unit.test_hazard_on_roads import ROADS, shelled
from tests.unit.test_hazard_picture import BRIDGE, DAY_S, EPOCH, ledger, status

CLOSED = status("NOT_PASSABLE", "The bridge is destroyed")


def seen(book):
    return narrowed(picture(book, epoch_utc_s=EPOCH, horizon_s=DAY_S), ROADS)


def entry(act):
    return Entry(at="2030-05-14T06:00:00Z", by="desk", act=act)


def closed(book):
    return [closure.selector for closure in seen(book).closures]


def test_a_forged_all_clear_through_a_long_chain_opens_nothing_even_accepted():
    links = tuple(Link(name=f"outlet {n}") for n in range(12))
    forged = [
        replace(
            status("PASSABLE", f"All clear, says number {n}", f"origin {n}"), chain=Chain(links=links[n:])
        )
        for n in range(11)
    ]
    book = ledger(CLOSED, *forged)
    assert closed(book) == ["link:amber"]
    assert seen(book).closures[0].against == tuple(sorted(claim.id for claim in forged))


def test_a_report_that_contradicts_itself_leaves_the_road_closed_and_both_claims_named():
    text = "The bridge is destroyed. The bridge is open."
    report = Report(outlet="Wire", text=text, published="2030-05-14", received="2030-05-14T06:00:00Z")
    first, second = (
        replace(claim, report=report.id, span=Span(start=start, end=start + len(words), text=words))
        for claim, start, words in (
            (CLOSED, 0, "The bridge is destroyed"),
            (status("PASSABLE", "The bridge is open"), 25, "The bridge is open"),
        )
    )
    acts = [ReportFiled(report=report), *(ClaimProposed(claim=c) for c in (first, second))]
    acts += [ClaimDecided(claim=c.id, decision=Decision.ACCEPTED) for c in (first, second)]
    [closure] = seen(Ledger.of(map(entry, acts))).closures
    assert (closure.claims, closure.against) == ((first.id,), (second.id,))


def test_the_same_post_twice_is_one_report_and_weighs_once():
    once = ledger(shelled(3, 3))
    twice = once.after(*once.entries)
    assert twice.reports == once.reports
    assert seen(twice) == seen(once)


def test_a_late_edit_stands_beside_what_was_first_received():
    first = ledger(CLOSED)
    edited = status("PASSABLE", "The bridge is open, we were wrong")
    later = first.after(*ledger(edited, accepted=[]).entries)
    assert len(later.reports) == 2
    assert closed(later) == ["link:amber"]
    assert {CLOSED.id, edited.id} <= set(later.claims)


def test_only_a_person_takes_a_claim_back_and_it_is_kept():
    book = ledger(CLOSED)
    taken_back = book.after(entry(ClaimRetracted(claim=CLOSED.id, retracted_by="the outlet")))
    assert closed(taken_back) == []
    assert CLOSED.id in taken_back.claims
    other = replace(CLOSED, modality=Modality.ASSERTED, polarity=Polarity.NEGATED, predicate=Predicate.OTHER)
    corrected = book.after(entry(ClaimCorrected(claim=CLOSED.id, by_claim=other)))
    assert corrected.claims[CLOSED.id].corrected_by == other.id


def test_what_nobody_reviewed_closes_nothing():
    assert closed(ledger(CLOSED, accepted=[])) == []
    for decision in (Decision.UNVERIFIABLE, Decision.REJECTED):
        book = ledger(CLOSED).after(entry(ClaimDecided(claim=CLOSED.id, decision=decision)))
        assert closed(book) == []


def test_a_denial_of_a_closure_and_an_intention_to_open_change_nothing():
    denied = status("NOT_PASSABLE", "It is not destroyed", "ministry", modality=Modality.DENIED)
    intended = status("PASSABLE", "It will be opened", "ministry", modality=Modality.INTENDED)
    assert closed(ledger(CLOSED, denied, intended)) == ["link:amber"]
    assert closed(ledger(denied, intended)) == []


hazards = st.builds(
    lambda x, y, kind, p, n, no: shelled(
        x, y, f"report {n}", origin=f"origin {n % 3}", precision=PlacePrecision(p), predicate=kind,
        modality=Modality.DENIED if no else Modality.ASSERTED,
    ),
    st.integers(0, 15), st.integers(0, 15),
    st.sampled_from([Predicate.SHELLING, Predicate.FIRE_ON_EVACUEES, Predicate.EXPLOSIVE_HAZARD]),
    st.integers(1, 3), st.integers(0, 9), st.booleans(),
)  # fmt: skip
roads = st.builds(
    lambda word, n: status(word, f"Bridge {n}: {word}", f"origin {n}", places=(BRIDGE,)),
    st.sampled_from(["PASSABLE", "OPEN", "NOT_PASSABLE", "RESTRICTED"]), st.integers(0, 9),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(hazards | roads, max_size=4), st.lists(hazards | roads, max_size=6))
def test_no_unreviewed_report_whatever_lowers_moves_or_opens_anything(accepted, unreviewed):
    said = {claim.id for claim in accepted}
    extra = [claim for claim in unreviewed if claim.id not in said]
    before, after = seen(ledger(*accepted)), seen(ledger(*accepted, *extra, accepted=accepted))
    assert [(c.selector, c.claims) for c in before.closures] == [
        (c.selector, c.claims) for c in after.closures
    ]
    was, now = (field(p, ROADS, DAY_S).ppm for p in (before, after))
    assert (now[:2] == was[:2]).all()
    assert (now[2] >= was[2]).all()
