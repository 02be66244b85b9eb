"""The roads of one direction as cars may use them, in arrays; and the cars, class by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Group
from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import HazardPiece

Int64 = NDArray[np.int64]


class CarClass(NamedTuple):
    """Decided persons of one place who leave by car; `cars` carry them, the last one perhaps half empty."""

    place: str
    node: int
    release_s: int
    persons: int
    cars: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CarNetwork:
    """Arcs that cars of a direction may use: `arc` are their positions in the problem.

    Pieces as in `kernels.priced_journeys.OpenPieces`, cut at movement windows, with their capacity.
    """

    n_nodes: int
    arc: Int64
    tail: Int64
    head: Int64
    first: Int64
    from_s: Int64
    travel_s: Int64
    close_s: Int64
    capacity_mveh_h: Int64
    sites: Int64


def car_classes(problem: PlanningProblem, direction: str) -> tuple[CarClass, ...]:
    """Return the classes of a direction that have a node, in order of places."""
    persons: dict[str, int] = {}
    for row in problem.demand:
        if row.direction == direction and row.group == Group.OWN_VEHICLE and row.basis != "assumption":
            persons[row.place] = persons.get(row.place, 0) + row.persons
    per_car = problem.rules.persons_per_car
    return tuple(
        CarClass(place.id, place.node, place.release_s, persons[place.id], -(-persons[place.id] // per_car))
        for place in sorted(problem.places, key=lambda place: place.id)
        if persons.get(place.id) and place.node >= 0
    )


def car_network(problem: PlanningProblem, direction: str) -> CarNetwork:
    """Return the roads of a direction; arcs with a timetable or a limit of persons are left out."""
    network, arcs = problem.network, problem.network.arcs
    mask = (arcs.modes & int(Mode.CAR)) != 0
    mask &= (arcs.directions & problem.direction_bit(direction)) != 0
    mask &= (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= problem.rules.car_weight_kg)
    mask &= arcs.persons_h < 0
    mask[list(network.timetables)] = False
    used = np.flatnonzero(mask).astype(np.int64)
    first, rows = [0], []
    for arc in used.tolist():
        rows += _pieces(problem, arc)
        first.append(len(rows))
    table = np.asarray(rows, dtype=np.int64).reshape(-1, 4)
    return CarNetwork(
        n_nodes=network.n_nodes, arc=used, tail=arcs.tail[used].astype(np.int64),
        head=arcs.head[used].astype(np.int64), first=np.asarray(first, dtype=np.int64),
        from_s=table[:, 0].copy(), travel_s=table[:, 1].copy(), close_s=table[:, 2].copy(),
        capacity_mveh_h=table[:, 3].copy(),
        sites=np.asarray(sorted({site.node for site in problem.sites(direction)}), dtype=np.int64),
    )  # fmt: skip


def _pieces(problem: PlanningProblem, arc: int) -> list[tuple[int, int, int, int]]:
    """Return (from_s, travel_s, close_s, capacity) rows of an arc; where closed, the last two are 0."""
    network, horizon_s = problem.network, problem.network.horizon_s
    windows = problem.rules.movement_windows or ((0, horizon_s),)
    stated = [
        (p.from_s, p.travel_s, p.capacity_mveh_h if p.persons_h < 0 else 0)
        for p in network.profiles.get(arc, ())
    ] or [(0, int(network.arcs.travel_s[arc]), int(network.arcs.capacity_mveh_h[arc]))]
    cuts = sorted({0, *(row[0] for row in stated), *(t for w in windows for t in w if t < horizon_s)})
    rows: list[tuple[int, int, int, int]] = []
    close = 0
    for k in range(len(cuts) - 1, -1, -1):
        t = cuts[k]
        _, travel_s, capacity = max(row for row in stated if row[0] <= t)
        is_open = capacity > 0 and any(a <= t < b for a, b in windows)
        until = cuts[k + 1] if k + 1 < len(cuts) else horizon_s
        close = (close or until) if is_open else 0
        rows.append((t, travel_s, close, capacity if is_open else 0))
    return rows[::-1]


def hazard_steps(
    hazard: Mapping[int, tuple[HazardPiece, ...]], arcs: Int64, by_s: int
) -> tuple[Int64, Int64]:
    """Return (breaks (K + 1,), ppm (n_arcs, K)) of the arcs on common steps that cover [0, by_s]."""
    named = [hazard.get(arc, ()) for arc in arcs.tolist()]
    inner = {t for pieces in named for p in pieces for t in (p.from_s, p.until_s) if 0 < t <= by_s}
    breaks = np.asarray([0, *sorted(inner), by_s + 1], dtype=np.int64)
    ppm = np.zeros((len(arcs), len(breaks) - 1), dtype=np.int64)
    for e, pieces in enumerate(named):
        for p in pieces:
            lo, hi = np.searchsorted(breaks, [p.from_s, p.until_s])
            ppm[e, lo : max(hi, lo)] = p.ppm
    return breaks, ppm
