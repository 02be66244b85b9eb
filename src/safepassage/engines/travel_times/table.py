"""One table of travel times from the network of a planning problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import NO_LIMIT, Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import Piece, TimedNetwork
from safepassage.domain.travel_table import NO_WAY, Int64, TravelTable
from safepassage.kernels.graphs.travel_matrix import PieceOfArc, TravelGraph

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """What drives: its weight, for bridges, and the hazard (ppm at any time) from which on it keeps off.

    -1 stands for no weight and for no such limit.
    """

    weight_kg: int = -1
    avoid_ppm: int = -1


def travel_times(
    problem: PlanningProblem,
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    *,
    vehicle: Vehicle,
    depart_s: int = 0,
    threads: int = 2,
) -> TravelTable:
    """Return the table for vehicles that all set out at `depart_s` and wait where a road opens later.

    Closures, areas in which nobody may drive, pauses, slower hours, limits of weight and the hours in which
    the case allows movement are respected. Other vehicles are not: it is the time on an empty road.
    """
    node_of = {place.id: place.node for place in problem.places}
    graph = travel_graph(problem.network, vehicle, problem.rules.movement_windows)
    rows = [k for k, name in enumerate(origins) if node_of.get(name, -1) >= 0]
    columns = [k for k, name in enumerate(destinations) if node_of.get(name, -1) >= 0]
    found = np.full((3, len(origins), len(destinations)), NO_WAY, np.int64)
    if rows and columns:
        table = graph.table(
            [node_of[origins[k]] for k in rows], [node_of[destinations[k]] for k in columns],
            begin=depart_s, threads=threads,
        )  # fmt: skip
        for target, part in zip(found, (table.cost, table.first, table.second), strict=True):
            target[np.ix_(rows, columns)] = part
    return TravelTable(
        origins=origins, destinations=destinations, depart_s=depart_s, seconds=found[0], metres=found[1],
        exposure_ppm_s=found[2],
    )  # fmt: skip


def travel_graph(network: TimedNetwork, vehicle: Vehicle, windows: Windows = ()) -> TravelGraph:
    """Return the network laid out for searches; metres and exposure are added up beside the time."""
    arcs = network.arcs
    worst_ppm: Int64 = np.zeros(len(arcs), np.int64)
    for arc, hazard in network.hazard.items():
        worst_ppm[arc] = max(piece.ppm for piece in hazard)
    usable: NDArray[np.bool_] = (arcs.modes & int(Mode.road())) != 0
    if vehicle.weight_kg >= 0:
        usable &= (arcs.max_weight_kg == NO_LIMIT) | (arcs.max_weight_kg >= vehicle.weight_kg)
    if vehicle.avoid_ppm >= 0:
        usable &= worst_ppm < max(1, vehicle.avoid_ppm)
    return TravelGraph(
        arcs.tail, arcs.head, network.n_nodes, arcs.travel_s, usable,
        pieces=_pieces(network, usable, windows),
        beside=(arcs.length_m, worst_ppm * arcs.travel_s.astype(np.int64)),
    )  # fmt: skip


def _pieces(
    network: TimedNetwork, usable: NDArray[np.bool_], windows: Windows
) -> dict[int, tuple[PieceOfArc, ...]]:
    """Return when arcs can be entered; those that always can be are left out."""
    found = {arc: _open(rows, windows) for arc, rows in network.profiles.items() if usable[arc]}
    if windows:
        always = set(np.flatnonzero(usable).tolist()) - set(found)
        travel_s = network.arcs.travel_s
        for arc in sorted(always):
            each = int(travel_s[arc])
            found[arc] = tuple(PieceOfArc(from_s=a, until_s=b, cost=each) for a, b in windows)
    return found


def _open(rows: tuple[Piece, ...], windows: Windows) -> tuple[PieceOfArc, ...]:
    allowed = windows or ((0, rows[-1].until_s),)
    return tuple(
        PieceOfArc(from_s=max(row.from_s, a), until_s=min(row.until_s, b), cost=row.travel_s)
        for row in rows
        if row.capacity_mveh_h > 0
        for a, b in allowed
        if max(row.from_s, a) < min(row.until_s, b)
    )
