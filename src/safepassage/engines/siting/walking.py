"""How far people walk to where one could stand, along the roads of a planning problem."""

from __future__ import annotations

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.siting import NO_WAY, SitingProblem
from safepassage.kernels.shortest_paths import ArcGraph


def walking_problem(
    problem: PlanningProblem, *, candidates: tuple[str, ...], existing: tuple[str, ...], walk_limit_m: int
) -> SitingProblem:
    """Return everybody's way on foot to every candidate.

    People walk along roads and paths in both directions, whichever way vehicles drive on them; roads closed
    to vehicles for the whole time are closed to people on foot, too. Places off the network are left out:
    their people count as without a site in reach.

    Parameters
    ----------
    candidates : ids of places at which a site could stand.
    existing : ids of those that stand already; they are candidates as well.
    """
    node_of = {place.id: place.node for place in problem.places}
    sites = tuple(dict.fromkeys((*existing, *(c for c in candidates if node_of.get(c, -1) >= 0))))
    persons: dict[str, int] = {}
    for row in problem.demand:
        persons[row.place] = persons.get(row.place, 0) + row.persons
    clients = tuple(sorted(place for place, number in persons.items() if number))
    at = np.array([node_of[client] for client in clients], dtype=np.int64)
    metres = np.full((len(clients), len(sites)), NO_WAY, dtype=np.int64)
    graph, length_m = _on_foot(problem)
    for column, name in enumerate(sites):
        if node_of.get(name, -1) < 0:
            continue
        cost = graph.tree(length_m, [node_of[name]], limit=walk_limit_m).cost[at]
        reached = (at >= 0) & np.isfinite(cost)
        metres[reached, column] = np.rint(cost[reached]).astype(np.int64)
    return SitingProblem(
        clients=clients, sites=sites, persons=np.array([persons[c] for c in clients], dtype=np.int64),
        metres=metres, walk_limit_m=walk_limit_m, existing=tuple(range(len(dict.fromkeys(existing)))),
    )  # fmt: skip


def _on_foot(problem: PlanningProblem) -> tuple[ArcGraph, np.ndarray]:
    """Return a graph with every walkable arc in both directions, and the lengths of its arcs."""
    arcs, n = problem.network.arcs, len(problem.network.node_id)
    walkable = (arcs.modes & int(Mode.road() | Mode.FOOT)) != 0
    for arc, pieces in problem.network.profiles.items():
        if all(piece.capacity_mveh_h == 0 for piece in pieces):
            walkable[arc] = False
    tail, head = np.concatenate([arcs.tail, arcs.head]), np.concatenate([arcs.head, arcs.tail])
    return ArcGraph(tail, head, n, np.tile(walkable, 2)), np.tile(arcs.length_m, 2).astype(np.float64)
