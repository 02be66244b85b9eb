"""One commodity of one direction: its arcs, origins and sites, and what its arcs can carry in an interval."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import CARER_OF, STAYS, UNDECIDED, Group
from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import Piece
from safepassage.kernels.graphs.static_cut import UNLIMITED

Int64 = NDArray[np.int64]
LINK_BITS = int(Mode.FOOT | Mode.TRAIN | Mode.BOAT)
HOUR_S = 3_600
CARS, PERSONS = "cars", "persons"
CARRIED = ("seated", "wheelchair", "stretcher")
"""Commodities by the kind of place people need in a vehicle of the fleet."""
COMMODITY = {
    str(Group.OWN_VEHICLE): CARS,
    str(Group.NEEDS_TRANSPORT): "seated",
    str(Group.ASSISTED): "seated",
    str(Group.WHEELCHAIR): "wheelchair",
    str(Group.STRETCHER): "stretcher",
    **dict.fromkeys(CARER_OF.values(), "seated"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Decided persons of one commodity (or group) at one node, from their release on."""

    place: str
    node: int
    release_s: int
    persons: int


def origins(problem: PlanningProblem, direction: str, commodity: str) -> tuple[Origin, ...]:
    """Return where the decided persons of a commodity, or of a group, start; not those without a node."""
    places = {p.id: p for p in problem.places}
    found: dict[tuple[str, int, int], int] = {}
    for row in problem.demand:
        if row.direction != direction or row.basis == "assumption" or row.direction in {STAYS, UNDECIDED}:
            continue
        if commodity not in {PERSONS, COMMODITY[row.group], row.group}:
            continue
        place = places[row.place]
        node = place.node if row.group == Group.OWN_VEHICLE else place.pickup_node
        if node >= 0:
            key = (row.place, node, place.release_s)
            found[key] = found.get(key, 0) + row.persons
    return tuple(
        Origin(place=place, node=node, release_s=release, persons=n)
        for (place, node, release), n in sorted(found.items())
    )


def least_travel_s(problem: PlanningProblem) -> tuple[Int64, NDArray[np.bool_]]:
    """Return ((n_arcs,) least travel time in any open piece, (n_arcs,) ever open)."""
    network = problem.network
    travel = network.arcs.travel_s.astype(np.int64)
    is_open = network.arcs.capacity_mveh_h > 0
    for arc, pieces in network.profiles.items():
        times = [p.travel_s for p in pieces if p.capacity_mveh_h > 0]
        is_open[arc] = bool(times)
        if times:
            travel[arc] = min(times)
    return travel, is_open


class ArcSupply:
    """What the arcs open to a commodity can carry in half-open intervals, in persons.

    Columns have shape (n_usable,): `arc` positions, `tail`, `head`, `travel_s`.
    """

    def __init__(self, problem: PlanningProblem, direction: str, commodity: str) -> None:
        network, arcs = problem.network, problem.network.arcs
        travel, is_open = least_travel_s(problem)
        usable = is_open & ((arcs.directions & problem.direction_bit(direction)) != 0)
        if commodity == CARS:
            usable &= (arcs.modes & int(Mode.CAR)) != 0
        self.problem, self.commodity = problem, commodity
        self.usable = usable
        self.arc = np.flatnonzero(usable)
        self.tail = arcs.tail[self.arc].astype(np.int64)
        self.head = arcs.head[self.arc].astype(np.int64)
        self.travel_s = travel[self.arc]
        self._capacity = arcs.capacity_mveh_h[self.arc]
        self._persons_h = arcs.persons_h[self.arc]
        self._is_link = (arcs.modes[self.arc] & LINK_BITS) != 0
        position = {int(arc): i for i, arc in enumerate(self.arc.tolist())}
        self._profiled = {position[a]: p for a, p in network.profiles.items() if a in position}
        self._timetables = {position[a]: rows for a, rows in network.timetables.items() if a in position}
        self._kinds = {(problem.rules.persons_per_car, problem.rules.car_units_mveh)}
        self._kinds |= {(v.places, v.units_mveh) for v in problem.fleet if v.places and v.base_node >= 0}

    def only(self, which: Int64) -> ArcSupply:
        """Return the supply of some of the arcs, by their positions, ascending."""
        part = copy(self)
        for name in ("arc", "tail", "head", "travel_s", "_capacity", "_persons_h", "_is_link"):
            setattr(part, name, getattr(self, name)[which])
        into = {position: i for i, position in enumerate(which.tolist())}
        for name in ("_profiled", "_timetables"):
            setattr(part, name, {into[i]: row for i, row in getattr(self, name).items() if i in into})
        return part

    def carries(self, start: Int64, end: Int64) -> Int64:
        """Return (n_usable,) persons that can enter each arc in [start, end): K of the written model."""
        horizon_s = self.problem.network.horizon_s
        a, b = np.maximum(start, 0), np.minimum(end, horizon_s)
        active = a < b
        a, b = np.where(active, a, 0), np.where(active, b, 0)
        seconds = self._moving_s(b) - self._moving_s(a)
        work = self._capacity * seconds
        heads = np.where(self._persons_h >= 0, self._persons_h * seconds, -1)
        for i, pieces in self._profiled.items():
            if active[i]:
                work[i], heads[i] = self._profile_sums(pieces, int(a[i]), int(b[i]))
        rules = self.problem.rules
        work += HOUR_S * rules.burst_mveh
        limit = np.where(heads >= 0, (heads + HOUR_S * rules.burst_persons) // HOUR_S, UNLIMITED)
        for i, rows in self._timetables.items():
            limit[i] = sum(n for t, n in rows if a[i] <= t < b[i])
        if self.commodity == CARS:
            by_road = work // (HOUR_S * rules.car_units_mveh) * rules.persons_per_car
        else:
            by_road = np.max(
                [work * places // (HOUR_S * units) for places, units in sorted(self._kinds)], axis=0
            )
            by_road = np.where(self._is_link, UNLIMITED, by_road)
        return np.where(active, np.minimum(np.minimum(by_road, limit), UNLIMITED), 0)

    def _moving_s(self, t: Any) -> Any:
        """Return the seconds of [0, t) in which movement is allowed."""
        windows = self.problem.rules.movement_windows
        if not windows:
            return t
        total = np.zeros_like(t)
        for start, end in windows:
            total = total + np.clip(t, start, end) - start
        return total

    def _profile_sums(self, pieces: tuple[Piece, ...], a: int, b: int) -> tuple[int, int]:
        work, heads, limited = 0, 0, True
        for piece in pieces:
            low, high = max(a, piece.from_s), min(b, piece.until_s)
            if low >= high:
                continue
            seconds = int(self._moving_s(np.int64(high)) - self._moving_s(np.int64(low)))
            work += piece.capacity_mveh_h * seconds
            limited &= piece.persons_h >= 0
            heads += piece.persons_h * seconds
        return work, heads if limited else -1
