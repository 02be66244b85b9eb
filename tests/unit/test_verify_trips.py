"""How the verifier drives cars, legs and rides, against a walk through every second."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from safepassage.testing.tiny_plans import TinyPlan, item, travel_at, walk
from safepassage_verify.flows import check_flows
from safepassage_verify.planfile import Plan, movements_of
from safepassage_verify.roads import int64
from safepassage_verify.snapshot import Snapshot
from safepassage_verify.trips import Travel, Trips, list_trips, travel
from safepassage_verify.verdict import Findings
from tests.support.drawn_plans import Drawn
from tests.support.drawn_sums import read

LINK = 28


class Driven:
    """Cars, legs and rides of a drawn town that drive wherever arcs join, with waits, some several times."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.inputs = Drawn(self.chance).inputs
        self.arcs = self.inputs["network"]["arcs"]
        plan = TinyPlan(self.inputs)
        self.ways = [way for _ in range(5) if (way := self.way())]
        routes = [plan.route(*way) for way in self.ways]
        self.walked: list[tuple[int, int, list[list[int]]]] = []
        for route in routes:
            rows = [(self.second(), self.chance.randint(1, 3), self.waits(route)) for _ in range(3)]
            plan.cars("V0", "S0", route, rows)
            self.walked += [(route, depart_s, waits) for depart_s, _, waits in rows]
        for vehicle in self.inputs["fleet"]:
            for route in routes:
                depart_s, waits = self.second(), self.waits(route)
                plan.leg(vehicle["id"], route, depart_s, item("V0", 2), waits=waits)
                self.walked.append((route, depart_s, waits))
        links = [arc for arc, mode in enumerate(self.arcs["modes"]) if mode & LINK]
        self.rides = [(arc, self.second()) for arc in links for _ in range(2)]
        for arc, depart_s in self.rides:
            plan.ride(arc, depart_s, item("V0", 3), item("V0", 1))
        self.plan: Plan = movements_of(plan.plan())
        self.snapshot: Snapshot = read(self.inputs)
        self.trips: Trips = list_trips(self.plan, self.snapshot)
        happens = travel(self.plan, self.trips, self.snapshot.roads, Findings())
        assert happens is not None
        self.travel: Travel = happens

    def way(self) -> list[int]:
        """Return up to four arcs, each where the one before it ends."""
        way = [self.chance.randrange(len(self.arcs["tail"]))]
        for _ in range(self.chance.randint(0, 3)):
            onward = [k for k, tail in enumerate(self.arcs["tail"]) if tail == self.arcs["head"][way[-1]]]
            way += [self.chance.choice(onward)] if onward else []
        return way

    def second(self) -> int:
        return self.chance.randint(0, self.inputs["horizon_s"])

    def waits(self, route: int) -> list[list[int]]:
        positions = range(1, len(self.ways[route]))
        chosen = self.chance.sample(positions, self.chance.randint(0, len(positions)))
        return [[at, self.chance.randint(0, 3)] for at in sorted(chosen)]

    def entries(self, trip: int) -> list[tuple[int, int, int]]:
        """Return (arc, entered, left) of a trip, walked second by second."""
        route, now, waits = self.walked[trip]
        found = []
        for position, arc in enumerate(self.ways[route]):
            entered = now + sum(wait_s for at, wait_s in waits if at == position)
            now = entered + travel_at(self.inputs, arc, entered)
            found.append((arc, entered, now))
        return found


@pytest.fixture(params=range(8))
def driven(request) -> Any:
    return Driven(request.param)


def test_arrivals_and_exposure_are_those_of_a_walk(driven):
    walked = [walk(driven.inputs, driven.ways[route], at, waits) for route, at, waits in driven.walked]
    assert driven.travel.arrive_s.tolist() == [arrive_s for arrive_s, _ in walked]
    assert driven.travel.exposure_ppm_s.tolist() == [exposure for _, exposure in walked]


