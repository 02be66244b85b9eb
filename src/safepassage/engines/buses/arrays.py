"""The problem as arrays for the kernels, and routes of the kernels as runs of buses."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.bus_plan import BusPlan, BusRun, BusStop, StopKind
from safepassage.domain.bus_problem import ANY_NUMBER, BusFleet, BusProblem
from safepassage.kernels.buses.bus_routes import NO_WAY_S, BusArrays

Int64 = NDArray[np.int64]

MOST_TRIPS = 40_000
"""Kinds of trip (pick-up, site, persons aboard) told apart; beyond, ranges of persons are taken together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmptyWays:
    """Shortest empty drives, through other places where allowed, and the way of each.

    `back_s` is (sites, pick-ups), `start_s` (yards, pick-ups); ways are sequences of points, pick-ups first,
    then sites (point = number of pick-ups + site), without the ends.
    """

    back_s: Int64
    start_s: Int64
    via: Int64
    start_via: Int64

    def between(self, begin: int, end: int) -> list[int]:
        """Return the points passed on the way from one point to another."""
        middle = int(self.via[begin, end])
        return [] if middle < 0 else [*self.between(begin, middle), middle, *self.between(middle, end)]

    def from_yard(self, yard: int, pickup: int) -> list[int]:
        """Return the points passed on the way from a yard to a pick-up."""
        first = int(self.start_via[yard, pickup])
        return [] if first == pickup else [first, *self.between(first, pickup)]


def empty_ways(problem: BusProblem) -> EmptyWays:
    """Return the shortest empty drives (R. W. Floyd, "Algorithm 97", 1962, doi:10.1145/367766.368168)."""
    n, m = len(problem.persons), len(problem.capacity_persons)
    length = np.full((n + m, n + m), NO_WAY_S, np.int64)
    length[:n, n:] = _open(problem.pickup_to_site_s)
    length[n:, :n] = _open(problem.site_to_pickup_s)
    via = np.full((n + m, n + m), -1, np.int64)
    start = _open(problem.yard_to_pickup_s)
    start_via = np.broadcast_to(np.arange(n), start.shape).copy()
    if problem.through:
        np.fill_diagonal(length, 0)
        for k in range(n + m):
            longer = length[:, k : k + 1] + length[k : k + 1, :]
            better = longer < length
            length[better], via[better] = longer[better], k
        every = start[:, :, None] + length[None, :n, :n]
        first = every.argmin(axis=1)
        total = np.take_along_axis(every, first[:, None, :], axis=1)[:, 0, :]
        start_via = np.where(total < start, first, start_via)
        start = np.minimum(start, total)
    return EmptyWays(
        back_s=np.minimum(length[n:, :n], NO_WAY_S), start_s=np.minimum(start, NO_WAY_S), via=via,
        start_via=start_via,
    )  # fmt: skip


def _open(matrix: Int64) -> Int64:
    return np.where(matrix < 0, NO_WAY_S, matrix)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BusModel:
    """The arrays of a problem with what is needed to read routes back: persons per unit and empty ways."""

    problem: BusProblem
    arrays: BusArrays
    unit_persons: int
    ways: EmptyWays


