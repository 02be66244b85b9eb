"""Stops given to trips that pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.passing import Passing
from safepassage.engines.distribution.standing import Planned
from safepassage.engines.distribution.store import Item, Left
from tests.support.district_roads import district_roads

SPARE_S = 300


@pytest.fixture
def dispatcher():
    """Return a dispatcher of two trucks of unlike types at one base."""
    problem, roads, windows = district_roads(settlements=3, trucks=3, days=1, persons=400)
    base = problem.trucks[0].base_node
    host = problem.trucks[0]
    guest = next(truck for truck in problem.trucks if truck.type != host.type)
    trucks = (replace(host, cold_chain=True), replace(guest, base_node=base, cold_chain=True))
    problem = replace(problem, trucks=trucks)
    left = Left(problem, [False] * len(problem.needs))
    # Nobody but the test sends trips out: what is left over is never worth one.
    return Dispatcher(problem, roads, left, LeastTimes(problem, roads), -1, windows, crumbs=2.0)


def booked(dispatcher: Dispatcher, trips: list[tuple[int, list[tuple[str, str]]]]) -> Dispatcher:
    """Return trips: a truck by position, and places with the good of which it brings all that they need."""
    problem, done = dispatcher.problem, dispatcher.anew()
    for k, calls in trips:
        truck = problem.trucks[k]
        stops = []
        for place, good in calls:
            lot = next(
                i for i, lot in enumerate(problem.lots)
                if lot.node == truck.base_node and lot.commodity == good
            )  # fmt: skip
            need = next(
                i for i, need in enumerate(problem.needs) if need.place == place and need.commodity == good
            )
            stops.append(done.stop(place, [Item(need, lot, problem.needs[need].amount_milli)]))
            done.left.hold(stops[-1].items)
        done.planned.setdefault(truck.id, []).append(Planned(truck.base_node, tuple(stops)))
    done.day(0)
    done.give_back()
    assert len(done.trips) == len(trips)
    return done


def brought(done: Dispatcher) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in done.deliveries:
        found[row.place, row.commodity] = found.get((row.place, row.commodity), 0) + row.milli
    return found


def test_a_lorry_that_passes_takes_what_another_type_of_truck_set_out_for(dispatcher):
    place, *_ = dispatcher.left.places()
    before = booked(dispatcher, [(0, [(place, "drinking_water")]), (1, [(place, "hygiene_soap")])])
    ways = Passing(before, SPARE_S)
    after = ways.booked()
    assert ways.changed
    assert len(after.trips) == 1
    assert brought(after) == brought(before)
    assert after.driven_s < before.driven_s


def test_where_no_trip_passes_all_stays_as_it_was(dispatcher):
    place, *_ = dispatcher.left.places()
    before = booked(dispatcher, [(0, [(place, "drinking_water")])])
    ways = Passing(before, SPARE_S)
    assert not ways.changed
    assert ways.booked().driven_s == before.driven_s


def full(before: Dispatcher, k: int) -> None:
    """Leave the truck of a trip no room."""
    grams = sum(before.left.mass_g(stop.items) for stop in before.loads[k])
    object.__setattr__(before.trips[k].truck, "payload_kg", grams // 1_000 + 1)


def test_what_is_too_heavy_stays_with_its_own_truck(dispatcher):
    place, *_ = dispatcher.left.places()
    before = booked(dispatcher, [(0, [(place, "drinking_water")]), (1, [(place, "hygiene_soap")])])
    full(before, 0)
    full(before, 1)
    assert not Passing(before, SPARE_S).changed


def test_what_a_crew_has_no_hours_for_stays_with_another(dispatcher):
    far, near, _ = dispatcher.left.places()
    before = booked(dispatcher, [(0, [(near, "drinking_water")]), (1, [(far, "hygiene_soap")])])
    full(before, 1)
    assert before.way_s(before.trips[0].truck, *(before.node(place) for place in (near, far))) > 0
    assert Passing(before, SPARE_S).changed
    driven_s = 2 * before.way_s(before.trips[0].truck, before.trips[0].depot, before.node(near))
    object.__setattr__(before.trips[0].truck, "max_drive_s", driven_s)
    assert not Passing(before, SPARE_S).changed


def test_who_does_not_keep_cold_takes_nothing_that_has_to_be(dispatcher):
    place, *_ = dispatcher.left.places()
    before = booked(dispatcher, [(0, [(place, "drinking_water")]), (1, [(place, "hygiene_soap")])])
    full(before, 1)
    object.__setattr__(before.trips[0].truck, "cold_chain", False)
    assert Passing(before, SPARE_S).changed
    for good in before.problem.goods:
        object.__setattr__(good, "cold_chain", True)
    assert not Passing(before, SPARE_S).changed
