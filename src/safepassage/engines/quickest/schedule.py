"""A schedule from a flow: links first, then cars on the flow's ways, the last ones moved to better ways."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Group
from safepassage.domain.plan import CarStream, Departure, Route, Schedule, Unserved
from safepassage.domain.planning_problem import DemandRow, PlanningProblem
from safepassage.engines.quickest.rides import ON_FOOT, Rides, ride
from safepassage.engines.quickest.supply import Supply, Way
from safepassage.kernels.booking.slot_booking import Booked, SlottedRoutes, book, slotted

Int64 = NDArray[np.int64]
ROLLING_WAIT_S = 60
"""People are held at their origin, not on the road: no wait at a junction is longer than this."""
TURNS, HASTE = 6, (2, 3)
"""So many times the ways that finish late are booked earlier, by this share of their lateness."""
CAR = str(Group.OWN_VEHICLE)
TRIES = 6
NEAR = 500
"""The search for late cars ends within one part in so many of the time."""
SLOTS_SPAN = 3
"""Slots are kept for so many times the flow's time before the whole grid is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quickest:
    """The schedule, and the problem with the people who go by link counted as needing transport."""

    problem: PlanningProblem
    schedule: Schedule


def quickest(problem: PlanningProblem, direction: str, *, horizon_s: int) -> Quickest:
    """Bring everybody of one direction to its sites as soon as possible, by car or over links.

    `horizon_s` is a time by which it might be possible, such as a proved bound. Whether people drive or walk
    to a link is chosen here, so the demand of the problem returned says who does. Vehicles of the fleet,
    opening hours of roads and limits on exposure are not looked at: the quick look has none.

    References
    ----------
    The cheapest flow over what arcs can carry in their windows is a static relaxation in the manner of Ford
    and Fulkerson, "Constructing maximal dynamic flows from static flows" (1958); it is booked car by car.
    """
    supply = Supply(problem, direction)
    ways, fits_s = supply.ways(max(1, horizon_s))
    rides = ride(problem, supply, ways)
    problem = _counted(problem, direction, rides)
    cars = _Cars(problem, supply, [w for w in ways if not w.by_link], rides)
    streams, routes, missing = cars.booked(fits_s)
    schedule = Schedule(
        routes=routes, cars=streams, vehicles=(), link_rides=tuple(rides.rides),
        unserved=tuple(_unserved(direction, missing)), reserves=(),
    )  # fmt: skip
    return Quickest(problem=problem, schedule=schedule)


def _counted(problem: PlanningProblem, direction: str, rides: Rides) -> PlanningProblem:
    """Return the problem with those who go by link in a group of their own."""
    if not rides.persons:
        return problem
    rows: list[DemandRow] = []
    for row in problem.demand:
        on_foot = rides.persons.get(row.place, 0) if row.direction == direction and row.group == CAR else 0
        rows.extend(
            replace(row, group=group, persons=n)
            for group, n in ((ON_FOOT, on_foot), (CAR, row.persons - on_foot)) if n
        )  # fmt: skip
    return replace(problem, demand=tuple(rows))


def _unserved(direction: str, missing: dict[str, int]) -> list[Unserved]:
    detail = "the grid ends before they could arrive, or no road leads out"
    return [
        Unserved(place=place, direction=direction, group=CAR, persons=n, reason="UNSERVED_ROAD_TIME",
                 detail=detail)
        for place, n in sorted(missing.items()) if n
    ]  # fmt: skip


