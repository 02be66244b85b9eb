"""Booked cars that go on from a plan: from streams to live cars, and back to streams and origins."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Int64
from safepassage.domain.plan import CarStream, Departure, Route, Schedule, Unserved
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.streams import GROUP, BookedCars, road_pieces
from safepassage.kernels.booking.live_cars import LiveCars

KEPT_WAIT_S = 20
"""Longest wait at a junction that bookings make, as elsewhere in the planner."""


def live_cars(problem: PlanningProblem, cars: BookedCars) -> LiveCars:
    """Return the booked cars of a plan, ready to be led round closures."""
    arcs, booking, turns = problem.network.arcs, cars.booking, cars.turns
    booked = np.flatnonzero(booking.path >= 0)
    car_of = np.full(len(booking.path), -1)
    car_of[booked] = np.arange(len(booked))
    waits = booking.waits[np.lexsort((booking.waits[:, 1], booking.waits[:, 0]))].copy()
    waits[:, 0] = car_of[waits[:, 0]]
    place = cars.place[turns.turn_list[booked]]
    node = np.array([p.node for p in problem.places], dtype=np.int64)
    release_s = np.array([p.release_s for p in problem.places], dtype=np.int64)
    ends = (arcs.tail.astype(np.int64), arcs.head.astype(np.int64), problem.network.n_nodes)
    return LiveCars(
        road_pieces(problem.network, problem.rules.movement_windows), ends,
        np.array(sorted({s.node for s in problem.sites(cars.direction)}), dtype=np.int64),
        paths=(turns.start, turns.arcs), cars=(booking.path[booked], booking.depart_s[booked], waits),
        home=(node[place], release_s[place]), units_mveh=problem.rules.car_units_mveh,
        wait_max_s=min(KEPT_WAIT_S, problem.rules.junction_wait_max_s),
    )  # fmt: skip


def car_places(cars: BookedCars) -> Int64:
    """Return (n_cars,) the position in `problem.places` where each booked car starts."""
    booked = np.flatnonzero(cars.booking.path >= 0)
    return np.asarray(cars.place[cars.turns.turn_list[booked]])


def schedule_of_live(
    problem: PlanningProblem, direction: str, live: LiveCars, place: Int64, persons: Int64
) -> Schedule:
    """Return the schedule of live cars: streams by place, way and whether they arrive.

    Who is not booked at all, or ends on the road, is unserved.
    """
    arcs = problem.network.arcs
    travel_s = arcs.travel_s.tolist()
    site_at = {site.node: site.id for site in reversed(problem.sites(direction))}
    groups: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for car in np.flatnonzero(live.size > 0).tolist():
        way = live.arc[live.at[car] : live.at[car] + live.size[car]]
        groups[int(place[car]), way.tobytes()].append(car)
    routes: list[Route] = []
    streams: list[CarStream] = []
    served: dict[str, int] = defaultdict(int)
    cut_off: dict[str, int] = defaultdict(int)
    for (home, _), members in sorted(groups.items()):
        first = members[0]
        way = live.arc[live.at[first] : live.at[first] + live.size[first]].tolist()
        end, name = int(arcs.head[way[-1]]), problem.places[home].id
        arrives = bool(live.arrive_s[first] >= 0)
        (served if arrives else cut_off)[name] += int(persons[members].sum())
        departures = [
            Departure(depart_s=int(live.t[live.at[car]]), persons=int(persons[car]),
                      waits=_waits(live, car, way, travel_s))
            for car in members
        ]  # fmt: skip
        departures.sort(key=lambda d: (d.depart_s, d.persons, d.waits))
        streams.append(
            CarStream(
                id=f"c{len(streams)}", place=name, direction=direction, route=len(routes), reserve=False,
                site=site_at[end] if arrives else "", departures=tuple(departures),
            )
        )  # fmt: skip
        routes.append(Route(from_node=int(arcs.tail[way[0]]), to_node=end, arcs=tuple(way)))
    return Schedule(
        routes=tuple(routes), cars=tuple(streams), vehicles=(), link_rides=(), reserves=(),
        unserved=_unserved(problem, direction, served, cut_off),
    )  # fmt: skip


def _waits(live: LiveCars, car: int, way: list[int], travel_s: list[int]) -> tuple[tuple[int, int], ...]:
    """Return where a car waits on its way, from the seconds of its entries (arcs constant in time)."""
    times = live.t[live.at[car] : live.at[car] + live.size[car]].tolist()
    found = []
    for position in range(1, len(way)):
        wait_s = times[position] - times[position - 1] - travel_s[way[position - 1]]
        if wait_s:
            found.append((position, wait_s))
    return tuple(found)


def _unserved(
    problem: PlanningProblem, direction: str, served: dict[str, int], cut_off: dict[str, int]
) -> tuple[Unserved, ...]:
    rows = []
    for row in problem.demand:
        if row.direction != direction or row.group != GROUP or row.basis == "assumption":
            continue
        left = row.persons - served[row.place] - cut_off[row.place]
        for persons, reason in ((left, "UNSERVED_ROAD_TIME"), (cut_off[row.place], "UNSERVED_CUT_OFF")):
            if persons > 0:
                rows.append(
                    Unserved(
                        place=row.place, direction=direction, group=GROUP, persons=persons, reason=reason,
                        detail="",
                    )
                )  # fmt: skip
    return tuple(rows)


def where_they_stand(live: LiveCars, persons: Int64, now_s: int) -> tuple[Int64, Int64, Int64]:
    """Return (node, second, persons) where the people of all cars stand at now, each pair once."""
    cars = np.arange(len(live.at))
    _, node, since = live.standing(cars, now_s)
    key = node * (1 << 32) + since
    pairs, of = np.unique(key, return_inverse=True)
    total = np.bincount(of, weights=persons, minlength=len(pairs)).astype(np.int64)
    return pairs >> 32, pairs & ((1 << 32) - 1), total


def unbooked(problem: PlanningProblem, cars: BookedCars) -> NDArray[np.int64]:
    """Return (n_places,) decided persons of a place for whom no car was booked."""
    position = {place.id: i for i, place in enumerate(problem.places)}
    left = np.zeros(len(problem.places), dtype=np.int64)
    for row in problem.demand:
        if row.direction == cars.direction and row.group == GROUP and row.basis != "assumption":
            left[position[row.place]] += row.persons
    booked = np.flatnonzero(cars.booking.path >= 0)
    np.subtract.at(left, cars.place[cars.turns.turn_list[booked]], cars.persons[booked])
    return left
