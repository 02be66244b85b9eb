"""How far people walk to where one could stand, along the roads of a planning problem, and through what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.siting import NO_LIMIT, NO_WAY, Int64, SitingProblem
from safepassage.kernels.graphs.travel_matrix import TravelGraph

PPM = 1_000_000
WALK_M_H = 4_000
"""Pace of a group with children and old people: an assumption of this project, to be confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walkers:
    """How people walk.

    A metre on which harm is certain counts as `avoid` metres more, so that people take the longer way around;
    0 weighs no hazard. Walks above `most_exposure_ppm_s` are no way (-1: no limit).
    """

    limit_m: int
    avoid: int = 0
    most_exposure_ppm_s: int = -1


def walking_problem(
    problem: PlanningProblem, *, candidates: tuple[str, ...], existing: tuple[str, ...], walkers: Walkers,
    room: Mapping[str, int] | None = None,
) -> SitingProblem:  # fmt: skip
    """Return everybody's way on foot to every candidate.

    People walk along roads and paths in both directions, whichever way vehicles drive on them; roads closed
    to vehicles for the whole time are closed to people on foot, too. Hazard counts on a road as its highest
    probability at any time. Places off the network are left out: their people count as without a site in
    reach.

    Parameters
    ----------
    candidates : ids of places at which a site could stand.
    existing : ids of those that stand already; they are candidates as well.
    room : for how many persons a site has room, by id; others have room for all.
    """
    node_of = {place.id: place.node for place in problem.places}
    sites = tuple(dict.fromkeys((*existing, *(c for c in candidates if node_of.get(c, -1) >= 0))))
    persons: dict[str, int] = {}
    for row in problem.demand:
        persons[row.place] = persons.get(row.place, 0) + row.persons
    clients = tuple(sorted(place for place, number in persons.items() if number))
    walks = _walks(problem, [node_of[c] for c in clients], [node_of.get(s, -1) for s in sites], walkers)
    limits = tuple((room or {}).get(site, NO_LIMIT) for site in sites)
    return SitingProblem(
        clients=clients, sites=sites, persons=np.array([persons[c] for c in clients], dtype=np.int64),
        metres=walks[0], walk_limit_m=walkers.limit_m, existing=tuple(range(len(dict.fromkeys(existing)))),
        room_persons=limits if any(limit != NO_LIMIT for limit in limits) else (),
        exposure_ppm_s=walks[1], burden_m=walks[2],
    )  # fmt: skip


def _walks(
    problem: PlanningProblem, clients: list[int], sites: list[int], walkers: Walkers
) -> tuple[Int64, Int64, Int64]:
    """Return (clients, sites) metres, exposure and burden of the walks of least burden."""
    arcs, n = problem.network.arcs, problem.network.n_nodes
    worst_ppm = np.zeros(len(arcs), np.int64)
    for arc, pieces in problem.network.hazard.items():
        worst_ppm[arc] = max(piece.ppm for piece in pieces)
    length = arcs.length_m.astype(np.int64)
    burden = length + length * worst_ppm * walkers.avoid // PPM
    exposure = length * worst_ppm * 3_600 // WALK_M_H
    graph = TravelGraph(
        np.concatenate([arcs.tail, arcs.head]), np.concatenate([arcs.head, arcs.tail]), n, np.tile(burden, 2),
        np.tile(_walkable(problem), 2), beside=(np.tile(length, 2), np.tile(exposure, 2)),
    )  # fmt: skip
    shape = (len(clients), len(sites))
    found = [np.full(shape, NO_WAY, np.int64) for _ in range(3)]
    rows = [row for row, node in enumerate(clients) if node >= 0]
    columns = [column for column, node in enumerate(sites) if node >= 0]
    if not rows or not columns:
        return found[0], found[1], found[2]
    table = graph.table(
        [sites[c] for c in columns], [clients[r] for r in rows], most_first=walkers.limit_m, threads=2
    )
    too_exposed = (table.second > walkers.most_exposure_ppm_s) & (walkers.most_exposure_ppm_s >= 0)
    for target, part in zip(found, (table.first, table.second, table.cost), strict=True):
        target[np.ix_(rows, columns)] = np.where(too_exposed, NO_WAY, part).T
    return found[0], found[1], found[2]


def _walkable(problem: PlanningProblem) -> NDArray[np.bool_]:
    walkable: NDArray[np.bool_] = (problem.network.arcs.modes & int(Mode.road() | Mode.FOOT)) != 0
    for arc, pieces in problem.network.profiles.items():
        if all(piece.capacity_mveh_h == 0 for piece in pieces):
            walkable[arc] = False
    return walkable
