"""First plans, loads settled last, and the trips that prices choose from; nothing here is compiled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from safepassage.domain.bus_problem import BusFleet, BusProblem, Dwell
from safepassage.engines.buses.arrays import model_of
from safepassage.engines.buses.first import first_plan
from safepassage.kernels.buses.bus_loads import whole_routes


def problem(persons, capacity=(-1,), *, seats=30, buses=1):
    """A minute from everywhere to everywhere."""
    pickups, sites = len(persons), len(capacity)
    return BusProblem(
        fleets=(BusFleet(yard=0, buses=buses, seats=seats),), persons=persons, capacity_persons=capacity,
        yard_to_pickup_s=np.full((1, pickups), 60), pickup_to_site_s=np.full((pickups, sites), 60),
        site_to_pickup_s=np.full((sites, pickups), 60),
    )  # fmt: skip


def rows_by_trip(arrays):
    columns = (arrays.pickup, arrays.site, arrays.load)
    return {key: m for m, key in enumerate(zip(*(c.tolist() for c in columns), strict=True))}


def test_one_large_bus_may_call_at_many_places_where_few_people_wait():
    """Sixty trips of one or two in a bus of thirty seats."""
    persons = (1, 2) * 30
    lists = first_plan(model_of(problem(persons)))
    assert lists is not None
    assert lists.count.tolist() == [60]
    assert lists.trips[0, :60, 2].sum() == sum(persons)


def test_drives_that_are_whole_get_whole_loads():
    """47 people by two buses, one of which goes in parts with one aboard and with thirty."""
    arrays = model_of(problem((47,), (30, 17), buses=2)).arrays
    row = rows_by_trip(arrays)
    shares = [(0, (row[0, 0, 30],), 1.0), (0, (row[0, 1, 17],), 1.0)]
    assert whole_routes(arrays, shares) == [(0, (row[0, 0, 30],)), (0, (row[0, 1, 17],))]
    shares = [(0, (row[0, 0, 30],), 0.75), (0, (row[0, 0, 1],), 0.25), (0, (row[0, 1, 17],), 1.0)]
    assert whole_routes(arrays, shares) == [(0, (row[0, 0, 30],)), (0, (row[0, 1, 17],))]


def test_parts_of_loads_are_settled_for_several_buses_at_once():
    arrays = model_of(problem((47, 20), (50, 17), seats=29, buses=3)).arrays
    row = rows_by_trip(arrays)
    shares = [
        (0, (row[0, 0, 29], row[1, 1, 17]), 0.5), (0, (row[0, 0, 1], row[1, 1, 17]), 0.5),
        (0, (row[0, 0, 29],), 1.25), (0, (row[0, 0, 1],), 0.75), (0, (row[1, 0, 1],), 1.0),
    ]  # fmt: skip
    found = whole_routes(arrays, shares)
    assert found is not None
    trips = [m for _, part in found for m in part]
    assert len(found) == 4
    for p, persons in enumerate((47, 20)):
        assert sum(int(arrays.load[m]) for m in trips if arrays.pickup[m] == p) == persons
    assert sum(int(arrays.load[m]) for m in trips if arrays.site[m] == 1) <= 17


def test_drives_in_parts_and_loads_that_find_no_room_are_no_routes():
    arrays = model_of(problem((47,), (30, 17), buses=2)).arrays
    row = rows_by_trip(arrays)
    assert whole_routes(arrays, [(0, (row[0, 0, 30],), 1.5), (0, (row[0, 1, 17],), 0.5)]) is None
    # Two trips to the larger site fill it; 17 people stay where they are.
    assert whole_routes(arrays, [(0, (row[0, 0, 30],), 1.5), (0, (row[0, 0, 1],), 0.5)]) is None


def test_no_trip_carries_more_than_its_site_takes_in():
    arrays = model_of(problem((9,), (2, -1, 0), seats=5)).arrays
    assert [int(arrays.load[arrays.site == s].max(initial=0)) for s in range(3)] == [2, 5, 0]


def test_prices_choose_between_least_and_largest_loads_unless_loads_take_time():
    plain = problem((9, 1), seats=5)
    arrays = model_of(plain).arrays
    assert arrays.load[arrays.outer].tolist() == [1, 5, 1]
    timed = model_of(replace(plain, dwell=Dwell(load_per_person_s=1))).arrays
    assert timed.load[timed.outer].tolist() == [1, 2, 3, 4, 5, 1]