class _Cars:
    """Cars of all places: how many, on which ways, in which order."""

    def __init__(self, problem: PlanningProblem, supply: Supply, ways: list[Way], rides: Rides) -> None:
        self._problem, self._supply = problem, supply
        self._persons = {s.place: s.persons - rides.persons.get(s.place, 0) for s in supply.starts}
        self._places = [p for p, n in self._persons.items() if n and any(w.place == p for w in ways)]
        known: dict[tuple[str, tuple[int, ...]], int] = {}
        for way in ways:
            if way.place in self._places:
                known[way.place, way.arcs] = known.get((way.place, way.arcs), 0) + way.cars
        self._ways = sorted(known)
        self._travel = problem.network.arcs.travel_s.astype(np.int64)
        self._quota = self._quotas([known[key] for key in self._ways])

    def _quotas(self, flow: list[int]) -> Int64:
        """Return cars by way, in the proportions of the flow."""
        per_car = self._problem.rules.persons_per_car
        total: dict[str, int] = {}
        for (place, _), n in zip(self._ways, flow, strict=True):
            total[place] = total.get(place, 0) + n
        spread = {place for place, n in total.items() if not n}
        flow = [n + (place in spread) for (place, _), n in zip(self._ways, flow, strict=True)]
        total |= {p: sum(n for (q, _), n in zip(self._ways, flow, strict=True) if q == p) for p in spread}
        quota, given = np.zeros(len(flow), dtype=np.int64), dict.fromkeys(total, 0)
        passed = dict.fromkeys(total, 0)
        for i, ((place, _), n) in enumerate(zip(self._ways, flow, strict=True)):
            passed[place] += n
            cars = -(-self._persons[place] // per_car)
            quota[i] = cars * passed[place] // total[place] - given[place]
            given[place] += int(quota[i])
        return quota

    def booked(self, horizon_s: int) -> tuple[tuple[CarStream, ...], tuple[Route, ...], dict[str, int]]:
        """Return streams and routes, and persons by place who found no room within the grid."""
        if not self._ways:
            return (), (), dict(self._persons)
        routes = slotted([arcs for _, arcs in self._ways], self._travel, self._supply.rate, self._supply.work)
        best: Booked | None = None
        for grid_s in sorted({min(SLOTS_SPAN * horizon_s + 3_600, self._grid_s), self._grid_s}):
            best = self._best(routes, horizon_s, grid_s)
            if (best.depart_s >= 0).all():
                break
        assert best is not None  # noqa: S101 - the set above is never empty
        return self._streams(routes, best)

    @property
    def _grid_s(self) -> int:
        return self._problem.network.horizon_s

    def _best(self, routes: SlottedRoutes, horizon_s: int, grid_s: int) -> Booked:
        """Book by quota, ways that finish late ever earlier; then let late cars choose among ways.

        References
        ----------
        Joslin and Clements, "Squeaky Wheel Optimization" (1999), doi:10.1613/jair.561.
        """
        groups, shift_s = self._choices(), np.zeros(len(self._ways), dtype=np.int64)
        best: Booked | None = None
        for _ in range(TURNS):
            order = self._in_turn(horizon_s, shift_s)
            booked = self._book(routes, order, groups, grid_s)
            if best is None or _lateness(booked) < _lateness(best):
                best = booked
            last_s = np.full(len(self._ways), 0, dtype=np.int64)
            out = booked.route >= 0
            np.maximum.at(last_s, booked.route[out], booked.arrive_s[out])
            last_s[order[~out]] = grid_s
            shift_s += np.where(last_s > 0, last_s - horizon_s, 0) * HASTE[0] // HASTE[1]
        assert best is not None  # noqa: S101 - there is at least one turn
        return self._chosen_again(best, routes, groups, (horizon_s, grid_s))

    def _chosen_again(
        self, best: Booked, routes: SlottedRoutes, groups: tuple[Int64, Int64], limits: tuple[int, int]
    ) -> Booked:
        """Let cars that arrive late choose among the ways of their place, a few times."""
        (low, grid_s), high = limits, _lateness(best)[1]
        place_of = len(self._ways) + np.asarray([self._places.index(p) for p, _ in self._ways])
        for _ in range(TRIES):
            limit = (low + high) // 2
            late = best.arrive_s > limit
            if not late.any() or (best.depart_s < 0).any() or high - low < low // NEAR:
                break
            keep, move = best.route[~late], best.route[late]
            again = self._book(routes, np.concatenate([keep, place_of[move]]), groups, grid_s)
            if _lateness(again) < _lateness(best):
                best, high = again, _lateness(again)[1]
            else:
                low = limit
        return best

    def _choices(self) -> tuple[Int64, Int64]:
        """Return groups: each way alone, then all ways of each place."""
        first, chosen = list(range(len(self._ways) + 1)), list(range(len(self._ways)))
        for place in self._places:
            chosen.extend(i for i, (p, _) in enumerate(self._ways) if p == place)
            first.append(len(chosen))
        return np.asarray(first, dtype=np.int64), np.asarray(chosen, dtype=np.int64)

    def _in_turn(self, horizon_s: int, shift_s: Int64) -> Int64:
        """Return the way of each car in order of when it would leave, each way evenly, less a shift."""
        way = np.repeat(np.arange(len(self._ways)), self._quota)
        number = np.arange(len(way)) - np.repeat(np.cumsum(self._quota) - self._quota, self._quota)
        spare = np.asarray(
            [max(1, horizon_s - int(self._travel[list(a)].sum())) for _, a in self._ways], dtype=np.int64
        )
        due_s = number * spare[way] // np.maximum(self._quota[way], 1) - shift_s[way]
        return way[np.lexsort((way, due_s))]

    def _book(self, routes: SlottedRoutes, order: Int64, groups: tuple[Int64, Int64], grid_s: int) -> Booked:
        wait_s = min(ROLLING_WAIT_S, self._problem.rules.junction_wait_max_s)
        return book(routes, order, groups, horizon_s=grid_s, wait_max_s=wait_s)

    def _streams(
        self, routes: SlottedRoutes, booked: Booked
    ) -> tuple[tuple[CarStream, ...], tuple[Route, ...], dict[str, int]]:
        per_car, left = self._problem.rules.persons_per_car, dict(self._persons)
        head = self._problem.network.arcs.head
        waits: dict[int, list[tuple[int, int]]] = {}
        car_of, step = np.nonzero(booked.waits)
        position = routes.position[routes.first[booked.route[car_of]] + step]
        seconds = booked.waits[car_of, step]
        for car, at, wait_s in zip(car_of.tolist(), position.tolist(), seconds.tolist(), strict=True):
            waits.setdefault(car, []).append((at, wait_s))
        found: dict[int, list[Departure]] = {}
        order = np.argsort(booked.depart_s, kind="stable")
        order = order[booked.depart_s[order] >= 0]
        departs, ways = booked.depart_s[order].tolist(), booked.route[order].tolist()
        for car, depart_s, way in zip(order.tolist(), departs, ways, strict=True):
            place = self._ways[way][0]
            persons = min(per_car, left[place])
            left[place] -= persons
            departure = Departure(depart_s=depart_s, persons=persons, waits=tuple(waits.get(car, ())))
            found.setdefault(way, []).append(departure)
        used = sorted(found)
        streams, rows = [], []
        for number, way in enumerate(used):
            place, arcs = self._ways[way]
            end = int(head[arcs[-1]])
            start = int(self._problem.network.arcs.tail[arcs[0]])
            rows.append(Route(from_node=start, to_node=end, arcs=arcs))
            streams.append(
                CarStream(id=f"c{number + 1}", place=place, direction=self._supply.direction,
                          site=self._supply.sites[end], route=number, reserve=False,
                          departures=tuple(sorted(found[way], key=_when)))
            )  # fmt: skip
        return tuple(streams), tuple(rows), left


def _when(car: Departure) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    return car.depart_s, car.persons, car.waits


def _lateness(booked: Booked) -> tuple[int, int, int]:
    """Order bookings: cars left out, last arrival, sum of arrivals."""
    out = int((booked.depart_s < 0).sum())
    return out, int(booked.arrive_s.max(initial=0)), int(booked.arrive_s.sum())
