"""What claims mean for travellers: a range with its claims; one claim may close a road, none opens one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.claims.ledger import ClaimDecided, ClaimProposed, Entry, Ledger, ReportFiled
from safepassage.domain.claims.picture import HazardSlice
from safepassage.domain.claims.values import PlaceReference, SourceGrade, TimeSpan
from safepassage.domain.claims.words import (
    Decision,
    Interest,
    Modality,
    OriginKind,
    PlacePrecision,
    Polarity,
    Predicate,
    TimePrecision,
)
from safepassage.engines.hazard_picture import in_case, picture, policy
from safepassage.engines.hazard_picture.in_case import ring_e7
from safepassage.testing.small_cases import random_small_case
from tests.unit.test_conflicts import REPORTS, said

EPOCH = int(datetime(2030, 5, 14, 4, tzinfo=UTC).timestamp())
DAY_S = 86_400
AMBER = PlaceReference(name="Amber", precision=PlacePrecision.EXACT, lat_e7=500_000_000, lon_e7=300_000_000)
BRIDGE = PlaceReference(name="Amber bridge", precision=PlacePrecision.EXACT, selector="link:amber")
HOUR = TimeSpan(from_utc_s=EPOCH - 7_200, until_utc_s=EPOCH - 3_600, precision=TimePrecision.HOUR)


def shelling(words="Shells fell on Amber", origin="monitor", side="", **values):
    claim = said(words, origin, side, Predicate.SHELLING, places=(AMBER,), times=(HOUR,))
    return replace(claim, **({"source_grade": SourceGrade(letter="B", set_by="desk")} | values))


def status(word, words, origin="road office", **values):
    arguments = (("status", word),)
    base = said(words, origin, "", Predicate.ROAD_STATUS, arguments=arguments, places=(BRIDGE,))
    return replace(base, **values)


def ledger(*claims, accepted=None):
    acts = [ReportFiled(report=REPORTS[c.report]) for c in claims] + [ClaimProposed(claim=c) for c in claims]
    yes = claims if accepted is None else accepted
    acts += [ClaimDecided(claim=claim.id, decision=Decision.ACCEPTED) for claim in yes]
    return Ledger.of(Entry(at="2030-05-14T05:00:00Z", by="desk", act=act) for act in acts)


def seen(*claims, accepted=None, **options):
    return picture(ledger(*claims, accepted=accepted), epoch_utc_s=EPOCH, horizon_s=DAY_S, **options)


def first(found):
    return found.events[0].slices[0]


def test_an_accepted_report_is_a_range_that_fades():
    [event] = seen(shelling()).events
    now = event.slices[0]
    assert 0 < now.low_ppm < now.central_ppm <= now.high_ppm
    later = event.slices[-1]
    assert later.central_ppm < now.central_ppm / 2
    assert event.claims == (shelling().id,)


def test_what_nobody_reviewed_raises_the_precautionary_layer_only():
    found = seen(shelling(), accepted=[])
    assert (first(found).low_ppm, first(found).central_ppm) == (0, 0)
    assert 0 < first(found).high_ppm <= 1_000_000 * policy.UNREVIEWED_P * policy.KINDS[Predicate.SHELLING].p
    accepted = shelling()
    doubtful = shelling("It was shelled", "somebody", source_grade=SourceGrade(letter="F", set_by="desk"))
    alone, both = seen(accepted), seen(accepted, doubtful, accepted=[accepted])
    assert first(alone).central_ppm == first(both).central_ppm
    assert first(both).high_ppm >= first(alone).high_ppm


def test_ten_outlets_of_one_origin_count_once():
    copies = []
    for n in range(10):
        relay = said("Shells fell on Amber", "monitor", "", outlet=f"Outlet {n}")
        copies.append(replace(shelling(), chain=relay.chain, report=relay.report))
    assert seen(*copies).events[0].belief == seen(copies[0]).events[0].belief


def test_a_second_side_raises_belief_more_than_a_second_voice_of_one():
    party = {"side": "A", "origin": "ministry A"}
    one = seen(shelling("It was shelled", **party)).events[0].belief[1]
    same_side = shelling("Shells fell", "governor A", "A")
    other_side = shelling("Shells fell", "ministry B", "B")
    two_of_one = seen(shelling("It was shelled", **party), same_side).events[0].belief[1]
    two_sides = seen(shelling("It was shelled", **party), other_side).events[0].belief[1]
    assert one <= two_of_one < two_sides


def test_contradiction_widens_and_never_averages_away():
    affirmed = shelling()
    denied = shelling("Nothing fell on Amber", "party", "A", modality=Modality.DENIED)
    alone, both = seen(affirmed), seen(affirmed, denied)
    assert both.events[0].contested
    assert first(both).low_ppm <= first(alone).low_ppm
    assert first(both).high_ppm >= first(alone).high_ppm


def test_an_allegation_against_a_whole_class_of_movement_keeps_a_floor():
    region = replace(AMBER, name="Amber region", precision=PlacePrecision.PROVINCE)
    claim = said("They fire at evacuees", "ministry", "B", Predicate.FIRE_ON_EVACUEES, places=(region,))
    found = seen(claim)
    assert all(piece.high_ppm >= policy.FLOOR_PPM for piece in found.events[0].slices)
    assert first(found).central_ppm < policy.FLOOR_PPM


def test_a_party_speaking_for_itself_counts_less_than_one_against_itself():
    best = SourceGrade(letter="A", set_by="desk")
    kind = {"origin": "ministry", "side": "A", "source_grade": best}
    chain = said("x", "ministry", "A").chain
    assert chain.origin.kind == OriginKind.PARTY
    serves = seen(shelling("They shelled us", interest=Interest.SERVES, **kind)).events[0].belief[1]
    against = seen(shelling("We shelled them", interest=Interest.AGAINST, **kind)).events[0].belief[1]
    assert serves < against


def test_one_accepted_claim_closes_a_road_and_none_opens_one():
    closed = status("NOT_PASSABLE", "The bridge is destroyed")
    opened = status("PASSABLE", "The bridge is open", "ministry")
    found = seen(closed, opened)
    assert [(c.selector, c.against) for c in found.closures] == [("link:amber", (opened.id,))]
    assert seen(opened).closures == ()
    assert seen(closed, accepted=[]).closures == ()
    denied = replace(opened, polarity=Polarity.NEGATED)
    assert seen(denied).closures[0].selector == "link:amber"


def test_mines_close_a_road_until_a_person_says_otherwise():
    mined = status("", "Mines on the bridge", predicate=Predicate.EXPLOSIVE_HAZARD)
    later = picture(ledger(mined), epoch_utc_s=EPOCH + 90 * DAY_S, horizon_s=DAY_S)
    assert [c.selector for c in later.closures] == ["link:amber"]


def test_planning_without_a_source_is_one_more_word():
    closed = status("NOT_PASSABLE", "The bridge is destroyed")
    assert seen(closed, shelling(), without=frozenset({"Monitor"})).events == ()
    assert seen(closed, without=frozenset({closed.id})).closures == ()


def test_unreviewed_reports_of_one_origin_raise_only_so_much_a_day():
    flood = [
        shelling(f"Shells fell on place {n}", "bot", places=(replace(AMBER, name=f"Place {n}", lat_e7=n),))
        for n in range(20)
    ]
    found = seen(*flood, accepted=[])
    assert len(found.events) == policy.MOST_UNREVIEWED
    assert len(found.unplaced) == 20 - policy.MOST_UNREVIEWED


def test_what_cannot_be_put_on_the_map_is_not_assessed():
    nowhere = shelling(places=(replace(AMBER, lat_e7=None, lon_e7=None),))
    country = shelling("Shelling", places=(replace(AMBER, precision=PlacePrecision.COUNTRY),))
    assert seen(nowhere, country).events == ()
    assert len(seen(nowhere, country).unplaced) == 2


@given(st.lists(st.sampled_from(["PASSABLE", "OPEN", "RESTRICTED", "UNKNOWN"]), max_size=6))
def test_no_chain_of_reports_that_a_road_is_open_opens_it(words):
    closed = status("NOT_PASSABLE", "The bridge is destroyed")
    forged = [status(word, f"Report {n}: {word}", f"origin {n}") for n, word in enumerate(words)]
    assert [c.selector for c in seen(closed, *forged).closures] == ["link:amber"]


def test_a_picture_becomes_rows_of_a_case_that_cite_their_claims():
    closed = status("NOT_PASSABLE", "The bridge is destroyed")
    case, _ = random_small_case(1)
    laid = in_case(case, seen(closed, shelling()))
    area = laid.areas[len(case.areas)]
    assert shelling().id in area.provenance.source
    assert area.hazard_low_ppm <= area.hazard_ppm <= area.hazard_high_ppm
    assert str(laid.road_statuses[-1].roads[0]) == "link:amber"
    assert laid.reports == case.reports


def test_a_ring_is_closed_and_as_wide_as_its_radius():
    ring = ring_e7(600_000_000, 300_000_000, 10_000)
    assert ring[0] == ring[-1]
    height_m = (max(lat for _, lat in ring) - min(lat for _, lat in ring)) * 111_195 / 10_000_000
    assert height_m == pytest.approx(20_000, rel=0.01)


def test_a_slice_out_of_order_is_refused():
    with pytest.raises(ValueError, match="low <= central <= high"):
        HazardSlice(from_s=0, until_s=1, low_ppm=2, central_ppm=1, high_ppm=3)
