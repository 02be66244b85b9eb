"""All trips of trucks alike searched together, for the stops and loads that they have."""

from __future__ import annotations

import pytest

from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.fixed_rounds import fewer_seconds
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.store import Item, Left
from safepassage.engines.distribution.trip_ways import Way, as_driven, room
from safepassage.kernels.tours.few_stops import MOST_STOPS
from tests.support.district_roads import district_roads

PLACES = 24


@pytest.fixture(scope="module")
def dispatcher():
    problem, roads, windows = district_roads(settlements=PLACES, trucks=4, days=1, persons=2_400)
    left = Left(problem, [False] * len(problem.needs))
    return Dispatcher(problem, roads, left, LeastTimes(problem, roads), -1, windows, crumbs=2.0)


def alike(dispatcher):
    """Return trucks of one type, and the depots with drinking water, that of their base first."""
    trucks = [t for t in dispatcher.problem.trucks if t.type == dispatcher.problem.trucks[0].type]
    lots = {lot.node: k for k, lot in enumerate(dispatcher.problem.lots) if lot.commodity == "drinking_water"}
    return trucks, sorted(lots.items(), key=lambda row: row[0] != trucks[0].base_node)


def crossing(dispatcher, depots):
    """Return trips to every second place in order of name, from one depot and the other in turn."""
    trucks, problem = alike(dispatcher)[0], dispatcher.problem
    needs = {need.place: k for k, need in enumerate(problem.needs) if need.commodity == "drinking_water"}
    ways = []
    for number in range(PLACES // 4):
        node, lot = depots[number % len(depots)]
        stops = [
            dispatcher.stop(place, [Item(needs[place], lot, problem.needs[needs[place]].amount_milli // 4)])
            for place in sorted(needs)[number :: PLACES // 4]
        ]
        ways.append(as_driven(dispatcher, trucks[number % len(trucks)], node, stops))
    return ways


def seconds(dispatcher: Dispatcher, ways: list[Way]) -> int:
    return sum(dispatcher.way_s(w.truck, w.truck.base_node, w.depot) + w.seconds for w in ways)


def brought(ways: list[Way]) -> dict[tuple[int, str], int]:
    """Return by depot and place what is brought."""
    found: dict[tuple[int, str], int] = {}
    for way in ways:
        for stop in way.stops:
            key = way.depot, stop.place
            found[key] = found.get(key, 0) + sum(item.milli for item in stop.items)
    return found


def test_trips_that_cross_are_driven_on_much_less_way_with_the_same_loads(dispatcher):
    trucks, depots = alike(dispatcher)
    assert PLACES > MOST_STOPS
    assert len(depots) > 1
    for some in (depots[:1], depots):
        ways = crossing(dispatcher, some)
        found = fewer_seconds(dispatcher, ways, trucks)
        assert seconds(dispatcher, found) < 0.8 * seconds(dispatcher, ways)
        assert brought(found) == brought(ways)
        assert all(min(room(dispatcher, way)) >= 0 for way in found)


def test_no_trip_is_changed_where_nothing_is_saved(dispatcher):
    trucks, depots = alike(dispatcher)
    ways = crossing(dispatcher, depots[:1])[:1]
    best = fewer_seconds(dispatcher, ways, trucks)
    again = fewer_seconds(dispatcher, best, trucks)
    assert [way.stops for way in again] == [way.stops for way in best]


def test_a_truck_that_holds_no_more_drives_each_trip_alone(dispatcher):
    trucks, depots = alike(dispatcher)
    ways = crossing(dispatcher, depots[:1])
    fullest = max(trucks[0].payload_kg * 10**6 - room(dispatcher, way)[0] for way in ways)
    payloads = {truck.id: truck.payload_kg for truck in trucks}
    try:
        for truck in trucks:
            object.__setattr__(truck, "payload_kg", fullest // 10**6 + 1)
        found = fewer_seconds(dispatcher, ways, trucks)
        assert all(min(room(dispatcher, way)) >= 0 for way in found)
        assert brought(found) == brought(ways)
    finally:
        for truck in trucks:
            object.__setattr__(truck, "payload_kg", payloads[truck.id])
