"""A schedule from flows: links first, then cars on the flows' ways, places that come late ever earlier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from safepassage.domain.case import Group
from safepassage.domain.plan import CarStream, Departure, Route, Schedule, Unserved
from safepassage.domain.planning_problem import DemandRow, PlanningProblem
from safepassage.engines.quickest.rides import ON_FOOT, Rides, ride
from safepassage.engines.quickest.supply import HOUR_S, LinkFlow, Supply
from safepassage.engines.quickest.swept import swept
from safepassage.kernels.booking.slot_booking import Booked, SlottedRoutes, slotted
from safepassage.kernels.booking.slots_in_turn import lateness, passes

ROLLING_WAIT_S = 60
"""People are held at their origin, not on the road: no wait at a junction is longer than this."""
PATIENCE = 4
"""Places that finish late are booked earlier until so many passes gain nothing."""
CAR = str(Group.OWN_VEHICLE)
SLOTS_SPAN = 3
"""Slots are kept for so many times the flow's time before the whole grid is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quickest:
    """The schedule, and the problem with the people who go by link counted as needing transport.

    `emptied_s` is by place the second by which nobody waits there any more, in the flow that gave the ways.
    """

    problem: PlanningProblem
    schedule: Schedule
    emptied_s: Mapping[str, int]


def quickest(problem: PlanningProblem, direction: str, *, horizon_s: int, flow: LinkFlow | None) -> Quickest:
    """Bring everybody of one direction to its sites as soon as possible, by car or over links.

    `horizon_s` is a time by which it might be possible, such as a proved bound; `flow` is what `link_flow`
    returns for it, None where that is not known: then links are for whom they are the nearest way. Whether
    people drive or walk to a link is chosen here, so the demand of the problem returned says who does.
    Vehicles of the fleet, opening hours of roads and limits on exposure are not looked at: the quick look has
    none.

    Who takes a link is told by a cheapest flow over what arcs can carry in their windows, a static relaxation
    in the manner of Ford and Fulkerson, "Constructing maximal dynamic flows from static flows" (1958). Cars
    are booked one by one on the ways of a flow over time.
    """
    supply, rides, horizon_s = Supply(problem, direction), Rides(), max(1, horizon_s)
    ways: list[tuple[str, tuple[int, ...]]] = []
    if supply.by_link.any():
        found_ways, horizon_s = flow or (supply.nearest(), horizon_s)
        rides = ride(problem, supply, found_ways)
        problem = _counted(problem, direction, rides)
        ways = [(way.place, way.arcs) for way in found_ways if not way.by_link]
    left = {s.place: s.persons - rides.persons.get(s.place, 0) for s in supply.starts}
    cars = {place: -(-n // problem.rules.persons_per_car) for place, n in left.items()}
    found = swept(supply, cars, horizon_s)
    booking = _Cars(problem, supply, [*ways, *found.ways], left)
    streams, routes, missing = booking.booked(horizon_s)
    schedule = Schedule(
        routes=routes, cars=streams, vehicles=(), link_rides=tuple(rides.rides),
        unserved=tuple(_unserved(direction, missing)), reserves=(),
    )  # fmt: skip
    return Quickest(problem=problem, schedule=schedule, emptied_s=found.emptied_s)


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

    def __init__(
        self, problem: PlanningProblem, supply: Supply, ways: Sequence[tuple[str, tuple[int, ...]]],
        persons: dict[str, int],
    ) -> None:  # fmt: skip
        self._problem, self._supply, self._persons = problem, supply, persons
        self._ways = sorted({way for way in ways if persons[way[0]]})
        self._places = sorted({place for place, _ in self._ways})
        per_car = problem.rules.persons_per_car
        cars = np.asarray([-(-persons[p] // per_car) for p in self._places], dtype=np.int64)
        self._place_of_car = np.repeat(np.arange(len(self._places), dtype=np.int64), cars)
        # Ways are sorted by place: those of one lie together.
        place_of = np.asarray([place for place, _ in self._ways], dtype=np.str_)
        first = np.searchsorted(place_of, np.asarray([*self._places, "\U0010ffff"], dtype=np.str_))
        numbers = np.arange(len(self._ways), dtype=np.int64)
        self._choices = first.astype(np.int64), numbers, np.zeros(len(self._places), dtype=np.int64)

    def booked(self, horizon_s: int) -> tuple[tuple[CarStream, ...], tuple[Route, ...], dict[str, int]]:
        """Return streams and routes, and persons by place who found no room within the grid."""
        if not self._ways:
            return (), (), dict(self._persons)
        travel_s = self._problem.network.arcs.travel_s.astype(np.int64)
        routes = slotted([arcs for _, arcs in self._ways], travel_s, self._supply.rate, self._supply.work)
        grid_s = self._problem.network.horizon_s
        first_s = min(SLOTS_SPAN * horizon_s + HOUR_S, grid_s)
        best = self._best(routes, horizon_s, first_s)
        if first_s < grid_s and (best.depart_s < 0).any():
            best = self._best(routes, horizon_s, grid_s)
        return self._streams(routes, best)

    def _best(self, routes: SlottedRoutes, horizon_s: int, grid_s: int) -> Booked:
        """Book car by car on the way that arrives first; places that finish late go ever earlier."""
        best, turns = None, 0
        found = passes(
            routes, self._place_of_car, self._choices, aim_s=horizon_s, horizon_s=grid_s,
            wait_max_s=min(ROLLING_WAIT_S, self._problem.rules.junction_wait_max_s),
        )  # fmt: skip
        for _, booked in found:
            turns += 1
            if best is None or lateness(booked) < lateness(best):
                best, turns = booked, 0
            if turns >= PATIENCE:
                break
        assert best is not None  # noqa: S101 - the first is better than none
        return best

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
