"""The same loads on less driving."""

from __future__ import annotations

import sys
from itertools import pairwise, permutations
from typing import ClassVar

import pytest

from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.distribute import _Tries
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.shorten import Kind, Shortening
from safepassage.engines.distribution.standing import Planned
from safepassage.engines.distribution.store import Item, Left
from tests.support.district_roads import district_roads


@pytest.fixture
def dispatcher():
    problem, roads, windows = district_roads(settlements=4, trucks=1, days=1, persons=400)
    left = Left(problem, [False] * len(problem.needs))
    # Nobody but the test sends trips out: what is left over is never worth one.
    return Dispatcher(problem, roads, left, LeastTimes(problem, roads), -1, windows, crumbs=2.0)


def shortened(before: Dispatcher, kind: Kind = Kind.BEST) -> Dispatcher:
    ways = Shortening(before)
    return ways.booked(dict.fromkeys(ways.groups, kind))


def booked(dispatcher: Dispatcher, trips: list[list[str]]) -> Dispatcher:
    """Return trips of the first truck, each with all drinking water that its places need."""
    problem, done = dispatcher.problem, dispatcher.anew()
    truck = problem.trucks[0]
    lot = next(
        k for k, lot in enumerate(problem.lots)
        if lot.node == truck.base_node and lot.commodity == "drinking_water"
    )  # fmt: skip
    for places in trips:
        stops = []
        for place in places:
            need = next(
                i for i, need in enumerate(problem.needs)
                if need.place == place and need.commodity == "drinking_water"
            )  # fmt: skip
            stops.append(done.stop(place, [Item(need, lot, problem.needs[need].amount_milli)]))
            done.left.hold(stops[-1].items)
        done.planned.setdefault(truck.id, []).append(Planned(truck.base_node, tuple(stops)))
    done.day(0)
    done.give_back()
    return done


def driven_at_least(dispatcher: Dispatcher, places: list[str]) -> int:
    truck = dispatcher.problem.trucks[0]
    return min(
        sum(
            dispatcher.way_s(truck, a, b)
            for a, b in pairwise([truck.base_node, *map(dispatcher.node, order), truck.base_node])
        )
        for order in permutations(places)
    )


def brought(done: Dispatcher) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in done.deliveries:
        found[row.place] = found.get(row.place, 0) + row.milli
    return found


def test_trips_that_fit_on_one_truck_become_one_in_the_best_order(dispatcher):
    places = dispatcher.left.places()
    before = booked(dispatcher, [[place] for place in places])
    after = shortened(before)
    assert len(before.trips) == len(places)
    assert len(after.trips) == 1
    assert brought(after) == brought(before)
    assert after.driven_s == driven_at_least(dispatcher, places) < before.driven_s


def test_stops_in_any_order_come_into_the_best_one(dispatcher):
    places = dispatcher.left.places()
    for order in permutations(places):
        after = shortened(booked(dispatcher, [list(order)]))
        after.give_back()
        assert after.driven_s == driven_at_least(dispatcher, places)


def test_trips_that_are_too_heavy_together_stay_apart(dispatcher):
    problem = dispatcher.problem
    before = booked(dispatcher, [[place] for place in dispatcher.left.places()])
    most_kg = max(sum(dispatcher.left.mass_g(stop.items) for stop in stops) for stops in before.loads)
    for trip in before.trips:
        object.__setattr__(trip.truck, "payload_kg", most_kg // 1_000 + 1)
    assert len(shortened(before).trips) == len(before.trips) > 1
    assert problem.trucks[0].payload_kg == most_kg // 1_000 + 1


def test_only_the_trips_of_named_trucks_are_made_shorter(dispatcher):
    before = booked(dispatcher, [[place] for place in dispatcher.left.places()])
    ways = Shortening(before)
    (group,) = ways.groups
    same = ways.booked({})
    assert [(trip.depot, trip.stops) for trip in same.trips] == [
        (trip.depot, trip.stops) for trip in before.trips
    ]
    assert brought(same) == brought(before)
    same.give_back()
    saved_s = before.driven_s - ways.booked({group: Kind.BEST}).driven_s
    assert ways.saves_s(group, Kind.BEST) == saved_s > 0


def test_it_is_told_whether_the_hours_of_roads_bind(dispatcher, monkeypatch):
    before = booked(dispatcher, [[place] for place in dispatcher.left.places()])
    free = Shortening(before)
    free.booked(dict.fromkeys(free.groups, Kind.TIMED))
    assert free.by_least_times
    monkeypatch.setattr(Dispatcher, "holds", lambda *_: False)
    bound = Shortening(before)
    bound.booked(dict.fromkeys(bound.groups, Kind.TIMED))
    assert not bound.by_least_times


def test_it_is_told_whose_trips_bring_less_than_before(dispatcher):
    before = booked(dispatcher, [[place] for place in dispatcher.left.places()])
    ways = Shortening(before)
    assert ways.bringing_less(before) == set()
    assert ways.bringing_less(shortened(before)) == set()
    assert ways.bringing_less(booked(dispatcher, [[dispatcher.left.places()[0]]])) == set(ways.groups)


def test_who_brings_less_on_searched_ways_falls_back_and_others_keep_them():
    class Ways:
        groups: ClassVar = [(0, "lorry", False), (0, "van", False), (1, "van", False)]

        def booked(self, chosen):
            return dict(chosen)

        def bringing_less(self, done):
            lorry, van, _ = self.groups
            return {lorry} & done.keys() | ({van} if done[van] == Kind.SEARCHED else set())

    class Tries(_Tries):
        def __init__(self):
            pass

        def _shorter(self, before, done):
            return None if Ways().bringing_less(done) else ("totals", done)

    tries, ways = Tries(), Ways()
    _, van, other = ways.groups
    _, found = tries._shorter_of_many(None, ways)
    assert found == {van: Kind.BEST, other: Kind.SEARCHED}


@pytest.mark.parametrize("searched", [None, ("fewer", "searched")])
def test_where_needs_are_many_what_came_in_free_hours_is_searched_once_more(searched, monkeypatch):
    class Tries(_Tries):
        def __init__(self):
            self._few = False

        def _shorter_of_many(self, before, ways):
            return searched

        def _once_more(self, found):
            return ("fewest", found)

    # The package gives the module's name to a function.
    monkeypatch.setattr(sys.modules[_Tries.__module__], "Shortening", lambda _: None)
    best = ("totals", "joined")
    assert Tries()._shortened(best) == (best if searched is None else ("fewest", searched))
