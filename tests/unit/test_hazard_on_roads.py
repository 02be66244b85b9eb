"""A picture on roads: the planner's own network says the same, news change only what they can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.domain.case import Case
from safepassage.domain.claims.values import PlaceReference, SourceGrade
from safepassage.domain.claims.words import Decision, PlacePrecision, Predicate
from safepassage.engines.hazard_picture import Roads, delta, field, in_case, narrowed, picture, policy
from safepassage.engines.overlay import overlay
from safepassage.testing.grid_roads import CORNER_E7, SPACING_E7, grid_network
from safepassage.testing.small_cases import random_small_case
from tests.unit.test_hazard_picture import AMBER, DAY_S, EPOCH, HOUR, ledger, said, shelling

NETWORK = grid_network(1_000)
ROADS = Roads(NETWORK)
LAYERS = ("low", "central", "high")


def spot(column, row, precision=PlacePrecision.NEAR):
    lat_e7, lon_e7 = CORNER_E7[1] + row * SPACING_E7, CORNER_E7[0] + column * SPACING_E7
    return PlaceReference(name=f"{column}/{row}", precision=precision, lat_e7=lat_e7, lon_e7=lon_e7)


def shelled(column, row, words="shells fell", **values):
    precision = values.pop("precision", PlacePrecision.NEAR)
    place = spot(column, row, precision)
    return shelling(f"{words} at {place.name}", values.pop("origin", "monitor"), places=(place,), **values)


def seen(claims, accepted=None, **options):
    found = picture(ledger(*claims, accepted=accepted), epoch_utc_s=EPOCH, horizon_s=DAY_S, **options)
    return narrowed(found, ROADS)


def on_the_grid(layer) -> Case:
    case, _ = random_small_case(1)
    settings = replace(case.settings, horizon_s=DAY_S, hazard_layer=layer)
    return replace(case, places=(), demand=(), fleet=(), areas=(), road_statuses=(), arrangements=(),
                   transit_links=(), settings=settings)  # fmt: skip


@pytest.mark.parametrize("layer", LAYERS)
def test_the_planner_s_network_has_the_same_hazard(layer):
    found = seen([shelled(3, 4), shelled(6, 6, precision=PlacePrecision.EXACT), shelled(12, 2)], None)
    ppm = field(found, ROADS, DAY_S).ppm[LAYERS.index(layer)]
    timed = overlay(NETWORK, in_case(on_the_grid(layer), found)).problem.network
    for arc in range(len(NETWORK.arcs)):
        by_slice = np.zeros(len(ppm), dtype=np.int64)
        for piece in timed.hazard.get(arc, ()):
            starts = np.arange(len(ppm)) * (DAY_S // policy.SLICES)
            by_slice[(starts >= piece.from_s) & (starts < piece.until_s)] = piece.ppm
        assert by_slice.tolist() == ppm[:, arc].tolist()


def test_news_lead_to_the_field_that_would_be_made_anew():
    rng = np.random.default_rng(3)
    claims, known = [], {}
    now = seen(claims)
    held = field(now, ROADS, DAY_S)
    for n in range(25):
        kind = [Predicate.SHELLING, Predicate.LOOTING, Predicate.FIRE_ON_EVACUEES][n % 3]
        at = int(rng.integers(15)), int(rng.integers(15))
        precision = PlacePrecision(int(rng.integers(1, 4)))
        claims.append(shelled(*at, f"report {n}: it happened", precision=precision, predicate=kind))
        # Every third claim is taken back again later: what goes must uncover what it hid.
        left_out = frozenset(c.id for c in claims[:: 3 if n % 2 else 4])
        after = seen(claims, claims[: n // 2], known=known, without=left_out)
        news = delta(now, after, held, ROADS)
        held, now = held.after(news), after
        assert (held.ppm == field(after, ROADS, DAY_S).ppm).all()


def test_what_was_worked_out_before_changes_nothing():
    claims, known = [shelled(3, 4), shelled(5, 5)], {}
    assert seen(claims, known=known) == seen(claims, known=known) == seen(claims)
    graded = [replace(claims[0], source_grade=SourceGrade(letter="E", set_by="desk")), claims[1]]
    assert seen(graded, known=known) == seen(graded) != seen(claims)


def test_an_unreviewed_report_raises_the_precautionary_layer_of_the_closest_roads_only():
    wide = shelled(8, 8, precision=PlacePrecision.DISTRICT, predicate=Predicate.FIRE_ON_EVACUEES)
    ppm = field(seen([wide], []), ROADS, DAY_S).ppm
    assert (ppm[:2] == 0).all()
    raised = np.flatnonzero(ppm[2].any(axis=0))
    assert 0 < len(raised) <= policy.MOST_UNREVIEWED_ARCS
    reviewed = field(seen([wide]), ROADS, DAY_S).ppm[2]
    assert np.count_nonzero(reviewed.any(axis=0)) > policy.MOST_UNREVIEWED_ARCS


def test_a_thousand_unreviewed_claims_of_one_source_stay_within_its_room_and_all_are_traceable():
    flood = [
        shelled(n % 16, n // 16 % 16, f"post {n}", origin="bot" if n % 2 else f"eyewitness {n}",
                uttered=f"2030-05-{n % 28 + 1:02d}", precision=PlacePrecision(n % 3 + 1),
                predicate=[Predicate.SHELLING, Predicate.FIRE_ON_EVACUEES][n % 2])
        for n in range(1_000)
    ]  # fmt: skip
    found = seen(flood, [])
    ppm = field(found, ROADS, DAY_S).ppm
    assert (ppm[:2] == 0).all()
    # All came through one outlet on one day, however many origins and days they name.
    assert np.count_nonzero(ppm[2].any(axis=0)) <= policy.MOST_UNREVIEWED_ARCS
    told = {c for e in found.events for c in e.claims} | {row.claim for row in found.unplaced}
    assert told == {claim.id for claim in flood}
    assert found.closures == ()


def test_a_flood_does_not_take_the_room_of_somebody_else():
    honest = said("Shells fell at 2/2", "medic", "", Predicate.SHELLING, outlet="Clinic",
                  places=(spot(2, 2),), times=(HOUR,))  # fmt: skip
    flood = [shelled(n % 16, n // 16, f"post {n}", origin="bot") for n in range(200)]
    copied = shelled(2, 2, "post 2/2", origin="bot")
    found = seen([*flood, copied, honest], [])
    [event] = [event for event in found.events if event.place == "2/2"]
    assert honest.id in event.claims


def test_what_nobody_reviewed_moves_freshens_and_narrows_nothing_that_was_accepted():
    accepted = shelled(8, 8, precision=PlacePrecision.DISTRICT)
    alone = field(seen([accepted]), ROADS, DAY_S).ppm
    later = replace(HOUR, from_utc_s=EPOCH - 60, until_utc_s=EPOCH)
    forged = replace(
        shelled(8, 8, "just now and here", origin="bot"), times=(later,),
        places=(replace(accepted.places[0], precision=PlacePrecision.EXACT),),
    )  # fmt: skip
    both = field(seen([accepted, forged], [accepted]), ROADS, DAY_S).ppm
    assert (both[:2] == alone[:2]).all()
    assert (both[2] >= alone[2]).all()


def test_a_place_without_roads_raises_none():
    far = replace(AMBER, lat_e7=10_000_000, precision=PlacePrecision.EXACT)
    found = seen([shelling(places=(far,))])
    assert len(ROADS.reached(found.events[0])[0]) == 0
    assert len(delta(seen([]), found, field(seen([]), ROADS, DAY_S), ROADS).arcs) == 0


def test_a_rejected_claim_weighs_nothing():
    claim = shelled(3, 3)
    book = ledger(claim)
    from safepassage.domain.claims.ledger import ClaimDecided, Entry

    decided = ClaimDecided(claim=claim.id, decision=Decision.REJECTED)
    after = book.after(Entry(at="2030-05-14T06:00:00Z", by="desk", act=decided))
    assert picture(after, epoch_utc_s=EPOCH, horizon_s=DAY_S).events == ()
