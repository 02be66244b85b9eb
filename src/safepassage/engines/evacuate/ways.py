"""Candidate ways between nodes: least cost, avoiding what closes, spread over alternatives, least exposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.plan import Route
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.kernels.graphs.shortest_paths import ArcGraph, PathTree

SPREAD_FACTORS = (1.6, 2.5)
"""Arcs that candidate ways already use cost this much more when looking for further ones."""
EXPOSURE_FACTOR = 20
"""How much more exposure weighs in the least-exposed candidate than in the others."""
HOP_S = 1_200
"""Pick-ups further apart than this are not put into one round."""
PPM = 1_000_000
MIN_OPEN_S = 1
HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who drives: the mode bit, the direction of those aboard ("" when empty) and the weight."""

    mode: Mode
    direction: str
    weight_kg: int


def bus_empty(vehicle: Vehicle) -> Carrier:
    """Return a vehicle of the fleet without anybody aboard."""
    return Carrier(Mode.BUS, "", vehicle.weight_kg)


@dataclass(frozen=True, slots=True)
class Between:
    """What is known of the ways between two nodes: least cost, distinct ways, cheapest first."""

    cost: float
    ways: tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class Ways:
    """Finds and remembers candidate ways; routes get positions in the order they are first used.

    `exposure_weight` is how many seconds of detour one second at certain hazard is worth when ways are looked
    for, `exposure_price` how many seconds of later arrival when one is chosen; `stops` are the nodes where
    people board. Of a search only what concerns such nodes is kept: trees over a city are large.
    """

    problem: PlanningProblem
    exposure_weight: int
    stops: frozenset[int] = frozenset()
    exposure_price: int = 0
    routes: list[Route] = field(default_factory=list)
    _position: dict[tuple[int, int, tuple[int, ...]], int] = field(default_factory=dict)
    _masks: dict[Carrier, int] = field(default_factory=dict)
    _mask_of: dict[bytes, int] = field(default_factory=dict)
    _usable: list[Any] = field(default_factory=list)
    _graphs: dict[int, ArcGraph] = field(default_factory=dict)
    _costs: dict[str, Any] = field(default_factory=dict)
    _between: dict[tuple[int, int, int], Between] = field(default_factory=dict)
    _late_trees: dict[tuple[int, int], list[PathTree]] = field(default_factory=dict)
    _empty_trees: dict[tuple[int, int], list[PathTree]] = field(default_factory=dict)
    _deadheads: dict[tuple[int, int, int], list[tuple[int, ...]]] = field(default_factory=dict)
    _hops: dict[tuple[int, int], dict[int, tuple[float, tuple[int, ...]]]] = field(default_factory=dict)

    def route(self, from_node: int, to_node: int, arcs: tuple[int, ...]) -> int:
        """Return the position of a route, adding it when new."""
        key = (from_node, to_node, arcs)
        if key not in self._position:
            self._position[key] = len(self.routes)
            self.routes.append(Route(from_node=from_node, to_node=to_node, arcs=arcs))
        return self._position[key]

    def known(self) -> int:
        """Return how many routes have a position."""
        return len(self.routes)

    def forget_after(self, known: int) -> None:
        """Take their positions from all routes after so many."""
        for route in self.routes[known:]:
            del self._position[route.from_node, route.to_node, route.arcs]
        del self.routes[known:]

    def usable(self, carrier: Carrier) -> Any:
        """Return (n_arcs,) bool: arcs that are ever open to the carrier."""
        return self._usable[self._mask(carrier)]

    def _mask(self, carrier: Carrier) -> int:
        """Return the number of a carrier's set of arcs; carriers with the same arcs share everything."""
        if carrier not in self._masks:
            arcs = self.problem.network.arcs
            mask = ((arcs.modes & int(carrier.mode)) != 0) & self._ever_open()
            mask &= (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= carrier.weight_kg)
            if carrier.direction:
                mask &= (arcs.directions & self.problem.direction_bit(carrier.direction)) != 0
            else:
                mask &= arcs.empty_ok
            number = self._mask_of.setdefault(mask.tobytes(), len(self._usable))
            if number == len(self._usable):
                self._usable.append(mask)
            self._masks[carrier] = number
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

    def _graph(self, carrier: Carrier) -> tuple[int, ArcGraph]:
        key = self._mask(carrier)
        if key not in self._graphs:
            network = self.problem.network
            self._graphs[key] = ArcGraph(
                network.arcs.tail, network.arcs.head, network.n_nodes, self._usable[key]
            )
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

    def prepare(self, carrier: Carrier, to_nodes: Iterable[int], origins: Mapping[int, float]) -> None:
        """Find candidate ways from `origins` (mveh that leave each) to `to_nodes`.

        They are spread around what the ways of all use, and around the queues where those are narrowest.
        """
        key, graph = self._graph(carrier)
        starts = sorted(origins)
        for node in sorted(set(to_nodes)):
            missing = [start for start in starts if (key, start, node) not in self._between]
            if missing:
                trees = self._grow(graph, node, starts)
                trees.append(graph.tree(self._queued(trees[0], origins), [node], reverse=True))
                for start in missing:
                    self._between[key, start, node] = _ways_in(trees, start)

    def _queued(self, tree: PathTree, origins: Mapping[int, float]) -> Any:
        """Return (n_arcs,) costs where everybody queues on the narrowest arc of the way a tree has for them.

        Nothing is added elsewhere: whoever leaves such an arc comes as slowly as it lets them out.
        """
        capacity, queue_s = self._capacity_mveh_h(), np.zeros(len(self.travel_s()))
        for origin, units_mveh in origins.items():
            path = list(tree.path(origin) or ())
            if path:
                arc = path[int(np.argmin(capacity[path]))]
                queue_s[arc] += units_mveh * HOUR_S / capacity[arc]
        return self._cost(1, avoid_closing=False) + queue_s

    def _capacity_mveh_h(self) -> Any:
        """Return (n_arcs,) greatest capacities over time, at least 1."""
        if "capacity" not in self._costs:
            network = self.problem.network
            most = network.arcs.capacity_mveh_h.astype(np.float64)
            for arc, pieces in network.profiles.items():
                most[arc] = max(p.capacity_mveh_h for p in pieces)
            self._costs["capacity"] = np.maximum(most, 1.0)
        return self._costs["capacity"]

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

    def between(self, carrier: Carrier, from_node: int, to_node: int) -> Between:
        """Return least cost and distinct ways between two nodes; infinite and none when there is no way."""
        key, graph = self._graph(carrier)
        ends = (key, from_node, to_node)
        if ends not in self._between:
            if (key, to_node) not in self._late_trees:
                self._late_trees[key, to_node] = self._grow(graph, to_node, [])
            self._between[ends] = _ways_in(self._late_trees[key, to_node], from_node)
        return self._between[ends]

    def candidates(self, carrier: Carrier, from_node: int, to_node: int) -> tuple[tuple[int, ...], ...]:
        """Return distinct ways of a load, best cost first; empty when there is none."""
        return ((),) if from_node == to_node else self.between(carrier, from_node, to_node).ways

    def hops(self, carrier: Carrier, from_node: int) -> dict[int, tuple[float, tuple[int, ...]]]:
        """Return (cost, way) to the stops near a stop, for rounds of several."""
        key, graph = self._graph(carrier)
        if (key, from_node) not in self._hops:
            tree = graph.tree(self._cost(1, avoid_closing=False), [from_node], limit=HOP_S)
            near = ((node, tree.path(node)) for node in sorted(self.stops) if node != from_node)
            self._hops[key, from_node] = {
                node: (float(tree.cost[node]), path) for node, path in near if path is not None
            }
        return self._hops[key, from_node]

    def empty_cost(self, carrier: Carrier, from_node: int, to_node: int) -> float:
        """Return the least cost of driving empty between two nodes, infinite where there is no way."""
        if from_node == to_node:
            return 0.0
        return float(self._empty(carrier, from_node)[0].cost[to_node])

    def _empty(self, carrier: Carrier, from_node: int) -> list[PathTree]:
        key, graph = self._graph(carrier)
        if (key, from_node) not in self._empty_trees:
            self._empty_trees[key, from_node] = self._grow(graph, from_node, [], reverse=False)
        return self._empty_trees[key, from_node]

    def deadheads(self, carrier: Carrier, from_node: int, to_node: int) -> list[tuple[int, ...]]:
        """Return distinct ways of an empty vehicle between two nodes."""
        if from_node == to_node:
            return [()]
        ends = (self._mask(carrier), from_node, to_node)
        if ends not in self._deadheads:
            paths = (tree.path(to_node) for tree in self._empty(carrier, from_node))
            self._deadheads[ends] = list(dict.fromkeys(path for path in paths if path))
        return self._deadheads[ends]

    def price_s(self, exposure_ppm_s: int) -> int:
        """Return how many seconds of later arrival an exposure is worth."""
        return self.exposure_price * exposure_ppm_s // PPM

    def duration_s(self, arcs: tuple[int, ...]) -> int:
        """Return the sum of least travel times."""
        return int(self.travel_s()[list(arcs)].sum()) if arcs else 0


def _ways_in(trees: list[PathTree], from_node: int) -> Between:
    paths = (tree.path(from_node) for tree in trees)
    return Between(float(trees[0].cost[from_node]), tuple(dict.fromkeys(path for path in paths if path)))
