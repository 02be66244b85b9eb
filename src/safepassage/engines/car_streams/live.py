"""Booked cars that go on from a plan: from streams to live cars, and back to streams and origins."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import Protocol

import numpy as np

from safepassage.domain.network import Int64
from safepassage.domain.plan import CarStream, Departure, Route, Schedule, Unserved
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.car_streams.streams import GROUP, BookedCars, car_roads, road_pieces
from safepassage.kernels.booking.live_cars import NOWHERE, LiveCars

KEPT_WAIT_S = 20
"""Longest wait at a junction that bookings make, as elsewhere in the planner."""


def live_cars(problem: PlanningProblem, cars: BookedCars) -> LiveCars:
    """Return the booked cars of a plan, ready to be led round closures."""
    booking, turns = cars.booking, cars.turns
    booked = np.flatnonzero(booking.path >= 0)
    car_of = np.full(len(booking.path), -1)
    car_of[booked] = np.arange(len(booked))
    waits = booking.waits[np.lexsort((booking.waits[:, 1], booking.waits[:, 0]))].copy()
    waits[:, 0] = car_of[waits[:, 0]]
    return _live(
        problem, cars.direction, (turns.start, turns.arcs),
        (booking.path[booked], booking.depart_s[booked], waits), cars.place[turns.turn_list[booked]],
    )  # fmt: skip


def live_streams(
    problem: PlanningProblem, schedule: Schedule, direction: str
) -> tuple[LiveCars, Int64, Int64]:
    """Return the cars of a schedule, ready to be led round closures, (n_cars,) their places and persons.

    Raises
    ------
    ValueError
        When they do not fit on the roads of the problem.
    """
    position = {place.id: i for i, place in enumerate(problem.places)}
    ways = [schedule.routes[stream.route].arcs for stream in schedule.cars]
    cars = [(k, car) for k, stream in enumerate(schedule.cars) for car in stream.departures]
    waits = [(n, at, wait_s) for n, (_, car) in enumerate(cars) for at, wait_s in car.waits]
    path = np.array([k for k, _ in cars], dtype=np.int64)
    start = np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int64)
    place = np.array([position[stream.place] for stream in schedule.cars], dtype=np.int64)[path]
    live = _live(
        problem, direction, (start, np.array(list(chain.from_iterable(ways)), dtype=np.int64)),
        (
            path, np.array([car.depart_s for _, car in cars], dtype=np.int64),
            np.array(waits, dtype=np.int64).reshape(-1, 3),
        ), place,
    )  # fmt: skip
    arrives = np.array([bool(stream.site) for stream in schedule.cars], dtype=bool)[path]
    live.arrive_s[~arrives] = NOWHERE
    return live, place, np.array([car.persons for _, car in cars], dtype=np.int64)


def _live(
    problem: PlanningProblem, direction: str, paths: tuple[Int64, Int64],
    cars: tuple[Int64, Int64, Int64], place: Int64,
) -> LiveCars:  # fmt: skip
    arcs = problem.network.arcs
    node = np.array([p.node for p in problem.places], dtype=np.int64)
    release_s = np.array([p.release_s for p in problem.places], dtype=np.int64)
    live = LiveCars(
        road_pieces(problem.network, problem.rules.movement_windows),
        (arcs.tail.astype(np.int64), arcs.head.astype(np.int64), problem.network.n_nodes),
        np.array(sorted({s.node for s in problem.sites(direction)}), dtype=np.int64),
        paths=paths, cars=cars, home=(node[place], release_s[place]),
        units_mveh=problem.rules.car_units_mveh,
        wait_max_s=min(KEPT_WAIT_S, problem.rules.junction_wait_max_s),
    )  # fmt: skip
    live.closed |= ~car_roads(problem, direction)
    return live


def car_places(cars: BookedCars) -> Int64:
    """Return (n_cars,) the position in `problem.places` where each booked car starts."""
    booked = np.flatnonzero(cars.booking.path >= 0)
    return np.asarray(cars.place[cars.turns.turn_list[booked]])


class Passages(Protocol):
    """What cars drive: car i enters `arc[k]` in second `t[k]` for k from `at[i]` on, `size[i]` of them."""

    at: Int64
    size: Int64
    arc: Int64
    t: Int64
    arrive_s: Int64


def schedule_of_live(
    problem: PlanningProblem, direction: str, live: Passages, place: Int64, persons: Int64
) -> Schedule:
    """Return the schedule of live cars: streams by place, way and whether they arrive.

    Who is not booked at all, or ends on the road, is unserved.
    """
    arcs = problem.network.arcs
    site_at = {site.node: site.id for site in reversed(problem.sites(direction))}
    waits = _waits(problem.network, live)
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
                      waits=tuple(waits.get(car, ())))
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


def _waits(network: TimedNetwork, live: Passages) -> dict[int, list[tuple[int, int]]]:
    """Return by car where it waits on its way, from the seconds of its entries."""
    size = np.asarray(live.size, dtype=np.int64)
    entry, car = spread(live.at, size), np.repeat(np.arange(len(size)), size)
    arc, t = live.arc[entry], live.t[entry]
    left_s = t + network.arcs.travel_s[arc]
    for k in np.flatnonzero(np.isin(arc, sorted(network.profiles))).tolist():
        left_s[k] = t[k] + network.travel_in(int(arc[k]), int(t[k]))
    position = np.arange(len(entry)) - np.repeat(np.cumsum(size) - size, size)
    wait_s = t - np.roll(left_s, 1)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for k in np.flatnonzero((wait_s != 0) & (position > 0)).tolist():
        found[int(car[k])].append((int(position[k]), int(wait_s[k])))
    return found


def spread(at: Int64, size: Int64) -> Int64:
    """Return the positions `at[i]` to `at[i] + size[i]`, one after the other."""
    first = np.cumsum(size) - size
    return np.asarray(np.arange(int(size.sum())) + np.repeat(at - first, size), dtype=np.int64)


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
