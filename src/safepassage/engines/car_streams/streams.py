"""The road network as the booking kernel reads it, and its bookings as car streams of a schedule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Int64, Mode
from safepassage.domain.plan import CarStream, Departure, Route, Schedule, Unserved
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import TimedNetwork
from safepassage.kernels.booking.booking import Booking, RoadPieces, Turns

GROUP = "own_vehicle"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BookedCars:
    """Cars of one direction: what was asked for, what was booked, who sits in them.

    `place` (n_lists,) is the position in `problem.places` where the paths of a list begin; `persons`
    (n_turns,).
    """

    direction: str
    turns: Turns
    booking: Booking
    place: Int64
    persons: Int64


def car_roads(problem: PlanningProblem, direction: str) -> NDArray[np.bool_]:
    """Return (n_arcs,) where own cars of a direction may drive, whenever it is open."""
    arcs = problem.network.arcs
    usable = (arcs.modes & int(Mode.CAR)) != 0
    usable &= (arcs.directions & problem.direction_bit(direction)) != 0
    return np.asarray(
        usable & ((arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= problem.rules.car_weight_kg))
    )


def road_pieces(network: TimedNetwork, windows: tuple[tuple[int, int], ...] = ()) -> RoadPieces:
    """Return capacity and travel time of all arcs over time; capacity is 0 outside the movement windows."""
    arcs = network.arcs
    constant = RoadPieces.constant(arcs.travel_s, arcs.capacity_mveh_h, network.horizon_s)
    if not network.profiles and not windows:
        return constant
    rows: list[tuple[int, int, int]] = []
    counts = []
    inside = _inside(windows, network.horizon_s)
    for arc in range(len(arcs)):
        profile = network.profiles.get(arc)
        pieces = (
            [(0, int(arcs.capacity_mveh_h[arc]), int(arcs.travel_s[arc]))]
            if profile is None
            else [(p.from_s, p.capacity_mveh_h, p.travel_s) for p in profile]
        )
        cut = _within(pieces, inside)
        rows += cut
        counts.append(len(cut))
    from_s, rate, travel_s = zip(*rows, strict=True)
    return RoadPieces(
        start=np.concatenate([[0], np.cumsum(counts)]),
        from_s=np.array(from_s),
        rate_mveh_h=np.array(rate),
        travel_s=np.array(travel_s),
        horizon_s=network.horizon_s,
    )


def _inside(windows: tuple[tuple[int, int], ...], horizon_s: int) -> list[tuple[int, bool]]:
    """Return (second, whether movement is allowed from then on), ascending from 0."""
    if not windows:
        return [(0, True)]
    marks = {0: False}
    for start, end in windows:
        marks[start], marks[end] = True, False
    for start, _ in windows:
        marks[start] = True
    return [(t, allowed) for t, allowed in sorted(marks.items()) if t < horizon_s]


def _within(pieces: list[tuple[int, int, int]], inside: list[tuple[int, bool]]) -> list[tuple[int, int, int]]:
    """Return the pieces of one arc, cut at the windows and closed outside them."""
    if inside == [(0, True)]:
        return pieces
    starts = sorted({t for t, *_ in pieces} | {t for t, _ in inside})
    out = []
    for t in starts:
        _, rate, travel_s = max(piece for piece in pieces if piece[0] <= t)
        allowed = max(mark for mark in inside if mark[0] <= t)[1]
        out.append((t, rate if allowed else 0, travel_s))
    return out


def schedule_of(problem: PlanningProblem, cars: BookedCars) -> Schedule:
    """Return the schedule of one direction's cars; demand that no car was booked for is unserved.

    Streams are ordered by place and path, departures by second and turn.
    """
    booked = np.flatnonzero(cars.booking.path >= 0)
    order = booked[np.lexsort((booked, cars.booking.depart_s[booked], cars.booking.path[booked]))]
    waits: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for turn, position, seconds in cars.booking.waits.tolist():
        waits[turn].append((position, seconds))
    site_at = {site.node: site.id for site in reversed(problem.sites(cars.direction))}
    routes: list[Route] = []
    streams: list[CarStream] = []
    cuts = np.flatnonzero(np.diff(cars.booking.path[order])) + 1
    for members in np.split(order, cuts) if len(order) else ():
        place = problem.places[int(cars.place[cars.turns.turn_list[members[0]]])]
        route = _route(problem.network, cars.turns, int(cars.booking.path[members[0]]))
        streams.append(
            CarStream(
                id=f"c{len(streams)}", place=place.id, direction=cars.direction,
                site=site_at[route.to_node], route=len(routes), reserve=False,
                departures=tuple(
                    Departure(depart_s=t, persons=n, waits=tuple(waits.get(turn, ())))
                    for turn, t, n in zip(
                        members.tolist(), cars.booking.depart_s[members].tolist(),
                        cars.persons[members].tolist(), strict=True,
                    )
                ),
            )
        )  # fmt: skip
        routes.append(route)
    return Schedule(
        routes=tuple(routes), cars=tuple(streams), vehicles=(), link_rides=(),
        unserved=_unserved(problem, cars, streams), reserves=(),
    )  # fmt: skip


def _route(network: TimedNetwork, turns: Turns, path: int) -> Route:
    arcs = turns.arcs[turns.start[path] : turns.start[path + 1]]
    return Route(
        from_node=int(network.arcs.tail[arcs[0]]),
        to_node=int(network.arcs.head[arcs[-1]]),
        arcs=tuple(arcs.tolist()),
    )


def _unserved(problem: PlanningProblem, cars: BookedCars, streams: list[CarStream]) -> tuple[Unserved, ...]:
    """Return who has no car: no way at all, or none that fits before the horizon."""
    served: dict[str, int] = defaultdict(int)
    for stream in streams:
        served[stream.place] += sum(car.persons for car in stream.departures)
    with_ways = {problem.places[place].id for place in cars.place.tolist()}
    rows = []
    for row in problem.demand:
        if row.direction != cars.direction or row.group != GROUP or row.basis == "assumption":
            continue
        missing = row.persons - served[row.place]
        if missing > 0:
            reason = "UNSERVED_ROAD_TIME" if row.place in with_ways else "UNSERVED_UNREACHABLE"
            rows.append(
                Unserved(
                    place=row.place, direction=cars.direction, group=GROUP, persons=missing, reason=reason,
                    detail="",
                )
            )  # fmt: skip
    return tuple(rows)
