"""Why a corridor is what it is: beside the way without closures, the least exposed one, and yours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.graphs.snapping import nearest_nodes

MVEH = 1_000
LEAST_EXPOSED = 1_000
"""Seconds of detour that one second at certain hazard is worth when the least exposed way is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayFacts:
    """One way and its numbers, for one person without waits.

    `tightest` lists (road, vehicles/h) from the tightest up; `exposed` (road, hazard in ppm) from the worst
    down; `closed` are arcs of it that are closed throughout, `sometimes` those closed part of the time.
    """

    name: str
    arcs: tuple[int, ...]
    length_m: int
    travel_s: int
    exposure_ppm_s: int
    capacity_veh_h: int
    tightest: tuple[tuple[str, int], ...]
    exposed: tuple[tuple[str, int], ...]
    closed: tuple[int, ...]
    sometimes: tuple[int, ...]


class Explainer:
    """Answers for one direction of one plan's snapshot."""

    def __init__(self, problem: PlanningProblem, direction: str) -> None:
        self.problem, self.direction = problem, direction
        network, arcs = problem.network, problem.network.arcs
        self._travel = arcs.travel_s.astype(np.float64)
        self._open = arcs.capacity_mveh_h > 0
        self._capacity = arcs.capacity_mveh_h.copy()
        for arc, pieces in network.profiles.items():
            times = [p.travel_s for p in pieces if p.capacity_mveh_h > 0]
            self._open[arc], self._capacity[arc] = bool(times), max(p.capacity_mveh_h for p in pieces)
            if times:
                self._travel[arc] = min(times)
        self._hazard = np.zeros(len(arcs))
        for arc, hazard in network.hazard.items():
            self._hazard[arc] = max(p.ppm for p in hazard)
        permitted = (arcs.directions & problem.direction_bit(direction)) != 0
        self._driven = permitted & ((arcs.modes & int(Mode.road())) != 0)

    def way(self, name: str, arcs: Sequence[int]) -> WayFacts:
        """Return the facts of a way."""
        columns, chosen = self.problem.network.arcs, list(arcs)
        capacity = {a: self._vehicles_h(a) for a in chosen if self._open[a]}
        tight = sorted({(n, str(columns.label[a])) for a, n in capacity.items()})[:3]
        worst = sorted(
            {(-int(self._hazard[a]), str(columns.label[a])) for a in chosen if self._hazard[a] > 0}
        )[:3]
        profiles = self.problem.network.profiles
        return WayFacts(
            name=name, arcs=tuple(chosen), length_m=int(columns.length_m[chosen].sum()) if chosen else 0,
            travel_s=int(self._travel[chosen].sum()) if chosen else 0,
            exposure_ppm_s=int((self._travel[chosen] * self._hazard[chosen]).sum()) if chosen else 0,
            capacity_veh_h=min(capacity.values(), default=0),
            tightest=tuple((label, n) for n, label in tight),
            exposed=tuple((label, -ppm) for ppm, label in worst),
            closed=tuple(a for a in chosen if not self._open[a]),
            sometimes=tuple(
                a
                for a in chosen
                if self._open[a] and any(p.capacity_mveh_h <= 0 for p in profiles.get(a, ()))
            ),
        )  # fmt: skip

    def _vehicles_h(self, arc: int) -> int:
        persons_h = int(self.problem.network.arcs.persons_h[arc])
        vehicles = int(self._capacity[arc]) // MVEH
        return vehicles if persons_h < 0 else min(vehicles, persons_h // self.problem.rules.persons_per_car)

    def without_closures(self, from_node: int) -> WayFacts | None:
        """Return the fastest way to a site if nothing were closed, None where there is none."""
        return self._fastest("if nothing were closed", from_node, self._driven, self._travel)

    def least_exposed(self, from_node: int) -> WayFacts | None:
        """Return the open way to a site with the least exposure, None where there is none."""
        cost = self._travel * (1 + self._hazard / 1e6 * LEAST_EXPOSED)
        return self._fastest("least exposed way", from_node, self._driven & self._open, cost)

    def _fastest(
        self, name: str, from_node: int, usable: NDArray[np.bool_], cost: NDArray[np.float64]
    ) -> WayFacts | None:
        network = self.problem.network
        sites = sorted({s.node for s in self.problem.sites(self.direction)})
        if from_node < 0 or not sites:
            return None
        graph = ArcGraph(network.arcs.tail, network.arcs.head, network.n_nodes, usable)
        path = graph.tree(cost, sites, reverse=True).path(from_node)
        return None if path is None else self.way(name, path)

    def through(self, from_node: int, points_e7: Sequence[tuple[int, int]], to_node: int) -> WayFacts | None:
        """Return the fastest way through (lon_e7, lat_e7) points in order, closed stretches included."""
        network = self.problem.network
        graph = ArcGraph(network.arcs.tail, network.arcs.head, network.n_nodes, self._driven)
        nodes, _metres = self._snapped(points_e7)
        stops = [from_node, *nodes, to_node]
        arcs: list[int] = []
        for start, end in pairwise(stops):
            path = graph.tree(self._travel, [start]).path(end)
            if path is None:
                return None
            arcs.extend(path)
        return self.way("your way", arcs)

    def metres_off(self, points_e7: Sequence[tuple[int, int]]) -> list[int | None]:
        """Return how far each (lon_e7, lat_e7) point is from a junction, None where nothing can be driven."""
        return self._snapped(points_e7)[1]

    def _snapped(self, points_e7: Sequence[tuple[int, int]]) -> tuple[list[int], list[int | None]]:
        """Return the closest node of each point from which one can drive on, and its distance in metres."""
        network = self.problem.network
        usable = np.zeros(network.n_nodes, dtype=bool)
        usable[network.arcs.tail[self._driven]] = True
        if not usable.any():
            return [-1] * len(points_e7), [None] * len(points_e7)
        lon = np.asarray([p[0] for p in points_e7], dtype=np.int32)
        lat = np.asarray([p[1] for p in points_e7], dtype=np.int32)
        nodes, metres = nearest_nodes(lon, lat, network.lon_e7, network.lat_e7, usable)
        return [int(n) for n in nodes], [int(m) for m in metres]
