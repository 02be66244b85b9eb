"""Tables of travel times: closures and hours are waited for, weights and hazard kept off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.domain.timed_network import HazardPiece, Piece
from safepassage.engines.overlay import overlay
from safepassage.engines.travel_times import Vehicle, travel_times
from safepassage.testing.small_cases import random_small_case

HOUR_S = 3_600


@pytest.fixture(scope="module")
def problem():
    case, network = random_small_case(1)
    return overlay(network, case).problem


def ends(problem):
    """Return an origin and destination with a way of one arc or more, and the time it takes."""
    places = [place.id for place in problem.places if place.node >= 0]
    free = replace(problem, network=replace(problem.network, profiles={}, hazard={}, events=()),
                   rules=replace(problem.rules, movement_windows=()))  # fmt: skip
    table = travel_times(free, tuple(places), tuple(places), vehicle=Vehicle())
    i, k = (int(x[0]) for x in np.nonzero(table.seconds > 0))
    return free, places[i], places[k], int(table.seconds[i, k])


def seconds(problem, origin, end, **options):
    vehicle = options.pop("vehicle", Vehicle())
    return int(travel_times(problem, (origin,), (end,), vehicle=vehicle, **options).seconds[0, 0])


def closed_until(problem, opens_s):
    def piece(arc, from_s, until_s, capacity):
        travel_s = int(problem.network.arcs.travel_s[arc])
        return Piece(
            from_s=from_s, until_s=until_s, capacity_mveh_h=capacity, persons_h=-1, travel_s=travel_s
        )

    end_s = problem.network.horizon_s
    profiles = {
        arc: (piece(arc, 0, opens_s, 0), piece(arc, opens_s, end_s, 1_000))
        for arc in range(len(problem.network.arcs))
    }
    return replace(problem, network=replace(problem.network, profiles=profiles))


def test_who_sets_out_before_a_road_opens_waits(problem):
    free, origin, end, direct_s = ends(problem)
    closed = closed_until(free, HOUR_S)
    assert seconds(closed, origin, end) == HOUR_S + direct_s
    assert seconds(closed, origin, end, depart_s=HOUR_S) == direct_s


def test_roads_are_entered_only_while_movement_is_allowed(problem):
    free, origin, end, direct_s = ends(problem)
    windows = ((HOUR_S, free.network.horizon_s),)
    held = replace(free, rules=replace(free.rules, movement_windows=windows))
    assert seconds(held, origin, end) == HOUR_S + direct_s


def test_weights_and_hazard_close_roads(problem):
    free, origin, end, _ = ends(problem)
    count = len(free.network.arcs)
    weak = replace(free.network, arcs=replace(free.network.arcs, max_weight_kg=np.full(count, 7_500)))
    assert seconds(replace(free, network=weak), origin, end, vehicle=Vehicle(weight_kg=18_000)) == -1
    hazard = {arc: (HazardPiece(from_s=0, until_s=10, ppm=200_000),) for arc in range(count)}
    risky = replace(free, network=replace(free.network, hazard=hazard))
    assert seconds(risky, origin, end, vehicle=Vehicle(avoid_ppm=100_000)) == -1
    assert seconds(risky, origin, end, vehicle=Vehicle(avoid_ppm=300_000)) >= 0


def test_places_off_the_network_have_no_way(problem):
    free, origin, _, _ = ends(problem)
    assert seconds(free, origin, "nowhere") == -1
