"""Where streets are too narrow to queue, cars are fitted in slots: the plan verifies and comes sooner."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from safepassage.domain.timed_network import Piece
from safepassage.engines.car_streams import Effort, earliest_flows, road_pieces
from safepassage.engines.car_streams import book_flows as booked_flows
from safepassage.engines.car_streams.in_slots import in_slots
from safepassage.kernels.booking.booking import RoadPieces, Turns
from safepassage.testing.evacuation_instance import DIRECTION, Draw, draw, problem
from tests.unit.test_car_streams import verified
from tests.unit.test_evacuation_instance import grid

pytestmark = pytest.mark.slow


def narrow(vehicles=900):
    """A grid of streets of 100 vehicles an hour, on which nobody may wait longer than a minute."""
    streets = grid()
    links = replace(streets.links, capacity_mveh_h=np.full(len(streets.links), 100_000))
    instance = draw(replace(streets, links=links), Draw(seed=2, sources=12, vehicles=vehicles))
    return problem(instance, horizon_s=86_400, junction_wait_max_s=60)


def booked(given, *, bin_s=900):
    found = earliest_flows(given, DIRECTION, bin_s=bin_s)
    return booked_flows(
        given, found.flows, found.place, direction=DIRECTION, bin_s=bin_s, effort=Effort(drives=0, holds=(1,))
    )


def test_cars_in_slots_are_a_plan_that_verifies_and_come_sooner_than_one_by_one(monkeypatch):
    given = narrow()
    slots = booked(given)
    verdict, schedule = verified(given, slots)
    assert not {code for code in verdict.counts if code != "UNSERVED_BOUND"}
    assert sum(car.persons for stream in schedule.cars for car in stream.departures) == 900
    assert not schedule.unserved
    booking_of_flows = import_module("safepassage.engines.car_streams.book_flows")
    monkeypatch.setattr(booking_of_flows, "in_slots", lambda *_arguments, **_terms: None)
    one_by_one = booked(given)
    assert slots.booking.arrive_s.max() < one_by_one.booking.arrive_s.max()
    assert slots.booking.arrive_s.mean() < one_by_one.booking.arrive_s.mean()


def lanes(horizon_s=10_000):
    """Two streets one after the other, twelve cars of one place."""
    turns = Turns(
        start=[0, 2],
        arcs=[0, 1],
        list_start=[0, 1],
        list_path=[0],
        turn_list=np.zeros(12, dtype=np.int64),
        turn_from_s=np.full(12, 100),
    )
    return RoadPieces.constant([60, 60], [100_000, 200_000], horizon_s), turns


def slots(roads, turns, last_s=2_000):
    return in_slots(roads, turns, units_mveh=1_000, wait_max_s=60, last_s=last_s, expired=lambda: False)


def test_everybody_leaves_one_headway_apart_and_not_before_the_first_second():
    found = slots(*lanes())
    assert found.depart_s.tolist() == [108 + 36 * k for k in range(12)]
    assert (found.arrive_s - found.depart_s == 120).all()
    assert not len(found.waits)


def test_whoever_finds_no_slot_or_roads_that_change_leave_it_to_others():
    assert slots(*lanes(horizon_s=300)) is None
    roads, turns = lanes()
    changing = RoadPieces(
        start=[0, 2, 3],
        from_s=[0, 500, 0],
        rate_mveh_h=[100_000, 50_000, 200_000],
        travel_s=[60, 60, 60],
        horizon_s=roads.horizon_s,
    )
    assert slots(changing, turns) is None


def test_a_road_that_opens_late_is_left_to_driving():
    given = narrow(vehicles=300)
    arc = int(given.network.arcs.tail.argmin())
    row = {"persons_h": -1, "travel_s": 60}
    pieces = (Piece(from_s=0, until_s=3_600, capacity_mveh_h=0, **row),
              Piece(from_s=3_600, until_s=86_400, capacity_mveh_h=100_000, **row))  # fmt: skip
    later = replace(given, network=replace(given.network, profiles={arc: pieces}))
    assert not road_pieces(later.network).steady.all()
    verdict, _ = verified(later, booked(later))
    assert not {code for code in verdict.counts if code != "UNSERVED_BOUND"}
