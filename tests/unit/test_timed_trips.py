"""Trips to the same stops within the hours in which their roads are open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.least_times import LeastTimes
from safepassage.engines.distribution.standing import Planned
from safepassage.engines.distribution.store import Item, Left
from safepassage.engines.distribution.timed_trips import in_hours
from safepassage.engines.distribution.trip_ways import Way, as_driven, planned_of
from tests.support.district_roads import district_roads

SPARE_S = 900


class LateRoads:
    """Roads on which nobody sets out for a place before a second."""

    def __init__(self, roads, opens_s: int) -> None:
        self._roads, self._opens_s = roads, opens_s
        self.late = -1

    def __getattr__(self, name: str):
        return getattr(self._roads, name)

    def earliest(self, arcs, ready_s: int, units_mveh: int):
        """Return the earliest run, later than by the roads alone where it ends at the place."""
        to_late = arcs and int(self._roads._network.arcs.head[arcs[-1]]) == self.late
        return self._roads.earliest(arcs, max(ready_s, self._opens_s) if to_late else ready_s, units_mveh)


class District:
    """A truck whose crew's hours are those of one trip to all stops, without a wait at a closed road."""

    def __init__(self) -> None:
        problem, roads, windows = district_roads(settlements=4, trucks=1, days=1, persons=400)
        truck = problem.trucks[0]
        opens_s, closes_s = windows[0] if windows else (truck.available_from_s, truck.available_until_s)
        self.roads = LateRoads(roads, (opens_s + closes_s) // 2)
        self.before = self._dispatcher(problem, windows)
        self.stops = [self._stop(place) for place in self.before.left.places()][:2]
        self.roads.late = self.stops[-1].node
        whole = self.way(self.stops)
        rules = problem.rules
        unload_s = sum(rules.unloading_s(self.before.left.mass_g(stop.items)) for stop in self.stops)
        tired = replace(truck, max_duty_s=whole.seconds + unload_s + SPARE_S)
        self.before = self._dispatcher(replace(problem, trucks=(tired,)), windows)

    def _dispatcher(self, problem, windows) -> Dispatcher:
        left = Left(problem, [False] * len(problem.needs))
        return Dispatcher(problem, self.roads, left, LeastTimes(problem, self.roads), -1, windows, crumbs=2.0)

    def _stop(self, place: str):
        """Return a stop with all drinking water that a place needs."""
        problem, water = self.before.problem, "drinking_water"
        base = problem.trucks[0].base_node
        lot = next(k for k, lot in enumerate(problem.lots) if lot.node == base and lot.commodity == water)
        need = next(
            i for i, need in enumerate(problem.needs) if need.place == place and need.commodity == water
        )
        return self.before.stop(place, [Item(need, lot, problem.needs[need].amount_milli)])

    def way(self, stops) -> Way:
        """Return one trip of the truck."""
        truck = self.before.problem.trucks[0]
        return as_driven(self.before, truck, truck.base_node, stops)


@pytest.fixture
def district() -> District:
    return District()


def test_a_crew_that_sets_out_late_does_not_wait_on_duty(district):
    truck = district.before.problem.trucks[0]
    early = Planned(truck.base_node, tuple(district.stops))
    # A quarter of the crew's hours is enough for the first stop; all morning is too long to wait on duty.
    opens_s = district.roads._opens_s
    late = replace(early, from_s=opens_s - truck.max_duty_s // 4)
    assert not district.before.holds({truck.id: [early]})
    assert district.before.holds({truck.id: [late]})
    assert not district.before.holds({truck.id: [late]}, truck.max_duty_s)
    done = district.before.anew()
    done.planned[truck.id] = [late]
    done.left.hold([item for stop in late.stops for item in stop.items])
    done.day(0)
    assert done.chains()[0].legs[0].depart_s >= late.from_s
    assert [trip.stops[-1][0] for trip in done.trips] == [late.stops[-1].place]


def test_stops_come_on_one_trip_that_is_driven_when_the_road_opens(district):
    apart = [district.way([stop]) for stop in district.stops]
    found = in_hours(district.before, apart, district.before.problem.trucks)
    assert [sorted(stop.place for stop in way.stops) for way in found] == [
        sorted(stop.place for stop in district.stops)
    ]
    assert sum(way.seconds for way in found) < sum(way.seconds for way in apart)
    assert district.before.holds(planned_of(found))
    assert not district.before.holds(planned_of(replace(way, from_s=0) for way in found))


def test_what_cannot_be_driven_on_less_stays(district):
    best = in_hours(district.before, [district.way(district.stops)], district.before.problem.trucks)
    assert in_hours(district.before, best, district.before.problem.trucks) == best
    elsewhere = [replace(way, depot=district.stops[0].node) for way in best]
    assert in_hours(district.before, elsewhere, district.before.problem.trucks) == elsewhere
    truck = district.before.problem.trucks[0]
    nobody = [replace(truck, available_until_s=truck.available_from_s)]
    assert in_hours(district.before, best, nobody) == best


def test_a_trip_that_loads_elsewhere_stays_and_the_others_are_joined(district):
    district.roads.late = -1
    problem, (truck,) = district.before.problem, district.before.problem.trucks
    awake = replace(truck, max_duty_s=-1)
    before = district._dispatcher(replace(problem, trucks=(awake,)), district.before.windows)
    place = before.left.places()[-1]
    need, lot = next(
        (i, k)
        for i, need in enumerate(problem.needs)
        for k, lot in enumerate(problem.lots)
        if need.place == place and need.commodity == lot.commodity == "drinking_water"
        and lot.node != truck.base_node
    )  # fmt: skip
    stop = before.stop(place, [Item(need, lot, problem.needs[need].amount_milli)])
    away = as_driven(before, awake, problem.lots[lot].node, [stop])
    apart = [as_driven(before, awake, awake.base_node, [stop]) for stop in district.stops]
    found = in_hours(before, [apart[0], away, apart[1]], [awake])
    assert found[-1] == away
    assert [len(way.stops) for way in found] == [2, 1]
    assert before.holds(planned_of(found))
    # What the trip from elsewhere takes of the day is not there for the others.
    short = replace(awake, available_until_s=awake.available_from_s + away.seconds)
    ways = [replace(way, truck=short) for way in (apart[0], away, apart[1])]
    assert in_hours(before, ways, [short]) == ways