def model_of(problem: BusProblem) -> BusModel:
    """Return the arrays of a problem; persons are counted in the largest unit that divides all numbers."""
    ways = empty_ways(problem)
    seats = sorted({fleet.seats for fleet in problem.fleets})
    timed = problem.dwell.load_per_person_s > 0 or problem.dwell.unload_per_person_s > 0
    capacities = [c for c in problem.capacity_persons if c != ANY_NUMBER]
    unit = 1 if timed or not problem.through else gcd(*seats, *problem.persons, *capacities) or 1
    trips = _trips(problem, seats, unit)
    need = np.array(problem.persons, np.int64) // unit
    most = max((q // unit for q in seats), default=1)
    room = [need.sum() if c == ANY_NUMBER else c // unit for c in problem.capacity_persons]
    begin = np.array([fleet.available_from_s for fleet in problem.fleets], np.int64)
    yards = np.array([fleet.yard for fleet in problem.fleets], np.int64)
    columns = list(np.array(trips, np.int64).reshape(-1, 7).T.copy())
    arrays = BusArrays(
        kind=columns[0], pickup=columns[1], site=columns[2], load=columns[3], least=columns[4],
        arrive_s=columns[5], unload_s=columns[6],
        back_s=ways.back_s, start_s=ways.start_s[yards] + begin[:, None],
        fleet_kind=np.array([seats.index(fleet.seats) for fleet in problem.fleets], np.int64),
        buses=np.array([fleet.buses for fleet in problem.fleets], np.int64),
        need=need, trips=-(-need // most), room=np.array(room, np.int64),
    )  # fmt: skip
    return BusModel(problem=problem, arrays=arrays, unit_persons=unit, ways=ways)


def _trips(problem: BusProblem, seats: list[int], unit: int) -> list[tuple[int, ...]]:
    """Return trips (kind, pick-up, site, most and least units, seconds to arrival, seconds of unloading).

    Where there are too many, a range of loads is one trip: it brings as many as the most, and takes the room
    and the time of the least. Bounds stay valid, routes are no plans then.
    """
    pairs = max(1, len(problem.persons) * len(problem.capacity_persons))
    most = MOST_TRIPS // (pairs * max(1, len(seats)))
    rooms = [problem.demand_persons if c == ANY_NUMBER else c for c in problem.capacity_persons]
    rows: list[tuple[int, ...]] = []
    for kind, q in enumerate(seats):
        step = max(1, -(-(q // unit) // max(1, most))) * unit
        for p, persons in enumerate(problem.persons):
            for s, drive_s in enumerate(problem.pickup_to_site_s[p].tolist()):
                most_here = min(q, persons, rooms[s])
                for low in range(0, most_here, step) if drive_s >= 0 else ():
                    least, load = low + unit, min(low + step, most_here)
                    arrive_s = problem.dwell.load_s(least) + drive_s
                    unload_s = problem.dwell.unload_s(least)
                    rows.append((kind, p, s, load // unit, least // unit, arrive_s, unload_s))
    return rows


Run = tuple[int, list[tuple[int, int, int]]]
"""A fleet and the trips (pick-up, site, units) of one of its buses."""


def plan_of(model: BusModel, runs: list[Run]) -> BusPlan:
    """Return the plan of buses that make these trips, each as early as can be."""
    return BusPlan(runs=tuple(_run(model, fleet, trips) for fleet, trips in sorted(runs) if trips))


def runs_of(model: BusModel, routes: list[tuple[int, tuple[int, ...]]]) -> list[Run]:
    """Return routes of the arrays as trips."""
    columns = (model.arrays.pickup, model.arrays.site, model.arrays.load)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    return [(fleet, [rows[m] for m in trips]) for fleet, trips in routes]


def _run(model: BusModel, fleet: int, trips: list[tuple[int, int, int]]) -> BusRun:
    problem, pickups = model.problem, len(model.problem.persons)
    stops: list[BusStop] = []
    yard = problem.fleets[fleet]
    now_s, before = yard.available_from_s, -1
    for p, s, load in trips:
        persons = load * model.unit_persons
        ways = model.ways
        points = ways.from_yard(yard.yard, p) if before < 0 else ways.between(pickups + before, p)
        for point in points:
            now_s += _drive_s(problem, yard, stops, point)
            stops.append(_stop(point, pickups, now_s, 0))
        now_s += _drive_s(problem, yard, stops, p)
        stops.append(_stop(p, pickups, now_s, persons))
        now_s += problem.dwell.load_s(persons) + int(problem.pickup_to_site_s[p, s])
        stops.append(BusStop(kind=StopKind.SITE, position=s, arrival_s=now_s, persons=persons))
        now_s += problem.dwell.unload_s(persons)
        before = s
    return BusRun(fleet=fleet, stops=tuple(stops))


def _stop(point: int, pickups: int, at_s: int, persons: int) -> BusStop:
    kind, position = (StopKind.PICKUP, point) if point < pickups else (StopKind.SITE, point - pickups)
    return BusStop(kind=kind, position=position, arrival_s=at_s, persons=persons)


def _drive_s(problem: BusProblem, fleet: BusFleet, stops: list[BusStop], point: int) -> int:
    """Return the seconds of an empty drive from the last stop to a point next to it."""
    if not stops:
        return int(problem.yard_to_pickup_s[fleet.yard, point])
    last = stops[-1]
    if last.kind is StopKind.SITE:
        return int(problem.site_to_pickup_s[last.position, point])
    return int(problem.pickup_to_site_s[last.position, point - len(problem.persons)])
