"""What people are exposed to at least, whichever open ways they take and whenever they go."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Group
from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.kernels.graphs.shortest_paths import ArcGraph

Int64 = NDArray[np.int64]


def least_exposure(problem: PlanningProblem, served: Mapping[tuple[str, str, str], int]) -> int:
    """Return the least exposure (person·ppm·s) of `served` persons by (place, direction, group).

    Every arc counts with its least travel time in any open piece and its least hazard in any second, without
    waits: no plan of the model that serves these persons has less.
    """
    cost, is_open = _least_costs(problem)
    nodes = {place.id: (place.node, place.pickup_node) for place in problem.places}
    trees: dict[tuple[str, bool], NDArray[np.float64]] = {}
    total = 0
    for (place, direction, group), persons in sorted(served.items()):
        by_car = group == Group.OWN_VEHICLE
        if (direction, by_car) not in trees:
            trees[direction, by_car] = _tree(problem, direction, cost, is_open, by_car=by_car)
        node = nodes[place][0 if by_car else 1]
        least = trees[direction, by_car][node] if node >= 0 else np.inf
        total += persons * (int(least) if np.isfinite(least) else 0)
    return total


def _tree(
    problem: PlanningProblem, direction: str, cost: Int64, is_open: NDArray[np.bool_], *, by_car: bool
) -> NDArray[np.float64]:
    arcs = problem.network.arcs
    modes = Mode.CAR if by_car else Mode.BUS | Mode.FOOT | Mode.TRAIN | Mode.BOAT
    usable = is_open & ((arcs.modes & int(modes)) != 0)
    usable &= (arcs.directions & problem.direction_bit(direction)) != 0
    graph = ArcGraph(arcs.tail, arcs.head, problem.network.n_nodes, usable)
    sites = [site.node for site in problem.sites(direction)]
    return np.asarray(graph.tree(cost.astype(np.float64), sites, reverse=True).cost, dtype=np.float64)


def _least_costs(problem: PlanningProblem) -> tuple[Int64, NDArray[np.bool_]]:
    network = problem.network
    travel = network.arcs.travel_s.astype(np.int64)
    is_open = network.arcs.capacity_mveh_h > 0
    for arc, pieces in network.profiles.items():
        taken = [p.travel_s for p in pieces if p.capacity_mveh_h > 0]
        is_open[arc] = bool(taken)
        travel[arc] = min(taken, default=0)
    hazard = np.zeros(len(travel), dtype=np.int64)
    for arc, found in network.hazard.items():
        # A second without a piece has no hazard.
        whole = sum(p.until_s - p.from_s for p in found) >= network.horizon_s
        hazard[arc] = min(p.ppm for p in found) if whole else 0
    return travel * hazard, is_open
