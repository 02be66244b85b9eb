"""Candidate ways between nodes: least cost, avoiding what closes, spread over alternatives, least exposed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.plan import Route
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.kernels.shortest_paths import ArcGraph, PathTree

SPREAD_FACTORS = (1.6, 2.5)
"""Arcs that candidate ways already use cost this much more when looking for further ones."""
EXPOSURE_FACTOR = 20
"""How much more exposure weighs in the least-exposed candidate than in the others."""
PPM = 1_000_000
MIN_OPEN_S = 1


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who drives: the mode bit, the direction of those aboard ("" when empty) and the weight."""

    mode: Mode
    direction: str
    weight_kg: int


def bus_empty(vehicle: Vehicle) -> Carrier:
    """Return a vehicle of the fleet without anybody aboard."""
    return Carrier(Mode.BUS, "", vehicle.weight_kg)


@dataclass(slots=True)
class Ways:
    """Finds and remembers candidate ways; routes get positions in the order they are first used.

    `exposure_weight` is how many seconds of detour one second at certain hazard is worth.
    """

    problem: PlanningProblem
    exposure_weight: int
    routes: list[Route] = field(default_factory=list)
    _position: dict[tuple[int, int, tuple[int, ...]], int] = field(default_factory=dict)
    _graphs: dict[bytes, ArcGraph] = field(default_factory=dict)
    _masks: dict[Carrier, tuple[bytes, Any]] = field(default_factory=dict)
    _costs: dict[str, Any] = field(default_factory=dict)
    _to_site: dict[tuple[bytes, int], list[PathTree]] = field(default_factory=dict)
    _from_node: dict[tuple[bytes, int], list[PathTree]] = field(default_factory=dict)
    _candidates: dict[tuple[Carrier, int, int], list[tuple[int, ...]]] = field(default_factory=dict)
    _deadheads: dict[tuple[Carrier, int, int], list[tuple[int, ...]]] = field(default_factory=dict)

    def route(self, from_node: int, to_node: int, arcs: tuple[int, ...]) -> int:
        """Return the position of a route, adding it when new."""
        key = (from_node, to_node, arcs)
        if key not in self._position:
            self._position[key] = len(self.routes)
            self.routes.append(Route(from_node=from_node, to_node=to_node, arcs=arcs))
        return self._position[key]

    def usable(self, carrier: Carrier) -> Any:
        """Return (n_arcs,) bool: arcs that are ever open to the carrier."""
        return self._mask(carrier)[1]

    def _mask(self, carrier: Carrier) -> tuple[bytes, Any]:
        if carrier not in self._masks:
            arcs = self.problem.network.arcs
            mask = ((arcs.modes & int(carrier.mode)) != 0) & self._ever_open()
            mask &= (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= carrier.weight_kg)
            if carrier.direction:
                mask &= (arcs.directions & self.problem.direction_bit(carrier.direction)) != 0
            else:
                mask &= arcs.empty_ok
            self._masks[carrier] = (mask.tobytes(), mask)
        return self._masks[carrier]

    def _ever_open(self) -> Any:
        if "open" not in self._costs:
            network = self.problem.network
            is_open = network.arcs.capacity_mveh_h > 0
            for arc, pieces in network.profiles.items():
                is_open[arc] = any(
                    p.capacity_mveh_h > 0 and p.until_s - p.from_s >= MIN_OPEN_S for p in pieces
                )
            self._costs["open"] = is_open
        return self._costs["open"]

    def _graph(self, carrier: Carrier) -> tuple[bytes, ArcGraph]:
        key, mask = self._mask(carrier)
        if key not in self._graphs:
            network = self.problem.network
            self._graphs[key] = ArcGraph(network.arcs.tail, network.arcs.head, network.n_nodes, mask)
        return key, self._graphs[key]

    def travel_s(self) -> Any:
        """Return (n_arcs,) least travel times over open pieces."""
        if "travel" not in self._costs:
            network = self.problem.network
            travel = network.arcs.travel_s.astype(np.float64)
            for arc, pieces in network.profiles.items():
                travel[arc] = min((p.travel_s for p in pieces if p.capacity_mveh_h > 0), default=np.inf)
            self._costs["travel"] = travel
        return self._costs["travel"]

    def _cost(self, exposure_factor: int, *, avoid_closing: bool) -> Any:
        key = f"{exposure_factor}{avoid_closing}"
        if key not in self._costs:
            network, travel = self.problem.network, self.travel_s()
            cost = travel.copy()
            for arc, pieces in network.hazard.items():
                worst = max(p.ppm for p in pieces)
                cost[arc] += travel[arc] * worst / PPM * self.exposure_weight * exposure_factor
            if avoid_closing:
                for arc, pieces_of in network.profiles.items():
                    if any(p.capacity_mveh_h <= 0 for p in pieces_of):
                        cost[arc] = np.inf
            self._costs[key] = cost
        return self._costs[key]

    def prepare(self, carrier: Carrier, to_nodes: Iterable[int], origins: Iterable[int]) -> None:
        """Grow the trees of candidate ways to `to_nodes`, spread around what the ways from `origins` use."""
        key, graph = self._graph(carrier)
        starts = sorted(set(origins))
        for node in sorted(set(to_nodes)):
            if (key, node) not in self._to_site:
                self._to_site[key, node] = self._grow(graph, node, starts)

    def _grow(
        self, graph: ArcGraph, root: int, origins: list[int], *, reverse: bool = True
    ) -> list[PathTree]:
        base = self._cost(1, avoid_closing=False)
        trees = [graph.tree(base, [root], reverse=reverse)]
        closing = self._cost(1, avoid_closing=True)
        if not np.array_equal(base, closing):
            trees.append(graph.tree(closing, [root], reverse=reverse))
        if not origins:
            return trees
        if self.problem.network.hazard:
            trees.append(
                graph.tree(self._cost(EXPOSURE_FACTOR, avoid_closing=False), [root], reverse=reverse)
            )
        spread = base.copy()
        for factor in SPREAD_FACTORS:
            used = {arc for origin in origins for arc in trees[-1].path(origin) or ()}
            spread[list(used)] *= factor
            trees.append(graph.tree(spread, [root], reverse=reverse))
        return trees

    def candidates(self, carrier: Carrier, from_node: int, to_node: int) -> list[tuple[int, ...]]:
        """Return distinct ways, best cost first; empty when there is none."""
        if from_node == to_node:
            return [()]
        ends = (carrier, from_node, to_node)
        if ends not in self._candidates:
            key, _graph = self._graph(carrier)
            if (key, to_node) not in self._to_site:
                self.prepare(carrier, [to_node], [])
            paths = (tree.path(from_node) for tree in self._to_site[key, to_node])
            self._candidates[ends] = list(dict.fromkeys(path for path in paths if path))
        return self._candidates[ends]

    def from_tree(self, carrier: Carrier, from_node: int) -> list[PathTree]:
        """Return trees of least-cost ways from a node (all roads, then only those that never close)."""
        key, graph = self._graph(carrier)
        if (key, from_node) not in self._from_node:
            self._from_node[key, from_node] = self._grow(graph, from_node, [], reverse=False)
        return self._from_node[key, from_node]

    def deadheads(self, carrier: Carrier, from_node: int, to_node: int) -> list[tuple[int, ...]]:
        """Return distinct ways of an empty vehicle between two nodes."""
        if from_node == to_node:
            return [()]
        ends = (carrier, from_node, to_node)
        if ends not in self._deadheads:
            paths = (tree.path(to_node) for tree in self.from_tree(carrier, from_node))
            self._deadheads[ends] = list(dict.fromkeys(path for path in paths if path))
        return self._deadheads[ends]

    def duration_s(self, arcs: tuple[int, ...]) -> int:
        """Return the sum of least travel times."""
        return int(self.travel_s()[list(arcs)].sum()) if arcs else 0