def test_entries_are_those_of_a_walk_and_of_every_ride(driven):
    wanted = [(trip, *row) for trip in range(len(driven.walked)) for row in driven.entries(trip)]
    for number, (arc, depart_s) in enumerate(driven.rides):
        wanted.append((-1 - number, arc, depart_s, depart_s + travel_at(driven.inputs, arc, depart_s)))
    given = driven.travel.entries
    left = given.leave(int64(range(len(given))))
    found = zip(*(c.tolist() for c in (given.trip, given.arc, given.t, left)), strict=True)
    assert sorted(found) == sorted(wanted)
    persons = [*driven.trips.persons.tolist(), *(4 for _ in driven.rides)]
    units = [*driven.trips.units_mveh.tolist(), *(0 for _ in driven.rides)]
    assert (given.persons_of.tolist(), given.units_of.tolist()) == (persons, units)


def test_stays_are_the_waits_before_their_arcs(driven):
    wanted = []
    for trip, (_, _, waits) in enumerate(driven.walked):
        rows = driven.entries(trip)
        for at, wait_s in waits:
            arc, entered, _ = rows[at]
            if wait_s:
                before_s, node = rows[at - 1][1], driven.arcs["tail"][arc]
                wanted.append((before_s, node, entered - wait_s, entered, trip))
    stays = driven.travel.stays
    columns = (stays.before_s, stays.node, stays.from_s, stays.until_s, stays.trip)
    found = list(zip(*(column.tolist() for column in columns), strict=True))
    assert sorted(found) == sorted(wanted)


def test_what_was_passed_by_a_second_is_what_was_entered_before_it(driven):
    trips = range(len(driven.walked))
    for now_s in (0, 3, 5, 9, 400):
        own = {trip: tuple(row for row in driven.entries(trip) if row[1] < now_s) for trip in trips}
        runs = {trip: run for trip, run in driven.travel.runs(now_s).items() if trip >= 0}
        assert runs == {trip: run for trip, run in own.items() if run}
        assert driven.travel.passed(trips, now_s) == min(map(len, own.values()), default=0)
        for trip in trips[:3]:
            assert driven.travel.passed([trip], now_s) == len(own[trip])


def test_trips_say_where_they_stand(driven):
    places = [driven.trips.where(trip) for trip in range(len(driven.trips))]
    cars = [f"plan.cars[{i}].departures[{k}]" for i in range(len(driven.ways)) for k in range(3)]
    legs = [
        f"plan.vehicles[{i}].legs[{k}]"
        for i in range(len(driven.plan.vehicles)) for k in range(len(driven.ways))
    ]  # fmt: skip
    assert places == cars + legs


@pytest.mark.parametrize("beside", [1, 0, -1])
def test_a_plan_of_more_entries_than_fit_is_refused(monkeypatch, beside):
    driven = Driven(1)
    monkeypatch.setattr("safepassage_verify.trips.MOST_ENTRIES", len(driven.travel.entries) + beside)
    findings = Findings()
    happens = travel(driven.plan, driven.trips, driven.snapshot.roads, findings)
    assert (happens is None) == (beside < 0) == bool(findings.total)


@pytest.mark.parametrize("beside", [1, 0])
def test_loads_that_cannot_be_added_up_are_refused(monkeypatch, beside):
    driven = Driven(1)
    entries = driven.travel.entries
    monkeypatch.setattr("safepassage_verify.flows._MOST_SUM", entries.heaviest * 3600 * len(entries) + beside)
    findings = Findings()
    check_flows(driven.trips, driven.travel, driven.snapshot, findings)
    assert ("SIZE" in findings.verdict(recomputed={}, hashes={}).counts) is (beside == 0)


def test_of_nobody_nothing_is_heavy():
    driven = Driven(1)
    nobody = replace(driven.plan, cars=(), vehicles=(), rides=())
    happens = travel(nobody, list_trips(nobody, driven.snapshot), driven.snapshot.roads, Findings())
    assert happens is not None
    assert (happens.entries.heaviest, len(happens.entries)) == (0, 0)


def test_rides_alone_are_a_plan_too():
    driven = Driven(1)
    rides = replace(driven.plan, cars=(), vehicles=())
    happens = travel(rides, list_trips(rides, driven.snapshot), driven.snapshot.roads, Findings())
    assert happens is not None
    assert len(happens.entries) == len(driven.rides) > 0
